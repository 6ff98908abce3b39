"""The server's three paths: the WebSocket, liveness and readiness.

Everything else is 404 with an empty body; no answer quotes its request.
"""

from __future__ import annotations

import asyncio

from aiohttp import hdrs, web

from safesession.signaling_server.connection import SocketPort, serve_socket
from safesession.signaling_server.guard import Gate
from safesession.signaling_server.operations import Probe
from safesession.signaling_server.service import Service
from safesession.signaling_server.store import SqliteStore


_READY_LIMIT_S = 5.0
_CLOSE_LIMIT_S = 3.0


class Routes:
    """Answers requests once `open` was called; until then everything is 503."""

    def __init__(self) -> None:
        self._parts: tuple[Service, SqliteStore, Gate] | None = None
        self._ports: set[SocketPort] = set()
        self._ended = asyncio.Event()
        self.draining = False

    def open(self, service: Service, store: SqliteStore, gate: Gate) -> None:
        """Begin to serve."""
        self._parts = (service, store, gate)

    def check(self, now: float) -> None:
        """Ping silent connections and cut dead ones; once a second."""
        for port in list(self._ports):
            port.check(now)

    async def closed(self) -> None:
        """Wait until every WebSocket has ended, for a little while; then cut."""
        try:
            async with asyncio.timeout(_CLOSE_LIMIT_S):
                while self._ports:
                    self._ended.clear()
                    await self._ended.wait()
        except TimeoutError:
            for port in list(self._ports):
                port.abort()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.path not in ("/ws", "/healthz", "/readyz"):
            return _plain(404)
        if request.method != hdrs.METH_GET:
            return _plain(405)
        if request.path == "/healthz":
            return _plain(200)
        if self._parts is None or self.draining:
            return _plain(503)
        service, store, gate = self._parts
        if request.path == "/readyz":
            return _plain(await _readiness(store))
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and origin not in service.accounts.origins:
            return _plain(403)  # a page in a browser; our own apps send none
        if request.headers.get(hdrs.UPGRADE, "").lower() != "websocket":
            return _plain(426)
        prefix = gate.upgraded(request.protocol)
        if prefix is None:
            return _plain(400)
        try:
            return await serve_socket(request, service, self._ports, prefix)
        finally:
            self._ended.set()


async def _readiness(store: SqliteStore) -> int:
    try:
        committed = await asyncio.wait_for(store.run(Probe()), timeout=_READY_LIMIT_S)
    except TimeoutError:
        return 503
    return 200 if committed else 503


def _plain(status: int) -> web.Response:
    response = web.Response(status=status, headers={hdrs.CACHE_CONTROL: "no-store"})
    response.force_close()
    return response
