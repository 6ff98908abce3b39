"""One endpoint run from the command line: host or join, speak, record, report.

Drives the engine through the same commands a window sends and reports what the
core says. It must never confirm a safety code on its own: only when told to.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from safesession.core import inputs
from safesession.core.effects import FrontEvent, StatusChanged, TextChanged
from safesession.core.ports import VideoImage
from safesession.core.status import (
    CaptureState,
    EndReason,
    Phase,
    Role,
    SafetyCodeState,
    ServerLink,
    SessionStatus,
)
from safesession.engine.assembly import Assembly, EmbeddedServerPort, EngineOptions
from safesession.engine.media.demo import demo_clip
from safesession.engine.media.file_source import FileSource
from safesession.headless.events import EventWriter
from safesession.headless.sentences import OTHER_SERVER, sentence


# How long a host waits for somebody to use the code, and a guest for the room.
MEET_LIMIT_S = 300.0
# How long a server may stay silent before anybody was met.
SERVER_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class PeerOptions:
    """What the command line asked for."""

    role: Role
    server_origin: str = ""
    embedded: EmbeddedServerPort | None = None
    code: str = field(default="", repr=False)
    enrolment_token: str = field(default="", repr=False)
    state_dir: Path | None = None
    display_name: str = ""
    video: Path | None = None
    audio: Path | None = None
    record: Path | None = None
    say: tuple[str, ...] = ()
    seconds: float = 20.0
    accept_safety_code: bool = False


class HeadlessPeer:
    """Runs one session; `run` returns the process's exit code."""

    def __init__(self, options: PeerOptions, writer: EventWriter) -> None:
        self._options = options
        self._writer = writer
        self._shown: SessionStatus | None = None
        self._told: set[str] = set()
        self._ended = asyncio.Event()
        self._met = asyncio.Event()
        self._verified = False
        self._assembly: Assembly | None = None
        self._invited = asyncio.Event()
        self._giving_up: asyncio.TimerHandle | None = None
        self._view_px: tuple[int, int] | None = None
        self.last_picture: VideoImage | None = None

    async def invite(self, limit_s: float) -> tuple[str, str]:
        """Wait for the host's code; return it with the server's origin."""
        async with asyncio.timeout(limit_s):
            await self._invited.wait()
        shown = self._shown
        if shown is None or shown.invite is None or self._assembly is None:
            raise TimeoutError("no invite")
        return shown.invite.code, self._assembly.origin

    def look(self, width_px: int, height_px: int) -> None:
        """Keep a picture of the other side this large, for `last_picture`."""
        self._view_px = (width_px, height_px)

    async def run(self) -> int:
        """Meet, stay for the seconds asked, leave; 0 only after a verified call."""
        options = self._options
        with tempfile.TemporaryDirectory(prefix="safesession-") as scratch:
            engine_options = EngineOptions(
                role=options.role,
                state_dir=options.state_dir or Path(scratch),
                server_origin=options.server_origin,
                display_name=options.display_name,
                embedded=options.embedded,
                enrolment_token=options.enrolment_token,
                record_dir=options.record,
                on_first_frame=self._first_frame,
            )
            assembly = await Assembly.create(engine_options)
            self._assembly = assembly
            if self._view_px:
                assembly.media.remote_video.set_view_size(*self._view_px)
            try:
                await self._with_media(assembly)
            finally:  # Ctrl+C too leaves politely and reports
                self._wait_for_server()
                self.last_picture = assembly.media.remote_video.take()
                figures = asdict(assembly.figures())
                await assembly.close()
                self._writer.write("figures", **figures)
        return 0 if self._verified else 1

    async def _with_media(self, assembly: Assembly) -> None:
        source = self._source(assembly)
        source.start()
        try:
            assembly.runtime.subscribe(self._on_event)
            await self._session(assembly)
        finally:
            await asyncio.to_thread(source.close)

    def _source(self, assembly: Assembly) -> FileSource:
        given = self._options.video or self._options.audio
        video, audio = self._options.video, self._options.audio
        if not given:
            video = audio = demo_clip(self._options.role)
        return FileSource(
            assembly.media.camera, assembly.media.audio, video=video, audio=audio
        )

    async def _session(self, assembly: Assembly) -> None:
        options, runtime = self._options, assembly.runtime
        runtime.dispatch(
            inputs.CaptureChanged(
                microphone=self._capture(options.audio),
                camera=self._capture(options.video),
            )
        )
        if options.role is Role.COUNSELOR:
            runtime.dispatch(inputs.CreateInvite())
        else:
            runtime.dispatch(inputs.JoinByCode(options.code))
        if await self._either(self._met, MEET_LIMIT_S):
            for text in options.say:
                runtime.dispatch(inputs.SendText(text))
            await self._either(None, options.seconds)
        if not self._ended.is_set():
            runtime.dispatch(inputs.Leave())
        await self._ended.wait()

    def _capture(self, file: Path | None) -> CaptureState:
        if file is not None:
            return CaptureState.ON
        demo = not (self._options.video or self._options.audio)
        return CaptureState.DEMO if demo else CaptureState.MISSING

    async def _either(self, event: asyncio.Event | None, limit_s: float) -> bool:
        """Wait for `event`, the end or the limit; True when `event` came first."""
        waiters = [asyncio.ensure_future(self._ended.wait())]  # noqa: TID251 - awaited below
        if event is not None:
            waiters.append(asyncio.ensure_future(event.wait()))  # noqa: TID251 - awaited below
        await asyncio.wait(
            waiters, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED
        )
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)
        return event is not None and event.is_set() and not self._ended.is_set()

    # --- what the core says ---------------------------------------------------------

    def _first_frame(self, kind: str) -> None:
        self._writer.write("first_frame", kind=kind)

    def _on_event(self, event: FrontEvent) -> None:
        match event:
            case StatusChanged():
                self._on_status(event.status)
            case TextChanged():
                self._writer.write(
                    "message",
                    text=event.text,
                    direction=event.direction.value,
                    state=event.state.value,
                )

    def _once(self, event: str, **fields: object) -> None:
        if event not in self._told:
            self._told.add(event)
            self._writer.write(event, **fields)

    def _on_status(self, status: SessionStatus) -> None:
        before = self._shown
        self._shown = status
        if status.invite is not None:
            origin = self._assembly.origin if self._assembly else ""
            self._invited.set()
            self._once("invite", code=status.invite.code, server=origin)
            self._wrong_code(status.invite.wrong_attempts, before)
        if status.peer.present or status.phase in (Phase.WAITING, Phase.PAIRING):
            self._once("joined")
        if status.peer.fingerprint:
            self._once("paired", peer=status.peer.display_name)
        if status.phase is Phase.IN_CALL:
            self._once("bound")
            self._once("connected", path=status.quality.path)
            self._met.set()
        if before is None or _state(before) != _state(status):
            self._writer.write("state", **_state(status))
        self._verified = self._verified or status.verified
        self._safety_code(status)
        self._watch_server(status)
        nowhere_to_go = status.problem is not None or status.asks_server
        if status.phase is Phase.IDLE and nowhere_to_go:
            self._leave()  # a person would type again; here nobody does
        elif status.phase is Phase.ENDED:
            self._closed(status, before)

    def _wrong_code(self, attempts: int, before: SessionStatus | None) -> None:
        """Somebody tried a code that does not open this invite."""
        told = before.invite.wrong_attempts if before and before.invite else 0
        if attempts > told:
            self._writer.write("wrong_code", attempts=attempts)

    def _watch_server(self, status: SessionStatus) -> None:
        """Give up on a server that stays silent, unless somebody was met."""
        if status.server_link is not ServerLink.DOWN or self._met.is_set():
            self._wait_for_server()
        elif self._giving_up is None:
            loop = asyncio.get_running_loop()
            self._giving_up = loop.call_later(SERVER_LIMIT_S, self._leave)

    def _wait_for_server(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _leave(self) -> None:
        if self._assembly is not None:
            self._assembly.runtime.dispatch(inputs.Leave())

    def _safety_code(self, status: SessionStatus) -> None:
        ready = status.safety_code.state is SafetyCodeState.READY
        if ready and self._options.accept_safety_code and self._assembly is not None:
            runtime = self._assembly.runtime
            right = runtime.session.right_safety_choice
            runtime.dispatch(inputs.PickSafetyCode(right))

    def _closed(self, status: SessionStatus, before: SessionStatus | None) -> None:
        ended = status.ended or EndReason.FAILED
        reason = ended.value
        if status.problem is not None:
            reason = status.problem.value
            _complain(sentence(status.problem))
        elif before is not None and before.asks_server:
            reason = "other_server"
            _complain(OTHER_SERVER)
        self._once("closed", reason=reason)
        if status.ended not in (EndReason.LEFT, EndReason.PEER_LEFT):
            self._verified = False
        self._ended.set()


def _complain(words: str) -> None:
    print(f"safesession: {words}", file=sys.stderr, flush=True)


def _state(status: SessionStatus) -> dict[str, object]:
    return {
        "phase": status.phase.value,
        "safety_code": status.safety_code.state.value,
        "server_link": status.server_link.value,
        "problem": status.problem.value if status.problem else None,
    }


__all__ = ["HeadlessPeer", "PeerOptions"]
