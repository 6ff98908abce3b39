"""CPACE-X25519-SHA512 (draft-irtf-cfrg-cpace), initiator-responder form.

All group work runs in libsodium's constant-time code; Python never touches a
field element. `calculate_generator` needs Elligator2, which libsodium offers
only as 8 x Elligator2 on the Edwards curve, so:

    P8 = from_uniform(r)          = 8 * map_to_curve_elligator2(r)
    Y  = u-coordinate of (clamp(y) / 8) * P8

X25519 clamps every scalar to a multiple of 8, hence Y equals X25519(y, g): shares,
K and ISK are those of the draft. Only the finished share, which is public, goes
through libsodium's conversion to a u-coordinate: that decodes in variable time.
The generator depends on the code and must never leave this module.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from nacl import bindings
from nacl.exceptions import CryptoError

from safesession.crypto.encoding import lv, prepend_len
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.key_schedule import equal
from safesession.errors import RemoteProtocolError


SHARE_BYTES = 32
_COFACTOR_BITS = 3  # X25519 clears these of a scalar, and bit 255, and sets bit 254
_SCALAR_BITS = (1 << 255) - 1
_HIGHEST_BIT = 1 << 254
_DSI = b"CPace255"
_DSI_ISK = _DSI + b"_ISK"
_SHA512_BLOCK_BYTES = 128
_FIELD_BYTES = 32


class BadShareError(RemoteProtocolError):
    """The peer's public share is not 32 bytes or has low order."""

    code = "bad_share"


@dataclass(frozen=True, slots=True)
class CPaceShare:
    """Our ephemeral secret scalar and the public share made with it."""

    public: bytes
    scalar: bytes = field(repr=False)


def generator_string(password: bytes, channel_id: bytes, session_id: bytes) -> bytes:
    """Return what the generator is hashed from (the draft's generator_string)."""
    head = len(prepend_len(_DSI)) + len(prepend_len(password))
    zero_pad = bytes(max(0, _SHA512_BLOCK_BYTES - 1 - head))
    return lv(_DSI, password, zero_pad, channel_id, session_id)


def _generator_times_8(password: bytes, channel_id: bytes, session_id: bytes) -> bytes:
    digest = hashlib.sha512(generator_string(password, channel_id, session_id)).digest()
    return bindings.crypto_core_ed25519_from_uniform(digest[:_FIELD_BYTES])


def _clamped_eighth(scalar: bytes) -> bytes:
    number = int.from_bytes(scalar, "little") & _SCALAR_BITS | _HIGHEST_BIT
    return (number >> _COFACTOR_BITS).to_bytes(SHARE_BYTES, "little")


def make_share(
    password: bytes, channel_id: bytes, session_id: bytes, entropy: Entropy
) -> CPaceShare:
    """Draw a scalar and return the share for PRS, CI and sid of the draft."""
    scalar = draw(entropy, SHARE_BYTES)
    generator = _generator_times_8(password, channel_id, session_id)
    point = bindings.crypto_scalarmult_ed25519_noclamp(
        _clamped_eighth(scalar), generator
    )
    return CPaceShare(bindings.crypto_sign_ed25519_pk_to_curve25519(point), scalar)


def shared_point(scalar: bytes, untrusted_share: bytes) -> bytes:
    """Return K = X25519(scalar, share).

    Raises:
        BadShareError: wrong length, or K is the neutral element (low order).
    """
    if len(untrusted_share) != SHARE_BYTES:
        raise BadShareError("share length")
    try:
        point = bindings.crypto_scalarmult(scalar, untrusted_share)
    except CryptoError:
        raise BadShareError("low-order share") from None
    if equal(point, bytes(SHARE_BYTES)):
        raise BadShareError("low-order share")
    return point


def session_key(
    session_id: bytes,
    point: bytes,
    initiator: tuple[bytes, bytes],
    responder: tuple[bytes, bytes],
) -> bytes:
    """Return ISK_IR: 64 bytes. Each side is (share, associated data)."""
    transcript = lv(*initiator) + lv(*responder)
    return hashlib.sha512(lv(_DSI_ISK, session_id, point) + transcript).digest()
