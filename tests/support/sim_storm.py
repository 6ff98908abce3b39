"""Two real sessions whose world is chosen step by step: lanes, crashes, lies.

On top of `sim_pair`: nothing is delivered unless somebody says so, either side may
die between two effects and come back from what was on disk, the server may lie,
and the DTLS session may belong to somebody else. Everything is recorded, so that a
test can ask afterwards what was proved to whom.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum, auto

from tests.support.sim_pair import (
    ORIGIN,
    UNIX_AT_ZERO,
    Endpoint,
    SimPair,
    SimPeerConnection,
    fake_fingerprint,
    seeded_entropy,
)

from safesession.core import effects, inputs
from safesession.core.session import Session
from safesession.core.session_config import SessionConfig
from safesession.core.status import Phase, Role, TextDirection
from safesession.crypto.identity import IdentityKey
from safesession.protocol.peer_messages import FrameKind


class Middle(Enum):
    """Who holds the DTLS session."""

    NOBODY = auto()
    SHOWS_THEIR_FINGERPRINTS = auto()  # but has its own DTLS on each side
    SHOWS_ITS_OWN = auto()


@dataclass
class Tape:
    """One session from its birth: what it was told and what it answered."""

    config: SessionConfig
    seed: str
    steps: list[tuple[inputs.Input | None, float, list[effects.Effect]]] = field(
        default_factory=list
    )


def _is_bind(body: bytes) -> bool:
    return body[:1] == bytes([FrameKind.BIND])


class _KilledError(Exception):
    """The process ended between two effects."""


class SimStorm(SimPair):
    """`sim_pair` without good weather until `calm` is called."""

    def __init__(self, *, seed: str = "storm") -> None:
        self.seed = seed
        self.births = 0
        self.stormy = True
        self.hostile = False  # something happened that no honest network does
        self.said_no = False  # somebody picked other words
        self.middle = Middle.NOBODY
        self.tapes: list[Tape] = []
        self.doom: dict[str, int | None] = {"counselor": None, "client": None}
        self.channel: dict[str, list[tuple[SimPeerConnection, bytes]]] = {
            "counselor": [],
            "client": [],
        }
        self.heard: list[bytes] = []  # every envelope and channel frame so far
        self.pair_ids: dict[str, bytes] = {}
        self.sent: dict[tuple[bytes, str], list[str]] = {}
        self.got: dict[tuple[bytes, str], list[str]] = {}
        self.right_picks: dict[str, list[object]] = {"counselor": [], "client": []}
        self.proofs: dict[bytes, int] = {}  # M3s that left, per invite
        self.kept = False
        self.orphan = False  # the client sits in a room whose counselor is gone
        super().__init__(seed=seed)
        self.identity = {end.name: end.session._config.identity for end in self.ends}

    @property
    def ends(self) -> tuple[Endpoint, Endpoint]:
        return self.counselor, self.client

    # --- birth and death -----------------------------------------------------------

    def _endpoint(self, name: str, role: Role, seed: str) -> Endpoint:
        identity = IdentityKey.generate(seeded_entropy(f"{seed}|{name}"))
        return Endpoint(name, self._new_session(name, role, identity, {}))

    def _new_session(self, name, role, identity, counted) -> Session:
        self.births += 1
        seed = f"{self.seed}|{name}|{self.births}"
        config = SessionConfig(
            role=role,
            identity=identity,
            entropy=seeded_entropy(seed),
            relay_origin=ORIGIN,
            display_name={"counselor": "王老师", "client": "A-017"}[name],
            app_version="test",
            unix_at_zero=UNIX_AT_ZERO,
            wrong_attempts_by_tag=dict(counted),
        )
        self.tapes.append(Tape(config, seed))
        return Session(config)

    def rebirth(self, end: Endpoint) -> None:
        """A new session from what is on disk: after the end, or after a crash."""
        role = end.status.role
        identity = self.identity[end.name]
        end.session = self._new_session(end.name, role, identity, end.counted)
        end.connection = None
        end.texts.clear()
        end.received.clear()
        self.pair_ids.pop(end.name, None)
        self.doom[end.name] = None
        self.queue = [item for item in self.queue if item[0] is not end]

    def crash(self, end: Endpoint) -> None:
        """kill -9: what was not handed over is gone, what is on disk is not."""
        self.rebirth(end)
        if end is self.client:
            self.orphan = False
            if self.client_seated and not self.kept:
                self._free_seat()
            elif self.client_seated:
                # Nobody holds the token of the seat any more.
                self.client_seated = False
                self.closed = True
                self._presence(self.counselor, there=False)
            return
        self.closed = True
        if self.client_seated:
            self.orphan = True
            self._presence(self.client, there=False)
        self.client_seated = False

    def _presence(self, end: Endpoint, *, there: bool) -> None:
        self.queue.append((end, inputs.PeerPresence(there, self.attempt)))

    # --- driving -------------------------------------------------------------------

    def give(self, end: Endpoint, event: inputs.Input) -> None:
        self._one(end, event)
        self.run()

    def run(self, limit: int = 20_000) -> None:
        for _ in range(limit):
            if not self.queue:
                return
            end, event = self.queue.pop(0)
            self._one(end, event)
        raise AssertionError("the exchange does not come to rest")

    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        while True:
            due = [d for e in self.ends if (d := e.session.deadline) is not None]
            if not due or min(due) > until:
                break
            self.now = max(self.now, min(due))
            for end in self.ends:
                deadline = end.session.deadline
                if deadline is not None and deadline <= self.now:
                    self._one(end, None)
            self.run()
        self.now = until

    def _one(self, end: Endpoint, event: inputs.Input | None) -> None:
        session = end.session
        self._note_input(end, event)
        if event is None:
            decided = session.handle_timeout(self.now)
        else:
            decided = session.handle(event, self.now)
        tape = next(t for t in reversed(self.tapes) if t.config is session._config)
        tape.steps.append((event, self.now, decided))
        if session._encounter is not None:
            context = session._encounter._recovery.resume._context
            self.pair_ids[end.name] = context.pair_id
        try:
            for effect in decided:
                self._mortal(end, effect)
        except _KilledError:
            self.crash(end)

    def _mortal(self, end: Endpoint, effect: effects.Effect) -> None:
        left = self.doom[end.name]
        if left is not None:
            if left == 0:
                raise _KilledError
            self.doom[end.name] = left - 1
        self._execute(end, effect)

    def _note_input(self, end: Endpoint, event: inputs.Input | None) -> None:
        match event:
            case inputs.ControlReceived() if end.connection and _is_bind(
                event.untrusted_body
            ):
                end.connection.binds_taken.append(event.untrusted_body)
            case inputs.PickSafetyCode():
                encounter = end.session._encounter
                right = end.session.right_safety_choice
                self.said_no |= event.choice != right
                if encounter and right is not None and event.choice == right:
                    self.right_picks[end.name].append(encounter._safety._bits)
            case inputs.SendText() if end.session._encounter:
                key = (self.pair_ids[end.name], end.name)
                self.sent.setdefault(key, []).append(event.text)
            case _:
                pass

    # --- effects -------------------------------------------------------------------

    def _execute(self, end: Endpoint, effect: effects.Effect) -> None:
        match effect:
            case effects.StatusChanged():
                return  # between two effects the session may be ahead of it
            case effects.SendEnvelope():
                self._proof(end, effect.body)
                self.heard.append(effect.body)
                lost = end is self.client and (self.orphan or not self.client_seated)
                if not lost:
                    self.mailbox[self.other(end).name].append(effect.body)
                self.flush_mailboxes()
            case effects.TextChanged():
                self._text_changed(end, effect)
            case _:
                super()._execute(end, effect)

    def _proof(self, end: Endpoint, body: bytes) -> None:
        guest = end.session._guest
        paired = end.session._encounter is not None
        if body[1:5] == b"SS13" and guest is not None and not paired:
            self.proofs[guest.tag] = self.proofs.get(guest.tag, 0) + 1
            assert end.counted[guest.tag] >= self.proofs[guest.tag], "not counted"

    def _text_changed(self, end: Endpoint, change: effects.TextChanged) -> None:
        if change.direction is TextDirection.RECEIVED:
            key = (self.pair_ids[end.name], end.name)
            self.got.setdefault(key, []).append(change.text)

    def flush_mailboxes(self) -> None:
        if self.stormy:
            return
        super().flush_mailboxes()

    def _room(self, end: Endpoint, effect: effects.Effect) -> None:
        match effect:
            case effects.OpenInvite():
                self._new_room()
                super()._room(end, effect)
            case effects.ClaimInvite():
                self.orphan = False
                super()._room(end, effect)
            case effects.KeepSeat():
                self.kept = True
            case effects.DropSeat():
                if self.client_seated and not self.kept:
                    self.queue.append((self.client, inputs.RoomRefused("closed")))
                    self._free_seat()
            case effects.CloseSignaling() if end is self.client and not self.kept:
                self.orphan = False
                super()._room(end, effect)
            case effects.CloseSignaling():
                self._presence(self.other(end), there=False)
                if end is self.client:
                    self.client_seated = False
            case _:
                super()._room(end, effect)

    def _other_is_seated(self, _end: Endpoint) -> bool:
        return self.client_seated and not self.orphan

    def _new_room(self) -> None:
        if self.client_seated:
            self.orphan = True
        self.number = f"{(int(self.number) + 1) % 10**6:06d}"
        self.attempt = 0
        self.client_seated = self.closed = self.kept = False
        self.mailbox["client"].clear()
        self.mailbox["counselor"].clear()

    def _free_seat(self) -> None:
        super()._free_seat()
        self.kept = False

    def server_gives_up(self) -> None:
        """What the server does by itself: free a silent seat, close an empty room."""
        if self.orphan:
            self.orphan = False
            self.queue.append((self.client, inputs.RoomRefused("closed")))
        elif self.client_seated and not self.kept and not self.closed:
            self.queue.append((self.client, inputs.RoomRefused("closed")))
            self._free_seat()
        self.run()

    # --- the wire ------------------------------------------------------------------

    def _dtls(self) -> None:
        first, second = self.counselor.connection, self.client.connection
        self._dtls_waits = not self._wire_up
        if self._dtls_waits or first is None or second is None:
            return
        if first.epoch != second.epoch:
            return
        for end, mine, theirs in (
            (self.counselor, first, second),
            (self.client, second, first),
        ):
            names = sorted((mine.fingerprint, theirs.fingerprint))
            seen = theirs.fingerprint
            if self.middle is not Middle.NOBODY:
                names.append(end.name)
            if self.middle is Middle.SHOWS_ITS_OWN:
                seen = fake_fingerprint("middle")
            exporter = hashlib.sha256("|".join(names).encode()).digest()
            mine.exporter, mine.peer = exporter, theirs
            event = inputs.ControlChannelOpen(
                mine.epoch, mine.fingerprint, seen, exporter
            )
            self.queue.append((end, event))

    def _control(self, end: Endpoint, effect: effects.SendControl) -> None:
        connection = end.connection
        if connection is None:
            return
        self.heard.append(effect.body)
        if _is_bind(effect.body):
            connection.bind_sent = effect.body
        if connection.peer is None:
            return
        self.channel[self.other(end).name].append((connection, effect.body))
        if not self.stormy:
            self.deliver_channel(self.other(end))

    def deliver_channel(self, end: Endpoint, count: int = 10_000) -> None:
        """Hand over what is under way, as far as its connection still stands.

        SCTP keeps what a dead wire does not carry.
        """
        if not self.wire_up:
            return
        for _ in range(min(count, len(self.channel[end.name]))):
            sender, body = self.channel[end.name].pop(0)
            connection = end.connection
            if connection is not None and connection.peer is sender:
                event = inputs.ControlReceived(connection.epoch, body)
                self.queue.append((end, event))

    def deliver_relay(self, end: Endpoint, count: int = 10_000) -> None:
        """Hand over what waits at the server."""
        if end is self.client and not self.client_seated:
            return
        waiting = self.mailbox[end.name]
        for _ in range(min(count, len(waiting))):
            self.queue.append((end, inputs.EnvelopeReceived(waiting.pop(0))))
        self.run()

    # --- good weather --------------------------------------------------------------

    def calm(self, seconds: float = 180.0) -> None:
        """From now on everything works and everybody is honest; let it settle."""
        self.stormy = False
        self.middle = Middle.NOBODY
        self.turn_unanswered.clear()
        self.doom = {"counselor": None, "client": None}
        self.relay_up = True
        self.wire_up = True
        for _ in range(4):
            for end in self.ends:
                if end.status.phase is not Phase.IDLE:
                    there = self.client_seated and not self.orphan
                    self.queue.append((end, inputs.ServerLinkChanged(up=True)))
                    self._presence(end, there=there)
            self.run()
            for end in self.ends:
                self.deliver_channel(end)
            self.flush_mailboxes()
            self.run()
            self.advance(seconds / 4)
            self.server_gives_up()
