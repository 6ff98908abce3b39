"""The product from outside: its server and two headless peers, three processes.

Only the documented command lines and their JSON lines are used. Each call gets
fresh keys, a fresh server and a fresh invite; the enrolment token travels in the
environment, never in argv, and neither token nor code is ever printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.clip import Clip
from benchmarks.report import ROOT, NotMeasuredError


TOKEN_VARIABLE = "SAFESESSION_ENROL_TOKEN"  # noqa: S105 - the name of a variable
START_LIMIT_S = 20.0
MEET_LIMIT_S = 30.0
END_LIMIT_S = 20.0
EXIT_LIMIT_S = 10.0
LONGEST_LINE = 1 << 25  # a child may answer with a minute of sound


@dataclass(frozen=True, slots=True)
class Event:
    """One JSON line of a peer. `t` is the peer's own clock in seconds."""

    name: str
    t: float
    fields: dict[str, Any]


def parse_event(line: bytes) -> Event:
    """Parse one line of a peer's standard output.

    Raises:
        NotMeasuredError: it is not what `--json` promises.
    """
    try:
        untrusted = json.loads(line)
        return Event(str(untrusted["event"]), float(untrusted["t"]), untrusted)
    except (ValueError, KeyError, TypeError):
        raise NotMeasuredError("a peer printed a line that is no event") from None


def first_frame_s(events: list[Event]) -> float:
    """Return code submitted → first decoded remote picture, on the joiner's clock.

    Raises:
        NotMeasuredError: one of the two is missing.
    """
    submitted = [e.t for e in events if e.fields.get("phase") == "joining"]
    shown = [
        e.t for e in events if e.name == "first_frame" and e.fields["kind"] == "video"
    ]
    if not submitted or not shown:
        raise NotMeasuredError("the joining peer never showed a picture")
    return shown[0] - submitted[0]


def sent_bps(events: list[Event]) -> float:
    """Return bits per second sent over the whole call, all protocols together.

    Raises:
        NotMeasuredError: the peer never connected or gave no figures.
    """
    at = {event.name: event for event in events}
    if not {"connected", "figures"} <= at.keys():
        raise NotMeasuredError("a peer told neither its start nor its figures")
    lasted_s = at["figures"].t - at["connected"].t
    return 8 * float(at["figures"].fields["bytes_sent"]) / lasted_s


class PeerProcess:
    """One `safesession peer`, its events as they come."""

    def __init__(
        self, name: str, process: asyncio.subprocess.Process, log: Path
    ) -> None:
        self.name = name
        self.events: list[Event] = []
        self._log = log
        self._process = process
        self._more = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def until(self, name: str, limit_s: float, **wanted: object) -> Event:
        """Wait for the first event of that name with those fields.

        Raises:
            NotMeasuredError: the peer ended, or it took too long.
        """
        try:
            async with asyncio.timeout(limit_s), self._more:
                while True:
                    for event in self.events:
                        if (
                            event.name == name
                            and wanted.items() <= event.fields.items()
                        ):
                            return event
                    if self._reading.done():
                        self._reading.result()
                        raise NotMeasuredError(f"the {self.name} ended: {self._why()}")
                    await self._more.wait()
        except TimeoutError:
            text = f"the {self.name} did not reach {name!r} in {limit_s:g} s"
            raise NotMeasuredError(f"{text}: {self._why()}") from None

    async def finished(self) -> dict[str, Any]:
        """Wait for the end of a verified call and return its figures."""
        figures = await self.until("figures", END_LIMIT_S)
        try:
            async with asyncio.timeout(EXIT_LIMIT_S):
                code = await self._process.wait()
        except TimeoutError:
            raise NotMeasuredError(f"the {self.name} did not exit") from None
        if code != 0:
            raise NotMeasuredError(f"the {self.name} ended with code {code}")
        return figures.fields

    async def leave(self) -> None:
        """Let it end the call and write down what it has.

        Raises:
            NotMeasuredError: it did not end.
        """
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(END_LIMIT_S):
                await self._process.wait()
        except TimeoutError:
            raise NotMeasuredError(f"the {self.name} did not exit") from None

    async def stop(self) -> None:
        """End the process, however far it is."""
        await stop(self._process)
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    def _why(self) -> str:
        """Return the best clue there is: its last words, or how far it came."""
        if told := last_words(self._log):
            return told
        for event in reversed(self.events):
            if event.name == "closed":
                return str(event.fields.get("reason"))
            if event.name == "state":
                return f"last state {event.fields.get('phase')}"
        return "it said nothing"

    async def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - piped below
        try:
            async for line in self._process.stdout:
                event = parse_event(line)
                async with self._more:
                    self.events.append(event)
                    self._more.notify_all()
        finally:
            async with self._more:
                self._more.notify_all()


@dataclass(frozen=True, slots=True)
class Call:
    """A running call; `figures` comes when it is over."""

    host: PeerProcess
    join: PeerProcess
    server_pid: int
    started_s: float = field(default_factory=time.monotonic)

    @property
    def pids(self) -> dict[str, int]:
        """Both peers' process ids by side."""
        return {"host": self.host.pid, "join": self.join.pid}

    async def until_pictures(self) -> None:
        """Wait until both sides show the other's picture."""
        for peer in (self.host, self.join):
            await peer.until("first_frame", MEET_LIMIT_S, kind="video")

    async def finished(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Wait for both ends and return (host's, joiner's) figures."""
        return await self.host.finished(), await self.join.finished()


@contextlib.asynccontextmanager
async def call(
    clip: Clip, *, seconds: float, record: Path | None = None
) -> AsyncIterator[Call]:
    """Start server, host and joiner; end all three afterwards.

    Args:
        clip: what both show and say.
        seconds: how long the peers stay after they have met.
        record: a folder for `host` and `join` to record what they decoded.

    Raises:
        NotMeasuredError: one of them did not come up.
    """
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(_scratch()))
        server, origin = await start_server(folder)
        stack.push_async_callback(stop, server)
        token = await enrol(folder)
        common = ["--server", origin, "--json", "--accept-safety-code"]
        common += ["--video", str(clip.video), "--audio", str(clip.audio)]
        common += ["--seconds", str(seconds)]

        async def peer(side: str, *more: str, **variables: str) -> PeerProcess:
            arguments = [side, *common, "--state", str(folder / side), *more]
            if record is not None:
                arguments += ["--record", str(record / side)]
            log = folder / f"{side}.log"
            process = await python(
                "safesession.cli", "peer", *arguments, log=log, **variables
            )
            started = PeerProcess(f"{side}ing peer", process, log)
            stack.push_async_callback(started.stop)
            return started

        host = await peer("host", **{TOKEN_VARIABLE: token})
        invite = await host.until("invite", START_LIMIT_S)
        join = await peer("join", "--code", str(invite.fields["code"]))
        yield Call(host, join, server.pid)


def last_words(log: Path) -> str:
    """Return the end of a log, for a reason."""
    told = log.read_text("utf-8", "replace").strip().splitlines()
    return told[-1][:200] if told else ""


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(
        prefix="safesession-bench-", ignore_cleanup_errors=True
    )


async def start_server(
    folder: Path, *, address: str = "127.0.0.1", inside: Sequence[str] = ()
) -> tuple[asyncio.subprocess.Process, str]:
    """Start a server and return it with its origin.

    Args:
        folder: for its data and its log.
        address: where it listens, at a port of the system's choice.
        inside: what stands before the command.

    Raises:
        NotMeasuredError: it did not come up.
    """
    arguments = ("run", "--listen", f"{address}:0", "--data", str(folder / "server"))
    log = folder / "server.log"
    server = await python(
        "safesession.signaling_server",
        *(*arguments, "--print-port"),
        log=log,
        inside=inside,
    )
    assert server.stdout is not None  # noqa: S101 - piped below
    try:
        async with asyncio.timeout(START_LIMIT_S):
            line = await server.stdout.readline()
        return server, f"http://{address}:{int(line.split()[-1])}"
    except (TimeoutError, ValueError, IndexError):
        await stop(server)
        told = last_words(log) or "it said nothing"
        raise NotMeasuredError(f"the server did not come up: {told}") from None


async def enrol(folder: Path) -> str:
    """Return an enrolment token of the server in `folder`.

    Raises:
        NotMeasuredError: it gave none.
    """
    process = await python(
        "safesession.signaling_server",
        "enrol",
        "--data",
        str(folder / "server"),
        log=folder / "enrol.log",
    )
    out, _ = await process.communicate()
    words = out.decode("utf-8", "replace").split()
    if process.returncode != 0 or not words:
        raise NotMeasuredError("the server gave no enrolment token")
    return words[-1]


async def python(
    module: str,
    *arguments: str,
    log: Path,
    inside: Sequence[str] = (),
    pipe: bool = False,
    **variables: str,
) -> asyncio.subprocess.Process:
    """Start one of our modules from the checkout's own source; stderr goes to `log`."""
    with log.open("wb") as errors:
        return await asyncio.create_subprocess_exec(
            *inside,
            sys.executable,
            "-m",
            module,
            *arguments,
            cwd=ROOT,
            env=child_environment(**variables),
            stdin=asyncio.subprocess.PIPE if pipe else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=LONGEST_LINE,
        )


def child_environment(**variables: str) -> dict[str, str]:
    """Return the environment in which children find `safesession` in src/."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), **variables}


async def stop(process: asyncio.subprocess.Process) -> None:
    """End a child that still runs, kindly and then not."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(3):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
