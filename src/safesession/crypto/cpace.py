"""CPACE-X25519-SHA512 (draft-irtf-cfrg-cpace), initiator-responder form.

All group work runs in libsodium's constant-time code; Python never touches a
field element. `calculate_generator` needs Elligator2, which libsodium offers
only as 8 x Elligator2 on the Edwards curve, so:

    P8 = from_uniform(r)          = 8 * map_to_curve_elligator2(r)
    Q  = (8^-1 mod L) * P8        the prime-order part of the mapped point
    g' = u-coordinate of Q

X25519 clamps every scalar to a multiple of 8, hence X25519(y, g') equals
X25519(y, g) for all y: shares, K and ISK are those of the draft. The generator
depends on the code and must never leave this module.
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
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_INVERSE_OF_8 = pow(8, -1, _GROUP_ORDER).to_bytes(32, "little")
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


def _generator(password: bytes, channel_id: bytes, session_id: bytes) -> bytes:
    digest = hashlib.sha512(generator_string(password, channel_id, session_id)).digest()
    times_eight = bindings.crypto_core_ed25519_from_uniform(digest[:_FIELD_BYTES])
    point = bindings.crypto_scalarmult_ed25519_noclamp(_INVERSE_OF_8, times_eight)
    return bindings.crypto_sign_ed25519_pk_to_curve25519(point)


def make_share(
    password: bytes, channel_id: bytes, session_id: bytes, entropy: Entropy
) -> CPaceShare:
    """Draw a scalar and return the share for PRS, CI and sid of the draft."""
    scalar = draw(entropy, SHARE_BYTES)
    generator = _generator(password, channel_id, session_id)
    return CPaceShare(bindings.crypto_scalarmult(scalar, generator), scalar)


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
