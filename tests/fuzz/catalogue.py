"""Fuzz targets: what each parser of untrusted bytes may do, said once for all drivers.

A target takes any bytes and returns. It lets only the errors pass that the parser
declares, and asserts what must hold then: what was accepted means the same when it
is written again, what was refused left the state as it was. Hypothesis, the mutation
fuzzer of the benchmarks and atheris all run this list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One parser. `weight` is its share of a run: less for slow ones."""

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], tuple[bytes, ...]]
    weight: int


TARGETS: list[Target] = []


def target(
    name: str, seeds: Callable[[], tuple[bytes, ...]], *, weight: int = 20
) -> Callable[[Callable[[bytes], None]], Callable[[bytes], None]]:
    """Register a fuzz target."""

    def register(run: Callable[[bytes], None]) -> Callable[[bytes], None]:
        TARGETS.append(Target(name, run, seeds, weight))
        return run

    return register


def as_text(data: bytes) -> str:
    """Return any text for any bytes; what is not UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")
