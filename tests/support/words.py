"""What the windows say, in either language, found by the English sentence.

A test names a sentence once, as it stands in the source; the catalogue knows the
other language. A sentence that is not in the catalogue fails the test.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import lru_cache

from tests.support.source_tree import ROOT


CATALOGUE = ROOT / "src/safesession/resources/i18n/safesession_zh_CN.ts"
LANGUAGES = ("en", "zh_CN")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=1)
def _chinese() -> dict[str, frozenset[str]]:
    """Every sentence with its translations, of whatever context."""
    found: dict[str, set[str]] = {}
    # The project's own file.
    for message in ET.parse(CATALOGUE).iter("message"):  # noqa: S314
        source = message.findtext("source", "")
        found.setdefault(source, set()).add(message.findtext("translation", ""))
    return {source: frozenset(words) for source, words in found.items()}


class Words:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, *sources: str, **known: object) -> re.Pattern[str]:
        """Return what fits any of these sentences.

        `{name}` is what `known` says it is, or else anything.
        """
        said = [words for source in sources for words in self._said(source)]
        return re.compile("|".join(f"(?:{_pattern(one, known)})" for one in said))

    def whole(self, *sources: str, **known: object) -> re.Pattern[str]:
        """Return what fits one of these sentences and nothing beside it."""
        return re.compile(rf"\A(?:{self(*sources, **known).pattern})\Z")

    def _said(self, source: str) -> list[str]:
        chinese = _chinese()[source]
        return [source] if self.language == "en" else sorted(chinese)


def _pattern(sentence: str, known: dict[str, object]) -> str:
    pieces = _PLACEHOLDER.split(sentence)
    for index in range(1, len(pieces), 2):
        name = pieces[index]
        pieces[index] = re.escape(str(known[name])) if name in known else ".+?"
    pieces[::2] = map(re.escape, pieces[::2])
    return "".join(pieces)


__all__ = ["LANGUAGES", "Words"]
