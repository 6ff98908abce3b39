"""A path that is gathered and left again, beside servers that do not answer."""

from __future__ import annotations

import asyncio

import aioice.ice
import pytest
from aioice import stun

from safesession.engine.peer import path_swap, seams
from safesession.protocol.path_messages import PathEnd, PathOffer, encode_path


LOOPBACK = "127.0.0.1"


class MuteTurn(asyncio.DatagramProtocol):
    """Gives one address to everybody who asks, and answers nothing else."""

    def __init__(self, *, allocates: bool) -> None:
        self.allocates = allocates
        self.asked: list[stun.Method] = []

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        request = stun.parse_message(data)
        self.asked.append(request.message_method)
        if request.message_method is not stun.Method.ALLOCATE or not self.allocates:
            return
        answer = stun.Message(
            stun.Method.ALLOCATE, stun.Class.RESPONSE, request.transaction_id
        )
        answer.attributes["LIFETIME"] = 600
        answer.attributes["XOR-MAPPED-ADDRESS"] = addr
        answer.attributes["XOR-RELAYED-ADDRESS"] = ("192.0.2.9", 40_000)
        self.transport.sendto(bytes(answer), addr)


@pytest.fixture
async def turn():
    seams.install()
    made: list[asyncio.DatagramTransport] = []

    async def start(*, allocates: bool) -> tuple[MuteTurn, aioice.ice.Connection]:
        loop = asyncio.get_running_loop()
        transport, server = await loop.create_datagram_endpoint(
            lambda: MuteTurn(allocates=allocates), local_addr=(LOOPBACK, 0)
        )
        made.append(transport)
        place = transport.get_extra_info("sockname")[:2]
        fresh = path_swap._Connection(
            True, turn_server=place, turn_username="u", turn_password="p"
        )
        return server, fresh

    yield start
    for transport in made:
        transport.close()


@pytest.fixture(autouse=True)
def on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seams, "_gather_real", lambda **_: [LOOPBACK])


async def test_a_server_that_does_not_answer_is_left_out_of_an_end(turn) -> None:
    server, fresh = await turn(allocates=False)
    async with asyncio.timeout(path_swap.GATHER_LIMIT_S + 1):
        end = await path_swap.gather(fresh)
    assert server.asked
    assert end is not None
    assert [" host" in candidate for candidate in end.candidates] == [True]
    assert encode_path(PathOffer(1, end))
    await path_swap.discard(fresh)


async def test_a_relayed_path_is_left_in_time_though_its_server_is_out_of_reach(
    turn,
) -> None:
    server, fresh = await turn(allocates=True)
    end = await path_swap.gather(fresh)
    assert any("typ relay" in candidate for candidate in end.candidates)
    async with asyncio.timeout(path_swap.DISCARD_LIMIT_S + 1):
        await path_swap.discard(fresh)
    assert stun.Method.REFRESH in server.asked


async def test_a_machine_without_an_address_has_no_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: [])
    fresh = path_swap._Connection(True)
    assert await path_swap.gather(fresh) is None
    await path_swap.discard(fresh)


async def test_a_peers_end_that_cannot_be_read_is_an_error() -> None:
    fresh = path_swap._Connection(True)
    await path_swap.gather(fresh)
    odd = PathEnd("abcd", "p" * 22, ("1 1 udp 1 192.0.2.1 9 typ host rport x",))
    with pytest.raises(ValueError, match="x"):
        await path_swap.check(fresh, odd)
    await path_swap.discard(fresh)
