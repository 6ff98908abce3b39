"""The call itself: time to the first picture, rate and cost at 720p, leaks.

Two headless peers and the server are three processes, driven by their command
lines; Chromium holds the same call in the same run, turn about. Figures:

  first_frame_s                 code submitted → first decoded remote picture
                                (pairing, BIND and mix inside), median
  fps_720p                      decoded pictures per second, the worse direction
  cpu_cores_720p                the costlier of the two peers, whole process tree
  cpu_ratio_vs_chromium_720p    the same over Chromium's, round by round, median
  leaked_tasks                  tasks, threads and files left by `calls` calls

    python -m benchmarks.call [--quick] [--json]

A window in which other processes took more than `--others-limit` cores is void
and measured again; it never makes a figure. Nothing is pinned to a core.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path


if not __package__:  # started as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import chromium
from benchmarks.call_figures import figures
from benchmarks.call_runs import Bench, Plan
from benchmarks.clip import clip
from benchmarks.processes import OTHERS_LIMIT
from benchmarks.report import NotMeasuredError, Report, finish, machine, parser


PACKAGES = ("aiortc", "aioice", "av", "cryptography", "pynacl", "uvloop")
QUICK_LIMIT_S = 45.0  # the rest is for ending what still runs
FULL = Plan(10, 5, 8.0, 15.0, 50, 4, None)
QUICK = Plan(1, 1, 2.5, 5.0, 2, 1, QUICK_LIMIT_S)


async def measure(plan: Plan, others_limit: float) -> Report:
    """Measure everything that `plan` asks for."""
    started_s = time.monotonic()
    try:
        browser = await chromium.version(chromium.find())
    except NotMeasuredError:
        browser = None
    load = [round(value, 2) for value in os.getloadavg()]
    where = machine(
        PACKAGES,
        chromium=browser,
        load_average=load,
        others_limit_cores=others_limit,
    )
    found = await Bench(plan, clip(), others_limit).run(started_s)
    runs = len(found.first_frames_s)
    return Report("call", where, runs, figures(found, plan))


def main() -> int:
    """Run from the command line; 0 only if everything was measured."""
    options_parser: argparse.ArgumentParser = parser("time, rate and cost of a call")
    options_parser.add_argument(
        "--others-limit",
        type=float,
        default=OTHERS_LIMIT,
        metavar="CORES",
        help="a run is void when other processes take more (default: %(default)s)",
    )
    options = options_parser.parse_args()
    plan = QUICK if options.quick else FULL
    report = asyncio.run(measure(plan, options.others_limit))
    return finish(report, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
