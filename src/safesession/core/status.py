"""What a front end may know about a session: one frozen snapshot.

The snapshot is the only thing a window reads; it holds no key, no secret digit
after the invite is spent, and no method that changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from safesession.core.contact_view import ContactView
from safesession.crypto.role import Role as Role  # noqa: PLC0414 - our vocabulary


class Phase(Enum):
    """Where the session stands; exactly one at a time."""

    IDLE = "idle"  # nothing asked for yet
    CREATING_INVITE = "creating_invite"  # counselor: asking the server for a number
    INVITED = "invited"  # counselor: code shown, waiting for the client
    JOINING = "joining"  # client: code submitted, reaching server and room
    WAITING = "waiting"  # client: in the room, the counselor is away
    PAIRING = "pairing"  # M1..M5 under way
    CONNECTING = "connecting"  # peer connection and BIND under way
    IN_CALL = "in_call"  # BIND done in this epoch, media gate open
    RECONNECTING = "reconnecting"  # media lost, text goes over the relay
    FROZEN = "frozen"  # safety code did not match: no sound, no picture
    ENDED = "ended"  # final; `ended` says why


class ServerLink(Enum):
    """The line to the signaling server."""

    IDLE = "idle"  # nobody needs it yet
    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"  # a retry is scheduled


class SafetyCodeState(Enum):
    """The spoken comparison (SAS) of the present epoch."""

    NOT_YET = "not_yet"  # before BIND
    READY = "ready"  # bound; badge says "not yet compared"
    COMPARING = "comparing"  # words revealed; reading and picking
    WAITING_PEER = "waiting_peer"  # we picked right, the other side has not yet
    MATCHED = "matched"  # both picked right: verified
    MISMATCHED = "mismatched"  # either picked wrong or "none of these"


class CaptureState(Enum):
    """A microphone or camera on this machine."""

    OFF = "off"  # muted or switched off by the person: capture is stopped
    STARTING = "starting"
    ON = "on"
    DEMO = "demo"  # the project's own clip or voice, labelled as such
    MISSING = "missing"  # no device
    BUSY = "busy"  # another program has it
    REFUSED = "refused"  # the system refused permission
    LOST = "lost"  # unplugged or silent for 2 s


class TextDirection(Enum):
    """Who wrote a text message."""

    SENT = "sent"
    RECEIVED = "received"


class TextState(Enum):
    """How far a sent message has got; received messages are DELIVERED."""

    QUEUED = "queued"  # nowhere to send it at the moment
    SENT = "sent"  # left this machine
    DELIVERED = "delivered"  # acknowledged by the other side


class TextRoute(Enum):
    """How text travels at the moment."""

    NONE = "none"
    DATA_CHANNEL = "data_channel"
    RELAY = "relay"


class Problem(Enum):
    """What went wrong; each has one sentence per language in the UI."""

    SERVER_UNREACHABLE = "server_unreachable"
    SERVER_REFUSED = "server_refused"  # speaks another version or misbehaves
    NOT_ENROLLED = "not_enrolled"  # counselor key unknown to the server
    ACCOUNT_REVOKED = "account_revoked"  # the institution ended the counselor's access
    SERVER_UNKNOWN = "server_unknown"  # a bare code and no server configured
    CODE_MISTYPED = "code_mistyped"  # check digits wrong: nothing was sent
    CODE_INCOMPLETE = "code_incomplete"  # not 16 digits
    LINK_INVALID = "link_invalid"
    CODE_UNAVAILABLE = "code_unavailable"  # unknown, expired, used, cancelled: alike
    CODE_WRONG = "code_wrong"  # the 8 secret digits did not match
    TOO_MANY_ATTEMPTS = "too_many_attempts"  # invite burned after three
    TRY_LATER = "try_later"  # the server limits claims
    OPENED_ELSEWHERE = "opened_elsewhere"  # our seat was taken by our newer window
    PEER_LEFT = "peer_left"
    PEER_MISBEHAVED = "peer_misbehaved"  # malformed, replayed, out of state
    IDENTITY_CHANGED = "identity_changed"
    NO_ROUTE = "no_route"  # ICE found no path in time
    BIND_FAILED = "bind_failed"  # somebody may sit between: no frame was shown
    SAFETY_CODE_MISMATCH = "safety_code_mismatch"
    INVITE_EXPIRED = "invite_expired"
    INSTALLATION_DAMAGED = "installation_damaged"  # start-up self-test failed
    INTERNAL = "internal"


class EndReason(Enum):
    """Why a session is over."""

    LEFT = "left"  # this person chose Leave
    PEER_LEFT = "peer_left"
    CANCELLED = "cancelled"  # before anybody met
    DROPOUT = "dropout"  # the connection did not come back within 15 minutes
    FAILED = "failed"  # `problem` says what


@dataclass(frozen=True, slots=True)
class InviteView:
    """An invite the counselor can hand over.

    `code` is 16 digits without spaces; `link` is the `safesession:` link.
    `expires_at` is Unix time in seconds. `wrong_attempts` counts tries with a
    wrong code so far (three burn the invite). `outlives_app`: closing the app does
    not withdraw it; it waits for the next start.
    """

    code: str
    link: str
    expires_at: int
    wrong_attempts: int = 0
    outlives_app: bool = False

    def __repr__(self) -> str:
        """Hide the code: reprs end up in logs."""
        return f"InviteView(expires_at={self.expires_at})"


@dataclass(frozen=True, slots=True)
class SafetyCodeView:
    """The spoken comparison as the window shows it.

    `read_aloud` are the two word indices (0..63) this person reads; `choices`
    are four pairs of word indices, one of which the other person reads.
    `numbers` is the six-digit accessible form of the same bits.
    """

    state: SafetyCodeState = SafetyCodeState.NOT_YET
    read_aloud: tuple[int, int] | None = None
    choices: tuple[tuple[int, int], ...] = ()
    read_number: str = ""
    choice_numbers: tuple[str, ...] = ()
    verified_at: float | None = None  # Unix seconds when both had matched
    may_run_again: bool = False  # after a mismatch: this person may ask for a new run
    asked_again: bool = False  # they have; it begins when the other person asks too


@dataclass(frozen=True, slots=True)
class PeerView:
    """The other person as far as this endpoint knows them."""

    display_name: str = ""
    present: bool = False
    fingerprint: str = ""  # short printable form of the identity key
    microphone: CaptureState = CaptureState.OFF
    camera: CaptureState = CaptureState.OFF


@dataclass(frozen=True, slots=True)
class QualityView:
    """Figures of the running call; None where nothing is known yet."""

    rtt_ms: float | None = None
    path: str = ""  # "direct", "relay" or "" while unknown
    received_fps: float | None = None
    sent_bitrate_bps: int | None = None
    received_bitrate_bps: int | None = None


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """Everything a window needs, at one instant."""

    role: Role
    phase: Phase = Phase.IDLE
    server_link: ServerLink = ServerLink.IDLE
    server_origin: str = ""
    invite: InviteView | None = None
    peer: PeerView = field(default_factory=PeerView)
    safety_code: SafetyCodeView = field(default_factory=SafetyCodeView)
    microphone: CaptureState = CaptureState.OFF
    camera: CaptureState = CaptureState.OFF
    text_route: TextRoute = TextRoute.NONE
    quality: QualityView = field(default_factory=QualityView)
    problem: Problem | None = None
    retry_in_s: float | None = None  # with SERVER_UNREACHABLE or TRY_LATER
    ended: EndReason | None = None
    asks_server: str = ""  # a link leads to this server: may we use it?
    in_call_since: float | None = None  # Unix seconds of the first BIND
    contact: ContactView = field(default_factory=ContactView)

    @property
    def verified(self) -> bool:
        """True when both people confirmed the safety code in this epoch."""
        return (
            self.phase in (Phase.IN_CALL, Phase.RECONNECTING)
            and self.safety_code.state is SafetyCodeState.MATCHED
        )
