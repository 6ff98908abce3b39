"""Which earlier texts of a note are kept, and how two of them are compared. Pure."""

from __future__ import annotations

import difflib
import re

from safesession.core.note_types import ChangeKind, Difference


VERSION_EVERY_MS = 60_000
REMOVED_CHARS = 12
_PIECES = re.compile(r"[A-Za-z0-9'’-]+|\s+|.", re.DOTALL)
_MAX_PIECES = 20_000


def deserves_version(old: str, new: str, last_kept_ms: int | None, now_ms: int) -> bool:
    """Say whether the text about to be overwritten is kept.

    It is when nothing was kept for a minute, and whenever words are taken out: what
    somebody typed and saved can always be found again.
    """
    if not old:
        return False
    if last_kept_ms is None or now_ms - last_kept_ms >= VERSION_EVERY_MS:
        return True
    return removed_chars(old, new) >= REMOVED_CHARS


def removed_chars(old: str, new: str) -> int:
    """Return how long the one stretch of `old` is that `new` replaces."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return len(old) - start - end


def compare(old: str, new: str) -> tuple[Difference, ...]:
    """Return the pieces of both texts in reading order: same, removed, added.

    By words and Chinese characters; very long texts by lines.
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    if len(before) + len(after) > _MAX_PIECES:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found: list[Difference] = []
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Difference(ChangeKind.SAME, "".join(before[a0:a1])))
            continue
        if a1 > a0:
            found.append(Difference(ChangeKind.REMOVED, "".join(before[a0:a1])))
        if b1 > b0:
            found.append(Difference(ChangeKind.ADDED, "".join(after[b0:b1])))
    return tuple(found)
