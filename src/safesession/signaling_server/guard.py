"""What stands before aiohttp: cuts slow heads, long heads and too many strangers.

A thin `asyncio.Protocol` around aiohttp's own. Bare aiohttp waits for a request
head without end; here a connection has 5 s and 8 KiB for it, and a minute in all
unless it becomes a WebSocket. A WebSocket must mask what it sends, and not send
more frames than anybody needs.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
from enum import Enum, auto
from typing import Any, cast

from aiohttp.web import RequestHandler, Server

from safesession.crypto.entropy import Entropy
from safesession.protocol.close_codes import CloseCode
from safesession.signaling_server.forwarded import (
    Network,
    client_address,
    is_trusted,
)
from safesession.signaling_server.limits import Limits, TokenBucket
from safesession.signaling_server.masking import MaskWatch


_HEAD_END = b"\r\n\r\n"
_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Connection: close\r\nContent-Length: 0\r\n\r\n"
)
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Connection: close\r\nContent-Length: 0\r\n\r\n"
)
_CLOSE_FRAME = bytes([0x88, 2])  # written past aiohttp; a code of two bytes follows
_IPV6_PREFIX = 64


class _Stage(Enum):
    """How far a connection has come."""

    REFUSED = auto()  # aiohttp never hears of it
    HEAD = auto()  # its request is not whole
    HTTP = auto()
    NOT_MASKED = auto()  # HTTP, but what followed is no masked frame
    SOCKET = auto()
    CUT = auto()  # nothing it still says counts


class Gate:
    """Counts connections and makes a `Guard` for each new one."""

    def __init__(
        self,
        server: Server,
        limits: Limits,
        entropy: Entropy,
        proxies: tuple[Network, ...] = (),
    ) -> None:
        self._server = server
        self._salt = entropy(32)
        self.proxies = proxies
        self.turned_away = 0
        self._per_prefix: dict[bytes, int] = {}
        self._guards: dict[RequestHandler, Guard] = {}
        self.limits = limits
        self.open = 0

    def __call__(self) -> Guard:
        """Return the protocol of one new connection."""
        return Guard(self, self._server())

    def prefix(self, address: str) -> bytes:
        """Return an opaque tag of an address' /32 (IPv4) or /64 (IPv6)."""
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return b"unknown"
        if isinstance(parsed, ipaddress.IPv6Address):
            mapped = parsed.ipv4_mapped
            bits = 128 - _IPV6_PREFIX
            packed = (
                mapped.packed if mapped else (int(parsed) >> bits).to_bytes(8, "big")
            )
        else:
            packed = parsed.packed
        return hashlib.blake2s(packed, key=self._salt, digest_size=16).digest()

    def enter(self, guard: Guard) -> bool:
        """Count a connection in; False when there is no place for it."""
        if self.open >= self.limits.connections_total:
            self.turned_away += 1
            return False
        self._guards[guard.inner] = guard
        self.open += 1
        return True

    def place(self, prefix: bytes) -> bool:
        """Count it for its address; False when that has enough of them."""
        here = self._per_prefix.get(prefix, 0)
        if here >= self.limits.connections_per_prefix:
            self.turned_away += 1
            return False
        self._per_prefix[prefix] = here + 1
        return True

    def leave(self, guard: Guard, prefix: bytes | None) -> None:
        """Count a connection out; `prefix` is None while it has no place."""
        self.open -= 1
        self._guards.pop(guard.inner, None)
        if prefix is not None:
            here = self._per_prefix.pop(prefix) - 1
            if here:
                self._per_prefix[prefix] = here

    def upgraded(self, inner: Any) -> bytes | None:
        """A connection becomes a WebSocket: no more HTTP limits. Return its prefix.

        None if it may not: it sent an unmasked frame right behind its request.
        """
        guard = self._guards.get(inner)
        if guard is None:
            return b"unknown"
        return guard.upgraded()

    def abort_all(self) -> None:
        """Cut whatever is left."""
        for guard in list(self._guards.values()):
            guard.abort()


class Guard(asyncio.Protocol):
    """One connection before and after aiohttp has understood its request."""

    def __init__(self, gate: Gate, inner: RequestHandler) -> None:
        self._gate = gate
        self.inner = inner
        self._prefix: bytes | None = None
        self._proxy = ""  # the address of a trusted proxy that brought it
        self._transport: asyncio.Transport | None = None
        self._stage = _Stage.REFUSED
        self._head = bytearray()
        self._masks = MaskWatch()
        limits = gate.limits
        self._heads = TokenBucket(limits.heads_per_s, limits.heads_burst, 0.0)
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it; give it its time for a head."""
        # Not isinstance: uvloop's transports are no subclasses of asyncio's.
        stream = cast("asyncio.Transport", transport)
        self._transport = stream
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        if not self._gate.enter(self):
            stream.write(_BUSY)
            stream.close()
            return
        if is_trusted(address, self._gate.proxies):
            self._proxy = address  # whose it is, its head will say
        elif not self._take_place(address):
            self._gate.leave(self, None)
            stream.write(_BUSY)
            stream.close()
            return
        self._stage = _Stage.HEAD
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._gate.limits.head_limit_s, self.abort)
        self.inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        self._stop_timer()
        if self._stage is not _Stage.REFUSED:
            self._gate.leave(self, self._prefix)
            self.inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass bytes on once the head is whole and short enough."""
        match self._stage:
            case _Stage.REFUSED | _Stage.CUT:
                return
            case _Stage.HEAD:
                self._take_head(data)
            case _Stage.SOCKET:
                self._take_frames(data)
            case _Stage.HTTP:
                self._watch(data)
                self.inner.data_received(data)
            case _Stage.NOT_MASKED:
                self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        if self._stage in (_Stage.REFUSED, _Stage.HEAD):
            return False
        self.inner.eof_received()
        return None

    def pause_writing(self) -> None:
        """Pass it on."""
        if self._stage is not _Stage.REFUSED:
            self.inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        if self._stage is not _Stage.REFUSED:
            self.inner.resume_writing()

    def upgraded(self) -> bytes | None:
        """It is a WebSocket now, with limits of its own; None if it may not."""
        if self._stage is not _Stage.HTTP:
            return None
        self._stage = _Stage.SOCKET
        self._stop_timer()
        return self._prefix

    def abort(self) -> None:
        """Cut the connection."""
        self._stop_timer()
        if self._transport is not None:
            self._transport.abort()

    def _take_head(self, data: bytes) -> None:
        head = self._head
        head += data
        end = head.find(_HEAD_END)
        if (end if end >= 0 else len(head)) > self._gate.limits.head_bytes:
            self._cut(_TOO_LONG)
            return
        if end < 0:
            return
        if self._proxy:
            client = client_address(bytes(head[:end]), self._gate.proxies)
            if not self._take_place(client or self._proxy):
                self._cut(_BUSY)
                return
        self._stage = _Stage.HTTP
        self._stop_timer()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._gate.limits.http_life_s, self.abort)
        self._watch(bytes(head[end + len(_HEAD_END) :]))
        self.inner.data_received(bytes(head))
        head.clear()

    def _take_place(self, address: str) -> bool:
        prefix = self._gate.prefix(address)
        if not self._gate.place(prefix):
            return False
        self._prefix = prefix
        return True

    def _take_frames(self, data: bytes) -> None:
        before = self._masks.frames
        if not self._masks.masked(data):
            self._close_socket(CloseCode.PROTOCOL)
            return
        now = asyncio.get_running_loop().time()
        for _ in range(self._masks.frames - before):
            if self._heads.take(now):
                self._close_socket(CloseCode.POLICY)
                return
        self.inner.data_received(data)

    def _close_socket(self, code: CloseCode) -> None:
        self._cut(_CLOSE_FRAME + code.to_bytes(2, "big"))

    def _watch(self, data: bytes) -> None:
        """Frames that come before our answer to the upgrade count as well."""
        if not self._masks.masked(data):
            self._stage = _Stage.NOT_MASKED

    def _cut(self, last_words: bytes) -> None:
        self._stop_timer()
        self._stage = _Stage.CUT
        if self._transport is not None:
            self._transport.write(last_words)
            self._transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
