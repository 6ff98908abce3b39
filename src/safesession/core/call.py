"""One epoch of the peer connection: description, BIND, liveness.

Sans-I/O (PROTOCOL §5). The media gate opens only after our BIND was sent *and*
the peer's was verified over the actual DTLS session; what aiortc calls
"connected" is never proof of anything here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from safesession.core.effects import (
    ApplyRemoteDescription,
    ClosePeerConnection,
    OpenPeerConnection,
    SendControl,
    SetMediaGate,
)
from safesession.core.inputs import (
    ControlChannelOpen,
    LocalDescription,
    PeerConnectionLost,
    TurnServers,
)
from safesession.core.status import Problem, Role
from safesession.crypto.bind import bind_tag, channel_binding, verify_bind_tag
from safesession.crypto.handshake import SessionKeys
from safesession.errors import RemoteProtocolError
from safesession.protocol.peer_messages import (
    Answer,
    FrameKind,
    Offer,
    pack_frame,
)
from safesession.protocol.sdp_check import check_sdp


CONNECT_LIMIT_S = 20.0
BIND_LIMIT_S = 5.0
HEARTBEAT_EVERY_S = 1.0
STALE_AFTER_S = 2.0
LOST_AFTER_S = 5.0


class CallState(Enum):
    """Where this epoch's connection stands."""

    WAITING = auto()  # no connection yet: relay credentials are awaited
    DESCRIBING = auto()  # offer and answer under way
    BINDING = auto()  # channel open, tags under way
    BOUND = auto()  # gate open
    STALE = auto()  # bound, but nothing heard for 2 s: text goes by the relay
    LOST = auto()  # bound, nothing heard for 5 s: gate shut, may come back
    CLOSED = auto()  # final


class _Gate(Enum):
    """Whether somebody above this machine keeps the media gate shut."""

    FOLLOWS_BIND = auto()
    HELD_SHUT = auto()


@dataclass(frozen=True, slots=True)
class Describe:
    """Send our offer or answer to the peer, sealed."""

    message: Offer | Answer = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bound:
    """BIND succeeded both ways; `binding` names this DTLS session."""

    binding: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LivenessChanged:
    """The state moved between BOUND, STALE and LOST."""

    state: CallState


@dataclass(frozen=True, slots=True)
class CallFailed:
    """This epoch's connection is closed for good."""

    problem: Problem


Output = (
    OpenPeerConnection
    | ApplyRemoteDescription
    | SendControl
    | SetMediaGate
    | ClosePeerConnection
    | Describe
    | Bound
    | LivenessChanged
    | CallFailed
)


class Call:
    """The peer connection of one epoch."""

    def __init__(self, role: Role, epoch: int, keys: SessionKeys) -> None:
        self._role = role
        self._keys = keys
        self.epoch = epoch
        self.state = CallState.WAITING
        self._early_description: ApplyRemoteDescription | None = None
        self._local_fingerprint = ""
        self._remote_fingerprint = ""
        self._binding: bytes | None = None
        self._early_tag: bytes | None = None
        self._limit_at: float | None = None
        self.heard_at: float | None = None  # None before BIND
        self._beat_at: float | None = None
        self._gate = _Gate.FOLLOWS_BIND

    @property
    def deadline(self) -> float | None:
        """When `handle_timeout` wants to be called."""
        times = (self._limit_at, self._beat_at, self._silent_at)
        return min((t for t in times if t is not None), default=None)

    @property
    def _silent_at(self) -> float | None:
        """When silence changes the state: on time, not with the next heartbeat."""
        if self.heard_at is None:
            return None
        match self.state:
            case CallState.BOUND:
                return self.heard_at + STALE_AFTER_S
            case CallState.STALE:
                return self.heard_at + LOST_AFTER_S
            case _:
                return None

    @property
    def bound(self) -> bool:
        """Whether BIND succeeded and the connection was not closed since."""
        return self.state in (CallState.BOUND, CallState.STALE, CallState.LOST)

    @property
    def media_flows(self) -> bool:
        """Whether the gate is open, so that sound must come all the time."""
        alive = self.state in (CallState.BOUND, CallState.STALE)
        return alive and self._gate is _Gate.FOLLOWS_BIND

    def open(self, turn: TurnServers | None, now: float) -> list[Output]:
        """Make the peer connection; the client is always the offerer."""
        if self.state is not CallState.WAITING:
            return []
        self.state = CallState.DESCRIBING
        self._limit_at = now + CONNECT_LIMIT_S
        outputs: list[Output] = [
            OpenPeerConnection(
                epoch=self.epoch,
                offerer=self._role is Role.CLIENT,
                session_secret=self._keys.session_secret,
                turn_urls=turn.urls if turn else (),
                turn_username=turn.username if turn else "",
                turn_password=turn.password if turn else "",
            ),
        ]
        if self._early_description is not None:
            outputs.append(self._early_description)
        return outputs

    def local_description(self, event: LocalDescription) -> list[Output]:
        """Our own description is ready: seal and send it."""
        if event.epoch != self.epoch or self.state is not CallState.DESCRIBING:
            return []
        self._local_fingerprint = event.fingerprint
        form = Offer if event.kind == "offer" else Answer
        return [Describe(form(event.epoch, event.sdp, event.fingerprint))]

    def remote_description(self, message: Offer | Answer) -> list[Output]:
        """Check the peer's description and hand it on.

        Raises:
            RemoteProtocolError: wrong kind, twice, or not acceptable.
        """
        if message.epoch != self.epoch:
            return []  # of a connection that is gone
        expected = Answer if self._role is Role.CLIENT else Offer
        if not isinstance(message, expected) or self._remote_fingerprint:
            raise RemoteProtocolError("description out of turn")
        kind: Literal["answer", "offer"] = (
            "answer" if isinstance(message, Answer) else "offer"
        )
        sdp = check_sdp(message.sdp, kind, message.fingerprint)
        self._remote_fingerprint = message.fingerprint
        description = ApplyRemoteDescription(self.epoch, kind, sdp)
        if self.state is CallState.WAITING:
            # The peer had its relay credentials sooner than we.
            self._early_description = description
            return []
        return [description]

    def channel_open(self, event: ControlChannelOpen, now: float) -> list[Output]:
        """The DTLS session stands: prove it is the one we were told about."""
        if event.epoch != self.epoch or self.state is not CallState.DESCRIBING:
            return []
        as_told = (
            event.local_fingerprint == self._local_fingerprint
            and event.remote_fingerprint == self._remote_fingerprint
        )
        if not as_told:
            return self.fail(Problem.BIND_FAILED)
        ours, theirs = event.local_fingerprint, event.remote_fingerprint
        client, counselor = (
            (ours, theirs) if self._role is Role.CLIENT else (theirs, ours)
        )
        self._binding = channel_binding(client, counselor, event.exporter)
        self.state = CallState.BINDING
        self._limit_at = now + BIND_LIMIT_S
        tag = bind_tag(self._keys, self._role, self.epoch, self._binding)
        outputs: list[Output] = [
            SendControl(self.epoch, pack_frame(FrameKind.BIND, tag))
        ]
        if self._early_tag is not None:
            outputs += self.bind_received(self._early_tag, now)
        return outputs

    def bind_received(self, untrusted_tag: bytes, now: float) -> list[Output]:
        """Verify the peer's tag; only now may media pass."""
        if self.state is CallState.DESCRIBING:
            self._early_tag = untrusted_tag[:64]
            return []
        if self.state is not CallState.BINDING or self._binding is None:
            return self.fail(Problem.BIND_FAILED)
        peer = self._role.other
        if not verify_bind_tag(
            self._keys, peer, self.epoch, self._binding, untrusted_tag
        ):
            return self.fail(Problem.BIND_FAILED)
        self.state = CallState.BOUND
        self._limit_at = None
        self.heard_at = now
        self._beat_at = now + HEARTBEAT_EVERY_S
        return [*self._open_gate(), Bound(self._binding)]

    def heard(self, now: float) -> list[Output]:
        """Something authentic came over the channel."""
        self.heard_at = now
        if self.state is CallState.STALE:
            self.state = CallState.BOUND
            return [LivenessChanged(self.state)]
        if self.state is CallState.LOST:
            self.state = CallState.BOUND
            return [*self._open_gate(), LivenessChanged(self.state)]
        return []

    def progress(self, epoch: int, now: float) -> list[Output]:
        """A heartbeat may stand behind a long text for longer than our patience."""
        return self.heard(now) if self.bound and epoch == self.epoch else []

    def hold_gate_shut(self) -> list[Output]:
        """Freeze: keep sound and picture out until `release_gate`."""
        self._gate = _Gate.HELD_SHUT
        if self.state in (CallState.WAITING, CallState.CLOSED):
            return []  # there is no gate
        return [SetMediaGate(self.epoch, send=False, receive=False)]

    def release_gate(self) -> list[Output]:
        """Let media pass again, if this epoch is bound and alive."""
        self._gate = _Gate.FOLLOWS_BIND
        if self.state in (CallState.BOUND, CallState.STALE):
            return self._open_gate()
        return []

    def _open_gate(self) -> list[Output]:
        if self._gate is _Gate.HELD_SHUT:
            return []
        return [SetMediaGate(self.epoch, send=True, receive=True)]

    def lost(self, event: PeerConnectionLost) -> list[Output]:
        """The adapter gave up on this connection."""
        if event.epoch != self.epoch:
            return []
        dtls = event.reason == "dtls"
        return self.fail(Problem.BIND_FAILED if dtls else Problem.NO_ROUTE)

    def handle_timeout(self, now: float) -> list[Output]:
        """Limits of connecting and binding; heartbeat and liveness after them."""
        if self._limit_at is not None and now >= self._limit_at:
            binding = self.state is CallState.BINDING
            return self.fail(Problem.BIND_FAILED if binding else Problem.NO_ROUTE)
        outputs: list[Output] = []
        if self._beat_at is not None and now >= self._beat_at:
            self._beat_at = now + HEARTBEAT_EVERY_S
            heartbeat = pack_frame(FrameKind.HEARTBEAT)
            outputs.append(SendControl(self.epoch, heartbeat))
        return outputs + self._silence(now)

    def _silence(self, now: float) -> list[Output]:
        """Both steps at once where a machine slept through the first."""
        outputs: list[Output] = []
        if self.state is CallState.BOUND and self._too_silent(now):
            self.state = CallState.STALE
            outputs.append(LivenessChanged(self.state))
        if self.state is CallState.STALE and self._too_silent(now):
            self.state = CallState.LOST
            outputs += [
                SetMediaGate(self.epoch, send=False, receive=False),
                LivenessChanged(self.state),
            ]
        return outputs

    def _too_silent(self, now: float) -> bool:
        return self._silent_at is not None and now >= self._silent_at

    def fail(self, problem: Problem) -> list[Output]:
        """Shut the gate and close; nothing of this epoch may pass again."""
        if self.state is CallState.CLOSED:
            return []
        self.close_now()
        return [
            SetMediaGate(self.epoch, send=False, receive=False),
            ClosePeerConnection(self.epoch),
            CallFailed(problem),
        ]

    def close(self) -> list[Output]:
        """Close without blame."""
        if self.state is CallState.CLOSED:
            return []
        self.close_now()
        return [ClosePeerConnection(self.epoch)]

    def close_now(self) -> None:
        """Enter the final state."""
        self.state = CallState.CLOSED
        self._limit_at = None
        self._beat_at = None
