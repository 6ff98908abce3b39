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
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar


if not __package__:  # started as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import chromium, peers
from benchmarks.clip import HEIGHT, WIDTH, Clip, clip
from benchmarks.processes import OTHERS_LIMIT, Usage, Window
from benchmarks.report import (
    ROOT,
    Figure,
    Goal,
    NotMeasuredError,
    Report,
    Sense,
    absent,
    finish,
    machine,
    median,
    parser,
)


PACKAGES = ("aiortc", "aioice", "av", "cryptography", "pynacl", "uvloop")
QUICK_LIMIT_S = 45.0  # the rest is for ending what still runs
FIRST_FRAME_GOAL = Goal(Sense.AT_MOST, 1.0)
FPS_GOAL = Goal(Sense.AT_LEAST, 29.5)
RATIO_GOAL = Goal(Sense.AT_MOST, 1.3)
LEAK_GOAL = Goal(Sense.EXACTLY, 0)
PEER = "chromium"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. A window starts `settle_s` after both have pictures."""

    first_frame_runs: int
    rounds: int
    settle_s: float
    window_s: float
    calls: int
    attempts: int  # for one run, until it is not void
    limit_s: float | None


FULL = Plan(10, 5, 8.0, 15.0, 50, 4, None)
QUICK = Plan(2, 1, 2.5, 5.0, 2, 1, QUICK_LIMIT_S)


@dataclass(frozen=True, slots=True)
class OurCall:
    """One measured call of ours; pairs are (host, joiner)."""

    usage: Usage
    fps: tuple[float, float]
    sent_bps: tuple[float, float]
    freezes: int
    audio_gaps: int
    peak_rss_mb: float

    @property
    def peer_cores(self) -> float:
        """Cores of the costlier peer."""
        return max(self.usage.cores["host"], self.usage.cores["join"])


@dataclass(slots=True)
class Measured:
    """Everything that was found; `missing` says what was not, and why."""

    first_frames_s: list[float] = field(default_factory=list)
    decoded_px: tuple[int, int] | None = None
    ours: list[OurCall] = field(default_factory=list)
    theirs: list[chromium.ChromiumCall] = field(default_factory=list)
    leaks: dict[str, Any] | None = None
    void_runs: int = 0
    others_cores: float = 0.0
    missing: dict[str, str] = field(default_factory=dict)


class Bench:
    """Runs a plan; each part that fails is missing, the others go on."""

    def __init__(self, plan: Plan, scene: Clip, others_limit: float) -> None:
        self._plan = plan
        self._scene = scene
        self._others_limit = others_limit
        self.found = Measured()

    async def run(self, started_s: float) -> Measured:
        """Measure everything; `started_s` is when the benchmark was started."""
        limit_s = self._plan.limit_s
        deadline_s = None if limit_s is None else started_s + limit_s

        async def part(name: str, measure: Callable[[], Awaitable[None]]) -> None:
            left_s = None if deadline_s is None else deadline_s - time.monotonic()
            try:
                async with asyncio.timeout(left_s):
                    await measure()
            except TimeoutError:
                self.found.missing[name] = f"did not end within {limit_s} s"
            except NotMeasuredError as error:
                self.found.missing[name] = str(error)
            if name in self.found.missing:
                say(f"{name}: {self.found.missing[name]}")

        # These two time nothing, so they may share the cores; both warm up the rest.
        await asyncio.gather(part("size", self._size), part("leaks", self._leaks))
        await part("first_frame", self._first_frames)
        await part("call", self._rounds)
        return self.found

    async def _size(self) -> None:
        """Warm up with a short call that records, and read the pictures' size."""
        import av

        with tempfile.TemporaryDirectory(prefix="safesession-bench-") as folder:
            async with peers.call(self._scene, seconds=0.5, record=Path(folder)) as it:
                await it.until_pictures()
                await it.finished()
            sizes = set()
            for video in sorted(Path(folder).glob("*/video.mkv")):
                with av.open(video) as recorded:
                    sizes.add(
                        (
                            recorded.streams.video[0].width,
                            recorded.streams.video[0].height,
                        )
                    )
        if len(sizes) != 1:
            raise NotMeasuredError(f"the recordings have sizes {sorted(sizes)}")
        self.found.decoded_px = sizes.pop()

    async def _first_frames(self) -> None:
        for number in range(self._plan.first_frame_runs):
            seconds = await self._quietly(self._first_frame)
            self.found.first_frames_s.append(seconds)
            say(f"first frame {number + 1}: {seconds:.3f} s")

    async def _first_frame(self) -> tuple[float, Usage]:
        window = Window({})
        async with peers.call(self._scene, seconds=0.3) as it:
            await it.until_pictures()
            seconds = peers.first_frame_s(it.join.events)
            await it.finished()
        return seconds, window.close()

    async def _rounds(self) -> None:
        """Hold our call and Chromium's in turn, each first every other time."""
        try:
            binary = chromium.find()
        except NotMeasuredError as error:
            binary = ""
            self.found.missing[PEER] = str(error)
        for number in range(self._plan.rounds):
            turn = [self._our_round]
            if binary:
                turn.insert(1 - number % 2, lambda: self._their_round(binary))
            for measure in turn:
                await measure()

    async def _our_round(self) -> None:
        call = await self._quietly(self._our_call)
        self.found.ours.append(call)
        say(f"ours: {call.peer_cores:.2f} cores, {min(call.fps):.1f} fps")

    async def _their_round(self, binary: str) -> None:
        async def measure() -> tuple[chromium.ChromiumCall, Usage]:
            call = await chromium.measure_call(
                binary,
                self._scene,
                settle_s=self._plan.settle_s,
                window_s=self._plan.window_s,
            )
            return call, call.usage

        try:
            call = await self._quietly(measure)
        except NotMeasuredError as error:
            self.found.missing[PEER] = str(error)
            say(str(error))
            return
        self.found.theirs.append(call)
        say(f"Chromium: {call.peer_cores:.2f} cores, {min(call.fps):.1f} fps")

    async def _our_call(self) -> tuple[OurCall, Usage]:
        plan = self._plan
        seconds = plan.settle_s + plan.window_s + 1.0
        async with peers.call(self._scene, seconds=seconds) as it:
            await it.until_pictures()
            await asyncio.sleep(plan.settle_s)
            window = Window({**it.pids, "server": it.server_pid})
            await asyncio.sleep(plan.window_s)
            usage = window.close()
            figures = await it.finished()
            sent = [peers.sent_bps(peer.events) for peer in (it.host, it.join)]
        call = OurCall(
            usage=usage,
            fps=(float(figures[0]["video_fps"]), float(figures[1]["video_fps"])),
            sent_bps=(sent[0], sent[1]),
            freezes=sum(int(end["freezes"]) for end in figures),
            audio_gaps=sum(int(end["audio_gaps"]) for end in figures),
            peak_rss_mb=max(float(end["peak_rss_mb"] or 0) for end in figures),
        )
        return call, usage

    async def _quietly(self, measure: Callable[[], Awaitable[tuple[_T, Usage]]]) -> _T:
        """Measure until a run is not void, at most `attempts` times.

        Raises:
            NotMeasuredError: every attempt was void, or failed.
        """
        reason = ""
        for _ in range(self._plan.attempts):
            try:
                value, usage = await measure()
            except NotMeasuredError as error:
                reason = str(error)
            else:
                if usage.others <= self._others_limit:
                    self.found.others_cores = max(self.found.others_cores, usage.others)
                    return value
                reason = f"void: other processes took {usage.others:.2f} cores"
            self.found.void_runs += 1
            say(reason)
        raise NotMeasuredError(reason)

    async def _leaks(self) -> None:
        """Hold many calls in one process of its own."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.leaks",
            "--calls",
            str(self._plan.calls),
            cwd=ROOT,
            env=peers.child_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(60 + 10 * self._plan.calls):
                out, errors = await child.communicate()
        except TimeoutError:
            raise NotMeasuredError("the calls in one process took too long") from None
        finally:
            await peers.stop(child)
        try:
            found = json.loads(out)
        except ValueError:
            told = errors.decode("utf-8", "replace").strip().splitlines()
            raise NotMeasuredError(told[-1] if told else "no word of it") from None
        if found["verified"] != found["calls"]:
            text = "only {verified} of {calls} calls were verified"
            raise NotMeasuredError(text.format(**found))
        self.found.leaks = found


def figures(found: Measured, plan: Plan) -> list[Figure]:
    """Turn what was found into the report's figures, absent ones included."""
    made = [_first_frame_figure(found), *_call_figures(found)]
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
        Figure("others_cores_worst", "cores", found.others_cores),
    ]
    return made


def _first_frame_figure(found: Measured) -> Figure:
    name, missing = "first_frame_s", found.missing.get("first_frame")
    if missing or not found.first_frames_s:
        return absent(name, "s", missing or "no run", goal=FIRST_FRAME_GOAL)
    return Figure(name, "s", median(found.first_frames_s), goal=FIRST_FRAME_GOAL)


def _call_figures(found: Measured) -> list[Figure]:
    missing = found.missing.get("call") or found.missing.get("size")
    px = found.decoded_px
    if not missing and px != (WIDTH, HEIGHT):
        missing = f"the pictures decoded were {px}, not {(WIDTH, HEIGHT)}"
    reason = missing or found.missing.get(PEER, "")
    ours, theirs = ([], []) if missing else (found.ours, found.theirs)

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
        return Figure(name, unit, mine, reason=missing or "")

    made = [
        both("fps_720p", "fps", lambda c: min(c.fps), lambda c: min(c.fps), FPS_GOAL),
        both(
            "cpu_cores_720p",
            "cores",
            lambda c: c.peer_cores,
            lambda c: c.peer_cores,
        ),
    ]
    pairs = list(zip(ours, theirs, strict=False))
    ratio = "cpu_ratio_vs_chromium_720p"
    if pairs and len(theirs) == len(ours):
        ratios = [one.peer_cores / other.peer_cores for one, other in pairs]
        made.append(Figure(ratio, "1", median(ratios), goal=RATIO_GOAL))
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


def say(text: str) -> None:
    """Tell how far it is, beside the report."""
    print(f"call: {text}", file=sys.stderr, flush=True)


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
