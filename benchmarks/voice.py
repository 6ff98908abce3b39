"""Speech on bad networks: what is heard of what was said, how late, at what cost.

Two headless peers in network namespaces (root), 50 ms of path, 640x480 beside the
speech unless said otherwise; stock aiortc and headless Chromium hold the same calls
in the same run. Figures, each the median of both directions of every run:

  audio_bad_share_X      10 ms frames heard that are not what was said (holes,
                         concealment, distortion) or were said and never heard; at
                         least what the playout itself calls concealed. X: loss5,
                         loss10, loss20 (random, per cent of packets), burst (10 %,
                         mean run 3), 400kbps and 100kbps (caps; the latter without
                         video)
  audio_delay_ms_X       captured block -> loudspeaker's request, median (devices and
                         the 20 ms of a block not included); for Chromium path + its
                         own jitter buffer
  resync_s               until the delay is the clean one again after 10 s of 10 %
                         loss with 0-200 ms of jitter
  X_400kbps_first5s      right after a sudden cap of 400 kbit/s with a 400 ms buffer:
                         share of what was said that was never heard, and delay (95 %)
  audio_cpu_cores        a whole peer that only speaks and hears
  fps_X                  decoded pictures per second meanwhile

    python -m benchmarks.voice [--quick] [--json] [--resume DIR]

Recordings and results stay in DIR (a fresh folder if none is named); naming it again
goes on where a run was interrupted. `--quick` measures loss10 and loss20 of ours.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


if not __package__:  # started as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import chromium
from benchmarks.processes import OTHERS_LIMIT
from benchmarks.report import (
    Figure,
    Goal,
    NotMeasuredError,
    Number,
    Report,
    Sense,
    finish,
    machine,
    median,
    parser,
)
from benchmarks.voice_calls import PATH_MS
from benchmarks.voice_runs import (
    BROWSER,
    FULL,
    OURS,
    QUICK,
    Bench,
    Measured,
    Plan,
    say,
)
from benchmarks.voice_windows import Window, settled_s


PACKAGES = ("aiortc", "aioice", "av", "numpy")
BAD_GOALS = {
    "loss5": 0.002,
    "loss10": 0.005,
    "loss20": 0.01,
    "burst": 0.01,
    "400kbps": 0.01,
    "100kbps": 0.02,
}
QUICK_BAD_GOALS = {"loss10": 0.01, "loss20": 0.02}
DELAY_GOALS = {"clean": PATH_MS + 70, "loss10": PATH_MS + 110}
# One frame of five hundred is the score's own grain.
FIRST_LOST_GOAL, FIRST_DELAY_GOAL = 0.002, 400.0
RESYNC_GOAL, CPU_GOAL = 10.0, 0.08
UNTIMED = frozenset({BROWSER})  # it tells the delay of no single frame

Pick = Callable[[Measured, str], Number]


async def measure(plan: Plan, folder: Path, others_limit: float) -> Report:
    """Measure everything that `plan` asks for."""
    try:
        browser = await chromium.version(chromium.find())
    except NotMeasuredError:
        browser = None
    where = machine(
        PACKAGES,
        chromium=browser,
        load_average=[round(value, 2) for value in os.getloadavg()],
        others_limit_cores=others_limit,
    )
    found = await Bench(plan, folder, others_limit).run()
    return Report("voice", where, plan.runs, figures(found, plan))


def figures(found: Measured, plan: Plan) -> list[Figure]:
    """Turn what was found into the report's figures, absent ones included."""
    measured = [
        stage.name for _, stages in plan.calls for stage in stages if stage.window_s
    ]
    made = []
    goals = BAD_GOALS if plan is not QUICK else QUICK_BAD_GOALS
    for name in measured:
        if name in goals:
            pick = _of(name, lambda window: window.bad_share)
            made.append(
                _figure(f"audio_bad_share_{name}", "1", pick, found, plan, goals[name])
            )
    for name in measured:
        if name in DELAY_GOALS:
            pick = _of(name, lambda window: window.delay_ms)
            made.append(
                _figure(
                    f"audio_delay_ms_{name}", "ms", pick, found, plan, DELAY_GOALS[name]
                )
            )
    if "after" in measured:
        made.append(
            _figure("resync_s", "s", _resync_s, found, plan, RESYNC_GOAL, UNTIMED)
        )
        made += _first_seconds(found, plan)
        pick = _cores("audio_only")
        made.append(_figure("audio_cpu_cores", "cores", pick, found, plan, CPU_GOAL))
    for video, stages in plan.calls:
        for stage in stages:
            if video and stage.window_s >= 10:
                pick = _of(stage.name, lambda window: window.fps)
                made.append(
                    _figure(f"fps_{stage.name}", "fps", pick, found, plan, None)
                )
    made.append(Figure("others_cores_worst", "cores", found.others_cores))
    made.append(Figure("void_calls", "1", found.void_calls))
    made.append(Figure("failed_calls", "1", found.failed_calls))
    return made


def _first_seconds(found: Measured, plan: Plan) -> list[Figure]:
    name = "400kbps_first5s"
    lost = _of(name, lambda window: window.lost_share)
    late = _of(name, lambda window: window.delay_ms95)
    return [
        _figure(f"audio_lost_share_{name}", "1", lost, found, plan, FIRST_LOST_GOAL),
        _figure(
            f"audio_delay_ms_{name}", "ms", late, found, plan, FIRST_DELAY_GOAL, UNTIMED
        ),
    ]


def _figure(
    name: str,
    unit: str,
    pick: Pick,
    found: Measured,
    plan: Plan,
    goal: float | None,
    without: frozenset[str] = frozenset(),
) -> Figure:
    """Make a figure of every kind's value; what is not there says why."""
    values: dict[str, Number | None] = {}
    reasons = []
    for kind in plan.kinds:
        if kind in without:
            continue
        try:
            values[kind] = pick(found, kind)
        except NotMeasuredError as error:
            values[kind] = None
            reasons.append(found.missing.get(kind, f"{kind}: {error}"))
    ours = values.pop(OURS, None)
    bound = Goal(Sense.AT_MOST, goal) if goal is not None else None
    return Figure(name, unit, ours, values, bound, "; ".join(dict.fromkeys(reasons)))


def _of(condition: str, value: Callable[[Window], Number | None]) -> Pick:
    """Return what picks the median of a value over a condition's windows."""

    def pick(found: Measured, kind: str) -> Number:
        values = [value(window) for window in found.of(kind, condition)]
        return median([one for one in values if one is not None])

    return pick


def _cores(condition: str) -> Pick:
    return lambda found, kind: median(found.cores.get(kind, {}).get(condition, []))


def _resync_s(found: Measured, kind: str) -> Number:
    """Return how long the delay took to be the clean one again."""
    clean = _of("clean", lambda window: window.delay_ms)(found, kind)
    seconds = [settled_s(window, clean) for window in found.of(kind, "after")]
    return median([20.0 if one is None else one for one in seconds])


def main() -> int:
    """Run from the command line; 0 only if everything was measured."""
    options_parser: argparse.ArgumentParser = parser("speech on bad networks")
    options_parser.add_argument(
        "--others-limit",
        type=float,
        default=OTHERS_LIMIT,
        metavar="CORES",
        help="a call is void when other processes take more (default: %(default)s)",
    )
    options_parser.add_argument(
        "--resume", type=Path, metavar="DIR", help="where calls are kept"
    )
    options = options_parser.parse_args()
    folder = options.resume or Path(tempfile.mkdtemp(prefix="safesession-voice-"))
    say(f"recordings and results: {folder}")
    plan = QUICK if options.quick else FULL
    report = asyncio.run(measure(plan, folder, options.others_limit))
    return finish(report, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
