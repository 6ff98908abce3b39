"""Another path under two real engines that go on talking.

The first path leads through a wire that the test cuts for good; what the engines
gather afterwards leads from one loopback address to another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integration.test_path_return import WiredRoom
from tests.support.evil_wire import EvilWire, dropped
from tests.support.real_pair import Room

from safesession.core import inputs
from safesession.core.path_restart import PathState
from safesession.core.status import Phase, Role, TextDirection, TextState
from safesession.engine.peer import addresses, path_swap, seams


BEFORE, AFTER = "127.0.0.2", "127.0.0.3"
# From the moment that the new address is there: see docs/BENCHMARKS.md for figures;
# these only tell the ways apart on a machine that is busy with something else.
TOLD_LIMIT_S = 1.5
SILENCE_LIMIT_S = 3.0


class Moving(WiredRoom):
    """A wired room whose machine can get another address."""

    def __init__(self, room: Room, wire: EvilWire, addresses_now: list[str]) -> None:
        super().__init__(room, wire)
        self._addresses = addresses_now

    def cut(self) -> None:
        """The first path is dead, and nobody says so."""
        self.wire.rule = dropped

    def move(self) -> None:
        """The first path is dead, and the system knows another address."""
        self.cut()
        self._addresses[:] = [AFTER]

    def recovery(self, end):
        return end.assembly.runtime.session._encounter._recovery

    async def media_comes(self, limit_s: float) -> None:
        """Each receives sound again in time."""
        packets = [end.dtls.received_rtp_packets for end in self.ends]
        async with asyncio.timeout(limit_s):
            for end, had in zip(self.ends, packets, strict=True):
                await end.until(
                    lambda e=end, h=had: e.dtls.received_rtp_packets > h + 5
                )

    async def rest(self) -> None:
        """Nothing is being made any more on either side."""
        for end in self.ends:
            path = self.recovery(end)._path
            await end.until(lambda p=path: p.state is PathState.REST)

    def say(self, *texts: str) -> None:
        for end in self.ends:
            end.do(*(inputs.SendText(text) for text in texts))

    async def all_said_once_in_order(self, *texts: str) -> None:
        for end in self.ends:
            await end.until(lambda e=end: len(e.received) >= len(texts))
            assert end.received == list(texts)
        for end in self.ends:
            await end.until(lambda e=end: len(delivered(e)) == len(texts))


def delivered(end) -> set[int]:
    return {
        text.message_id
        for text in end.texts
        if text.direction is TextDirection.SENT and text.state is TextState.DELIVERED
    }


@pytest.fixture
async def moving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Moving]:
    here = [BEFORE]
    with EvilWire() as wire:
        monkeypatch.setattr(seams, "_gather_real", lambda **_: list(here))
        async with Room(tmp_path) as room:
            code = await room.invite()
            wire.lead(room.counselor, paths=False)
            room.client = await room.person(Role.CLIENT, "来访者")
            wire.lead(room.client, paths=False)
            room.client.do(inputs.JoinByCode(code))
            for end in (room.counselor, room.client):
                await end.phase(Phase.IN_CALL)
            room.feed()
            await room.compare()
            made = Moving(room, wire, here)
            await made.decode_more(10.0)
            yield made
    monkeypatch.undo()


async def test_a_changed_address_is_survived_by_the_same_connection(moving) -> None:
    moving.say("before")
    await moving.all_said_once_in_order("before")
    moving.move()
    moving.say("during")
    await moving.media_comes(TOLD_LIMIT_S)
    moving.say("after")
    await moving.all_said_once_in_order("before", "during", "after")
    await moving.rest()
    # A busy machine looks like a full line, where pictures wait.
    await moving.decode_more(20.0)
    moving.nothing_was_made_anew()
    for end in moving.ends:
        assert Phase.RECONNECTING not in end.phases
        assert end.status.verified
        assert path_swap.address_in_use(end.dtls) == AFTER


async def test_a_path_that_stays_silent_is_replaced_by_silence_alone(
    moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "_addresses", lambda: frozenset({BEFORE}))
    moving.say("before")
    await moving.all_said_once_in_order("before")
    moving.cut()
    moving.say("during")
    await moving.media_comes(SILENCE_LIMIT_S)
    moving.say("after")
    await moving.all_said_once_in_order("before", "during", "after")
    await moving.rest()
    moving.nothing_was_made_anew()
    for end in moving.ends:
        assert Phase.RECONNECTING not in end.phases
        assert end.status.verified


async def test_a_path_is_found_again_and_again(moving) -> None:
    """Each swap leaves nothing behind, and the next one begins where it ended."""
    for address in (AFTER, "127.0.0.4", BEFORE):
        moving.cut()
        moving._addresses[:] = [address]
        for end in moving.ends:
            await end.until(
                lambda e=end, a=address: path_swap.address_in_use(e.dtls) == a
            )
        await moving.rest()
        await moving.media_comes(2 * TOLD_LIMIT_S)
    moving.nothing_was_made_anew()
    moving.say("still here")
    await moving.all_said_once_in_order("still here")
