"""One-use tokens that the server hands out and keeps only as a keyed hash.

A token is 128 bits in 26 symbols. The hash is keyed with the server's pepper, so
a copied table does not allow a test of guesses. Tokens must never be logged.
"""

from __future__ import annotations

from safesession.crypto import crockford
from safesession.crypto.encoding import lv
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.key_schedule import mac


TOKEN_BYTES = 16
_LABEL = b"SafeSession token/1"


def make_token(entropy: Entropy) -> str:
    """Return a new token: 26 Crockford symbols."""
    return crockford.encode(draw(entropy, TOKEN_BYTES))


def hash_token(pepper: bytes, token: str) -> bytes:
    """Return the 32 bytes to store and look up instead of the token."""
    return mac(pepper, lv(_LABEL, token.encode("utf-8", "surrogatepass")))
