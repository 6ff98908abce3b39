"""One WebSocket: aiohttp on one side, the sans-I/O service on the other.

Nothing is awaited between reading a frame and queueing its copy, and no sender
ever waits for a receiver: a reader that does not read is cut.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from aiohttp import ClientConnectionResetError, WSMsgType, web

from safesession.protocol.close_codes import CloseCode
from safesession.protocol.relay_frames import MAX_FRAME_BYTES
from safesession.protocol.server_messages import SUBPROTOCOL
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.service import Service
from safesession.signaling_server.visits import Instant, Visit
from safesession.tasks import spawn


# aiohttp would pause a writer at this many bytes; a reader is cut long before.
_NEVER_PAUSE_BYTES = 8 * 1024 * 1024
_CLOSE_HANDSHAKE_S = 2.0


def instant() -> Instant:
    """Return now."""
    return Instant(time.monotonic(), int(time.time()))


class SocketPort:
    """Writes to one WebSocket; implements `ConnectionPort`."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        prefix: bytes,
        limits: Limits,
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._limits = limits
        self._prefix = prefix
        self._closing: asyncio.Task[None] | None = None
        self._stalled_since: float | None = None
        self.heard_at = time.monotonic()
        self._pinged = False
        transport.set_write_buffer_limits(high=_NEVER_PAUSE_BYTES)

    @property
    def prefix(self) -> bytes:
        """An opaque tag of the address prefix."""
        return self._prefix

    @property
    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""
        return self._transport.get_write_buffer_size()

    def send_text(self, message: bytes) -> None:
        """Queue a text message."""
        self._send(message, WSMsgType.TEXT)

    def send_frame(self, frame: bytes) -> None:
        """Queue a binary frame."""
        self._send(frame, WSMsgType.BINARY)

    def close(self, code: int, reason: str = "") -> None:
        """Close with a code, behind what is queued already."""
        if self._closing is None:
            self._closing = spawn(self._close(code, reason), name="relay-close")

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def heard(self) -> None:
        """Something came in."""
        self.heard_at = time.monotonic()
        self._pinged = False

    def check(self, now: float) -> None:
        """Ping a silent peer, cut a dead one and one that does not read."""
        silence_s = now - self.heard_at
        if silence_s >= self._limits.dead_after_s:
            self.abort()
        elif silence_s >= self._limits.ping_after_s and not self._pinged:
            self._pinged = True
            self._send(b"", WSMsgType.PING)
        if not self.buffered:
            self._stalled_since = None
        elif self._stalled_since is None:
            self._stalled_since = now
        elif now - self._stalled_since >= self._limits.reader_stall_s:
            self.abort()

    async def closed(self) -> None:
        """Wait for a close that we began."""
        if self._closing is not None:
            await asyncio.wait([self._closing])

    def _send(self, data: bytes, opcode: WSMsgType) -> None:
        if self._closing is not None or self._transport.is_closing():
            return
        if self.buffered > self._limits.reader_bytes:
            self.abort()
            return
        sending = self._socket.send_frame(data, opcode)
        try:
            # Writing never suspends: there is no compression and no pause.
            sending.send(None)
        except StopIteration:
            return
        except (ClientConnectionResetError, ConnectionError):
            self.abort()
            return
        sending.close()
        self.abort()

    async def _close(self, code: int, reason: str) -> None:
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(_CLOSE_HANDSHAKE_S):
                await self._socket.close(code=code, message=reason.encode())
        self._transport.abort()


async def serve_socket(
    request: web.BaseRequest, service: Service, ports: set[SocketPort], prefix: bytes
) -> web.WebSocketResponse:
    """Carry one WebSocket from upgrade to end."""
    socket = web.WebSocketResponse(
        protocols=(SUBPROTOCOL,),
        compress=False,
        autoping=False,
        timeout=_CLOSE_HANDSHAKE_S,
        # aiohttp refuses sizes equal to its maximum.
        max_msg_size=MAX_FRAME_BYTES + 1,
        decode_text=False,
    )
    await socket.prepare(request)
    transport = request.transport
    if transport is None:
        return socket
    port = SocketPort(socket, transport, prefix, service.limits)
    ports.add(port)
    visit = service.opened(port, instant())
    deliberate = False
    try:
        deliberate = await _read(socket, port, service, visit)
    finally:
        ports.discard(port)
        service.gone(visit, instant(), deliberate=deliberate)
    await port.closed()
    return socket


async def _read(
    socket: web.WebSocketResponse, port: SocketPort, service: Service, visit: Visit
) -> bool:
    """Feed the service until the socket ends; True if the client said goodbye."""
    while True:
        message = await socket.receive()
        port.heard()
        if message.type is WSMsgType.BINARY:
            service.binary(visit, message.data, instant())
        elif message.type is WSMsgType.TEXT:
            data = message.data
            text = data.encode() if isinstance(data, str) else data
            service.text(visit, text, instant())
        elif message.type is WSMsgType.PING:
            with suppress(ClientConnectionResetError, ConnectionError):
                await socket.pong(message.data)
        elif message.type is WSMsgType.PONG:
            continue
        else:
            return bool(
                message.type is WSMsgType.CLOSE and message.data == CloseCode.NORMAL
            )
