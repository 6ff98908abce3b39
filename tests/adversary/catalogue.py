"""The adversarial acceptance suite: every case by its row. Both pytest and benchmarks/adversary.py run it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a case counted; its own asserts have passed by then."""

    frames_leaked: int = (
        0  # decoded, or sent, without a valid BIND of the present epoch
    )
    messages_sent: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0


Run = Callable[[Path], Awaitable[Verdict]]  # Path: an empty scratch folder


@dataclass(frozen=True, slots=True)
class Case:
    row: int  # row of the acceptance suite (docs/PROTOCOL.md names it)
    name: str
    run: Run


CASES: list[Case] = []


def case(row: int, name: str) -> Callable[[Run], Run]:
    """Register an attack. It raises AssertionError where the defence fails."""

    def register(run: Run) -> Run:
        CASES.append(Case(row, name, run))
        return run

    return register
