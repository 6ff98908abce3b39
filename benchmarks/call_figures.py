"""The figures of call.py from what its runs found; absent ones say why."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import chromium
from benchmarks.call_runs import OURS, PEER, Measured, OurCall, Plan
from benchmarks.clip import HEIGHT, WIDTH
from benchmarks.report import Figure, Goal, Sense, absent, median


FIRST_FRAME_GOAL = Goal(Sense.AT_MOST, 1.0)
FPS_GOAL = Goal(Sense.AT_LEAST, 29.5)
RATIO_GOAL = Goal(Sense.AT_MOST, 1.3)
LEAK_GOAL = Goal(Sense.EXACTLY, 0)


def figures(found: Measured, plan: Plan) -> list[Figure]:
    """Turn what was found into the report's figures, absent ones included."""
    made = [_first_frame_figure(found), *call_figures(found)]
    made.append(_leak_figure(found))
    leaks = found.leaks or {}
    made += [
        Figure("calls", "1", leaks.get("calls", 0)),
        *(
            Figure(f"grown_{kind}", "1", count)
            for kind, count in leaks.get("grown", {}).items()
        ),
        Figure("grown_rss_mb", "MiB", leaks.get("rss_grown_mb", 0)),
        Figure("first_frame_runs", "1", len(found.first_frames_s)),
        Figure("cpu_runs", "1", len(found.ours), {PEER: len(found.theirs)}),
        Figure("cpu_window_s", "s", plan.window_s, {PEER: plan.window_s}),
        Figure("void_runs", "1", found.void_runs),
        Figure(
            "failed_runs", "1", found.failed_runs[OURS], {PEER: found.failed_runs[PEER]}
        ),
        Figure("others_cores_worst", "cores", found.others_cores),
    ]
    return made


def _first_frame_figure(found: Measured) -> Figure:
    name, missing = "first_frame_s", found.missing.get("first_frame")
    if missing or not found.first_frames_s:
        return absent(name, "s", missing or "no run", goal=FIRST_FRAME_GOAL)
    return Figure(name, "s", median(found.first_frames_s), goal=FIRST_FRAME_GOAL)


def call_figures(found: Measured) -> list[Figure]:
    missing = found.missing.get("size", "")
    px = found.decoded_px
    if not missing and px != (WIDTH, HEIGHT):
        missing = f"the pictures decoded were {px}, not {(WIDTH, HEIGHT)}"
    # What a cut-off run did measure stands; what it did not says why.
    reason = missing or found.missing.get("call") or found.missing.get(PEER, "")
    ours = [] if missing else list(found.ours.values())
    theirs = [] if missing else list(found.theirs.values())

    def both(
        name: str,
        unit: str,
        our: Callable[[OurCall], float],
        their: Callable[[chromium.ChromiumCall], float],
        goal: Goal | None = None,
    ) -> Figure:
        peer = median([their(call) for call in theirs]) if theirs else None
        mine = median([our(call) for call in ours]) if ours else None
        return Figure(name, unit, mine, {PEER: peer}, goal, reason)

    def alone(name: str, unit: str, our: Callable[[OurCall], float]) -> Figure:
        mine = median([our(call) for call in ours]) if ours else None
        return Figure(name, unit, mine, reason="" if ours else reason)

    made = [
        both("fps_720p", "fps", lambda c: min(c.fps), lambda c: min(c.fps), FPS_GOAL),
        both(
            "cpu_cores_720p",
            "cores",
            lambda c: c.peer_cores,
            lambda c: c.peer_cores,
        ),
    ]
    ratio = "cpu_ratio_vs_chromium_720p"
    rounds = [] if missing else sorted(found.ours.keys() & found.theirs.keys())
    if rounds:
        ratios = [found.ours[n].peer_cores / found.theirs[n].peer_cores for n in rounds]
        made.append(Figure(ratio, "1", median(ratios), {}, RATIO_GOAL, reason))
    else:
        made.append(absent(ratio, "1", reason or "a round is missing", goal=RATIO_GOAL))
    return [
        *made,
        both(
            "sent_mbps_720p",
            "Mbit/s",
            lambda c: sum(c.sent_bps) / 2e6,
            lambda c: sum(c.total_bps) / 2e6,
        ),
        alone("freezes_720p", "1", lambda c: c.freezes),
        alone("audio_gaps_720p", "1", lambda c: c.audio_gaps),
        alone("server_cores_720p", "cores", lambda c: c.usage.cores["server"]),
        alone("peak_rss_mb_720p", "MiB", lambda c: c.peak_rss_mb),
    ]


def _leak_figure(found: Measured) -> Figure:
    name, unit = "leaked_tasks", "1"
    if found.leaks is None:
        reason = found.missing.get("leaks", "no run")
        return absent(name, unit, reason, goal=LEAK_GOAL)
    return Figure(name, unit, found.leaks["leaked"], goal=LEAK_GOAL)
