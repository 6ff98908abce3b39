"""`kill -9` of the signaling server at random moments under load.

    python -m benchmarks.adversary_kills [--kills N] [--seed N] [--json]

Counts what the server had confirmed (invites, claims, kept and freed seats,
withdrawals, accounts, accepted envelopes) and what of it was lost, or happened
twice, after the kills. The exit code is 0 only if nothing was.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path


QUICK_KILLS = 20


@dataclass(frozen=True, slots=True)
class KillCount:
    """What the kills did."""

    kills: int
    accepted: int
    accepted_lost: int
    accepted_doubled: int


def run(kills: int, seed: int) -> KillCount:
    """Kill a server of our own `kills` times and count."""
    from tests.support.kill_storm import Storm

    with tempfile.TemporaryDirectory(prefix="safesession-kills-") as folder:
        storm = Storm(Path(folder), seed)
        tally = asyncio.run(storm.run(kills))
    for broken in (*tally.lost, *tally.doubled):
        print(broken, file=sys.stderr)
    return KillCount(storm.kills, tally.accepted, len(tally.lost), len(tally.doubled))


def main() -> int:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=QUICK_KILLS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    began = time.monotonic()
    found = run(options.kills, options.seed)
    if options.json:
        print(json.dumps(asdict(found)), flush=True)
    else:
        print(f"{found.kills} kills in {time.monotonic() - began:.1f} s:", end=" ")
        print(f"{found.accepted} promises, {found.accepted_lost} lost,", end=" ")
        print(f"{found.accepted_doubled} doubled", flush=True)
    return 1 if found.accepted_lost or found.accepted_doubled else 0


if __name__ == "__main__":
    sys.exit(main())
