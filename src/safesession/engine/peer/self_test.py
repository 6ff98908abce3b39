"""Prove at start-up that the SRTP mix still bites.

Two connections on 127.0.0.1: with the same secret sound must be decoded, with
different secrets nothing may even be authenticated although DTLS is intact. An
aiortc that slipped past the pins must never carry a call.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import ClassVar

from safesession.core.effects import (
    ApplyRemoteDescription,
    OpenPeerConnection,
    SetMediaGate,
)
from safesession.core.inputs import ControlChannelOpen, LocalDescription, PeerInput
from safesession.crypto.session_keys import SESSION_SECRET_BYTES
from safesession.engine.media.plane import MediaPlane
from safesession.engine.peer import seams
from safesession.engine.peer.connection import PeerConnection
from safesession.errors import MediaError


# Half a second where all is well. A laptop busy with its own start may need many
# times that, and must not be told that the installation is damaged.
LIMIT_S = 30.0
POLL_S = 0.01
ENOUGH_PACKETS = 5  # that leave, of which none may be authenticated
UNDER_WAY_S = 0.05  # on loopback everything has arrived by then
EPOCH = 1


class SelfTestError(MediaError):
    """This installation is damaged: no call may be made with it."""

    code: ClassVar[str] = "self_test"


class _End:
    """One end of a test connection: opens its gate as soon as it can."""

    def __init__(self) -> None:
        self.plane = MediaPlane()
        self.peer = PeerConnection(self.plane, self._on_news)
        self.other: _End = self

    def _on_news(self, news: PeerInput) -> None:
        if isinstance(news, LocalDescription):
            self.other.peer.execute(ApplyRemoteDescription(EPOCH, news.kind, news.sdp))
        elif isinstance(news, ControlChannelOpen):
            self.peer.execute(SetMediaGate(EPOCH, send=True, receive=True))

    @property
    def decoded(self) -> int:
        return self.plane.figures.decoded_frames["audio"]

    async def close(self) -> None:
        await self.peer.close()
        await self.plane.close()


async def run_self_test() -> None:
    """Run both connections at once, about half a second.

    Raises:
        SelfTestError: the mix does not do what it must.
        SeamsChangedError: aiortc is not the expected version.
    """
    seams.install()
    secret, other_secret = (secrets.token_bytes(SESSION_SECRET_BYTES) for _ in range(2))
    ends: list[_End] = []
    try:
        with seams.on_loopback_only():
            good = _connect(ends, secret, secret)
            bad = _connect(ends, secret, other_secret)
        async with asyncio.timeout(LIMIT_S):
            await asyncio.gather(_carries(good), _carries_nothing(bad))
    except TimeoutError:
        raise SelfTestError("no sound came through in time") from None
    finally:
        await asyncio.gather(*(end.close() for end in ends))


def _connect(ends: list[_End], secret_a: bytes, secret_b: bytes) -> tuple[_End, _End]:
    a, b = _End(), _End()
    ends += (a, b)
    a.other, b.other = b, a
    b.peer.execute(OpenPeerConnection(EPOCH, offerer=False, session_secret=secret_b))
    a.peer.execute(OpenPeerConnection(EPOCH, offerer=True, session_secret=secret_a))
    return a, b


async def _carries(pair: tuple[_End, _End]) -> None:
    await _until(lambda: all(end.decoded for end in pair))


async def _carries_nothing(pair: tuple[_End, _End]) -> None:
    await _until(lambda: all(_sent(end) >= ENOUGH_PACKETS for end in pair))
    await asyncio.sleep(UNDER_WAY_S)
    for end in pair:
        heard = end.peer.transport_figures().rtp_packets_received
        if heard or end.decoded:
            raise SelfTestError("media came through without the session secret")


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - counters raise no event
        await asyncio.sleep(POLL_S)


def _sent(end: _End) -> int:
    return end.peer.transport_figures().rtp_packets_sent
