"""The network goes away under two real engines and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aioice.ice
import pytest
from tests.integration.peer_pair import Pair
from tests.support.evil_wire import EvilWire, dropped, untouched
from tests.support.real_pair import Room

from safesession.core import inputs
from safesession.core.effects import ApplyRemoteDescription, SendControl
from safesession.core.status import CaptureState, Phase, Role, TextRoute
from safesession.engine.peer.path import LOOK_EVERY_S, SILENT_AFTER_S


BACK_LIMIT_S = 1.5


class WiredRoom:
    """Two people in a call whose every datagram passes the wire."""

    def __init__(self, room: Room, wire: EvilWire) -> None:
        self.room = room
        self.wire = wire
        self.ends = (room.counselor, room.client)
        self.identity = [self._same(end) for end in self.ends]

    @staticmethod
    def _same(end):
        link = end.assembly._peer._link
        return link, link._connection, link._dtls, link._dtls.exporter

    def nothing_was_made_anew(self) -> None:
        for end, before in zip(self.ends, self.identity, strict=True):
            assert all(a is b for a, b in zip(self._same(end), before, strict=True))

    async def decode_more(self, limit_s: float) -> None:
        """New pictures on both sides."""
        had = [end.decoded["video"] for end in self.ends]
        for end, before in zip(self.ends, had, strict=True):
            await end.until(lambda e=end, n=before: e.decoded["video"] > n, limit_s)


@pytest.fixture
async def wired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WiredRoom]:
    # Of its own aioice would give up after six checks: here, within four seconds.
    monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 0.05)
    with EvilWire() as wire:
        async with Room(tmp_path) as room:
            code = await room.invite()
            wire.lead(room.counselor)
            room.client = await room.person(Role.CLIENT, "来访者")
            wire.lead(room.client)
            room.client.do(inputs.JoinByCode(code))
            for end in (room.counselor, room.client):
                await end.phase(Phase.IN_CALL)
            room.feed()
            here = WiredRoom(room, wire)
            await here.decode_more(10.0)
            yield here


async def test_a_gap_of_three_seconds_leaves_the_connection_as_it_was(wired) -> None:
    wired.wire.rule = dropped
    for end in wired.ends:
        await end.until(lambda e=end: e.status.text_route is TextRoute.RELAY, 4.0)
    for end in wired.ends:  # waits in the channel, before the heartbeats
        end.do(inputs.CaptureChanged(CaptureState.BUSY, CaptureState.BUSY))
    await asyncio.sleep(0.8)  # RECONNECTING, and with it RESUME, comes at 5 s
    wired.wire.rule = untouched
    async with asyncio.timeout(BACK_LIMIT_S):
        for end in wired.ends:
            way = TextRoute.DATA_CHANNEL
            await end.until(lambda e=end, w=way: e.status.text_route is w)
            await end.until(lambda e=end: e.status.peer.camera is CaptureState.BUSY)
        await wired.decode_more(BACK_LIMIT_S)
    for end in wired.ends:
        assert Phase.RECONNECTING not in end.phases
    wired.nothing_was_made_anew()


async def test_a_gap_longer_than_aioices_patience_is_survived(wired) -> None:
    """Server and path both gone: only the old connection can come back."""
    await wired.room.stop_server()
    wired.wire.rule = dropped
    for end in wired.ends:
        await end.phase(Phase.RECONNECTING, limit_s=8.0)
        assert end.assembly._peer._link._dtls.state == "connected"
    pictures = [end.decoded["video"] for end in wired.ends]
    wired.wire.rule = untouched
    async with asyncio.timeout(BACK_LIMIT_S):
        for end, before in zip(wired.ends, pictures, strict=True):
            await end.phase(Phase.IN_CALL)
            await end.until(lambda e=end, n=before: e.decoded["video"] > n)
    wired.nothing_was_made_anew()


async def test_what_waits_in_the_channel_leaves_when_packets_come_again() -> None:
    """No heartbeat helps here, and SCTP has taken the silence for a round trip."""
    with EvilWire() as wire:
        async with Pair() as pair:
            for side, receiver in ((pair.b, Role.CLIENT), (pair.a, Role.COUNSELOR)):
                side.rewrite = lambda sdp, to=receiver: led(wire, to, sdp)
            pair.feed()
            pair.connect()
            await pair.opened()
            pair.open_gates()
            await pair.b.until(lambda: pair.b.decoded["video"] > 3)
            wire.rule = dropped
            pair.a.peer.execute(SendControl(1, b"waits"))
            association = pair.a.peer._link._connection.sctp
            await pair.a.until(lambda: association._t3_handle is not None)
            association._rto = 60.0
            association._t3_restart()
            await asyncio.sleep(SILENT_AFTER_S + 3 * LOOK_EVERY_S)
            assert pair.b.received == []
            wire.rule = untouched
            await pair.b.until(lambda: pair.b.received == [b"waits"], BACK_LIMIT_S)
            assert association._rto < 60.0


def led(wire: EvilWire, receiver: Role, sdp: str) -> str:
    """The description as it would read if the path led through the wire."""
    return wire._led(receiver, ApplyRemoteDescription(1, "offer", sdp)).sdp
