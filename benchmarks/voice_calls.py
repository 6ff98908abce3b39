"""The calls behind voice.py, one kind for each peer of the comparison.

Each is two processes in two network namespaces, joined by the same spoiled net and
showing and saying the same. A call is open while its block runs; stages are measured
inside, and `windows` scores them when it is over.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from tests.support.netlab import NetLab

from benchmarks import peers
from benchmarks.clip import Clip
from benchmarks.processes import Usage
from benchmarks.processes import Window as UsageWindow
from benchmarks.report import NotMeasuredError
from benchmarks.speech import read_wav
from benchmarks.voice_score import score
from benchmarks.voice_windows import Track, Window, measure, track


PATH_MS = 50.0
START_LIMIT_S = 60.0
CHILD_LIMIT_S = 60.0
MAX_VIDEO_BPS = 1_500_000  # our encoder's highest rung
SIDES = {"host": "counselor", "join": "client"}  # a side and its host in the lab

Clips = dict[str, Clip]


class Call(Protocol):
    """A running call of any kind."""

    async def open(self, condition: str) -> None:
        """Begin to measure under a name."""

    async def close(self) -> None:
        """End what `open` began."""

    async def windows(self) -> list[Window]:
        """End the call and return both directions of everything measured."""


@dataclass(slots=True)
class _Tracked:
    """A call whose ends write down their sound: ours, and stock aiortc's."""

    folder: Path
    stop: Any  # ends both ends, so that they write
    pids: dict[str, int]
    measured: list[tuple[str, float, float]] = field(default_factory=list)
    usage: dict[str, Usage] = field(default_factory=dict)
    _begun: tuple[str, float, UsageWindow] | None = None

    async def open(self, condition: str) -> None:
        self._begun = (condition, time.monotonic(), UsageWindow(self.pids))

    async def close(self) -> None:
        if self._begun is not None:
            condition, start_s, usage = self._begun
            self.measured.append((condition, start_s, time.monotonic()))
            self.usage[condition] = usage.close()

    async def windows(self) -> list[Window]:
        await asyncio.sleep(1)  # what was said last must still be heard
        await self.stop()
        ends = self.folder / "host", self.folder / "join"
        tracks = [track(*ends), track(*reversed(ends))]
        return await asyncio.to_thread(self._score, tracks)

    def _score(self, tracks: list[Track]) -> list[Window]:
        return [
            measure(one, condition, start_s, end_s)
            for condition, start_s, end_s in self.measured
            for one in tracks
        ]


@contextlib.asynccontextmanager
async def ours(
    lab: NetLab, clips: Clips, folder: Path, *, video: bool
) -> AsyncIterator[_Tracked]:
    """Hold a verified call of two headless peers with the server between."""
    async with contextlib.AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(_scratch()))
        there = lab["server"]
        server, origin = await peers.start_server(
            scratch, address=there.address, inside=there.inside
        )
        stack.push_async_callback(peers.stop, server)
        token = await peers.enrol(scratch)

        async def peer(side: str, *more: str, **variables: str) -> peers.PeerProcess:
            clip = clips[side]
            shown = ["--video", str(clip.video)] if video else []
            log = scratch / f"{side}.log"
            process = await peers.python(
                "benchmarks.voice_peer",
                *(str(folder / side), side, "--server", origin, "--json"),
                *("--accept-safety-code", "--seconds", "100000"),
                *(*shown, "--audio", str(clip.audio)),
                *("--state", str(scratch / side), *more),
                log=log,
                inside=lab[SIDES[side]].inside,
                **variables,
            )
            started = peers.PeerProcess(f"{side}ing peer", process, log)
            stack.push_async_callback(started.stop)
            return started

        host = await peer("host", **{peers.TOKEN_VARIABLE: token})
        invite = await host.until("invite", START_LIMIT_S)
        join = await peer("join", "--code", str(invite.fields["code"]))
        for one in (host, join):
            await one.until("state", START_LIMIT_S, safety_code="matched")
            await one.until("first_frame", START_LIMIT_S, kind="audio")
            if video:
                await one.until("first_frame", START_LIMIT_S, kind="video")

        async def stop() -> None:
            await asyncio.gather(host.leave(), join.leave())

        yield _Tracked(folder, stop, {"host": host.pid, "join": join.pid})


class _Child:
    """A process that obeys JSON lines: voice_stock or voice_browser."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process, self._log = process, log

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def call(self, name: str, *arguments: object) -> Any:
        """Give one order and return its answer.

        Raises:
            NotMeasuredError: it ended, failed or took too long.
        """
        assert self._process.stdin is not None  # noqa: S101 - piped
        assert self._process.stdout is not None  # noqa: S101
        try:
            async with asyncio.timeout(CHILD_LIMIT_S):
                self._process.stdin.write(
                    json.dumps([name, *arguments]).encode() + b"\n"
                )
                await self._process.stdin.drain()
                line = await self._process.stdout.readline()
        except (TimeoutError, OSError):
            raise NotMeasuredError(f"no answer to {name}()") from None
        if not line:
            told = peers.last_words(self._log) or "it said nothing"
            raise NotMeasuredError(f"ended at {name}(): {told}")
        answer = json.loads(line)
        if isinstance(answer, dict) and "problem" in answer:
            raise NotMeasuredError(answer["problem"])
        return answer

    async def end(self) -> None:
        """Let it end by itself, then not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self._process.wait()
        await peers.stop(self._process)


@contextlib.asynccontextmanager
async def stock(
    lab: NetLab, clips: Clips, folder: Path, *, video: bool
) -> AsyncIterator[_Tracked]:
    """Hold a call of two aiortc peers without anything of ours."""
    async with contextlib.AsyncExitStack() as stack:
        pair = await _children(stack, "benchmarks.voice_stock", lab, clips, video=video)
        offer = await pair[0].call("offer")
        await pair[0].call("accept", await pair[1].call("answer", offer))
        await _until(pair, "ready", bool)

        async def stop() -> None:
            for side, child in zip(SIDES, pair, strict=True):
                if not await child.call("save", str(folder / side)):
                    raise NotMeasuredError("stock aiortc heard nothing")

        yield _Tracked(
            folder, stop, {s: c.pid for s, c in zip(SIDES, pair, strict=True)}
        )


@contextlib.asynccontextmanager
async def browser(
    lab: NetLab, clips: Clips, folder: Path, *, video: bool
) -> AsyncIterator[_Browser]:
    """Hold a call of two Chromiums; what they hear is kept in `folder`."""
    async with contextlib.AsyncExitStack() as stack:
        pair = await _children(
            stack, "benchmarks.voice_browser", lab, clips, video=True
        )
        for child in pair:
            size = {"width": 640, "height": 480} if video else None
            await child.call("use", size)
        offer = await pair[0].call("offer", MAX_VIDEO_BPS)
        answer = await pair[1].call("answer", MAX_VIDEO_BPS, offer)
        await pair[0].call("accept", answer)
        await _until(pair, "stats", lambda found: found.get("soundSamples", 0) > 0)
        for child in pair:
            await child.call("record")
        yield _Browser(folder, pair, clips)


@dataclass(slots=True)
class _Browser:
    """A call of Chromiums, which tell of their own what they concealed."""

    folder: Path
    pair: tuple[_Child, _Child]
    clips: Clips
    usage: dict[str, Usage] = field(default_factory=dict)
    _begun: tuple[str, float, list[Any], UsageWindow] | None = None
    _heard: list[tuple[str, str, Any, dict[str, Any], dict[str, Any]]] = field(
        default_factory=list
    )

    async def open(self, condition: str) -> None:
        for child in self.pair:
            await child.call("takeHeard")
        before = [await child.call("stats") for child in self.pair]
        pids = {s: c.pid for s, c in zip(SIDES, self.pair, strict=True)}
        self._begun = (condition, time.monotonic(), before, UsageWindow(pids))

    async def close(self) -> None:
        if self._begun is None:
            return
        condition, _, before, usage = self._begun
        self.usage[condition] = usage.close()
        after = [await child.call("stats") for child in self.pair]
        for number, (child, said) in enumerate(
            zip(self.pair, reversed(SIDES), strict=True)
        ):
            heard = await child.call("takeHeard")
            self._heard.append((condition, said, heard, before[number], after[number]))

    async def windows(self) -> list[Window]:
        return await asyncio.to_thread(self._score)

    def _score(self) -> list[Window]:
        return [self._window(*found) for found in self._heard]

    def _window(
        self,
        condition: str,
        said: str,
        heard: dict[str, Any],
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> Window:
        if heard["rates"] != [48_000]:
            raise NotMeasuredError(f"Chromium recorded at {heard['rates']} Hz")
        sound = np.frombuffer(base64.b64decode(heard["samples"]), "<i2")
        self.folder.mkdir(parents=True, exist_ok=True)
        np.save(self.folder / f"{condition}-from-{said}.npy", sound)
        source = np.tile(read_wav(self.clips[said].audio), 3)
        found = score(source, sound)
        grown = {name: after[name] - before[name] for name in after if name in COUNTED}
        own = grown["concealed"] / max(1, grown["soundSamples"])
        waited_s = grown["waited"] / max(1, grown["emitted"])
        fps = grown["decoded"] / grown["at"] if "decoded" in grown else None
        return Window(
            condition=condition,
            bad_share=max(found.bad_share, own),
            unlike_share=found.unlike_share,
            lost_share=found.lost_share,
            own_share=own,
            # It tells only the time spent waiting; the path comes before that.
            delay_ms=PATH_MS + 1000 * waited_s,
            delay_ms95=None,
            fps=fps,
        )


COUNTED = ("concealed", "soundSamples", "waited", "emitted", "decoded", "at")


async def _children(
    stack: contextlib.AsyncExitStack,
    module: str,
    lab: NetLab,
    clips: Clips,
    *,
    video: bool,
) -> tuple[_Child, _Child]:
    scratch = Path(stack.enter_context(_scratch()))
    made = []
    for side, place in SIDES.items():
        clip = clips[side]
        log = scratch / f"{side}.log"
        process = await peers.python(
            module,
            *(str(clip.video) if video else "-", str(clip.audio)),
            log=log,
            inside=lab[place].inside,
            pipe=True,
        )
        child = _Child(process, log)
        stack.push_async_callback(child.end)
        made.append(child)
    return made[0], made[1]


async def _until(pair: tuple[_Child, _Child], name: str, good: Any) -> None:
    try:
        async with asyncio.timeout(START_LIMIT_S):
            for child in pair:
                while not good(await child.call(name)):
                    await asyncio.sleep(0.1)
    except TimeoutError:
        raise NotMeasuredError("the call did not connect") from None


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(
        prefix="safesession-bench-", ignore_cleanup_errors=True
    )
