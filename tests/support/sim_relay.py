"""The server's core, its SQL and real room links on a simulated network.

Virtual time; every message, commit, loss and restart is a step somebody else
chooses. The store is the real SQL on an in-memory file, committed when told to.
"""

from __future__ import annotations

import random
import sqlite3
import weakref
from collections import deque
from typing import Any

from safesession.core import inputs
from safesession.core.account import CounselorAccount
from safesession.core.link_events import (
    CloseSocket,
    FrameReceived,
    OpenSocket,
    SignOfLife,
    SocketClosed,
    SocketOpened,
    TextReceived,
    WriteFrame,
    WriteText,
)
from safesession.core.room_link import RoomLink
from safesession.crypto.identity import IdentityKey
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import PutEnvelope
from safesession.signaling_server.schema import migrate
from safesession.signaling_server.service import Service, ServiceConfig
from safesession.signaling_server.store import carry_out, load
from safesession.signaling_server.visits import Instant, VisitState


ORIGIN = "https://relay.example.org"
UNIX_AT_ZERO = 1_800_000_000
SEED = bytes(range(32))
ACCOUNT = CounselorAccount("ab" * 16, SEED)


class SimStore:
    """Commits when told; what is not committed dies with the server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.pending: deque = deque()
        self.reports: deque = deque()  # committed or not, not yet told to the loop
        self._poisoned: dict = {}
        self.healthy = True

    def submit(self, operation, done=None) -> None:
        self.pending.append((operation, done))

    def commit(self, most: int = 512, *, fail: bool = False) -> None:
        """One group of the writer thread, which runs ahead of the loop."""
        group = [self.pending.popleft() for _ in range(min(most, len(self.pending)))]
        results: list[Any] = []
        for operation, _ in group:
            put = isinstance(operation, PutEnvelope)
            place = (operation.room, operation.seat) if put else None
            if put and fail:
                self._poisoned[place] = operation.generation
            if fail or (put and operation.generation <= self._poisoned.get(place, -1)):
                results.append(None)
            else:
                results.append(carry_out(self.connection.execute, operation))
        self.reports += [
            (done, result, not fail)
            for (_, done), result in zip(group, results, strict=True)
        ]

    def report(self) -> bool:
        """Tell the loop one result."""
        if not self.reports:
            return False
        done, result, self.healthy = self.reports.popleft()
        if done is not None:
            done(result)
        return True


class SimSocket:
    """A WebSocket with a queue each way. Implements the server's port."""

    buffered = 0

    def __init__(self, world: SimRelay, end: SimEnd) -> None:
        self.world = world
        self.end = end
        self.prefix = end.prefix
        self.visit = None
        self.to_server: deque = deque()
        self.to_client: deque = deque()
        self.server_gone = False
        self.client_gone = False
        self.broken = False

    def send_text(self, message: bytes) -> None:
        self._reply(TextReceived(message))

    def send_frame(self, frame: bytes) -> None:
        self._reply(FrameReceived(frame))

    def send_ping(self) -> None:
        self._reply(SignOfLife())

    def close(self, code: int, reason: str = "") -> None:
        self._reply(SocketClosed(code, reason))
        self.to_server.append(("gone", False))

    def _reply(self, event) -> None:
        if not self.broken:
            self.to_client.append(event)

    def write(self, kind: str, value) -> None:
        if not self.broken:
            self.to_server.append((kind, value))

    def step_server(self) -> bool:
        """Let the server see one thing of this socket."""
        if self.server_gone or not self.to_server:
            return False
        kind, value = self.to_server.popleft()
        service, now = self.world.service, self.world.instant()
        match kind:
            case "open":
                self.visit = service.opened(self, now)
            case "text":
                service.text(self.visit, value, now)
            case "frame":
                service.binary(self.visit, value, now)
            case "gone":
                self.server_gone = True
                if self.visit is not None:
                    service.gone(self.visit, now, deliberate=value)
        return True

    def step_client(self) -> bool:
        if self.client_gone or not self.to_client:
            return False
        event = self.to_client.popleft()
        if isinstance(event, SocketClosed):
            self.client_gone = True
        self.end.feed(event)
        return True

    def lose(self, *, server_notices: bool) -> None:
        """The line breaks: what was under way, or is written later, is lost."""
        self.broken = True
        self.to_server.clear()
        self.to_client.clear()
        if server_notices:
            self.to_server.append(("gone", False))
        if not self.client_gone:
            self.to_client.append(SocketClosed(None))


class SimEnd:
    """One app: a real RoomLink and what it delivered."""

    def __init__(self, world: SimRelay, name: str, account=None) -> None:
        self.world = world
        self.name = name
        self.prefix = name.encode()
        world.processes += 1
        self.link = RoomLink(
            origin=ORIGIN,
            start_s=UNIX_AT_ZERO + world.processes,
            uniform=world.random.random,
            account=account,
        )
        self.socket: SimSocket | None = None
        self.got: list[inputs.SignalingInput] = []
        self.on_input = lambda _event: None
        self._queue: deque = deque()
        self._running = False

    def feed(self, event) -> None:
        """Handle an event now, or after the one that is being handled."""
        self._queue.append(event)
        if self._running:
            return
        self._running = True
        while self._queue:
            outputs = self.link.handle(self._queue.popleft(), self.world.now)
            self._execute(outputs)
        self._running = False

    def on_time(self) -> None:
        self._running = True
        self._execute(self.link.handle_timeout(self.world.now))
        self._running = False
        if self._queue:
            self.feed(self._queue.popleft())

    def _execute(self, outputs) -> None:
        for output in outputs:
            match output:
                case OpenSocket():
                    self.socket = SimSocket(self.world, self)
                    self.socket.to_server.append(("open", None))
                    self.socket.to_client.append(SocketOpened())
                    self.world.sockets.append(self.socket)
                case WriteText():
                    self.socket.write("text", output.text)
                case WriteFrame():
                    self.socket.write("frame", output.frame)
                case CloseSocket():
                    if self.socket is not None:
                        self.socket.client_gone = True
                        self.socket.write("gone", output.code == 1000)
                        self.socket = None
                case _:
                    self.got.append(output)
                    self.on_input(output)

    def all(self, kind) -> list:
        return [event for event in self.got if isinstance(event, kind)]

    def bodies(self) -> list[bytes]:
        return [e.untrusted_body for e in self.all(inputs.EnvelopeReceived)]


class SimRelay:
    """Server, store, sockets and the clock."""

    def __init__(self, seed: int = 0, limits: Limits | None = None) -> None:
        self.random = random.Random(seed)
        self.limits = limits or Limits()
        self.now = 1000.0
        self.pinged_at = 1000.0
        self.processes = 0
        self.sockets: list[SimSocket] = []
        self.ends: list[SimEnd] = []
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        weakref.finalize(self, self.connection.close)  # Python 3.13 asks for it
        migrate(self.connection)
        key = IdentityKey(SEED).public_key
        self.connection.execute(
            "INSERT INTO account(id, key) VALUES (?, ?)", (ACCOUNT.account_id, key)
        )
        self.start()

    def instant(self) -> Instant:
        return Instant(self.now, UNIX_AT_ZERO + int(self.now))

    def start(self) -> None:
        self.store = SimStore(self.connection)
        config = ServiceConfig((ORIGIN,), b"p" * 32, self.limits)
        self.service = Service(config, self.store, self.random.randbytes)
        self.service.restore(load(self.connection), self.instant())

    def kill(self) -> None:
        """kill -9 and a new start: memory and uncommitted work are gone."""
        for socket in self.sockets:
            socket.server_gone = True
            socket.lose(server_notices=False)
        self.start()

    def counselor(self) -> SimEnd:
        self.ends.append(SimEnd(self, "counselor", ACCOUNT))
        return self.ends[-1]

    def client(self, name: str = "client") -> SimEnd:
        self.ends.append(SimEnd(self, name))
        return self.ends[-1]

    def step(self) -> bool:
        """Deliver one message somewhere, in a random order between sockets."""
        self.sockets = [
            s for s in self.sockets if not (s.server_gone and s.client_gone)
        ]
        order = [(s, side) for s in self.sockets for side in (0, 1)]
        self.random.shuffle(order)
        steps = [s.step_server if side else s.step_client for s, side in order]
        steps.insert(self.random.randrange(len(steps) + 1), self.store.report)
        return any(step() for step in steps)

    def advance(self, seconds: float) -> None:
        """Let time pass; timers fire on the way."""
        until = self.now + seconds
        while self.now < until:
            deadlines = [end.link.deadline for end in self.ends]
            due = [d for d in deadlines if d is not None and d < until]
            self.now = max(self.now, min([*due, until]))
            for end in self.ends:
                if end.link.deadline is not None and end.link.deadline <= self.now:
                    end.on_time()
            self.service.tick(self.instant())
            if self.now - self.pinged_at >= 25.0:
                self.pinged_at = self.now
                for socket in self.sockets:
                    if not socket.server_gone:
                        socket.send_ping()

    def settle(self, seconds: float = 1.0) -> None:
        """Good weather for a while."""
        until = self.now + seconds
        while self.now < until:
            busy = False
            while self.step() or self.store.pending:
                self.store.commit()
                busy = True
            self.advance(0.02 if busy else 0.2)

    def committed_bodies(self) -> set[bytes]:
        return {row[0] for row in self.connection.execute("SELECT body FROM env")}

    def seated(self) -> int:
        visits = self.service.visits()
        return sum(visit.state is VisitState.SEATED for visit in visits)
