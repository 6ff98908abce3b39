"""How long two people have been together, and since when they are not: one value.

Pure vocabulary of `contact`, `status` and the windows. The times are the core's own
clock; a window must never count with any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


# The interruption plan's times, counted from the last sign of life.
CALL_AFTER_S = 60.0
SUSPEND_AFTER_S = 300.0
END_AFTER_S = 900.0


class ContactState(Enum):
    """The steps of a dropout, in this order."""

    NOT_YET = "not_yet"  # before the first connection
    TOGETHER = "together"
    UNSTABLE = "unstable"  # nothing for 2 s; sound and picture may hang
    AWAY = "away"  # nothing for 5 s: nobody is heard or seen
    CALL_DUE = "call_due"  # 1 minute: one of them calls, as agreed
    SUSPENDED = "suspended"  # 5 minutes: the session's clock stands
    EXPIRED = "expired"  # 15 minutes: the session ends


@dataclass(frozen=True, slots=True)
class ContactView:
    """How long two people were together, and how long they were not.

    Times are seconds of the core's own clock (`EnginePort.now_s`), which goes on
    while a machine sleeps and which no change of the wall clock moves.
    """

    state: ContactState = ContactState.NOT_YET
    met_s: float | None = None  # the first connection
    away_since_s: float | None = None  # the last sign of life, while it is lost
    gaps: int = 0  # dropouts, with the present one
    away_before_s: float = 0.0  # all dropouts that are over
    paused_before_s: float = 0.0  # for how much of that the session's clock stood
    over_s: float | None = None  # the end of the session

    @property
    def lost(self) -> bool:
        """Whether nobody can be heard or seen."""
        return self.away_since_s is not None

    def away_for_s(self, now: float) -> float:
        """How long the present dropout has lasted."""
        if self.away_since_s is None:
            return 0.0
        return max(0.0, self._until(now) - self.away_since_s)

    def away_in_all_s(self, now: float) -> float:
        """How long all dropouts have lasted."""
        return self.away_before_s + self.away_for_s(now)

    def length_s(self, now: float) -> float:
        """The session's own clock: stands still while the session is suspended."""
        if self.met_s is None:
            return 0.0
        paused_s = max(0.0, self.away_for_s(now) - SUSPEND_AFTER_S)
        return self._until(now) - self.met_s - self.paused_before_s - paused_s

    def together_s(self, now: float) -> float:
        """How long the two could hear or see each other."""
        if self.met_s is None:
            return 0.0
        return max(0.0, self._until(now) - self.met_s - self.away_in_all_s(now))

    def _until(self, now: float) -> float:
        return now if self.over_s is None else self.over_s
