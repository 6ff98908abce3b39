"""The line through the server, as an encounter knows it.

Pure. What is handed to a line that is down waits there; a line that is gone takes
nothing any more, and what is between the two people must not end because of it.
"""

from __future__ import annotations

from enum import Enum, auto

from safesession.core import inputs
from safesession.core.status import Problem


class _Line(Enum):
    UP = auto()
    DOWN = auto()  # comes back: what is handed over waits
    GONE = auto()  # the room is no more


class RelayLine:
    """Whether the other person can be reached over the server, and why not."""

    def __init__(self, *, peer_present: bool) -> None:
        self._state = _Line.UP
        self.peer_present = peer_present
        self.problem = Problem.PEER_LEFT  # what to say when nothing else is left

    @property
    def gone(self) -> bool:
        """Whether it never comes back."""
        return self._state is _Line.GONE

    @property
    def waits(self) -> bool:
        """Whether what is handed over waits until the line comes up again."""
        return self._state is _Line.DOWN

    @property
    def reaches_peer(self) -> bool:
        """Whether the other side's app has a line as well."""
        return self._state is _Line.UP and self.peer_present

    def take(self, event: inputs.SignalingInput) -> None:
        """Learn from what the server, or its silence, says."""
        match event:
            case inputs.PeerPresence():
                self.peer_present = event.present
            case inputs.RoomJoined():
                self.peer_present = event.peer_present
                self._state = _Line.UP
            case inputs.ServerLinkChanged():
                self._state = _Line.UP if event.up else _Line.DOWN
            case inputs.RoomRefused():
                self._state = _Line.GONE
                self.problem = problem_of(event.reason)
            case _:
                pass


def problem_of(reason: str) -> Problem:
    """Return why a line that was there is gone for good."""
    match reason:
        case "replaced":
            return Problem.OPENED_ELSEWHERE
        case "revoked":
            return Problem.ACCOUNT_REVOKED
        case "version" | "not_enrolled":
            return Problem.SERVER_REFUSED
        case _:
            return Problem.PEER_LEFT
