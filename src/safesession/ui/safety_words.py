"""The 64 words of the safety code, always shown in both languages at once.

The words are the project's own table; an index is what the protocol carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

import yaml


WORD_COUNT: Final = 64


@dataclass(frozen=True, slots=True)
class SafetyWord:
    """One easily pictured noun."""

    en: str
    zh: str
    emoji: str

    @property
    def both(self) -> str:
        """The two languages side by side."""
        return f"{self.en} {self.zh}"


@lru_cache(maxsize=1)
def safety_words() -> tuple[SafetyWord, ...]:
    """Return the table; the place in it is the index 0 to 63."""
    path = resources.files("safesession.resources") / "wordlists" / "safety_words.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["words"]
    words = tuple(SafetyWord(row["en"], row["zh"], row["emoji"]) for row in rows)
    if len(words) != WORD_COUNT:
        raise ValueError("the table of safety words must have 64 rows")
    return words


def word_pair(indices: tuple[int, int]) -> tuple[SafetyWord, SafetyWord]:
    """Return the words of two indices."""
    table = safety_words()
    return table[indices[0]], table[indices[1]]
