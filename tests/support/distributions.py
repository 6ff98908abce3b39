"""Whether two sets of times look alike, however unquiet the machine is.

Ranks, not means: one sample that waited for something else counts once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


# Five standard deviations for 48 samples each that differ in nothing.
ALIKE = 0.3


def chance_of_longer(times_s: Sequence[float], reference_s: Sequence[float]) -> float:
    """Return how often a time is longer than a reference one; 0.5 is no difference.

    Mann and Whitney's U over both counts. Ties count half.
    """
    ordered = sorted(reference_s)
    shorter = sum(
        (bisect_left(ordered, time_s) + bisect_right(ordered, time_s)) / 2
        for time_s in times_s
    )
    return shorter / (len(times_s) * len(ordered))


def alike(times_s: Sequence[float], reference_s: Sequence[float]) -> bool:
    """Say whether an observer of these times could tell nothing."""
    return abs(chance_of_longer(times_s, reference_s) - 0.5) < ALIKE
