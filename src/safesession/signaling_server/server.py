"""A running signaling server: socket, HTTP routes, store and the clock.

Works in the caller's loop. Writes no access log; its own log lines hold events
and counts, never an address, a number or an id.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from safesession.crypto.tokens import hash_token, make_token
from safesession.errors import LocalProtocolError, StateError
from safesession.protocol.close_codes import CloseCode
from safesession.signaling_server.connection import instant
from safesession.signaling_server.figures import Figures, LoopLag, take_figures
from safesession.signaling_server.forwarded import Network
from safesession.signaling_server.guard import Gate
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import AddEnrolment, ReadAccounts
from safesession.signaling_server.pepper import load_pepper
from safesession.signaling_server.routes import Routes
from safesession.signaling_server.service import Service, ServiceConfig
from safesession.signaling_server.store import SqliteStore
from safesession.signaling_server.tls import Certificate
from safesession.signaling_server.turn_credentials import TurnConfig


_log = logging.getLogger(__name__)
DATABASE_FILE = "signaling.sqlite3"
_TICK_S = 0.1
_CHECK_TICKS = 10
_BACKLOG = 4096
_SHUTDOWN_S = 2.0


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Where to listen and what to be. Port 0 lets the system choose.

    `origins` are the ways clients reach this server from outside, besides the
    address it listens on (for example `https://relay.example.org`).
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    origins: tuple[str, ...] = ()
    certificate: Certificate | None = field(default=None, repr=False)
    limits: Limits = field(default_factory=Limits)
    turn: TurnConfig = field(default_factory=TurnConfig)
    trusted_proxies: tuple[Network, ...] = ()


@dataclass(slots=True)
class _Running:
    """The parts of a server between start and stop."""

    store: SqliteStore
    service: Service
    routes: Routes
    runner: web.ServerRunner
    gate: Gate
    listener: asyncio.Server
    timer: asyncio.TimerHandle | None = None
    ticks: int = 0
    tick_due_at: float | None = None
    reading_accounts: bool = False
    loop_lag: LoopLag = field(default_factory=LoopLag)


class SignalingServer:
    """Start it, use it, stop it; once."""

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self._entropy = secrets.token_bytes
        self._running: _Running | None = None
        self._pepper = b""
        self.origin = ""
        self.port = 0
        self._started_at = 0

    async def start(self) -> None:
        """Open the port and the store.

        Raises:
            StateError: the data directory cannot be used.
            OSError: the port is taken or not ours to use.
        """
        config = self._config
        self._pepper = load_pepper(config.data_dir, self._entropy)
        routes = Routes()
        runner = web.ServerRunner(
            web.Server(routes.handle, access_log=None, lingering_time=0.0),
            shutdown_timeout=_SHUTDOWN_S,
        )
        await runner.setup()
        try:
            gate, listener = await self._listen(runner)
        except OSError:
            await runner.cleanup()
            raise
        self.port = int(listener.sockets[0].getsockname()[1])
        tls = config.certificate is not None
        self.origin = _origin(config.host, self.port, tls=tls)
        self._started_at = int(time.time())
        try:
            store, service = self._open_store()
        except StateError:
            listener.close()
            await runner.cleanup()
            raise
        store.start()
        routes.open(service, store, gate)
        self._running = _Running(store, service, routes, runner, gate, listener)
        await listener.start_serving()
        self._tick(self._running)
        _log.info("serving, rooms=%d", service.rooms.count)

    async def stop(self, drain_s: float = 0.0) -> None:
        """Take no more connections, announce it for `drain_s`, store, close."""
        running, self._running = self._running, None
        if running is None:
            return
        running.routes.draining = True
        running.listener.close()
        await _drain(running, drain_s)
        if running.timer is not None:
            running.timer.cancel()
        running.gate.abort_all()
        await running.runner.cleanup()
        await running.store.close()
        _log.info("stopped")

    async def enrol_token(self) -> str:
        """Return a new one-use token with which a counselor enrols.

        Raises:
            LocalProtocolError: the server is not running.
        """
        if self._running is None:
            raise LocalProtocolError("the server is not running")
        token = make_token(self._entropy)
        expires_at = instant().unix + self._config.limits.enrolment_life_s
        await self._running.store.run(
            AddEnrolment(hash_token(self._pepper, token), expires_at)
        )
        return token

    def figures(self) -> Figures:
        """Return what can be counted now.

        Raises:
            LocalProtocolError: the server is not running.
        """
        running = self._running
        if running is None:
            raise LocalProtocolError("the server is not running")
        certificate = self._config.certificate
        return take_figures(
            running.service,
            running.store,
            running.gate,
            running.loop_lag,
            started_at=self._started_at,
            draining=running.routes.draining,
            certificate_ends_at=certificate.facts.not_after if certificate else None,
        )

    async def _listen(self, runner: web.ServerRunner) -> tuple[Gate, asyncio.Server]:
        config = self._config
        if runner.server is None:
            raise LocalProtocolError("the runner is not set up")
        gate = Gate(runner.server, config.limits, self._entropy, config.trusted_proxies)
        tls = config.certificate.context if config.certificate else None
        tls_limit_s = config.limits.tls_handshake_s if tls else None
        listener = await asyncio.get_running_loop().create_server(
            gate,
            config.host,
            config.port,
            ssl=tls,
            ssl_handshake_timeout=tls_limit_s,
            backlog=_BACKLOG,
            start_serving=False,
        )
        return gate, listener

    def _open_store(self) -> tuple[SqliteStore, Service]:
        config = self._config
        store = SqliteStore(config.data_dir / DATABASE_FILE)
        origins = (self.origin, *_local_names(self.origin), *config.origins)
        service = Service(
            ServiceConfig(origins, self._pepper, config.limits, config.turn),
            store,
            self._entropy,
        )
        try:
            service.restore(store.load(), instant())
        except StateError:
            store.abandon()
            raise
        return store, service

    def _tick(self, running: _Running) -> None:
        now = instant()
        if running.tick_due_at is not None:
            running.loop_lag.note(max(0.0, now.mono - running.tick_due_at))
        running.service.tick(now)
        running.ticks += 1
        if running.ticks % _CHECK_TICKS == 0:
            running.routes.check(now.mono)
            _watch_accounts(running)
        loop = asyncio.get_running_loop()
        running.tick_due_at = time.monotonic() + _TICK_S
        running.timer = loop.call_later(_TICK_S, self._tick, running)


def _watch_accounts(running: _Running) -> None:
    """Take up what `accounts revoke` and `accounts rotate` wrote meanwhile."""
    if running.reading_accounts:
        return
    running.reading_accounts = True

    def read(result: dict[str, bytes] | bool | None) -> None:
        running.reading_accounts = False
        if isinstance(result, dict):
            running.service.accounts_read(result, instant())

    running.store.submit(ReadAccounts(), read)


async def _drain(running: _Running, drain_s: float) -> None:
    service = running.service
    visits = service.visits()
    if drain_s > 0:
        # Spread, so that not everybody comes back in the same instant.
        gap_s = drain_s / max(1, len(visits))
        for number, visit in enumerate(visits):
            service.drain(visit, int(gap_s * (number + 1) * 1000))
        for visit in visits:
            await asyncio.sleep(gap_s)
            service.close(visit, CloseCode.RESTART)
    for visit in service.visits():
        service.close(visit, CloseCode.RESTART)
    # A handler that ends puts on disk what was only live.
    await running.routes.closed()
    service.rooms.flush(instant())


def _origin(host: str, port: int, *, tls: bool) -> str:
    scheme, usual = ("https", 443) if tls else ("http", 80)
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if port == usual else f":{port}")


def _local_names(origin: str) -> tuple[str, ...]:
    """A server on loopback or on every interface is reached by these names too."""
    scheme, _, authority = origin.partition("://")
    names = ("127.0.0.1", "localhost", "[::1]")
    for host in (*names, "0.0.0.0", "[::]"):  # noqa: S104
        if authority == host or authority.startswith(f"{host}:"):
            port = authority.removeprefix(host)
            return tuple(f"{scheme}://{name}{port}" for name in names if name != host)
    return ()
