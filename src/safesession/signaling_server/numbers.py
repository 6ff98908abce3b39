"""Rendezvous numbers: six digits that no open invite has.

Sans-I/O. Only keyed hashes of numbers are looked at and kept.
"""

from __future__ import annotations

from collections.abc import Container

from safesession.crypto.entropy import Entropy, uniform_below
from safesession.crypto.tokens import hash_token


_NUMBERS = 1_000_000
_TRIES = 200


def free_number(
    pepper: bytes, taken: Container[bytes], entropy: Entropy
) -> tuple[str, bytes] | None:
    """Draw a number whose hash is not `taken`; return both, or None."""
    for _ in range(_TRIES):
        number = f"{uniform_below(_NUMBERS, entropy):06d}"
        number_hash = hash_token(pepper, number)
        if number_hash not in taken:
            return number, number_hash
    return None
