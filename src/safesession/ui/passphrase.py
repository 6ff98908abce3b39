"""How strong a passphrase is, in words: by length and variety, no rules of signs.

An estimate from below. It looks at nothing but the text and keeps nothing.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from typing import Final

from safesession.ui.i18n import translate


_LEAST_BITS: Final = 36
_GOOD_BITS: Final = 52
_STRONG_BITS: Final = 72
_MOST_CHARS: Final = 1000
# Bits a sign is worth: words are guessed as words, so letters count little.
_WORTH: Final = {"letter": 3.0, "capital": 3.0, "digit": 3.0, "han": 8.0, "other": 4.0}
_DULL: Final = 0.5  # one more of the same, or the next of a row like 1234
_NEAR: Final = 2
_FAR: Final = 99
_MANY_KINDS: Final = 3
_FEW_DIFFERENT: Final = 5


class Strength(IntEnum):
    """From refused to strong."""

    EMPTY = 0
    WEAK = 1  # not taken
    FAIR = 2
    GOOD = 3
    STRONG = 4


def strength_of(passphrase: str) -> Strength:
    """Judge a passphrase."""
    if not passphrase:
        return Strength.EMPTY
    bits = _bits(unicodedata.normalize("NFKC", passphrase)[:_MOST_CHARS])
    if bits < _LEAST_BITS:
        return Strength.WEAK
    if bits < _GOOD_BITS:
        return Strength.FAIR
    return Strength.GOOD if bits < _STRONG_BITS else Strength.STRONG


def strength_words(strength: Strength) -> str:
    """Return the judgement as a sentence in the present language."""
    match strength:
        case Strength.EMPTY:
            return translate(
                "Passphrase",
                "Four or five words that have nothing to do with each other are easy "
                "to keep and hard to guess.",
            )
        case Strength.WEAK:
            return translate(
                "Passphrase", "Too easy to guess: add another word or two."
            )
        case Strength.FAIR:
            return translate("Passphrase", "Enough; one more word makes it good.")
        case Strength.GOOD:
            return translate("Passphrase", "Good.")
        case Strength.STRONG:
            return translate("Passphrase", "Very strong.")


def _bits(text: str) -> float:
    extra = 1.0 if len({_kind(c) for c in text}) >= _MANY_KINDS else 0.0
    bits, before = 0.0, ""
    for c in text:
        step = ord(c) - ord(before[-1]) if before else _FAR
        dull = step in (-1, 0, 1) or c in before[-_NEAR:]
        bits += _DULL if dull else _WORTH[_kind(c)] + extra
        before += c
    return bits / 2 if len(set(text)) < min(_FEW_DIFFERENT, len(text)) else bits


def _kind(c: str) -> str:
    if c.isdigit():
        return "digit"
    if "\u3400" <= c <= "\u9fff":
        return "han"
    if not c.isalpha():
        return "other"
    return "capital" if c.isupper() else "letter"
