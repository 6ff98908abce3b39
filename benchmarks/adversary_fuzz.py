"""Throw slightly wrong bytes at every parser that meets untrusted ones, and count.

    python -m benchmarks.adversary_fuzz [--inputs N] [--seed S] [--json]

The same seed gives the same inputs. A finding is an exception that no parser
declares, or a broken promise of a target (tests/fuzz); each is printed with the
target and the input that brings it back.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.mutate import mutated
from tests.fuzz.targets import TARGETS


INPUTS = 200_000
MAX_SHOWN = 5


@dataclass(slots=True)
class Finding:
    """An input that did what no input may."""

    target: str
    error: str
    data: bytes


@dataclass(slots=True)
class FuzzCount:
    """What a run tried and found."""

    inputs: int
    undeclared_exceptions: int
    findings: list[Finding] = field(default_factory=list)  # the first of each kind


def run(inputs: int, seed: int) -> FuzzCount:
    """Give `inputs` inputs to the targets, each its share."""
    random = Random(seed)
    weights = [target.weight for target in TARGETS]
    seeds = {target.name: target.seeds() for target in TARGETS}
    count = FuzzCount(inputs, 0)
    seen: Counter[tuple[str, str]] = Counter()
    for target in random.choices(TARGETS, weights, k=inputs):
        data = mutated(random, seeds[target.name])
        try:
            target.run(data)
        except Exception as error:  # noqa: BLE001 - this is what is counted
            count.undeclared_exceptions += 1
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} in {place.name}, line {place.lineno}"
            seen[target.name, kind] += 1
            if seen[target.name, kind] == 1:
                count.findings.append(Finding(target.name, kind, data))
    return count


def main() -> int:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(description="fuzz every parser of untrusted bytes")
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    begun_s = time.perf_counter()
    count = run(options.inputs, options.seed)
    figures = {
        "fuzz_inputs": count.inputs,
        "undeclared_exceptions": count.undeclared_exceptions,
        "fuzz_targets": len(TARGETS),
        "fuzz_s": round(time.perf_counter() - begun_s, 1),
    }
    for finding in count.findings[:MAX_SHOWN]:
        print(f"{finding.target}: {finding.error}", file=sys.stderr)
        print(f"  {finding.data[:400]!r}", file=sys.stderr)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")
    return 1 if count.undeclared_exceptions else 0


if __name__ == "__main__":
    sys.exit(main())
