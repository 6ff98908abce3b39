"""Full-text search in Chinese and English: what is indexed, asked and shown.

Every Chinese character is a word of its own in the index; a run of them in a query
is a phrase. So 焦虑 finds 焦虑 and not 焦…虑, two characters are enough, and Latin
words match by their beginning. Pure; the query can never be read as FTS syntax.
"""

from __future__ import annotations

import re
import unicodedata

from safesession.core.note_types import Snippet


MAX_TERMS = 16
SNIPPET_CHARS = 80
_CJK = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
    "\U00020000-\U000323af"
)
_ONE_CJK = re.compile(f"([{_CJK}])")
_TERM = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_WORD_SIGN = re.compile(r"[^\W_]")
_ELLIPSIS = "…"


class _Spaced(dict[int, str]):
    """What `str.translate` puts for a character; filled as characters come."""

    def __missing__(self, codepoint: int) -> str:
        character = chr(codepoint)
        spaced = f" {character} " if _ONE_CJK.match(character) else character
        self[codepoint] = spaced
        return spaced


_SPACED = _Spaced()


def indexed(text: str) -> str:
    """Return the text as the index gets it."""
    return unicodedata.normalize("NFKC", text).translate(_SPACED)


def terms_of(query: str) -> tuple[str, ...]:
    """Return what a person asked for: Chinese runs and words, in order, once each."""
    normal = unicodedata.normalize("NFKC", query).casefold()
    return tuple(dict.fromkeys(_TERM.findall(normal)))[:MAX_TERMS]


def match_expression(query: str) -> str:
    """Return the FTS5 expression: all terms must be there. Empty asks for nothing."""
    parts = []
    for term in terms_of(query):
        if _ONE_CJK.match(term):
            parts.append('"' + " ".join(term) + '"')
        else:
            parts.append(f'"{term}" *')
    return " AND ".join(parts)


def snippet(text: str, query: str) -> Snippet:
    """Return the piece of `text` around the first place that was found."""
    flat = re.sub(r"\s+", " ", text).strip()
    folded = _folded(flat)
    places = _places(folded, terms_of(query))
    start = max(0, places[0][0] - SNIPPET_CHARS // 3) if places else 0
    end = min(len(flat), start + SNIPPET_CHARS)
    before = _ELLIPSIS if start else ""
    after = _ELLIPSIS if end < len(flat) else ""
    shift = len(before) - start
    marks = tuple(
        (first + shift, last + shift)
        for first, last in places
        if first >= start and last <= end
    )
    return Snippet(before + flat[start:end] + after, marks)


def _folded(text: str) -> str:
    """Fold case and width character by character, so that places stay in step."""
    return "".join(
        folded if len(folded) == 1 else character
        for character in text
        for folded in [unicodedata.normalize("NFKC", character).casefold()]
    )


def _places(folded: str, terms: tuple[str, ...]) -> list[tuple[int, int]]:
    # Not by `re`, which would remember what was looked for after the vault is locked.
    found: list[tuple[int, int]] = []
    for term in terms:
        inside_words = bool(_ONE_CJK.match(term))
        start = folded.find(term)
        while start >= 0:
            end = start + len(term)
            if inside_words or not _WORD_SIGN.match(folded[start - 1 : start]):
                found.append((start, end))
                start = folded.find(term, end)
            else:
                start = folded.find(term, start + 1)
    return sorted(set(found))
