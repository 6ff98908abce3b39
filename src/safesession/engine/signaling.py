"""The line to the signaling server: carries out what a `RoomLink` decides.

One WebSocket at a time, one timer, no decision. Refused connections, bad
certificates and lost sockets become inputs of the link, never exceptions.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import aiohttp

from safesession.core import effects, inputs
from safesession.core.account import CounselorAccount
from safesession.core.link_events import (
    CloseSocket,
    ConnectFailed,
    FrameReceived,
    OpenSocket,
    SignOfLife,
    SocketClosed,
    SocketEvent,
    SocketOpened,
    TextReceived,
    WriteFrame,
    WritePing,
    WriteText,
)
from safesession.core.room_link import LinkOutput, RoomLink
from safesession.engine.clock import now_s
from safesession.engine.http_client import client_session
from safesession.engine.server_address import server_address
from safesession.protocol.close_codes import CloseCode
from safesession.protocol.relay_frames import MAX_FRAME_BYTES
from safesession.protocol.server_messages import SUBPROTOCOL
from safesession.tasks import spawn


CONNECT_LIMIT_S = 15.0
CLOSE_LIMIT_S = 2.0
_CLOSED = (
    aiohttp.WSMsgType.CLOSE,
    aiohttp.WSMsgType.CLOSING,
    aiohttp.WSMsgType.CLOSED,
    aiohttp.WSMsgType.ERROR,
)
_start_s = int(time.time())  # once a process: envelope ids must keep rising


def make_link(server: str, account: CounselorAccount | None) -> RoomLink:
    """Return a fresh link for one room on `server` (`host[:port]` or origin)."""
    system = secrets.SystemRandom()
    return RoomLink(
        origin=server_address(server).origin,
        start_s=_next_start_s(),
        uniform=system.random,
        account=account,
    )


def _next_start_s() -> int:
    """Every link of this process gets a higher range than the one before."""
    global _start_s  # noqa: PLW0603
    _start_s = max(_start_s + 1, int(time.time()))
    return _start_s


class SignalingConnection:
    """One room's line, on the running loop. `deliver` gets every input."""

    def __init__(
        self,
        server: str,
        link: RoomLink,
        deliver: Callable[[inputs.SignalingInput], None],
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = server_address(server).websocket_url
        self._link = link
        self._deliver = deliver
        self._tls = tls
        self._queue: deque[effects.SignalingEffect | SocketEvent] = deque()
        self._running = False
        self._closed = False
        self._idle = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._socket: _Socket | None = None
        self._old: set[_Socket] = set()

    def command(self, effect: effects.SignalingEffect) -> None:
        """Carry out one effect of the session."""
        if not self._closed:
            self._feed(effect)

    async def close(self) -> None:
        """Leave politely: what was handed over before still goes out (1 s)."""
        if not self._closed:
            self._feed(effects.CloseSignaling())
            if self._socket is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._idle.wait(), CLOSE_LIMIT_S)
            self._closed = True
        self._disarm()
        if self._socket is not None:
            self._retire(CloseCode.NORMAL)
        for socket in list(self._old):
            await socket.ended()

    # --- the one loop ---------------------------------------------------------------

    def _feed(self, event: effects.SignalingEffect | SocketEvent) -> None:
        """Queue: the session may answer from within a delivery."""
        self._queue.append(event)
        if self._running:
            return
        self._running = True
        try:
            while self._queue:
                outputs = self._link.handle(self._queue.popleft(), now_s())
                self._execute(outputs)
        finally:
            self._running = False
        self._arm()

    def _on_timer(self) -> None:
        self._timer = None
        self._running = True
        try:
            self._execute(self._link.handle_timeout(now_s()))
            while self._queue:
                outputs = self._link.handle(self._queue.popleft(), now_s())
                self._execute(outputs)
        finally:
            self._running = False
        self._arm()

    def _arm(self) -> None:
        self._disarm()
        deadline = self._link.deadline
        if deadline is not None and not self._closed:
            delay_s = max(0.0, deadline - now_s())
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay_s, self._on_timer)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _execute(self, outputs: list[LinkOutput]) -> None:
        for output in outputs:
            match output:
                case OpenSocket():
                    self._idle.clear()
                    self._socket = _Socket(self._url, self._tls, self._from_socket)
                case WriteText():
                    self._write(output.text, aiohttp.WSMsgType.TEXT)
                case WriteFrame():
                    self._write(output.frame, aiohttp.WSMsgType.BINARY)
                case WritePing():
                    self._write(b"", aiohttp.WSMsgType.PING)
                case CloseSocket():
                    self._retire(output.code)
                case _:
                    self._deliver(output)

    def _write(self, data: bytes, kind: aiohttp.WSMsgType) -> None:
        if self._socket is not None:
            self._socket.write(data, kind)

    def _retire(self, code: int) -> None:
        socket, self._socket = self._socket, None
        self._idle.set()
        if socket is not None:
            self._old.add(socket)
            socket.finish(code, lambda: self._old.discard(socket))

    def _from_socket(self, socket: _Socket, event: SocketEvent) -> None:
        if socket is not self._socket or self._closed:
            return
        if isinstance(event, ConnectFailed | SocketClosed):
            self._retire(CloseCode.NORMAL)
        self._feed(event)


class _Socket:
    """One attempt at a WebSocket; one task that reads, one that writes."""

    def __init__(
        self,
        url: str,
        tls: ssl.SSLContext | None,
        report: Callable[[_Socket, SocketEvent], None],
    ) -> None:
        self._url = url
        self._tls = tls
        self._report = report
        self._outgoing: asyncio.Queue[tuple[bytes, aiohttp.WSMsgType] | int] = (
            asyncio.Queue()
        )
        self._finishing = False
        self._task = spawn(self._run(), name="signaling-socket")

    def write(self, data: bytes, kind: aiohttp.WSMsgType) -> None:
        """Queue one message."""
        self._outgoing.put_nowait((data, kind))

    def finish(self, code: int, finished: Callable[[], None]) -> None:
        """Close behind what is queued; `finished` is called at the end."""
        self._finishing = True
        self._outgoing.put_nowait(code)
        self._task.add_done_callback(lambda _task: finished())

    async def ended(self) -> None:
        """Wait for the end, for a little while."""
        _, pending = await asyncio.wait([self._task], timeout=CLOSE_LIMIT_S)
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending)

    async def _run(self) -> None:
        session = client_session(
            aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_LIMIT_S)
        )
        try:
            await self._talk(session)
        finally:
            await session.close()

    async def _talk(self, session: aiohttp.ClientSession) -> None:
        try:
            socket = await session.ws_connect(
                self._url,
                protocols=(SUBPROTOCOL,),
                autoping=False,
                max_msg_size=MAX_FRAME_BYTES + 1,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_LIMIT_S),
                ssl=self._tls if self._tls is not None else True,
                decode_text=False,
            )
        except (aiohttp.ClientError, OSError, ValueError):
            self._report(self, ConnectFailed())
            return
        self._report(self, SocketOpened())
        writer = spawn(self._write_all(socket), name="signaling-writer")
        try:
            await self._read_all(socket)
            if self._finishing:
                # aiohttp ends the reader before it writes the close frame.
                await asyncio.wait([writer], timeout=CLOSE_LIMIT_S)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer

    async def _write_all(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        while True:
            item = await self._outgoing.get()
            if isinstance(item, int):
                await socket.close(code=item)
                return
            data, kind = item
            try:
                await socket.send_frame(data, kind)
            except (aiohttp.ClientError, ConnectionError):
                return  # the reader notices the end

    async def _read_all(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        while True:
            message = await socket.receive()
            match message.type:
                case aiohttp.WSMsgType.BINARY:
                    self._report(self, FrameReceived(message.data))
                case aiohttp.WSMsgType.TEXT:
                    data = message.data
                    text = data.encode() if isinstance(data, str) else data
                    self._report(self, TextReceived(text))
                case aiohttp.WSMsgType.PING:
                    with suppress(aiohttp.ClientError, ConnectionError):
                        await socket.pong(message.data)
                    self._report(self, SignOfLife())
                case aiohttp.WSMsgType.PONG:
                    self._report(self, SignOfLife())
                case kind if kind in _CLOSED:
                    reason = message.extra if isinstance(message.extra, str) else ""
                    closed = SocketClosed(socket.close_code, reason)
                    self._report(self, closed)
                    return
                case _:
                    continue
