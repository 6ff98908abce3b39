"""Two real sessions on a simulated network in virtual time.

The cores are the product's own; only the adapters are simulated: a two-seat room
that stores and forwards, and a wire that plays the DTLS session of both peer
connections. Nothing here may look inside a sealed body.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from safesession.core import effects, inputs
from safesession.core.kept_invite import KeptInvite
from safesession.core.session import Session
from safesession.core.session_config import SessionConfig
from safesession.core.status import Phase, Role, TextDirection
from safesession.crypto.identity import IdentityKey
from safesession.protocol.path_messages import PathEnd


ORIGIN = "relay.example.org"
UNIX_AT_ZERO = 1_700_000_000.0


def seeded_entropy(seed: str) -> Callable[[int], bytes]:
    """Deterministic bytes for tests: SHAKE-256 of a seed and a counter."""
    counter = itertools.count()

    def draw(length: int) -> bytes:
        text = f"{seed}|{next(counter)}".encode()
        return hashlib.shake_256(text).digest(length)

    return draw


def fake_fingerprint(name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return ":".join(f"{byte:02X}" for byte in digest)


def fake_sdp(kind: str, fingerprint: str) -> str:
    """A description in the form our endpoint writes."""
    setup = "actpass" if kind == "offer" else "active"
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1 2",
        "a=msid-semantic:WMS *",
    ]
    forms = (
        "m=audio 9 UDP/TLS/RTP/SAVPF 96",
        "m=video 9 UDP/TLS/RTP/SAVPF 97",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    )
    for mid, form in enumerate(forms):
        lines += [
            form,
            "c=IN IP4 0.0.0.0",
            f"a=mid:{mid}",
            "a=candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host",
            "a=end-of-candidates",
            "a=ice-ufrag:abcd",
            "a=ice-pwd:" + "p" * 22,
            f"a=fingerprint:sha-256 {fingerprint}",
            f"a=setup:{setup}",
        ]
    return "\r\n".join(lines) + "\r\n"


@dataclass
class SimPeerConnection:
    """What one endpoint's WebRTC adapter would have."""

    epoch: int
    offerer: bool
    secret: bytes
    fingerprint: str
    remote_fingerprint: str = ""
    exporter: bytes = b""
    peer: SimPeerConnection | None = field(default=None, repr=False, compare=False)
    bind_sent: bytes = b""
    binds_taken: list[bytes] = field(default_factory=list)
    gate: tuple[bool, bool] = (False, False)
    path_tried: int | None = None  # generation of a path beside the one in use
    path_ends: int | None = None  # the same, once both of its ends are known


@dataclass
class Endpoint:
    """One session with everything it asked for, recorded."""

    name: str
    session: Session
    connection: SimPeerConnection | None = None
    connections: int = 0
    gates: list[tuple[bool, bool]] = field(default_factory=list)
    texts: dict[tuple[TextDirection, int], effects.TextChanged] = field(
        default_factory=dict
    )
    received: list[str] = field(default_factory=list)
    guesses: list[int] = field(default_factory=list)
    counted: dict[bytes, int] = field(default_factory=dict)  # as on disk
    kept: KeptInvite | None = None  # as on disk
    away: bool = False  # its app is not running
    log: list[effects.Effect] = field(default_factory=list)

    @property
    def status(self):
        return self.session.status

    @property
    def gate(self) -> tuple[bool, bool]:
        return self.connection.gate if self.connection else (False, False)


Tamper = Callable[[str, bytes], list[bytes]]


def untouched(_sender: str, body: bytes) -> list[bytes]:
    return [body]


class SimPair:
    """A counselor and a client; every hop is a step of `run`."""

    def __init__(
        self,
        *,
        seed: str = "pair",
        tamper_relay: Tamper = untouched,
        keeps_invites: bool = False,
    ) -> None:
        self.keeps_invites = keeps_invites
        self.lives = 0
        self.now = 100.0
        self.tamper_relay = tamper_relay
        self.tamper_channel: Tamper = untouched
        self.man_in_the_middle = False
        self._wire_up = True
        self._dtls_waits = False
        self.other_path_works = False  # whether a path gathered anew would carry
        self.relay_up = True
        self.turn_unanswered: set[str] = set()
        self.number = "042917"
        self.attempt = 0
        self.client_seated = False
        self.closed = False
        self.queue: list[tuple[Endpoint, inputs.Input]] = []
        self.asleep: set[str] = set()  # stopped processes; what comes for them waits
        self._for_sleepers: list[tuple[Endpoint, inputs.Input]] = []
        self.mailbox: dict[str, list[bytes]] = {"counselor": [], "client": []}
        self.counselor = self._endpoint("counselor", Role.COUNSELOR, seed)
        self.client = self._endpoint("client", Role.CLIENT, seed)

    def _endpoint(self, name: str, role: Role, seed: str) -> Endpoint:
        entropy = seeded_entropy(f"{seed}|{name}")
        config = SessionConfig(
            role=role,
            identity=IdentityKey.generate(entropy),
            entropy=entropy,
            relay_origin=ORIGIN,
            display_name={"counselor": "王老师", "client": "A-017"}[name],
            app_version="test",
            unix_at_zero=UNIX_AT_ZERO,
            keeps_invites=self.keeps_invites,
        )
        return Endpoint(name, Session(config))

    def stop_counselor(self, *, kill: bool = False) -> None:
        """The counselor's app ends; what it left with the server stays there."""
        if not kill:
            self.give(self.counselor, inputs.Suspend())
        self.counselor.away = True
        self.queue = [item for item in self.queue if item[0] is not self.counselor]

    def start_counselor(self) -> None:
        """A new process, from what is on disk."""
        end = self.counselor
        self.lives += 1
        before = end.session._config
        entropy = seeded_entropy(f"life {self.lives}")
        end.session = Session(
            replace(before, entropy=entropy, wrong_attempts_by_tag=dict(end.counted))
        )
        end.connection = None
        end.away = False
        if end.kept is not None:
            self.give(end, inputs.TakeUpInvite(end.kept))

    def other(self, end: Endpoint) -> Endpoint:
        return self.client if end is self.counselor else self.counselor

    @property
    def wire_up(self) -> bool:
        return self._wire_up

    @wire_up.setter
    def wire_up(self, up: bool) -> None:
        self._wire_up = up
        if up and self._dtls_waits:
            self._dtls()
            self.run()

    # --- driving -------------------------------------------------------------------

    def give(self, end: Endpoint, event: inputs.Input) -> None:
        self.queue.append((end, event))
        self.run()

    def run(self, limit: int = 5000) -> None:
        for _ in range(limit):
            if not self.queue:
                return
            end, event = self.queue.pop(0)
            if end.name in self.asleep:
                self._for_sleepers.append((end, event))
                continue
            for effect in end.session.handle(event, self.now):
                self._execute(end, effect)
        raise AssertionError("the exchange does not come to rest")

    def advance(self, seconds: float) -> None:
        """Let virtual time pass, waking machines at their deadlines."""
        until = self.now + seconds
        while True:
            ends = self._awake
            due = min((d for e in ends if (d := e.session.deadline)), default=None)
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            for end in ends:
                deadline = end.session.deadline
                if deadline is not None and deadline <= self.now:
                    for effect in end.session.handle_timeout(self.now):
                        self._execute(end, effect)
            self.run()
        self.now = until

    @property
    def _awake(self) -> list[Endpoint]:
        ends = (self.counselor, self.client)
        return [end for end in ends if end.name not in self.asleep]

    def wake(self, end: Endpoint, *, timers_first: bool) -> None:
        """Let a stopped process go on, with its timers or with what came for it."""
        self.asleep.discard(end.name)
        if timers_first:
            for effect in end.session.handle_timeout(self.now):
                self._execute(end, effect)
        self.queue += self._for_sleepers
        self._for_sleepers = []
        self.run()

    def meet(self) -> None:
        """Invite, join, pair, connect and bind."""
        self.give(self.counselor, inputs.CreateInvite())
        invite = self.counselor.status.invite
        assert invite is not None
        self.give(self.client, inputs.JoinByCode(invite.code))

    def compare(self) -> None:
        """Both hear the right words."""
        for end in (self.client, self.counselor):
            self.give(end, inputs.StartSafetyCode())
            right = end.session.right_safety_choice
            self.give(end, inputs.PickSafetyCode(right))

    # --- adapters --------------------------------------------------------------------

    def _execute(self, end: Endpoint, effect: effects.Effect) -> None:
        end.log.append(effect)
        match effect:
            case effects.StatusChanged():
                assert effect.status == end.session.status
            case effects.TextChanged():
                self._text(end, effect)
            case effects.PersistGuess():
                assert effect.wrong_attempts > end.counted.get(effect.invite_tag, 0)
                end.counted[effect.invite_tag] = effect.wrong_attempts
                end.guesses.append(effect.wrong_attempts)
            case effects.ForgiveGuess():
                end.counted[effect.invite_tag] -= 1
                end.guesses.pop()
            case effects.KeepInvite():
                end.kept = effect.invite
            case effects.ForgetInvite():
                end.kept = None
            case effects.SendEnvelope():
                for body in self.tamper_relay(end.name, effect.body):
                    self.mailbox[self.other(end).name].append(body)
                self.flush_mailboxes()
            case effects.SendControl():
                self._control(end, effect)
            case effects.RequestTurn() if end.name in self.turn_unanswered:
                pass
            case effects.RequestTurn():
                self.queue.append((end, inputs.TurnServers((), "", "")))
            case (
                effects.OpenPeerConnection()
                | effects.ApplyRemoteDescription()
                | effects.SetMediaGate()
                | effects.ClosePeerConnection()
                | effects.OpenPath()
                | effects.UsePath()
                | effects.DropPath()
            ):
                self._peer(end, effect)
            case _:
                self._room(end, effect)

    def flush_mailboxes(self) -> None:
        if not self.relay_up:
            return
        for end in (self.counselor, self.client):
            if end.away or (end is self.client and not self.client_seated):
                continue
            bodies, self.mailbox[end.name] = self.mailbox[end.name], []
            self.queue += [(end, inputs.EnvelopeReceived(body)) for body in bodies]

    def _room(self, end: Endpoint, effect: effects.Effect) -> None:
        match effect:
            case effects.OpenInvite():
                expires_at = int(UNIX_AT_ZERO + self.now) + effect.ttl_s
                opened = inputs.InviteOpened(self.number, expires_at, "seat token")
                self.queue.append((end, opened))
            case effects.ReturnToRoom():
                assert effect.seat_token == "seat token"
                if self.closed:
                    self.queue.append((end, inputs.RoomRefused("closed")))
                    return
                there = self.client_seated
                self.queue.append((end, inputs.RoomJoined(self.attempt, there)))
                self.flush_mailboxes()
            case effects.ClaimInvite():
                if self.closed or self.client_seated or effect.number != self.number:
                    self.queue.append((end, inputs.RoomRefused("unavailable")))
                    return
                self.client_seated = True
                self.queue.append((end, inputs.RoomJoined(self.attempt, True)))
                if not self.counselor.away:
                    presence = inputs.PeerPresence(True, self.attempt)
                    self.queue.append((self.counselor, presence))
                self.flush_mailboxes()
            case effects.DropSeat():
                if self.client_seated:
                    self.queue.append((self.client, inputs.RoomRefused("closed")))
                self._free_seat()
            case effects.CloseInvite():
                self.closed = True
            case effects.RenewLine():
                self._renewed(end)
            case effects.CloseSignaling() if end is self.client and not self.closed:
                if self.client_seated:
                    self._free_seat()
            case _:
                pass

    def _renewed(self, end: Endpoint) -> None:
        """The line to the server falls, and stands again if there is a server."""
        self.queue.append((end, inputs.ServerLinkChanged(up=False, retry_in_s=0.0)))
        if self.relay_up and self.client_seated:
            there = self._other_is_seated(end)
            self.queue.append((end, inputs.ServerLinkChanged(up=True)))
            self.queue.append((end, inputs.RoomJoined(self.attempt, there)))

    def _other_is_seated(self, _end: Endpoint) -> bool:
        return self.client_seated

    def _free_seat(self) -> None:
        self.client_seated = False
        self.attempt += 1
        self.mailbox["client"].clear()
        self.mailbox["counselor"].clear()
        if not self.counselor.away:
            presence = inputs.PeerPresence(False, self.attempt)
            self.queue.append((self.counselor, presence))

    def _text(self, end: Endpoint, change: effects.TextChanged) -> None:
        key = (change.direction, change.message_id)
        if change.direction is TextDirection.RECEIVED:
            assert key not in end.texts, "delivered twice"
            end.received.append(change.text)
        end.texts[key] = change

    def _peer(self, end: Endpoint, effect: effects.PeerEffect) -> None:
        if isinstance(effect, effects.OpenPeerConnection):
            end.connections += 1
            name = f"{end.name}|{effect.epoch}|{end.connections}"
            end.connection = SimPeerConnection(
                effect.epoch,
                effect.offerer,
                effect.session_secret,
                fake_fingerprint(name),
            )
            if effect.offerer:
                self._describe(end, "offer")
            return
        connection = end.connection
        if connection is None or connection.epoch != effect.epoch:
            return
        match effect:
            case effects.ApplyRemoteDescription():
                line = next(
                    line
                    for line in effect.sdp.splitlines()
                    if line.startswith("a=fingerprint:sha-256 ")
                )
                connection.remote_fingerprint = line.split(" ", 1)[1]
                if effect.kind == "offer":
                    self._describe(end, "answer")
                else:
                    self._dtls()
            case effects.SetMediaGate():
                connection.gate = (effect.send, effect.receive)
                end.gates.append(connection.gate)
            case effects.ClosePeerConnection():
                end.connection = None
            case effects.OpenPath():
                connection.path_tried, connection.path_ends = effect.generation, None
                self._gathered(end, effect)
            case effects.UsePath() if connection.path_tried == effect.generation:
                connection.path_ends = effect.generation
                self._swap(effect.generation)
            case effects.DropPath() if connection.path_tried == effect.generation:
                connection.path_tried = connection.path_ends = None
            case _:
                pass

    def _gathered(self, end: Endpoint, effect: effects.OpenPath) -> None:
        candidate = f"1 1 udp 2130706431 192.0.2.{len(end.name)} 50000 typ host"
        ours = PathEnd(f"{end.name[:4]}{effect.generation}", "p" * 22, (candidate,))
        news = inputs.PathGathered(effect.epoch, effect.generation, ours)
        self.queue.append((end, news))

    def _swap(self, generation: int) -> None:
        """Both ends of a path are known to both: it carries, or it does not."""
        ends = (self.counselor, self.client)
        connections = [end.connection for end in ends]
        ready = all(c is not None and c.path_ends == generation for c in connections)
        if not (ready and self.other_path_works):
            return
        if len({c.epoch for c in connections}) > 1:
            return
        self.wire_up = True
        for end in ends:
            end.connection.path_tried = end.connection.path_ends = None
            news = inputs.PathSwapped(end.connection.epoch, generation)
            self.queue.append((end, news))

    def _describe(self, end: Endpoint, kind: str) -> None:
        connection = end.connection
        assert connection is not None
        sdp = fake_sdp(kind, connection.fingerprint)
        self.queue.append(
            (
                end,
                inputs.LocalDescription(
                    connection.epoch, kind, sdp, connection.fingerprint
                ),
            ),
        )

    def _dtls(self) -> None:
        """Both know both descriptions: the DTLS session and the channel stand."""
        ends = (self.counselor, self.client)
        self._dtls_waits = not self._wire_up
        if self._dtls_waits or any(end.connection is None for end in ends):
            return
        if len({end.connection.epoch for end in ends}) > 1:
            return
        for end in ends:
            mine, theirs = end.connection, self.other(end).connection
            names = sorted((mine.fingerprint, theirs.fingerprint))
            if self.man_in_the_middle:
                # The attacker shows the fingerprints it was told, with its own DTLS.
                names.append(end.name)
            exporter = hashlib.sha256("|".join(names).encode()).digest()
            event = inputs.ControlChannelOpen(
                mine.epoch, mine.fingerprint, theirs.fingerprint, exporter
            )
            self.queue.append((end, event))

    def _control(self, end: Endpoint, effect: effects.SendControl) -> None:
        other = self.other(end)
        if not self.wire_up or end.connection is None or other.connection is None:
            return
        for body in self.tamper_channel(end.name, effect.body):
            event = inputs.ControlReceived(other.connection.epoch, body)
            self.queue.append((other, event))


def phases(pair: SimPair) -> tuple[Phase, Phase]:
    return pair.counselor.status.phase, pair.client.status.phase
