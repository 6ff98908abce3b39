"""The parts of adversary.py, each in a process of its own: JSON out, findings aside.

python -m benchmarks.adversary_parts cases --shard 0 --shards 2
python -m benchmarks.adversary_parts fuzz --count 200000 --seed 1
python -m benchmarks.adversary_parts kills --count 20 --seed 1
python -m benchmarks.adversary_parts pairing --count 200
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import logging
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


CASE_LIMIT_S = 30.0


@dataclass(slots=True)
class CaseCount:
    """What some of the cases found; the failed ones are named on stderr."""

    cases: int = 0
    left: int = 0  # not begun when the time was up
    failed: int = 0
    frames_leaked: int = 0
    messages_sent: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0


def run_cases(shard: int, shards: int, limit_s: float) -> CaseCount:
    """Run every `shards`-th case of the catalogue, one after the other."""
    from tests.adversary import catalogue
    from tests.adversary.loading import load_cases

    begun_s = time.monotonic()
    load_cases()
    logging.getLogger().addHandler(logging.NullHandler())
    count = CaseCount()
    for case in mixed(catalogue.CASES)[shard::shards]:
        if time.monotonic() - begun_s > limit_s:
            count.left += 1
            continue
        count.cases += 1
        try:
            with tempfile.TemporaryDirectory(prefix="safesession-case-") as folder:
                verdict = asyncio.run(_one(case.run, Path(folder)))
        except Exception:  # noqa: BLE001 - a case that fails in any way has failed
            count.failed += 1
            print(f"case {case.row} {case.name!r} failed", file=sys.stderr)
            traceback.print_exc()
            continue
        count.frames_leaked += verdict.frames_leaked
        count.messages_sent += verdict.messages_sent
        count.messages_lost += verdict.messages_lost
        count.messages_doubled += verdict.messages_doubled
    return count


def mixed(cases: Sequence[Any]) -> list[Any]:
    """Take the topics in turn, so that a short time leaves none of them out."""
    by_topic: dict[str, list[Any]] = {}
    for case in cases:
        by_topic.setdefault(case.run.__module__, []).append(case)
    turns = itertools.zip_longest(*by_topic.values())
    return [case for turn in turns for case in turn if case is not None]


async def _one(run: Any, folder: Path) -> Any:
    """Run one case; a task that fails behind its back fails it, too."""
    behind: list[BaseException] = []

    def note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        behind.append(error or RuntimeError(context["message"]))

    asyncio.get_running_loop().set_exception_handler(note)
    async with asyncio.timeout(CASE_LIMIT_S):
        verdict = await run(folder)
    if behind:
        raise behind[0]
    return verdict


def run_fuzz(inputs: int, seed: int) -> dict[str, int]:
    """Throw `inputs` inputs at the parsers."""
    from benchmarks import adversary_fuzz

    count = adversary_fuzz.run(inputs, seed)
    for finding in getattr(count, "findings", []):
        print(finding, file=sys.stderr)
    return {
        "inputs": count.inputs,
        "undeclared_exceptions": count.undeclared_exceptions,
    }


def run_kills(kills: int, seed: int) -> dict[str, int]:
    """Kill a server `kills` times."""
    from benchmarks import adversary_kills

    return asdict(adversary_kills.run(kills, seed))


def run_pairing(rounds: int) -> dict[str, float]:
    """Return the CPU time that both sides of one PAIR handshake take, median."""
    from benchmarks.adversary_pairing import pairing_cpu_ms

    return {"cpu_ms": pairing_cpu_ms(rounds)}


def main() -> int:
    """Run one part and print what it counted."""
    made = argparse.ArgumentParser(description="one part of adversary.py")
    made.add_argument("part", choices=("cases", "fuzz", "kills", "pairing"))
    made.add_argument("--count", type=int, default=1)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--shard", type=int, default=0)
    made.add_argument("--shards", type=int, default=1)
    made.add_argument("--limit", type=float, default=3600.0, metavar="SECONDS")
    options = made.parse_args()
    found: dict[str, Any]
    match options.part:
        case "cases":
            found = asdict(run_cases(options.shard, options.shards, options.limit))
        case "fuzz":
            found = run_fuzz(options.count, options.seed)
        case "kills":
            found = run_kills(options.count, options.seed)
        case _:
            found = run_pairing(options.count)
    print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
