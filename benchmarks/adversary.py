"""What a hostile server, a hostile peer, wrong bytes and kills get: nothing.

Figures:

  adversarial_cases, adversarial_failed   the acceptance suite (tests/adversary)
  frames_leaked             decoded or sent without a valid BIND, over all cases
  messages_sent, messages_lost, messages_doubled      texts of those cases
  fuzz_inputs, undeclared_exceptions      wrong bytes for every parser
  server_kills, accepted_lost_after_kills, accepted_doubled_after_kills
                            a server under load, ended by SIGKILL again and again
  pairing_cpu_ms            CPU of both sides of one PAIR handshake, median

    python -m benchmarks.adversary [--quick] [--json] [--seed N]

The parts run at once, in processes of their own; only the handshake's CPU time is
taken alone, beforehand. What failed is told on stderr, by name.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


if not __package__:  # started as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.report import (
    ROOT,
    Figure,
    Goal,
    Report,
    Sense,
    absent,
    finish,
    machine,
    parser,
)


PACKAGES = ("cryptography", "pynacl", "aiohttp", "aiortc", "msgspec", "hypothesis")
NONE = Goal(Sense.EXACTLY, 0)
LAST_CASE_S = 6.0  # a case that has begun may end
SHARDS = 3  # a case waits more than it works


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each, and when to give up."""

    fuzz_inputs: int
    kills: int
    handshakes: int
    limit_s: float


QUICK = Plan(200_000, 20, 200, 46.0)
FULL = Plan(2_000_000, 100, 1000, 3600.0)

Found = dict[str, Any] | str  # what a part counted, or why it did not


async def part(arguments: Sequence[str], limit_s: float) -> Found:
    """Run one part in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="safesession-adversary-") as home:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.adversary_parts",
            *arguments,
            cwd=ROOT,
            env=_environment(home),
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(limit_s):
                out, _ = await child.communicate()
        except TimeoutError:
            return f"not done within {limit_s:.0f} s"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # and what it started
            await child.wait()
    if child.returncode != 0:
        return f"the part ended with code {child.returncode}"
    try:
        found: dict[str, Any] = json.loads(out)
    except ValueError:
        return "the part printed no report"
    return found


def _environment(home: str) -> dict[str, str]:
    """A private home: no part may touch the files of whoever measures."""
    private = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
    return {
        **os.environ,
        **dict.fromkeys(private, home),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src"))),
        "QT_QPA_PLATFORM": "offscreen",
    }


@dataclass(slots=True)
class Everything:
    """What all parts found."""

    pairing: Found
    cases: list[Found]
    fuzz: Found
    kills: Found


async def measure(plan: Plan, seed: int) -> Everything:
    """Run all parts within the plan's limit."""
    begun_s = time.monotonic()
    pairing = await part(["pairing", "--count", str(plan.handshakes)], plan.limit_s)
    left_s = plan.limit_s - (time.monotonic() - begun_s)
    seeded = ["--seed", str(seed), "--count"]
    fuzz, kills, *cases = await asyncio.gather(
        part(["fuzz", *seeded, str(plan.fuzz_inputs)], left_s),
        part(["kills", *seeded, str(plan.kills)], left_s),
        *(part(_shard(n, left_s - LAST_CASE_S), left_s) for n in range(SHARDS)),
    )
    return Everything(pairing, cases, fuzz, kills)


def _shard(number: int, limit_s: float) -> list[str]:
    shard = ["cases", "--shard", str(number), "--shards", str(SHARDS)]
    return [*shard, "--limit", str(max(1.0, limit_s))]


def figures(found: Everything, plan: Plan) -> list[Figure]:
    """Turn what was found into figures; what is absent says why."""
    cases = _summed(found.cases)
    made = [
        _cases(cases),
        _figure("adversarial_failed", cases, "failed", NONE),
        _figure("frames_leaked", cases, "frames_leaked", NONE),
        *_messages(cases),
        _figure(
            "fuzz_inputs", found.fuzz, "inputs", Goal(Sense.AT_LEAST, plan.fuzz_inputs)
        ),
        _figure("undeclared_exceptions", found.fuzz, "undeclared_exceptions", NONE),
        _figure("server_kills", found.kills, "kills", Goal(Sense.AT_LEAST, plan.kills)),
        _figure("accepted_lost_after_kills", found.kills, "accepted_lost", NONE),
        _figure("accepted_doubled_after_kills", found.kills, "accepted_doubled", NONE),
    ]
    goal = Goal(Sense.AT_MOST, 3.0)
    made.append(_figure("pairing_cpu_ms", found.pairing, "cpu_ms", goal, unit="ms"))
    return made


def _cases(found: Found) -> Figure:
    made = _figure("adversarial_cases", found, "cases", Goal(Sense.AT_LEAST, 52))
    if isinstance(found, str) or not found["left"]:
        return made
    return replace(made, reason=f"the time was up with {found['left']} cases left")


def _messages(cases: Found) -> list[Figure]:
    if not isinstance(cases, str) and not cases["messages_sent"]:
        cases = "no case sent a text"
    return [
        _figure("messages_sent", cases, "messages_sent", Goal(Sense.AT_LEAST, 1)),
        _figure("messages_lost", cases, "messages_lost", NONE),
        _figure("messages_doubled", cases, "messages_doubled", NONE),
    ]


def _figure(
    name: str, found: Found, key: str, goal: Goal | None, *, unit: str = "1"
) -> Figure:
    if isinstance(found, str):
        return absent(name, unit, found, goal=goal)
    return Figure(name, unit, found[key], goal=goal)


def _summed(shards: list[Found]) -> Found:
    """Add up the shards; without one of them there is no sum."""
    total: dict[str, Any] = {}
    for found in shards:
        if isinstance(found, str):
            return found
        for key, value in found.items():
            total[key] = total.get(key, 0) + value
    return total


def main() -> int:
    """Run from the command line; 0 only if everything was measured."""
    options_parser = parser("attacks, wrong bytes, kills: what gets through")
    options_parser.add_argument("--seed", type=int, default=None)
    options = options_parser.parse_args()
    plan = QUICK if options.quick else FULL
    seed = options.seed
    if seed is None:
        seed = 1 if options.quick else secrets.randbelow(2**32)
    load = [round(value, 2) for value in os.getloadavg()]
    where = machine(PACKAGES, load_average=load, seed=seed)
    found = asyncio.run(measure(plan, seed))
    made = figures(found, plan)
    runs = int(made[0].ours or 0)
    return finish(Report("adversary", where, runs, made), as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
