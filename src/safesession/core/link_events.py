"""What goes in and out of a `RoomLink` besides the session's own vocabulary.

Events come from the socket, effects go to it. Values only; nothing is decided
here.
"""

from __future__ import annotations

from dataclasses import dataclass, field


# --- from the socket --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SocketOpened:
    """The WebSocket stands."""


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    """No WebSocket came about: refused, certificate, not a signaling server."""


@dataclass(frozen=True, slots=True)
class TextReceived:
    """One text message of the server."""

    untrusted_text: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """One binary message of the server."""

    untrusted_frame: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """The server pinged or ponged."""


@dataclass(frozen=True, slots=True)
class SocketClosed:
    """The WebSocket is gone; `code` is None when it broke."""

    code: int | None = None
    untrusted_reason: str = field(default="", repr=False)


SocketEvent = (
    SocketOpened
    | ConnectFailed
    | TextReceived
    | FrameReceived
    | SignOfLife
    | SocketClosed
)


# --- to the socket ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """Connect. Any earlier socket is closed already."""


@dataclass(frozen=True, slots=True)
class WriteText:
    """Send one text message."""

    text: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WriteFrame:
    """Send one binary message."""

    frame: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WritePing:
    """Ask for a sign of life."""


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Close; nothing of this socket is reported after it."""

    code: int = 1000


SocketEffect = OpenSocket | WriteText | WriteFrame | WritePing | CloseSocket
