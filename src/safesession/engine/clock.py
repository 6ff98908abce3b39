"""The engine's clock: seconds that only rise and go on while the machine sleeps.

A laptop closed for ten minutes must find its confirmations too old and its invite
nearer to the end; Linux's and macOS' plain monotonic clocks stand still meanwhile.
"""

from __future__ import annotations

import time


def _sleepless() -> int | None:
    """Name the clock to ask: Linux', else macOS' (Windows has only the plain one)."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):
        clock: int | None = getattr(time, name, None)
        if clock is not None:
            return clock
    return None


_CLOCK = _sleepless()


def now_s() -> float:
    """Return seconds since some fixed point, sleep included."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
