"""What is not a WebSocket: paths, heads, slowness, crowds, TLS."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from tests.support.relay_people import Person

from safesession.core import effects, inputs
from safesession.engine.enrolment import ServerUnreachableError, enrol
from safesession.signaling_server.embedded import EmbeddedServer
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.server import ServerConfig, SignalingServer
from safesession.signaling_server.tls import Certificate, CertificateFiles


UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


async def _answer(server: EmbeddedServer, request: str | bytes) -> bytes:
    data = request if isinstance(request, bytes) else request.encode()
    host, port = server.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(data)
        async with asyncio.timeout(5):
            return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        ("GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        ("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n", 426),
        ("POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405),
        (f"GET /ws HTTP/1.1\r\nHost: a\r\n{UPGRADE}Origin: https://evil\r\n\r\n", 403),
        (f"GET /ws HTTP/1.1\r\nHost: a\r\n{UPGRADE}\r\n", 101),
        ("GET / HTTP/1.1\r\nX: " + "a" * 20_000, 431),
        ("nonsense\r\n\r\n", 400),
        (
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            400,
        ),
    ],
)
async def test_every_request_gets_its_status(server, head, status) -> None:
    answer = await _answer(server, head)
    assert answer.startswith(b"HTTP/1.")
    assert int(answer.split()[1]) == status


async def test_our_own_origin_may_upgrade_and_nothing_is_compressed(server) -> None:
    answer = await _answer(
        server,
        f"GET /ws HTTP/1.1\r\nHost: a\r\n{UPGRADE}Origin: {server.origin}\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    )
    assert b" 101 " in answer
    assert b"deflate" not in answer


HELLO = b'{"t":"hello","v":[1]}'


def _client_frame(text: bytes, *, masked: bool) -> bytes:
    if masked:
        return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text
    return bytes([0x81, len(text)]) + text


async def test_an_unmasked_frame_closes_the_connection(server) -> None:
    """RFC 6455 §5.1; nothing of it counts."""
    host, port = server.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /ws HTTP/1.1\r\nHost: a\r\n{UPGRADE}\r\n".encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(_client_frame(HELLO, masked=True))
    claim = b'{"t":"open","number":"123456"}'
    writer.write(_client_frame(claim, masked=True))
    await reader.readuntil(b'"wait_s":0.0}')
    writer.write(_client_frame(claim, masked=False)[:2])  # its head says it
    async with asyncio.timeout(5):
        assert await reader.read() == b"\x88\x02\x03\xea"  # closed, 1002
    writer.close()
    async with asyncio.timeout(5):
        while server._server._running.service.connections:
            await asyncio.sleep(0.01)


async def test_an_unmasked_frame_behind_the_request_gets_no_socket(server) -> None:
    request = f"GET /ws HTTP/1.1\r\nHost: a\r\n{UPGRADE}\r\n".encode()
    plain = _client_frame(HELLO, masked=False)
    assert b" 400 " in await _answer(server, request + plain)
    masked = _client_frame(HELLO, masked=True)
    assert b" 101 " in await _answer(server, request + masked)


async def test_slow_and_silent_heads_are_cut(tmp_path: Path) -> None:
    limits = Limits(head_limit_s=0.3)
    async with EmbeddedServer(tmp_path / "server", limits=limits) as server:
        host, port = server.address.split(":")
        for start in (b"", b"GET /ws HTTP/1.1\r\nHo"):
            reader, writer = await asyncio.open_connection(host, int(port))
            began = time.monotonic()
            writer.write(start)
            async with asyncio.timeout(5):
                with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                    await reader.readexactly(1)
            assert 0.2 < time.monotonic() - began < 2
            writer.close()


async def test_one_address_gets_so_many_connections(tmp_path: Path) -> None:
    limits = Limits(connections_per_prefix=3)
    async with EmbeddedServer(tmp_path / "server", limits=limits) as server:
        host, port = server.address.split(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
        await asyncio.sleep(0.05)
        assert b" 503 " in await _answer(server, "GET /healthz HTTP/1.1\r\n\r\n")
        for _, writer in held:
            writer.close()
        await asyncio.sleep(0.05)
        health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        assert b" 200 " in await _answer(server, health)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.fail("openssl is needed to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "1"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


async def test_tls_works_and_a_strange_certificate_does_not(
    tmp_path: Path, certificate
) -> None:
    cert, key = certificate
    own = Certificate(CertificateFiles(cert, key))
    server = SignalingServer(ServerConfig(tmp_path / "server", certificate=own))
    await server.start()
    try:
        assert server.origin.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(cert))
        account = await enrol(server.origin, await server.enrol_token(), tls=trusting)
        assert account.account_id
        with pytest.raises(ServerUnreachableError):
            await enrol(server.origin, await server.enrol_token())
        person = Person(server.origin)
        person.do(effects.ClaimInvite("123456"))
        down = await person.first(inputs.ServerLinkChanged)
        assert not down.up
        await person.line.close()
    finally:
        await server.stop()
