"""The runs behind call.py: our calls, Chromium's, first pictures, leaks.

A run beside busy strangers is void and done again; a run that fails is done
again too, but counted, so that no failure is quietly lost.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import chromium, peers
from benchmarks.clip import Clip
from benchmarks.processes import Usage, Window
from benchmarks.report import ROOT, NotMeasuredError


PEER = "chromium"
OURS = "ours"
# Opus at 32 kbit/s with all its headers, to be taken off a peer's total.
AUDIO_BPS = 60_000
MIN_VIDEO_BPS = 300_000
SHORT_S = 1.5  # a call that only has to show its first picture

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
    ours: dict[int, OurCall] = field(default_factory=dict)  # by round
    theirs: dict[int, chromium.ChromiumCall] = field(default_factory=dict)
    leaks: dict[str, Any] | None = None
    void_runs: int = 0
    failed_runs: dict[str, int] = field(default_factory=lambda: {OURS: 0, PEER: 0})
    others_cores: float = 0.0
    missing: dict[str, str] = field(default_factory=dict)


def equal_video_bps(calls: list[OurCall]) -> int:
    """Return the rate for Chromium's encoder: what ours really sent the last time."""
    if not calls:
        return chromium.MAX_VIDEO_BPS
    sent_bps = sum(calls[-1].sent_bps) / len(calls[-1].sent_bps) - AUDIO_BPS
    return int(min(max(sent_bps, MIN_VIDEO_BPS), chromium.MAX_VIDEO_BPS))


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
        say(f"leaks: {self.found.leaks}")
        await part("first_frame", self._first_frames)
        await part("call", self._rounds)
        return self.found

    async def _size(self) -> None:
        """Warm up with a short call that records, and read the pictures' size."""
        import av

        with tempfile.TemporaryDirectory(prefix="safesession-bench-") as folder:
            async with peers.call(
                self._scene, seconds=SHORT_S, record=Path(folder)
            ) as it:
                await it.until_pictures()
                await it.finished()
            sizes = set()
            for video in sorted(Path(folder).glob("*/video.mkv")):
                with av.open(video) as recorded:
                    stream = recorded.streams.video[0]
                    sizes.add((stream.width, stream.height))
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
        async with peers.call(self._scene, seconds=SHORT_S) as it:
            await it.until_pictures()
            seconds = peers.first_frame_s(it.join.events)
            await it.finished()
        return seconds, window.close()

    async def _rounds(self) -> None:
        """Hold our call and Chromium's in turn, each first every other time."""
        try:
            binary = chromium.find()
        except NotMeasuredError as error:
            self.found.missing[PEER] = str(error)
            binary = ""
        for number in range(self._plan.rounds):
            if number % 2 == 0:
                await self._our_round(number)
            if binary:
                await self._their_round(number, binary)
            if number % 2:
                await self._our_round(number)

    async def _our_round(self, number: int) -> None:
        call = await self._quietly(self._our_call)
        self.found.ours[number] = call
        say(f"ours: {call.peer_cores:.2f} cores, {min(call.fps):.1f} fps")

    async def _their_round(self, number: int, binary: str) -> None:
        """A round without Chromium is missing; ours go on."""

        async def measure() -> tuple[chromium.ChromiumCall, Usage]:
            call = await chromium.measure_call(
                binary,
                self._scene,
                video_bps=equal_video_bps(list(self.found.ours.values())),
                settle_s=self._plan.settle_s,
                window_s=self._plan.window_s,
            )
            return call, call.usage

        try:
            call = await self._quietly(measure, PEER)
        except NotMeasuredError as error:
            self.found.missing[PEER] = f"round {number + 1}: {error}"
            return
        self.found.theirs[number] = call
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

    async def _quietly(
        self, measure: Callable[[], Awaitable[tuple[_T, Usage]]], who: str = OURS
    ) -> _T:
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
                self.found.failed_runs[who] += 1
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


def say(text: str) -> None:
    """Tell how far it is, beside the report."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
