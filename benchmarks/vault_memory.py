"""What stays in the app's memory after a lock, counted from outside (Linux).

A counselor's work in the app's own windows, in a process of its own; then the vault is
locked and the process's memory is searched for keys, for what was typed to open
something, and for texts. `memory_open_texts` is the same search before the lock.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.support.memory_scan import scan_a_workday, why_not

from benchmarks.report import Figure, Goal, Sense


_NAMES = (
    "memory_residual_keys",
    "memory_residual_typed",
    "memory_residual_texts",
    "memory_open_texts",
)
_NONE = Goal(Sense.EXACTLY, 0)


def memory_figures() -> list[Figure]:
    """Work, lock, look."""
    reason = why_not()
    if reason:
        return [Figure(name, "1", None, reason=reason) for name in _NAMES]
    with tempfile.TemporaryDirectory(prefix="safesession-bench-") as scratch:
        residue = scan_a_workday(Path(scratch))
    counts = (residue.keys, residue.typed, residue.texts, residue.open_texts)
    goals = (_NONE, _NONE, None, None)
    return [
        Figure(name, "1", sum(count.values()), {}, goal)
        for name, count, goal in zip(_NAMES, counts, goals, strict=True)
    ]
