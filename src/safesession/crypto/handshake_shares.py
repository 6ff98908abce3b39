"""The three secrets that meet in a handshake: pre-shared, X25519 and ML-KEM-768.

Thin, typed wrappers: bad public values become `HandshakeError(BAD_SHARE)`. Only
the encapsulation draws its randomness inside the library, which offers no other
way; it can be replaced whole.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)

from safesession.crypto import cpace
from safesession.crypto.encoding import H, lv
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.handshake_messages import (
    HINT_BYTES,
    HINTS_BYTES,
    NO_RETAINED_SECRET,
    SUITE,
    HandshakeError,
    HandshakeFailure,
)
from safesession.crypto.key_schedule import equal, mac


# Takes a 1184-byte public key; returns (32-byte secret, 1088-byte ciphertext).
# Raises ValueError for an invalid key.
Encapsulate = Callable[[bytes], tuple[bytes, bytes]]

_X25519_BYTES = 32
_KEM_SEED_BYTES = 64
NO_SECRET = bytes(32)


def encapsulate_mlkem768(public_key: bytes) -> tuple[bytes, bytes]:
    """Encapsulate by `cryptography`, with the library's own randomness."""
    return MLKEM768PublicKey.from_public_bytes(public_key).encapsulate()


def make_x25519(entropy: Entropy) -> X25519PrivateKey:
    """Return a new ephemeral X25519 key."""
    return X25519PrivateKey.from_private_bytes(draw(entropy, _X25519_BYTES))


def make_mlkem768(entropy: Entropy) -> MLKEM768PrivateKey:
    """Return a new ephemeral ML-KEM-768 key (FIPS 203, seed d | z)."""
    return MLKEM768PrivateKey.from_seed_bytes(draw(entropy, _KEM_SEED_BYTES))


def exchange_x25519(private_key: X25519PrivateKey, untrusted_public: bytes) -> bytes:
    """Return the shared secret or raise HandshakeError(BAD_SHARE)."""
    try:
        return private_key.exchange(X25519PublicKey.from_public_bytes(untrusted_public))
    except ValueError:  # all-zero result: a low-order point
        raise HandshakeError(HandshakeFailure.BAD_SHARE) from None


def encapsulate_to(
    encapsulate: Encapsulate, untrusted_public: bytes
) -> tuple[bytes, bytes]:
    """Return (secret, ciphertext) or raise HandshakeError(BAD_SHARE)."""
    try:
        return encapsulate(untrusted_public)
    except ValueError:  # a coefficient is not reduced (FIPS 203 §7.2)
        raise HandshakeError(HandshakeFailure.BAD_SHARE) from None


def decapsulate(private_key: MLKEM768PrivateKey, untrusted_ciphertext: bytes) -> bytes:
    """Return the secret; a forged ciphertext gives an unrelated one (FIPS 203)."""
    try:
        return private_key.decapsulate(untrusted_ciphertext)
    except ValueError:
        raise HandshakeError(HandshakeFailure.BAD_SHARE) from None


class CodeExchange:
    """One end's CPace run in a PAIR handshake."""

    __slots__ = ("_session_id", "_share")

    def __init__(
        self, secret: bytes, context: bytes, m0: bytes, nonce: bytes, entropy: Entropy
    ) -> None:
        """Draw our share. `nonce` is nA; sid = H("sid", M0, nA)[:32]."""
        self._session_id = H(b"sid", m0, nonce)[:32]
        self._share = cpace.make_share(
            secret, H(b"CI", SUITE, context), self._session_id, entropy
        )

    @property
    def public(self) -> bytes:
        """Our 32-byte share."""
        return self._share.public

    def pre_shared_as_initiator(self, m1: bytes, untrusted_share: bytes) -> bytes:
        """Return ISK_IR with M1 bound in as the initiator's associated data."""
        return self._isk(m1, untrusted_share, self.public, untrusted_share)

    def pre_shared_as_responder(self, m1: bytes, untrusted_share: bytes) -> bytes:
        """Return ISK_IR with M1 bound in as the initiator's associated data."""
        return self._isk(m1, untrusted_share, untrusted_share, self.public)

    def _isk(
        self, m1: bytes, untrusted_share: bytes, initiator: bytes, responder: bytes
    ) -> bytes:
        try:
            point = cpace.shared_point(self._share.scalar, untrusted_share)
        except cpace.BadShareError:
            raise HandshakeError(HandshakeFailure.BAD_SHARE) from None
        return cpace.session_key(
            self._session_id, point, (initiator, H(b"AD", m1)), (responder, b"")
        )

    def __repr__(self) -> str:
        return "CodeExchange(hidden)"


def make_hints(retained: tuple[bytes, ...], nonce: bytes, entropy: Entropy) -> bytes:
    """Return 16 bytes that tell only a holder which secrets we still have."""
    hints = b"".join(_hint(secret, nonce) for secret in retained)
    return hints + draw(entropy, HINTS_BYTES - len(hints))


def match_hints(
    retained: tuple[bytes, ...], nonce: bytes, untrusted_hints: bytes
) -> tuple[int, bytes]:
    """Return (which hint, our secret), our newest first, or (0xFF, zeros)."""
    for secret in retained:
        for which in range(HINTS_BYTES // HINT_BYTES):
            hint = untrusted_hints[which * HINT_BYTES :][:HINT_BYTES]
            if equal(hint, _hint(secret, nonce)):
                return which, secret
    return NO_RETAINED_SECRET, NO_SECRET


def _hint(secret: bytes, nonce: bytes) -> bytes:
    return mac(secret, lv(b"hint", nonce))[:HINT_BYTES]
