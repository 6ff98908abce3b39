"""Letters to somebody who is asleep: whoever writes them cannot read them.

    "SSLB1" | X25519 sealed box of (u32 length | body | zeros to whole 4 KiB)

For what an app must write down while the vault is locked: it holds a public key
only, the secret one lies in the vault. The public key is not on disk in the clear
either, so nobody else can write such a letter. Nothing is kept here.
"""

from __future__ import annotations

from nacl import bindings
from nacl.exceptions import CryptoError

from safesession.errors import LocalProtocolError, RemoteProtocolError


SECRET_BYTES = bindings.crypto_box_SECRETKEYBYTES
PUBLIC_BYTES = bindings.crypto_box_PUBLICKEYBYTES
_MAGIC = b"SSLB1"
_BLOCK_BYTES = 4096
_LENGTH_BYTES = 4


class LetterError(RemoteProtocolError):
    """Not a letter to this key, or changed bytes."""

    code = "letter"


def public_key(secret: bytes) -> bytes:
    """Return what letters to the holder of 32 random bytes are sealed to."""
    if len(secret) != SECRET_BYTES:
        raise LocalProtocolError("not a letterbox key")
    return bytes(bindings.crypto_scalarmult_base(secret))


def seal_letter(public: bytes, body: bytes) -> bytes:
    """Return a letter that only the holder of the secret key can read."""
    plain = len(body).to_bytes(_LENGTH_BYTES, "big") + body
    plain += bytes(-len(plain) % _BLOCK_BYTES)
    return _MAGIC + bytes(bindings.crypto_box_seal(plain, public))


def open_letter(secret: bytes, untrusted_letter: bytes) -> bytes:
    """Return the body.

    Raises:
        LetterError: damaged, or for somebody else.
    """
    if not untrusted_letter.startswith(_MAGIC):
        raise LetterError("not a letter")
    sealed = untrusted_letter[len(_MAGIC) :]
    try:
        plain = bindings.crypto_box_seal_open(sealed, public_key(secret), secret)
    except (CryptoError, ValueError):
        raise LetterError("cannot be opened") from None
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    body, padding = plain[_LENGTH_BYTES:][:length], plain[_LENGTH_BYTES + length :]
    if len(body) != length or any(padding):
        raise LetterError("padding")
    return bytes(body)
