"""One connection as the rooms see it: a port to write to and where it stands.

Sans-I/O. The adapter implements `ConnectionPort`; no call on it may block.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from safesession.protocol.server_codec import encode_message
from safesession.protocol.server_messages import ServerMessage
from safesession.signaling_server.limits import Limits, TokenBucket


@dataclass(frozen=True, slots=True)
class Instant:
    """Now, twice: monotonic seconds for waiting, Unix seconds for what is stored."""

    mono: float
    unix: int


class ConnectionPort(Protocol):
    """What the rooms may do with a connection."""

    @property
    def prefix(self) -> bytes:
        """An opaque tag of the address prefix, for limits only."""

    @property
    def buffered(self) -> int:
        """Bytes that the peer has not taken yet."""

    def send_text(self, message: bytes) -> None:
        """Queue a text message."""

    def send_frame(self, frame: bytes) -> None:
        """Queue a binary frame."""

    def close(self, code: int, reason: str = "") -> None:
        """Close with a code; what was queued before goes out first."""


class VisitState(Enum):
    """Where a connection stands; exactly one at a time."""

    GREETING = auto()  # welcome sent, hello awaited
    UNPROVEN = auto()  # version agreed, no capability shown yet
    ENROLLING = auto()  # a token is being redeemed
    SIGNED_IN = auto()  # a counselor without a seat
    SITTING_DOWN = auto()  # room or claim is being committed
    SEATED = auto()
    GONE = auto()


@dataclass(slots=True, eq=False)
class Visit:
    """One connection's state."""

    port: ConnectionPort
    limits: Limits
    opened_at: float
    nonce: bytes | None = field(repr=False)  # None once used
    welcome_time: int
    state: VisitState = VisitState.GREETING
    account: str | None = None
    room: bytes | None = None
    seat: int = 0
    refusals: int = 0
    texts: TokenBucket = field(init=False)
    envelopes: TokenBucket = field(init=False)
    frames: TokenBucket = field(init=False)

    def __post_init__(self) -> None:
        limits, now = self.limits, self.opened_at
        self.texts = TokenBucket(limits.texts_per_s, limits.texts_burst, now)
        self.envelopes = TokenBucket(
            limits.envelopes_per_s, limits.envelopes_burst, now
        )
        self.frames = TokenBucket(limits.frames_per_s, limits.frames_burst, now)

    def dismiss(self, code: int, reason: str = "") -> None:
        """Close the connection; nothing it still says counts."""
        if self.state is not VisitState.GONE:
            self.state = VisitState.GONE
            self.port.close(code, reason)

    def tell(self, message: ServerMessage) -> None:
        """Send a text message, unless the connection is gone."""
        if self.state is not VisitState.GONE:
            self.port.send_text(encode_message(message))

    def send_frame(self, frame: bytes) -> None:
        """Send a frame, unless the connection is gone."""
        if self.state is not VisitState.GONE:
            self.port.send_frame(frame)
