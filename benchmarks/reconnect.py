"""How soon silence is told, and how soon the other person is back.

Two headless peers and the server on hosts of their own (network namespaces, root),
25 ms each way. Times run from the return of the network, or from the moment the new
address is there, to the first media packet that passes an open gate (`audio`,
`media`) and to the first decoded picture (`video`); on both sides.

- `audio_back_s_gapN`, `audio_back_p95_s_gapN`, `video_back_s_gap3`: the client cut
  off for N seconds, its system not told
- `media_back_s_address_change`: another address, found by silence alone
- `media_back_s_address_told`: another address, and the system says so
- `unstable_notice_s`, `reconnecting_notice_s`: from the loss to the status
- `objects_made_anew`: processes, peer connections, DTLS sessions or epochs that were
  others after a gap of at most 10 s or a changed address
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass

from tests.support.called_room import Room
from tests.support.netlab import NetLab, why_not

from benchmarks import reconnect_runs
from benchmarks.reconnect_runs import Trial
from benchmarks.report import (
    Figure,
    Goal,
    NotMeasuredError,
    Report,
    Sense,
    absent,
    finish,
    machine,
    parser,
)
from safesession.core.call import LOST_AFTER_S


SAME_UP_TO_S = 10
P95 = 0.95
MOVERS = ("client", "counselor")


@dataclass(frozen=True)
class Plan:
    """How often each thing is tried."""

    gaps: dict[int, int]  # seconds to runs
    moves: int  # of each mover, told and not told


FULL = Plan({3: 20, 10: 20, 40: 5}, moves=10)
QUICK = Plan({3: 1}, moves=1)


def held_to(plan: Plan) -> dict[str, list[Trial]]:
    """Run the plan; the trials under `gap3`, …, `silence` and `told`."""
    found: dict[str, list[Trial]] = {}
    with reconnect_runs.call() as (lab, held):
        for gap_s, runs in plan.gaps.items():
            trials = found.setdefault(f"gap{gap_s}", [])
            for _ in range(runs):
                trials += reconnect_runs.gap(lab, held, gap_s)
        found["told"] = _moves(lab, held, plan)
    with reconnect_runs.call(deaf=True) as (lab, held):
        found["silence"] = _moves(lab, held, plan)
    return found


def _moves(lab: NetLab, held: Room, plan: Plan) -> list[Trial]:
    trials = []
    for _ in range(plan.moves):
        for mover in MOVERS:
            trials += reconnect_runs.move(lab, held, mover)
    return trials


def figures(found: dict[str, list[Trial]], plan: Plan) -> list[Figure]:
    """Turn trials into the figures of the head of this module."""
    made = []
    for gap_s in plan.gaps:
        audio = [t.audio_back_s for t in found[f"gap{gap_s}"]]
        made.append(_median(f"audio_back_s_gap{gap_s}", audio, 0.5))
        name = f"audio_back_p95_s_gap{gap_s}"
        made.append(Figure(name, "s", p95(audio), goal=_at_most(1.5)))
    video = [t.video_back_s for t in found["gap3"]]
    made.append(_median("video_back_s_gap3", video, 1.0))
    silence = [t.audio_back_s for t in found["silence"]]
    made.append(_median("media_back_s_address_change", silence, 1.5))
    told = [t.audio_back_s for t in found["told"]]
    made.append(_median("media_back_s_address_told", told, 0.8))
    trials = [trial for trials in found.values() for trial in trials]
    unstable = [t.unstable_s for t in trials if t.unstable_s is not None]
    lost = [t.reconnecting_s for t in trials if t.reconnecting_s is not None]
    made.append(_median("unstable_notice_s", unstable, 2.2))
    if max(plan.gaps) > LOST_AFTER_S:
        made.append(_median("reconnecting_notice_s", lost, 5.5))
    kept = [f"gap{gap_s}" for gap_s in plan.gaps if gap_s <= SAME_UP_TO_S]
    kept += ["silence", "told"]
    anew = sum(not trial.same for name in kept for trial in found[name])
    goal = Goal(Sense.EXACTLY, 0)
    made.append(Figure("objects_made_anew", "objects", anew, goal=goal))
    return made


def _median(name: str, values: list[float], at_most: float) -> Figure:
    goal = _at_most(at_most)
    if not values:
        return absent(name, "s", "it never happened", goal=goal)
    return Figure(name, "s", statistics.median(values), goal=goal)


def _at_most(bound: float) -> Goal:
    return Goal(Sense.AT_MOST, bound)


def p95(values: list[float]) -> float:
    """Return the value that 95 % of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(P95 * len(ordered)))]


def main() -> int:
    """Run it and print the report."""
    options = parser(__doc__ or "").parse_args()
    plan = QUICK if options.quick else FULL
    report = Report("reconnect", machine(("aiortc", "aioice")))
    if reason := why_not():
        print(f"needs network namespaces: {reason}", file=sys.stderr)
        report.figures = [absent("media_back_s_address_change", "s", reason)]
        return finish(report, as_json=options.json)
    try:
        found = held_to(plan)
        report.figures = figures(found, plan)
        report.runs = sum(len(trials) for trials in found.values()) // 2
    except (NotMeasuredError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        report.figures = [absent("media_back_s_address_change", "s", reason)]
    return finish(report, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
