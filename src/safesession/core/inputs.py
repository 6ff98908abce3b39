"""What may happen to a session: commands of a person, news from the adapters.

Inputs are frozen values. Those that carry bytes from the server or the peer
name them `untrusted_…`; only a codec turns them into something else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from safesession.core.kept_invite import KeptInvite
from safesession.core.status import CaptureState, QualityView, Role
from safesession.protocol.path_messages import PathEnd


# --- commands of the person -------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateInvite:
    """Counselor: open a room and get a code. `ttl_s` is 3600, 172800 or 604800."""

    ttl_s: int = 172_800


@dataclass(frozen=True, slots=True)
class TakeUpInvite:
    """Counselor: go on waiting with an invite of an earlier start."""

    kept: KeptInvite


@dataclass(frozen=True, slots=True)
class JoinByCode:
    """Client: enter the room with a typed code or a `safesession:` link.

    When a link names another server than the configured one, the session asks
    first (`SessionStatus.asks_server`); the same command with that name in
    `accepted_server` goes on.
    """

    untrusted_text: str = field(repr=False)
    accepted_server: str = ""


@dataclass(frozen=True, slots=True)
class StartSafetyCode:
    """Either: begin (or begin again) the spoken comparison."""


@dataclass(frozen=True, slots=True)
class PickSafetyCode:
    """Either: the pair heard, as an index into `choices`; None = none of these."""

    choice: int | None


@dataclass(frozen=True, slots=True)
class SendText:
    """Either: send a text message (at most 10,000 characters)."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Leave:
    """Either: end the session (or cancel it before anybody met)."""


@dataclass(frozen=True, slots=True)
class Suspend:
    """The program ends. An invite that is kept waits for the next start.

    Everything else ends as with `Leave`.
    """


@dataclass(frozen=True, slots=True)
class RetryNow:
    """Either: do not wait for the scheduled retry."""


@dataclass(frozen=True, slots=True)
class StartOver:
    """Either: after the end, go back to a fresh, idle session."""


@dataclass(frozen=True, slots=True)
class InstallationDamaged:
    """The start-up self-test failed: no session may begin with this program."""


@dataclass(frozen=True, slots=True)
class StateNotSaved:
    """A guess could not be written down: no further guess may be answered."""


@dataclass(frozen=True, slots=True)
class CaptureChanged:
    """The devices adapter reports this machine's microphone and camera."""

    microphone: CaptureState
    camera: CaptureState


# --- news from the signaling connection -------------------------------------


@dataclass(frozen=True, slots=True)
class InviteOpened:
    """The server gave the counselor a 6-digit rendezvous number."""

    number: str = field(repr=False)
    expires_at: int = 0
    seat_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RoomJoined:
    """This endpoint sits in the room. `attempt` counts claimants so far."""

    attempt: int = 0
    peer_present: bool = False


@dataclass(frozen=True, slots=True)
class PeerPresence:
    """The other seat was taken or left. `attempt` rises with each new claimant."""

    present: bool
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class EnvelopeReceived:
    """One opaque envelope from the other seat, in order, exactly once."""

    untrusted_body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RoomRefused:
    """The server said no. `wait_s` is set when trying later may help."""

    reason: (
        str  # "unavailable", "later", "not_enrolled", "revoked", "version",
        # "replaced", "closed"
    )
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class ServerLinkChanged:
    """The line to the server came up or went down (then `retry_in_s` is set)."""

    up: bool
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class TurnServers:
    """Time-limited relay credentials for this session."""

    urls: tuple[str, ...]
    username: str = field(repr=False)
    password: str = field(repr=False)


# --- news from the peer connection ------------------------------------------


@dataclass(frozen=True, slots=True)
class LocalDescription:
    """Our own offer or answer is ready, candidates gathered into it."""

    epoch: int
    kind: str  # "offer" or "answer"
    sdp: str = field(repr=False)
    fingerprint: str = ""  # sha-256 of our DTLS certificate, upper-case with colons


@dataclass(frozen=True, slots=True)
class ControlChannelOpen:
    """The data channel opened over a live DTLS session.

    `local_fingerprint` and `remote_fingerprint` are computed from the actual
    certificates; `exporter` is the 32-byte RFC 5705 exporter value under
    "EXPORTER-safesession-1".
    """

    epoch: int
    local_fingerprint: str
    remote_fingerprint: str
    exporter: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ControlReceived:
    """One message of the data channel."""

    epoch: int
    untrusted_body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChannelProgress:
    """A part of a longer message came over the data channel (at most twice a second).

    The DTLS session authenticates it; what it says is known once it is whole.
    """

    epoch: int


@dataclass(frozen=True, slots=True)
class PeerConnectionLost:
    """The peer connection failed, or was never made, or closed."""

    epoch: int
    reason: str  # "no_route", "dtls", "closed", "description"


@dataclass(frozen=True, slots=True)
class QualityMeasured:
    """Once a second while connected."""

    rtt_ms: float | None
    path: str
    received_fps: float | None
    sent_bitrate_bps: int | None
    received_bitrate_bps: int | None

    @property
    def view(self) -> QualityView:
        """The same for a window."""
        return QualityView(
            self.rtt_ms,
            self.path,
            self.received_fps,
            self.sent_bitrate_bps,
            self.received_bitrate_bps,
        )


# --- news of the path under the peer connection ------------------------------


@dataclass(frozen=True, slots=True)
class PathQuiet:
    """Nothing has come for a moment, although sound comes all the time."""

    epoch: int


@dataclass(frozen=True, slots=True)
class PathSilent:
    """Nothing has come for a second."""

    epoch: int


class AddressChange(Enum):
    """What became of this machine's own addresses."""

    ADDED = auto()
    GONE = auto()  # not the one that the peer connection uses
    IN_USE_GONE = auto()


@dataclass(frozen=True, slots=True)
class LocalAddressesChanged:
    """Another network, interface or VPN on this machine."""

    change: AddressChange


@dataclass(frozen=True, slots=True)
class PathGathered:
    """Our end of another path is ready."""

    epoch: int
    generation: int
    end: PathEnd = field(repr=False)


@dataclass(frozen=True, slots=True)
class PathSwapped:
    """The other path was checked and is under the living connection now."""

    epoch: int
    generation: int


@dataclass(frozen=True, slots=True)
class PathFailed:
    """The other path could not be made; the one in use is as it was."""

    epoch: int
    generation: int


Command = (
    CreateInvite
    | TakeUpInvite
    | JoinByCode
    | StartSafetyCode
    | PickSafetyCode
    | SendText
    | Leave
    | Suspend
    | RetryNow
    | StartOver
    | InstallationDamaged
    | StateNotSaved
    | CaptureChanged
)
SignalingInput = (
    InviteOpened
    | RoomJoined
    | PeerPresence
    | EnvelopeReceived
    | RoomRefused
    | ServerLinkChanged
    | TurnServers
)
PathInput = (
    PathQuiet
    | PathSilent
    | LocalAddressesChanged
    | PathGathered
    | PathSwapped
    | PathFailed
)
PeerInput = (
    LocalDescription
    | ControlChannelOpen
    | ControlReceived
    | ChannelProgress
    | PeerConnectionLost
    | QualityMeasured
    | PathInput
)
Input = Command | SignalingInput | PeerInput

__all__ = [
    "AddressChange",
    "CaptureChanged",
    "CaptureState",
    "ChannelProgress",
    "Command",
    "ControlChannelOpen",
    "ControlReceived",
    "CreateInvite",
    "EnvelopeReceived",
    "Input",
    "InstallationDamaged",
    "InviteOpened",
    "JoinByCode",
    "Leave",
    "LocalAddressesChanged",
    "LocalDescription",
    "PathFailed",
    "PathGathered",
    "PathInput",
    "PathQuiet",
    "PathSilent",
    "PathSwapped",
    "PeerConnectionLost",
    "PeerInput",
    "PeerPresence",
    "PickSafetyCode",
    "QualityMeasured",
    "RetryNow",
    "Role",
    "RoomJoined",
    "RoomRefused",
    "SendText",
    "ServerLinkChanged",
    "SignalingInput",
    "StartOver",
    "StartSafetyCode",
    "StateNotSaved",
    "Suspend",
    "TakeUpInvite",
    "TurnServers",
]
