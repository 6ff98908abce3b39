"""Does a function's time depend on a secret? Welch's t-test over two classes.

After "Dude, is my code constant time?" (Reparaz, Balasch, Verbauwhede, 2017): inputs
of both classes are made beforehand, measured in random order, and what the machine
disturbed (the slowest tenth of all) is left out. |t| above 4.5 says that the two
classes differ; it grows with the number of measurements only where they really do.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from itertools import count
from random import Random
from typing import TypeVar


LEAK = 4.5
KEPT = 0.9
MAX_TRIES = 3
_Input = TypeVar("_Input")


def welch_t(left: list[int], right: list[int]) -> float:
    """Return t: how many standard errors the two means lie apart."""
    error = statistics.variance(left) / len(left) + statistics.variance(right) / len(
        right
    )
    apart = statistics.fmean(left) - statistics.fmean(right)
    return apart / error**0.5 if error else 0.0


def measured_t(
    work: Callable[[_Input], object],
    make: Callable[[bool, Random], _Input],
    random: Random,
    measurements: int,
) -> float:
    """Return t of `work` over inputs that `make(is_fixed, random)` draws."""
    classes = [random.random() < 0.5 for _ in range(measurements)]
    inputs = [make(is_fixed, random) for is_fixed in classes]
    times_ns = [0] * measurements
    clock = time.perf_counter_ns
    collecting = gc.isenabled()
    gc.disable()
    try:
        for index, value in zip(count(), inputs, strict=False):
            begun_ns = clock()
            work(value)
            times_ns[index] = clock() - begun_ns
    finally:
        if collecting:
            gc.enable()
    limit_ns = sorted(times_ns)[int(measurements * KEPT)]
    kept = [
        (is_fixed, spent_ns)
        for is_fixed, spent_ns in zip(classes, times_ns, strict=True)
        if spent_ns <= limit_ns
    ]
    return welch_t(
        [spent_ns for is_fixed, spent_ns in kept if is_fixed],
        [spent_ns for is_fixed, spent_ns in kept if not is_fixed],
    )


def smallest_t(
    work: Callable[[_Input], object],
    make: Callable[[bool, Random], _Input],
    random: Random,
    measurements: int,
) -> float:
    """Return |t|, measured again where it says leak: a leak shows every time."""
    found = float("inf")
    for _ in range(MAX_TRIES):
        found = min(found, abs(measured_t(work, make, random, measurements)))
        if found < LEAK:
            break
    return found
