"""What a killed server had promised, and what became of the promises."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field


class LineLostError(Exception):
    """The server is gone: what was asked for may have happened or not."""


@dataclass(slots=True)
class Tally:
    """Counts of facts that the server confirmed, and of those it broke."""

    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def promise(self, count: int = 1) -> None:
        """The server confirmed something."""
        self.accepted += count

    def must(self, kept: object, what: str) -> None:
        """Count a promise that was forgotten."""
        if not kept:
            self.lost.append(what)

    def must_not(self, happened: bool, what: str) -> None:
        """Count what happened although it had happened already."""
        if happened:
            self.doubled.append(what)


def loopback_addresses() -> Iterator[str]:
    """Every client its own address: limits per address are another test's."""
    for number in itertools.count(2):
        yield f"127.{1 + number // 64516}.{number // 254 % 254}.{1 + number % 254}"
