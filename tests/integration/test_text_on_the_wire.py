"""Text over two real engines: bursts, a thin line, a change of way in mid-burst."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.real_pair import End, Room
from tests.support.text_storm import long_text
from tests.support.thin_line import ThinLine

from safesession.core import inputs
from safesession.core.status import Phase, TextDirection, TextRoute, TextState
from safesession.engine.peer import path_swap


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with Room(tmp_path) as room:
        yield room


def undelivered(end: End) -> set[int]:
    """Which of this person's texts the other side has not confirmed."""
    state: dict[int, TextState] = {}
    for change in end.texts:
        if change.direction is TextDirection.SENT:
            state[change.message_id] = change.state
    return {key for key, value in state.items() if value is not TextState.DELIVERED}


async def test_two_hundred_of_the_longest_disturb_nothing(room) -> None:
    await room.meet()
    texts = [long_text(number) for number in range(200)]
    mark = len(room.client.phases)
    room.client.do(*(inputs.SendText(text) for text in texts))
    most_buffered = 0

    def arrived() -> bool:
        nonlocal most_buffered
        channel = room.client.assembly._peer._link._channel
        most_buffered = max(most_buffered, channel.bufferedAmount)
        return len(room.counselor.received) == 200 and not undelivered(room.client)

    await room.client.until(arrived, 90.0)
    assert room.counselor.received == texts
    assert most_buffered <= 64 * 1024
    assert room.client.phases[mark:] == [], "the call itself noticed nothing"
    assert room.client.status.text_route is TextRoute.DATA_CHANNEL


async def test_the_longest_text_on_a_thin_line_does_not_end_the_call(room) -> None:
    """64 kbit/s: the text takes seven seconds, in which no heartbeat gets through."""
    await room.meet()
    marks = [len(end.phases) for end in (room.counselor, room.client)]
    async with ThinLine(room.client, 64_000):
        room.client.do(inputs.SendText(long_text(1)), inputs.SendText("还在吗"))
        await room.counselor.until(lambda: len(room.counselor.received) == 2, 30.0)
        await room.client.until(lambda: not undelivered(room.client))
    assert room.counselor.received == [long_text(1), "还在吗"]
    for end, mark in zip((room.counselor, room.client), marks, strict=True):
        assert end.phases[mark:] == []


@pytest.mark.parametrize("back", [True, False])
async def test_the_channel_goes_silent_in_mid_burst(room, back, monkeypatch) -> None:
    """Text takes the server's way, and the channel again once it lives."""

    async def leads_nowhere(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(path_swap, "check", leads_nowhere)
    await room.meet()
    texts = [long_text(n, 10 + n * 97 % 4000) for n in range(120)]
    dtls = room.client.dtls
    send = dtls.transport._send

    async def nothing(_data: bytes) -> None:
        """A line that swallows everything."""

    room.client.do(*(inputs.SendText(text) for text in texts[:60]))
    await room.counselor.until(lambda: len(room.counselor.received) > 5)
    dtls.transport._send = nothing
    room.client.do(*(inputs.SendText(text) for text in texts[60:90]))
    await room.client.until(lambda: room.client.status.text_route is TextRoute.RELAY)
    if back:
        dtls.transport._send = send
    room.client.do(*(inputs.SendText(text) for text in texts[90:]))
    await room.counselor.until(lambda: len(room.counselor.received) == 120, 40.0)
    await room.client.until(lambda: not undelivered(room.client))
    assert room.counselor.received == texts
    await room.client.phase(Phase.IN_CALL, limit_s=30.0)
    channel = TextRoute.DATA_CHANNEL
    await room.client.until(lambda: room.client.status.text_route is channel, 30.0)


async def test_another_path_carries_the_rest_of_a_burst(room) -> None:
    await room.meet()
    texts = [long_text(n, 10 + n * 97 % 4000) for n in range(90)]
    dtls = room.client.dtls

    async def nothing(_data: bytes) -> None:
        """A line that swallows everything."""

    room.client.do(*(inputs.SendText(text) for text in texts[:60]))
    await room.counselor.until(lambda: len(room.counselor.received) > 5)
    dtls.transport._send = nothing
    room.client.do(*(inputs.SendText(text) for text in texts[60:]))
    await room.counselor.until(lambda: len(room.counselor.received) == 90, 30.0)
    await room.client.until(lambda: not undelivered(room.client))
    assert room.counselor.received == texts
    assert room.client.dtls is dtls
    assert dtls.transport._send is not nothing


async def test_both_write_while_the_server_restarts(room) -> None:
    await room.meet()
    texts = [f"{n} " + "字" * (n * 31 % 500) for n in range(100)]
    await room.stop_server()
    for text in texts[:50]:
        room.client.do(inputs.SendText(text))
        room.counselor.do(inputs.SendText(text))
    await asyncio.sleep(0)
    await room.start_server()
    for text in texts[50:]:
        room.client.do(inputs.SendText(text))
        room.counselor.do(inputs.SendText(text))
    for end in (room.counselor, room.client):
        await end.until(lambda e=end: len(e.received) == 100 and not undelivered(e))
        assert end.received == texts
