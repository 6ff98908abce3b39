"""Behind a trusted proxy limits count the client; nobody else can claim an address."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.support.raw_relay import RawClient

from safesession.signaling_server.limits import Limits
from safesession.signaling_server.server import ServerConfig, SignalingServer


PROXY = "127.0.0.1"
LIMITS = Limits(connections_per_prefix=3, claims_burst=2.0)
pytestmark = pytest.mark.skipif(
    "sys.platform != 'linux'", reason="needs all of 127.0.0.0/8"
)


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator:
    servers: list[SignalingServer] = []

    async def start(*proxies: str) -> SignalingServer:
        networks = tuple(map(ipaddress.ip_network, proxies))
        config = ServerConfig(
            tmp_path / "server", limits=LIMITS, trusted_proxies=networks
        )
        servers.append(SignalingServer(config))
        await servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        await server.stop()


def by(*addresses: str) -> dict:
    return {"headers": [("X-Forwarded-For", address) for address in addresses]}


async def claims_until_limited(server: SignalingServer, **options) -> int:
    """Claim again and again on one new connection; return how many were answered."""
    async with await RawClient.connect(server.origin, **options) as line:
        for answered in range(10):
            await line.say(t="open", number="123456")
            heard = await line.hear()
            if heard == ("closed", 1013):
                return answered
            assert heard["t"] == "no"
    return 10


async def refused(server: SignalingServer, **options) -> bool:
    try:
        line = await RawClient.connect(server.origin, **options)
    except aiohttp.WSServerHandshakeError as error:
        return error.status == 503
    await line.close()
    return False


async def test_by_default_nobody_is_believed(serve) -> None:
    server = await serve()
    assert await claims_until_limited(server, source=PROXY, **by("192.0.2.1")) == 2
    assert await claims_until_limited(server, source=PROXY, **by("192.0.2.2")) == 0


async def test_claims_count_for_the_client_behind_the_proxy(serve) -> None:
    server = await serve(PROXY)
    assert await claims_until_limited(server, source=PROXY, **by("192.0.2.1")) == 2
    assert await claims_until_limited(server, source=PROXY, **by("192.0.2.1")) == 0
    assert await claims_until_limited(server, source=PROXY, **by("192.0.2.2")) == 2
    # A /64 is one client, as without a proxy.
    assert await claims_until_limited(server, source=PROXY, **by("2001:db8::1")) == 2
    assert await claims_until_limited(server, source=PROXY, **by("2001:db8::2")) == 0


async def test_what_the_client_invents_before_the_proxys_entry_is_nothing(
    serve,
) -> None:
    server = await serve(PROXY)
    for number in range(2):
        forged = by(f"198.51.100.{number}", "192.0.2.1")
        expected = 0 if number else 2
        assert await claims_until_limited(server, source=PROXY, **forged) == expected
    one_line = by("198.51.100.9, 192.0.2.1")
    assert await claims_until_limited(server, source=PROXY, **one_line) == 0


async def test_a_stranger_with_the_header_is_counted_as_himself(serve) -> None:
    server = await serve(PROXY)
    stranger = {"source": "127.0.0.9"}
    assert await claims_until_limited(server, **stranger, **by("192.0.2.1")) == 2
    assert await claims_until_limited(server, **stranger, **by("192.0.2.2")) == 0
    # And has used up nothing of the address that he named.
    assert await claims_until_limited(server, source=PROXY, **by("192.0.2.1")) == 2


@pytest.mark.parametrize("header", [{}, by("nonsense"), by("192.0.2.1, unknown")])
async def test_a_proxy_that_names_nobody_is_counted_as_one_client(
    serve, header
) -> None:
    server = await serve(PROXY)
    assert await claims_until_limited(server, source=PROXY, **header) == 2
    assert await claims_until_limited(server, source=PROXY, **header) == 0


async def test_connections_count_for_the_client_and_are_given_back(serve) -> None:
    server = await serve(PROXY)
    held = [
        await RawClient.connect(server.origin, source=PROXY, **by("192.0.2.1"))
        for _ in range(LIMITS.connections_per_prefix)
    ]
    assert await refused(server, source=PROXY, **by("192.0.2.1"))
    assert not await refused(server, source=PROXY, **by("192.0.2.2"))
    assert not await refused(server, source="127.0.0.9")
    for line in held:
        await line.close()
    gate = server._running.gate
    async with asyncio.timeout(5):
        while gate.open:
            await asyncio.sleep(0.01)
    assert gate._per_prefix == {}
    assert not await refused(server, source=PROXY, **by("192.0.2.1"))


async def test_heads_without_end_are_given_back_as_well(serve) -> None:
    """They have no place of a client yet; the count of all must not leak."""
    server = await serve(PROXY)
    host, port = server.origin.removeprefix("http://").split(":")
    for _ in range(5):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /ws HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\n")
        writer.close()
        await writer.wait_closed()
    gate = server._running.gate
    async with asyncio.timeout(5):
        while gate.open:
            await asyncio.sleep(0.01)
    assert gate._per_prefix == {}
