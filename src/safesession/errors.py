"""The errors this project raises on purpose.

Every class carries a stable `code`; the sentences people read live in the user
interface. An error must never carry a secret, a name or an address in its text.
"""

from __future__ import annotations

from typing import ClassVar


class SafeSessionError(Exception):
    """Base of every error raised on purpose."""

    code: ClassVar[str] = "error"


class LocalProtocolError(SafeSessionError):
    """Our own side asked for something its state does not allow: a bug here."""

    code = "local_protocol"


class RemoteProtocolError(SafeSessionError):
    """The server or the peer sent something malformed, oversized or out of state."""

    code = "remote_protocol"


class MediaError(SafeSessionError):
    """A camera, microphone, speaker or media file cannot be used."""

    code = "media"


class StateError(SafeSessionError):
    """The app's own small state file cannot be read or written."""

    code = "state"
