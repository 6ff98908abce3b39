"""Ed25519 identity keys: sign, verify, and short forms people can compare.

Signatures are verified by libsodium alone: OpenSSL accepts signatures under
small-order keys, which anybody can forge. A private seed must never appear in a
repr, an exception or a log.
"""

from __future__ import annotations

import struct

from nacl import bindings
from nacl.exceptions import CryptoError

from safesession.crypto import crockford
from safesession.crypto.encoding import H, lv
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.key_schedule import equal
from safesession.errors import LocalProtocolError


PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
SEED_BYTES = 32
_FINGERPRINT_BYTES = 10
_FINGERPRINT_GROUP = 4
_PREFIX_BYTES = 16
_SERVER_AUTH_LABEL = b"SafeSession server auth/1"
_TIME = struct.Struct(">Q")


class IdentityKey:
    """A private Ed25519 key (RFC 8032)."""

    __slots__ = ("_public", "_secret")

    def __init__(self, seed: bytes) -> None:
        """Make the key of a 32-byte seed.

        Raises:
            LocalProtocolError: the seed is not 32 bytes.
        """
        if len(seed) != SEED_BYTES:
            raise LocalProtocolError("identity seed length")
        self._public, self._secret = bindings.crypto_sign_seed_keypair(seed)

    @classmethod
    def generate(cls, entropy: Entropy) -> IdentityKey:
        """Make a new key from 32 bytes of `entropy`."""
        return cls(draw(entropy, SEED_BYTES))

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`."""
        return bindings.crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def export_seed(self) -> bytes:
        """Return the 32-byte private seed, for storage only."""
        return self._secret[:SEED_BYTES]

    def __repr__(self) -> str:
        return "IdentityKey(hidden)"


def is_valid_public_key(untrusted_key: bytes) -> bool:
    """Say whether the key is a canonical point of the prime-order group."""
    return len(untrusted_key) == PUBLIC_KEY_BYTES and bool(
        bindings.crypto_core_ed25519_is_valid_point(untrusted_key)
    )


def verify(untrusted_key: bytes, untrusted_signature: bytes, message: bytes) -> bool:
    """Say whether the signature is good under a key of the prime-order group."""
    if len(untrusted_signature) != SIGNATURE_BYTES:
        return False
    if not is_valid_public_key(untrusted_key):
        return False
    try:
        bindings.crypto_sign_open(untrusted_signature + message, untrusted_key)
    except CryptoError:
        return False
    return True


def fingerprint(public_key: bytes) -> str:
    """Return 80 bits of the key's hash, printable: `ABCD EFGH JKMN PQRS`."""
    text = crockford.encode(H(b"fingerprint", public_key)[:_FINGERPRINT_BYTES])
    groups = range(0, len(text), _FINGERPRINT_GROUP)
    return " ".join(text[start : start + _FINGERPRINT_GROUP] for start in groups)


def key_prefix(public_key: bytes) -> str:
    """Return 128 bits of the key's hash as 26 symbols, for a link's `k`."""
    return crockford.encode(H(b"key prefix", public_key)[:_PREFIX_BYTES])


def matches_key_prefix(prefix: str, public_key: bytes) -> bool:
    """Say whether `prefix` (from a link) is the prefix of this key."""
    return crockford.is_128_bits(prefix) and equal(
        prefix.encode("ascii"), key_prefix(public_key).encode("ascii")
    )


def sign_server_auth(
    key: IdentityKey, origin: str, account: str, nonce: bytes, time_s: int
) -> bytes:
    """Answer a server's sign-in challenge (§10): a 64-byte signature.

    `origin` is the server as this app reached it, so the answer is worthless
    elsewhere; `time_s` is Unix time.
    """
    return key.sign(_server_auth_message(origin, account, nonce, time_s))


def verify_server_auth(
    public_key: bytes,
    origin: str,
    account: str,
    nonce: bytes,
    time_s: int,
    untrusted_signature: bytes,
) -> bool:
    """Say whether a sign-in answer is good. Freshness is the caller's to check."""
    message = _server_auth_message(origin, account, nonce, time_s)
    return verify(public_key, untrusted_signature, message)


def _server_auth_message(origin: str, account: str, nonce: bytes, time_s: int) -> bytes:
    if not 0 <= time_s < 1 << 64:
        raise LocalProtocolError("time out of range")
    return lv(
        _SERVER_AUTH_LABEL,
        origin.encode("utf-8", "surrogatepass"),
        account.encode("utf-8", "surrogatepass"),
        nonce,
        _TIME.pack(time_s),
    )
