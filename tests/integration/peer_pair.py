"""Two real peer connection adapters on one loop, wired back to back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

import av
import numpy as np

from safesession.core.effects import (
    ApplyRemoteDescription,
    OpenPeerConnection,
    SetMediaGate,
)
from safesession.core.inputs import (
    ControlChannelOpen,
    ControlReceived,
    LocalDescription,
    PeerConnectionLost,
    PeerInput,
    QualityMeasured,
)
from safesession.engine.media.plane import MediaPlane
from safesession.engine.media.recorder import Recorder
from safesession.engine.peer.connection import PeerConnection


SECRET = bytes(range(64))
OTHER_SECRET = bytes(64)
LIMIT_S = 10.0


class Side:
    """One endpoint that remembers its news."""

    def __init__(
        self, connect_limit_s: float = 15.0, recorder: Recorder | None = None
    ) -> None:
        self.first_frames: list[str] = []
        self.plane = MediaPlane(self.first_frames.append, recorder=recorder)
        self.peer = PeerConnection(
            self.plane, self._on_news, connect_limit_s=connect_limit_s
        )
        self.news: list[PeerInput] = []
        self.other: Side | None = None
        self.rewrite: Callable[[str], str] = lambda sdp: sdp
        self._changed = asyncio.Event()

    def _on_news(self, news: PeerInput) -> None:
        self.news.append(news)
        self._changed.set()
        if isinstance(news, LocalDescription) and self.other is not None:
            self.other.peer.execute(
                ApplyRemoteDescription(news.epoch, news.kind, self.rewrite(news.sdp))
            )

    def all(self, kind: type) -> list[PeerInput]:
        return [n for n in self.news if isinstance(n, kind)]

    async def until(self, wanted: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
        async with asyncio.timeout(limit_s):
            while not wanted():
                await asyncio.sleep(0.01)

    async def opened(self) -> ControlChannelOpen:
        await self.until(lambda: bool(self.all(ControlChannelOpen)))
        news = self.all(ControlChannelOpen)[-1]
        assert isinstance(news, ControlChannelOpen)
        return news

    async def lost(self, limit_s: float = LIMIT_S) -> str:
        await self.until(lambda: bool(self.all(PeerConnectionLost)), limit_s)
        news = self.all(PeerConnectionLost)[-1]
        assert isinstance(news, PeerConnectionLost)
        return news.reason

    @property
    def received(self) -> list[bytes]:
        return [n.untrusted_body for n in self.news if isinstance(n, ControlReceived)]

    @property
    def quality(self) -> list[QualityMeasured]:
        return [n for n in self.news if isinstance(n, QualityMeasured)]

    @property
    def decoded(self) -> dict[str, int]:
        return self.plane.figures.decoded_frames

    def gate(self, *, send: bool, receive: bool, epoch: int = 1) -> None:
        self.peer.execute(SetMediaGate(epoch, send, receive))

    async def close(self) -> None:
        await self.peer.close()
        await self.plane.close()


class Pair:
    """Offerer `a` and answerer `b`."""

    def __init__(
        self, connect_limit_s: float = 15.0, recorder: Recorder | None = None
    ) -> None:
        self.a = Side(connect_limit_s, recorder)
        self.b = Side(connect_limit_s)
        self.a.other, self.b.other = self.b, self.a
        self._fake: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._fake is not None:
            self._fake.cancel()
            await asyncio.gather(self._fake, return_exceptions=True)
        await asyncio.gather(self.a.close(), self.b.close())

    def connect(
        self, secret_a: bytes = SECRET, secret_b: bytes = SECRET, epoch: int = 1
    ) -> None:
        self.b.peer.execute(OpenPeerConnection(epoch, False, secret_b))
        self.a.peer.execute(OpenPeerConnection(epoch, True, secret_a))

    async def opened(self) -> None:
        await asyncio.gather(self.a.opened(), self.b.opened())

    def open_gates(self) -> None:
        for side in (self.a, self.b):
            side.gate(send=True, receive=True)

    def feed(self, width: int = 320, height: int = 180) -> None:
        """Put small moving pictures and a tone into both cameras and microphones."""
        self._fake = asyncio.get_running_loop().create_task(self._feed(width, height))

    async def _feed(self, width: int, height: int) -> None:
        tone = (8000 * np.sin(2 * np.pi * 500 * np.arange(960) / 48000)).astype(
            np.int16
        )
        n = 0
        loop = asyncio.get_running_loop()
        start = loop.time()
        while True:
            for side in (self.a, self.b):
                side.plane.audio.on_captured(tone.tobytes())
                if n % 2 == 0:
                    side.plane.camera.push(picture(n, width, height))
            n += 1
            await asyncio.sleep(max(0, start + n * 0.02 - loop.time()))


def picture(number: int, width: int = 320, height: int = 180) -> av.VideoFrame:
    pixels = np.full((height * 3 // 2, width), 128, np.uint8)
    pixels[:height, (number * 4) % width :][:, :40] = 220
    return av.VideoFrame.from_ndarray(pixels, format="yuv420p")
