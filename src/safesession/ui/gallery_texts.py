"""Comparing and finding in the gallery's notebook: simple, for a handful of notes."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from safesession.core.note_types import ChangeKind, Difference, Snippet


def compared(old: str, new: str) -> tuple[Difference, ...]:
    """Return how one text became another."""
    found = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Difference(ChangeKind.SAME, old[a0:a1]))
            continue
        if a1 > a0:
            found.append(Difference(ChangeKind.REMOVED, old[a0:a1]))
        if b1 > b0:
            found.append(Difference(ChangeKind.ADDED, new[b0:b1]))
    return tuple(found)


def snippet_of(texts: Sequence[str], term: str) -> Snippet:
    """Return the piece around the first place."""
    for text in texts:
        flat = " ".join(text.split())
        place = flat.casefold().find(term)
        if place >= 0:
            start = max(0, place - 20)
            front = "…" if start else ""
            mark = len(front) + place - start
            piece = front + flat[start : start + 80]
            return Snippet(piece, ((mark, mark + len(term)),))
    return Snippet(" ".join(texts[0].split())[:80], ())
