"""The parts of adversary.py, each in a process of its own: JSON out, findings aside.

python -m benchmarks.adversary_parts cases --shard 0 --shards 2
python -m benchmarks.adversary_parts fuzz --count 200000 --seed 1
python -m benchmarks.adversary_parts kills --count 20 --seed 1
python -m benchmarks.adversary_parts pairing --count 200
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import statistics
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


CASE_LIMIT_S = 30.0


@dataclass(slots=True)
class CaseCount:
    """What some of the cases found; the failed ones are named on stderr."""

    cases: int = 0
    failed: int = 0
    frames_leaked: int = 0
    messages_sent: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0


def run_cases(shard: int, shards: int) -> CaseCount:
    """Run every `shards`-th case of the catalogue, one after the other."""
    from tests.adversary.catalogue import CASES
    from tests.adversary.loading import load_cases

    load_cases()
    logging.getLogger().addHandler(logging.NullHandler())
    count = CaseCount()
    for case in CASES[shard::shards]:
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
    from safesession.crypto.handshake import (
        Initiator,
        PairAccess,
        Responder,
        pair_context,
    )
    from safesession.crypto.handshake_payload import HandshakePayload
    from safesession.crypto.identity import IdentityKey

    context = pair_context("123456", "relay.example.org")
    payload = HandshakePayload("王老师", "1").to_bytes()
    client, counselor = (IdentityKey.generate(os.urandom) for _ in range(2))

    def once() -> float:
        begun_s = time.process_time()
        shared = PairAccess(b"12345678"), context
        one = Initiator(*shared, client, payload, os.urandom)
        other = Responder(*shared, counselor, payload, os.urandom)
        m2 = other.receive_m1(one.start(other.offer(1_800_000_000, 0)))
        other.receive_m5(one.receive_m4(other.receive_m3(one.receive_m2(m2))))
        spent_s = time.process_time() - begun_s
        if one.keys.session_secret != other.keys.session_secret:
            raise AssertionError("the two sides hold different keys")
        return spent_s * 1000

    for _ in range(10):
        once()
    return {"cpu_ms": statistics.median(once() for _ in range(rounds))}


def main() -> int:
    """Run one part and print what it counted."""
    made = argparse.ArgumentParser(description="one part of adversary.py")
    made.add_argument("part", choices=("cases", "fuzz", "kills", "pairing"))
    made.add_argument("--count", type=int, default=1)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--shard", type=int, default=0)
    made.add_argument("--shards", type=int, default=1)
    options = made.parse_args()
    found: dict[str, Any]
    match options.part:
        case "cases":
            found = asdict(run_cases(options.shard, options.shards))
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
