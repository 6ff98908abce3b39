"""The seal around unsent text on disk: XChaCha20-Poly1305 under a key of its own.

    "SSD1" | nonce[24] | XChaCha20-Poly1305(padded body)

The nonce is random, since a restored backup would repeat a counter. Bodies are
padded to whole blocks of 4 KiB. Nothing here keeps or prints a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from safesession.crypto.key_schedule import Label, expand
from safesession.errors import SafeSessionError


KEY_BYTES = 32
_MAGIC = b"SSD1"
_NONCE_BYTES = 24
_TAG_BYTES = 16
_BLOCK_BYTES = 4096
_LENGTH_BYTES = 4


class DraftSealError(SafeSessionError):
    """Not what this key sealed."""

    code: ClassVar[str] = "draft_seal"


def seal_drafts(key: bytes, body: bytes, entropy: Callable[[int], bytes]) -> bytes:
    """Return the sealed form of `body`."""
    plain = len(body).to_bytes(_LENGTH_BYTES, "big") + body
    plain += bytes(-len(plain) % _BLOCK_BYTES)
    nonce = entropy(_NONCE_BYTES)
    sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(
        plain, _MAGIC, nonce, expand(key, Label.DRAFTS)
    )
    return _MAGIC + nonce + sealed


def open_drafts(key: bytes, untrusted_sealed: bytes) -> bytes:
    """Return the body.

    Raises:
        DraftSealError: damaged, or sealed under another key.
    """
    head = len(_MAGIC) + _NONCE_BYTES
    blocks, odd = divmod(len(untrusted_sealed) - head - _TAG_BYTES, _BLOCK_BYTES)
    if not untrusted_sealed.startswith(_MAGIC) or blocks < 1 or odd:
        raise DraftSealError("not a file of unsent text")
    nonce = untrusted_sealed[len(_MAGIC) : head]
    try:
        plain = crypto_aead_xchacha20poly1305_ietf_decrypt(
            untrusted_sealed[head:], _MAGIC, nonce, expand(key, Label.DRAFTS)
        )
    except CryptoError:
        raise DraftSealError("not sealed under this key") from None
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    body, padding = plain[_LENGTH_BYTES:][:length], plain[_LENGTH_BYTES + length :]
    if len(body) != length or any(padding):
        raise DraftSealError("padding")
    return body
