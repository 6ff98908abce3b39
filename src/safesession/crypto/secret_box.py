"""XChaCha20-Poly1305 boxes for what is stored: nonce and ciphertext in one.

The nonce is random and long enough to be: a restored copy of a file would repeat
a counter. The key must be unique to its use (`key_schedule.Label`); nothing is kept.
"""

from __future__ import annotations

from nacl import bindings
from nacl.exceptions import CryptoError

from safesession.crypto.entropy import Entropy, draw
from safesession.errors import RemoteProtocolError


KEY_BYTES = 32
NONCE_BYTES = 24
OVERHEAD_BYTES = NONCE_BYTES + 16


class BoxError(RemoteProtocolError):
    """A box that this key does not open: another key, or changed bytes."""

    code = "secret_box"


def seal(key: bytes, plain: bytes, associated: bytes, entropy: Entropy) -> bytes:
    """Return a box around `plain`, bound to `associated`."""
    nonce = draw(entropy, NONCE_BYTES)
    return nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plain, associated, nonce, key
    )


def unseal(key: bytes, untrusted_box: bytes, associated: bytes) -> bytes:
    """Return what is in the box.

    Raises:
        BoxError: the key, the associated data or the box is another one.
    """
    if len(untrusted_box) < OVERHEAD_BYTES:
        raise BoxError("too short")
    nonce, sealed = untrusted_box[:NONCE_BYTES], untrusted_box[NONCE_BYTES:]
    try:
        return bytes(
            bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed, associated, nonce, key
            )
        )
    except CryptoError:
        raise BoxError("cannot be opened") from None
