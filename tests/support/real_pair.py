"""Two real engines on one loop: real server, real files, real WebRTC on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Self

import av
import numpy as np
from tests.support.evil_relay import EvilRelay

from safesession.core import inputs
from safesession.core.effects import FrontEvent, StatusChanged, TextChanged
from safesession.core.status import Phase, Role, SafetyCodeState, TextDirection
from safesession.engine.assembly import Assembly, EngineOptions
from safesession.engine.local_state import LocalState
from safesession.signaling_server.embedded import EmbeddedServer


LIMIT_S = 15.0
TONE = (8000 * np.sin(2 * np.pi * 500 * np.arange(960) / 48000)).astype(np.int16)


def picture(number: int, width: int = 160, height: int = 96) -> av.VideoFrame:
    pixels = np.full((height * 3 // 2, width), 128, np.uint8)
    pixels[:height, (number * 4) % width :][:, :20] = 220
    return av.VideoFrame.from_ndarray(pixels, format="yuv420p")


class End:
    """One engine and everything it told its window."""

    def __init__(self, assembly: Assembly, state_dir: Path) -> None:
        self.assembly = assembly
        self.state_dir = state_dir
        self.phases: list[Phase] = []
        self.problems: list = []
        self.texts: list[TextChanged] = []
        self.code = ""
        self.link = ""
        self._news = asyncio.Event()
        assembly.runtime.subscribe(self._on_event)

    def _on_event(self, event: FrontEvent) -> None:
        self._news.set()
        if isinstance(event, TextChanged):
            self.texts.append(event)
            return
        assert isinstance(event, StatusChanged)
        status = event.status
        if not self.phases or self.phases[-1] is not status.phase:
            self.phases.append(status.phase)
        if status.problem is not None:
            self.problems.append(status.problem)
        if status.invite is not None:
            self.code, self.link = status.invite.code, status.invite.link

    @property
    def status(self):
        return self.assembly.runtime.status

    @property
    def decoded(self) -> dict[str, int]:
        return self.assembly.media.figures.decoded_frames

    @property
    def received(self) -> list[str]:
        received = TextDirection.RECEIVED
        return [text.text for text in self.texts if text.direction is received]

    @property
    def dtls(self):
        """The transport of the present connection."""
        return self.assembly._peer._link._dtls

    def guesses(self) -> list[int]:
        """What a restarted app would find on disk."""
        return sorted(LocalState(self.state_dir, bytes).wrong_attempts.values())

    def do(self, *commands: inputs.Command) -> None:
        for command in commands:
            self.assembly.runtime.dispatch(command)

    async def until(self, wanted: Callable[[], object], limit_s: float = LIMIT_S):
        async with asyncio.timeout(limit_s):
            while not wanted():
                self._news.clear()
                try:
                    async with asyncio.timeout(0.05):
                        await self._news.wait()
                except TimeoutError:
                    continue

    async def phase(self, *wanted: Phase, limit_s: float = LIMIT_S) -> None:
        await self.until(lambda: self.status.phase in wanted, limit_s)

    def pick_right(self) -> None:
        right = self.assembly.runtime.session.right_safety_choice
        self.do(inputs.StartSafetyCode(), inputs.PickSafetyCode(right))


class Room:
    """A server (the real one, unless told otherwise) and whoever came."""

    def __init__(self, folder: Path, server: EvilRelay | None = None) -> None:
        self.folder = folder
        self.server = server or EmbeddedServer(folder / "server")
        self.ends: list[End] = []
        self.counselor: End
        self.client: End
        self._feeding: asyncio.Task[None] | None = None
        self._start_port = 0

    async def __aenter__(self) -> Self:
        await self.server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()
        await self.server.stop()

    async def leave(self) -> None:
        """Close the people; the server stays."""
        if self._feeding is not None:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)
        await asyncio.gather(*(end.assembly.close() for end in self.ends))

    async def person(self, role: Role, name: str, *, origin: str | None = None) -> End:
        token = ""
        if role is Role.COUNSELOR and origin is None:
            token = await self.server.enrol_token()
        options = EngineOptions(
            role=role,
            state_dir=self.folder / name,
            server_origin=self.server.origin if origin is None else origin,
            display_name=name,
            enrolment_token=token,
        )
        end = End(await Assembly.create(options), options.state_dir)
        self.ends.append(end)
        return end

    async def invite(self, ttl_s: int = 3600) -> str:
        self.counselor = await self.person(Role.COUNSELOR, "王老师")
        self.counselor.do(inputs.CreateInvite(ttl_s))
        await self.counselor.phase(Phase.INVITED)
        return self.counselor.code

    async def meet(self) -> None:
        """Invite, join, pair, connect, bind."""
        code = await self.invite()
        self.client = await self.person(Role.CLIENT, "来访者")
        self.client.do(inputs.JoinByCode(code))
        for end in (self.counselor, self.client):
            await end.phase(Phase.IN_CALL)

    async def compare(self) -> None:
        ready = SafetyCodeState.READY
        for end in (self.counselor, self.client):
            await end.until(lambda e=end: e.status.safety_code.state is ready)
        for end in (self.counselor, self.client):
            end.pick_right()
        for end in (self.counselor, self.client):
            await end.until(lambda e=end: e.status.verified)

    def feed(self) -> None:
        """Small moving pictures and a tone into every camera and microphone."""
        self._feeding = asyncio.get_running_loop().create_task(self._feed())

    async def _feed(self) -> None:
        loop = asyncio.get_running_loop()
        start, n = loop.time(), 0
        while True:
            for end in self.ends:
                end.assembly.media.audio.on_captured(TONE.tobytes())
                if n % 3 == 0:
                    end.assembly.media.camera.push(picture(n))
            n += 1
            await asyncio.sleep(max(0, start + n * 0.02 - loop.time()))

    # --- what goes wrong ------------------------------------------------------------

    def cut_line(self, *, counselor: bool) -> None:
        """Break one person's connection to the server, without a word."""
        cut = [
            visit
            for visit in self.server._server._running.service.visits()
            if (visit.account is not None) is counselor
        ]
        assert cut
        for visit in cut:
            visit.port.abort()

    async def stop_server(self) -> None:
        self._start_port = self.server._server.port
        await self.server.stop()

    async def start_server(self) -> None:
        """The same data, the same port."""
        self.server = EmbeddedServer(self.folder / "server", port=self._start_port)
        await self.server.start()
