"""What the core asks the adapters to do. Carried out in list order.

An effect is a frozen value; the runtime executes it and reports back only
through inputs. Effects that hold secrets hide them from their repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safesession.core.kept_invite import KeptInvite
from safesession.core.status import SessionStatus, TextDirection, TextState
from safesession.protocol.path_messages import PathEnd


# --- to the signaling connection ----------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """Counselor: ask the server for a rendezvous number."""

    ttl_s: int


@dataclass(frozen=True, slots=True)
class ClaimInvite:
    """Client: take the free seat behind a 6-digit rendezvous number."""

    number: str = field(repr=False)
    server: str = ""  # host[:port] from a link; empty = the configured server


@dataclass(frozen=True, slots=True)
class ReturnToRoom:
    """Counselor: sit down again in the room of an invite of an earlier start."""

    seat_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendEnvelope:
    """Hand one opaque envelope to the other seat (kept until accepted)."""

    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepSeat:
    """Counselor: the claimant proved the code; the seat is theirs for good."""


@dataclass(frozen=True, slots=True)
class DropSeat:
    """Counselor: the claimant did not prove the code; free the seat."""


@dataclass(frozen=True, slots=True)
class CloseInvite:
    """Counselor: nobody may claim this number any more."""


@dataclass(frozen=True, slots=True)
class RequestTurn:
    """Ask the server for relay credentials (optional; may go unanswered)."""


@dataclass(frozen=True, slots=True)
class CloseSignaling:
    """Leave the room and close the connection to the server."""


@dataclass(frozen=True, slots=True)
class ReconnectNow:
    """Try the server again at once."""


@dataclass(frozen=True, slots=True)
class ProbeServer:
    """Find out within a moment whether the line to the server still carries."""


@dataclass(frozen=True, slots=True)
class RenewLine:
    """The line's address may be gone: connect anew, whatever state it is in."""


# --- to the peer connection ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenPeerConnection:
    """Make a fresh peer connection keyed by this epoch's session secret.

    With `offerer` true, create an offer (adapter answers LocalDescription);
    otherwise wait for ApplyRemoteDescription with the offer.
    """

    epoch: int
    offerer: bool
    session_secret: bytes = field(repr=False)  # 64 bytes, mixed into SRTP keys
    turn_urls: tuple[str, ...] = ()
    turn_username: str = field(default="", repr=False)
    turn_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ApplyRemoteDescription:
    """A checked SDP of the peer. An offer makes the adapter answer."""

    epoch: int
    kind: str
    sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendControl:
    """Send one message over the data channel."""

    epoch: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetMediaGate:
    """Let media through or not, per direction. Everything starts shut."""

    epoch: int
    send: bool
    receive: bool


@dataclass(frozen=True, slots=True)
class ClosePeerConnection:
    """Close it and free its devices, tasks and threads."""

    epoch: int


@dataclass(frozen=True, slots=True)
class OpenPath:
    """Gather another path beside the one in use (answered by PathGathered).

    It replaces one that is still being tried.
    """

    epoch: int
    generation: int
    turn_urls: tuple[str, ...] = ()
    turn_username: str = field(default="", repr=False)
    turn_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class UsePath:
    """The peer's end of that path: check it, then lead the connection over it."""

    epoch: int
    generation: int
    end: PathEnd = field(repr=False)


@dataclass(frozen=True, slots=True)
class DropPath:
    """Forget a path that was being tried; the one in use stays."""

    epoch: int
    generation: int


# --- to disk -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersistGuess:
    """Durably count a guess before anything that follows in this list.

    `wrong_attempts` is the count with this one. If it cannot be written, nothing
    that follows may happen, and `inputs.StateNotSaved` says so.
    """

    invite_tag: bytes = field(repr=False)  # hash of the invite, not the invite
    wrong_attempts: int = 0


@dataclass(frozen=True, slots=True)
class ForgiveGuess:
    """Take one count back: that code turned out to be right.

    Losing this effect costs a try, never gives one.
    """

    invite_tag: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepInvite:
    """Durably keep an open invite before anything that follows in this list.

    Replaces the one kept before. If it cannot be written, nothing that follows may
    happen, and `inputs.StateNotSaved` says so.
    """

    invite: KeptInvite


@dataclass(frozen=True, slots=True)
class ForgetInvite:
    """Nobody can use the kept invite any more.

    Losing this effect leaves an invite that the next start finds spent or closed.
    """


# --- to the front end ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A new snapshot."""

    status: SessionStatus


@dataclass(frozen=True, slots=True)
class TextChanged:
    """A message appeared or its delivery state changed.

    `message_id` counts from 1 per direction; (direction, message_id) is unique.
    """

    direction: TextDirection
    message_id: int
    text: str = field(repr=False)
    state: TextState = TextState.QUEUED
    at: float = 0.0  # Unix seconds


SignalingEffect = (
    OpenInvite
    | ClaimInvite
    | ReturnToRoom
    | SendEnvelope
    | KeepSeat
    | DropSeat
    | CloseInvite
    | RequestTurn
    | CloseSignaling
    | ReconnectNow
    | ProbeServer
    | RenewLine
)
PeerEffect = (
    OpenPeerConnection
    | ApplyRemoteDescription
    | SendControl
    | SetMediaGate
    | ClosePeerConnection
    | OpenPath
    | UsePath
    | DropPath
)
FrontEvent = StatusChanged | TextChanged
DiskEffect = PersistGuess | ForgiveGuess | KeepInvite | ForgetInvite
Effect = SignalingEffect | PeerEffect | DiskEffect | FrontEvent
