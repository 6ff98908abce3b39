"""128 bits as 26 letters and digits that people can read out (Crockford base32).

The alphabet leaves out I, L, O and U. Parsing is strict: upper case only and no
stray bits, so each value has exactly one spelling.
"""

from __future__ import annotations

import re


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 5
LENGTH_128 = 26
_PATTERN_128 = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def encode(data: bytes) -> str:
    """Return `data` as base32, big-endian, the first symbol zero-padded."""
    length = -(-8 * len(data) // _BITS)
    value = int.from_bytes(data, "big")
    shifts = range(_BITS * (length - 1), -1, -_BITS)
    return "".join(
        _ALPHABET[(value >> shift) & (len(_ALPHABET) - 1)] for shift in shifts
    )


def decode(untrusted_text: str) -> int:
    """Return the number that these symbols spell.

    Raises:
        ValueError: a symbol outside the alphabet.
    """
    value = 0
    for symbol in untrusted_text:
        value = value << _BITS | _ALPHABET.index(symbol)
    return value


def is_128_bits(untrusted_text: str) -> bool:
    """Say whether the text is 26 symbols that stand for 128 bits."""
    return _PATTERN_128.fullmatch(untrusted_text) is not None
