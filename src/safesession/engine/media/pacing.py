"""Hand out timed items in real time, without drift.

Every item's due time counts from one origin, so a late item delays nothing after
it. Time is passed in: tests run on a simulated clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is monotonic seconds; `wait` sleeps and says whether to stop."""

    now: Callable[[], float]
    wait: Callable[[float], bool]


@dataclass(slots=True)
class Pacer(Generic[_T]):
    """Yield each `(at_s, item)` at `origin_s + at_s`.

    Items more than `late_limit_s` late are skipped and counted: after a stall
    only the newest matter. None skips nothing.
    """

    clock: Clock
    origin_s: float
    late_limit_s: float | None = None
    skipped: int = 0

    def pace(self, items: Iterable[tuple[float, _T]]) -> Iterator[_T]:
        """Yield the items in time, until they end or the clock says stop."""
        for at_s, item in items:
            wait_s = self.origin_s + at_s - self.clock.now()
            if self.late_limit_s is not None and wait_s < -self.late_limit_s:
                self.skipped += 1
                continue
            if self.clock.wait(max(0.0, wait_s)):
                return
            yield item
