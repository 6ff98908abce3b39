"""The runs behind voice.py: which lines are tried, in which order, on whom.

A call that failed, or beside which strangers were busy, is held again. What a call
gave is kept in a folder, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.support.netlab import Line, NetLab, why_not

from benchmarks import voice_calls
from benchmarks.processes import Usage
from benchmarks.report import NotMeasuredError
from benchmarks.speech import clips
from benchmarks.voice_calls import PATH_MS, SIDES, Clips
from benchmarks.voice_windows import Window


OURS, STOCK, BROWSER = "ours", "aiortc", "chromium"
KINDS: dict[str, Callable[..., AbstractAsyncContextManager[Any]]] = {
    OURS: voice_calls.ours,
    STOCK: voice_calls.stock,
    BROWSER: voice_calls.browser,
}
LATE_S = 5.0  # a call's own beginning is nobody's figure


@dataclass(frozen=True, slots=True)
class Stage:
    """A line, how long it is left alone, and how long it is measured (0: never)."""

    name: str
    line: Line
    settle_s: float
    window_s: float


def _line(**spoiled: float) -> Line:
    return Line(delay_ms=PATH_MS, **spoiled)


_CAP = _line(rate_kbps=400, queue_ms=400)
WITH_VIDEO = (
    Stage("clean", _line(), 0, 60),
    Stage("loss5", _line(loss=0.05), 2, 60),
    Stage("loss10", _line(loss=0.10), 2, 60),
    Stage("loss20", _line(loss=0.20), 2, 60),
    Stage("burst", _line(loss=0.10, burst=3), 2, 60),
    Stage("spike", _line(loss=0.10, jitter_ms=200), 10, 0),
    Stage("after", _line(), 0, 20),
    Stage("recovered", _line(), 20, 0),  # pictures too, before the next fall
    Stage("400kbps_first5s", _CAP, 0, 5),
    Stage("400kbps", _CAP, 3, 30),
)
SOUND_ALONE = (
    Stage("audio_only", _line(), 0, 30),
    Stage("100kbps", _line(rate_kbps=100, queue_ms=400), 2, 60),
)
QUICK_STAGES = (
    Stage("loss10", _line(loss=0.10), 2, 10),
    Stage("loss20", _line(loss=0.20), 2, 10),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: each of `calls` (video or not, its stages) in each run."""

    runs: int
    kinds: tuple[str, ...]
    calls: tuple[tuple[bool, tuple[Stage, ...]], ...]
    attempts: int
    limit_s: float | None = None


FULL = Plan(3, (OURS, STOCK, BROWSER), ((True, WITH_VIDEO), (False, SOUND_ALONE)), 3)
QUICK = Plan(1, (OURS,), ((True, QUICK_STAGES),), 1, 48.0)


@dataclass(slots=True)
class Measured:
    """Everything found, by kind; `missing` says what was not, and why."""

    windows: dict[str, list[Window]] = field(default_factory=dict)
    cores: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    others_cores: float = 0.0
    void_calls: int = 0
    failed_calls: int = 0

    def of(self, kind: str, condition: str) -> list[Window]:
        """Return both directions of every run of a condition."""
        return [w for w in self.windows.get(kind, []) if w.condition == condition]


class Bench:
    """Holds the calls of a plan in a lab; what fails is missing, the rest goes on."""

    def __init__(self, plan: Plan, folder: Path, others_limit: float) -> None:
        self._plan = plan
        self._folder = folder
        self._others_limit = others_limit
        self.found = Measured()

    async def run(self) -> Measured:
        """Measure everything."""
        if reason := why_not():
            self.found.missing = dict.fromkeys(self._plan.kinds, reason)
            return self.found
        try:
            clip = clips()
            async with asyncio.timeout(self._plan.limit_s):
                with NetLab("counselor", "client", "server") as lab:
                    await self._all(lab, clip)
        except TimeoutError:
            text = f"did not end within {self._plan.limit_s} s"
            self.found.missing = dict.fromkeys(self._plan.kinds, text)
        except NotMeasuredError as error:
            self.found.missing = dict.fromkeys(self._plan.kinds, str(error))
        return self.found

    async def _all(self, lab: NetLab, clip: Clips) -> None:
        for run in range(self._plan.runs):
            for number, (video, stages) in enumerate(self._plan.calls):
                for kind in self._plan.kinds:
                    name = f"{kind}-{run + 1}-{number + 1}"
                    try:
                        kept = await self._kept(
                            lab, clip, name, kind, run, video, stages
                        )
                    except NotMeasuredError as error:
                        self.found.missing[kind] = f"{name}: {error}"
                        say(self.found.missing[kind])
                    else:
                        self._take(kind, kept)

    async def _kept(
        self,
        lab: NetLab,
        clip: Clips,
        name: str,
        kind: str,
        run: int,
        video: bool,
        stages: tuple[Stage, ...],
    ) -> dict[str, Any]:
        """Return a call's result, from the folder if it was held before."""
        file = self._folder / f"{name}.json"
        if file.exists():
            kept: dict[str, Any] = json.loads(file.read_text())
            return kept
        reason = ""
        for _ in range(self._plan.attempts):
            try:
                held = await self._hold(lab, clip, name, kind, run, video, stages)
            except NotMeasuredError as error:
                self.found.failed_calls += 1
                reason = str(error)
            else:
                others = held["others_cores"]
                if others <= self._others_limit:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(json.dumps(held))
                    return held
                self.found.void_calls += 1
                reason = f"void: other processes took {others:.2f} cores"
            say(f"{name}: {reason}")
        raise NotMeasuredError(reason)

    async def _hold(
        self,
        lab: NetLab,
        clip: Clips,
        name: str,
        kind: str,
        run: int,
        video: bool,
        stages: tuple[Stage, ...],
    ) -> dict[str, Any]:
        """Hold one call through all its stages."""
        started_s = time.monotonic()
        self._spoil(lab, _line(), run)
        folder = self._folder / name
        async with KINDS[kind](lab, clip, folder, video=video) as call:
            await asyncio.sleep(LATE_S)
            for stage in stages:
                self._spoil(lab, stage.line, run)
                await asyncio.sleep(stage.settle_s)
                if stage.window_s:
                    await call.open(stage.name)
                    await asyncio.sleep(stage.window_s)
                    await call.close()
            windows = await call.windows()
        usage: dict[str, Usage] = call.usage
        say(f"{name}: {time.monotonic() - started_s:.0f} s")
        for window in windows:
            told = f"bad {window.bad_share:.4f} (own {window.own_share})"
            say(f"  {window.condition}: {told}, {window.delay_ms} ms, {window.fps} fps")
        return {
            "windows": [asdict(window) for window in windows],
            "cores": {name: max(used.cores.values()) for name, used in usage.items()},
            "others_cores": max(used.others for used in usage.values()),
        }

    def _spoil(self, lab: NetLab, line: Line, run: int) -> None:
        """Give both ends the line; each way has losses of its own, by seed."""
        for number, host in enumerate(SIDES.values()):
            # frozen, so that a stage is the same for every kind of call
            lab[host].up(Line(**{**asdict(line), "seed": 100 * run + number + 1}))

    def _take(self, kind: str, held: dict[str, Any]) -> None:
        windows = self.found.windows.setdefault(kind, [])
        windows += [Window(**window) for window in held["windows"]]
        cores = self.found.cores.setdefault(kind, {})
        for name, used in held["cores"].items():
            cores.setdefault(name, []).append(used)
        self.found.others_cores = max(self.found.others_cores, held["others_cores"])


def say(text: str) -> None:
    """Tell how far it is, beside the report."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
