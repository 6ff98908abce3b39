"""When to try the server again, so that a restart does not become a storm.

Sans-I/O (SERVER §9). The first loss of a healthy line is retried at once; after
that a random wait below min(60, 1.5^n) s; after an announced restart 0-15 s.
"""

from __future__ import annotations

from collections.abc import Callable


HEALTHY_AFTER_S = 60.0
LONGEST_S = 60.0
GROWTH = 1.5
RESTART_SPREAD_S = 15.0
_MAX_EXPONENT = 16


class Backoff:
    """Counts failures. `uniform()` returns a random float in [0, 1)."""

    def __init__(self, uniform: Callable[[], float]) -> None:
        self._uniform = uniform
        self._failures = 0

    def healthy(self) -> None:
        """The line has stood long enough to forget earlier failures."""
        self._failures = 0

    def wait_s(
        self, *, up_for_s: float, restart: bool = False, at_least_s: float = 0.0
    ) -> float:
        """Return how long to wait after a line that stood for `up_for_s`."""
        if up_for_s >= HEALTHY_AFTER_S:
            self._failures = 0
        failures, self._failures = self._failures, self._failures + 1
        if restart and failures == 0:
            return max(at_least_s, self._uniform() * RESTART_SPREAD_S)
        if up_for_s >= HEALTHY_AFTER_S:
            return at_least_s
        ceiling = min(LONGEST_S, GROWTH ** min(failures, _MAX_EXPONENT))
        return max(at_least_s, self._uniform() * ceiling)
