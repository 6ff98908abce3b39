"""How long the silence of a server is borne before its line counts as lost.

Pure arithmetic on the times that `room_link` notes. Nothing is decided here.
"""

from __future__ import annotations


SILENCE_LIMIT_S = 60.0  # the server pings after 25 s
STALL_LIMIT_S = 15.0  # nothing heard although an answer is due


class Patience:
    """When the server was heard and asked last."""

    def __init__(self) -> None:
        self._heard_at = 0.0
        self._asked_at = 0.0

    def heard(self, now: float) -> None:
        """Anything came."""
        self._heard_at = now

    def asked(self, now: float) -> None:
        """Something was said that has an answer."""
        self._asked_at = now

    def ends_at(self, *, answer_due: bool) -> float:
        """Return when silence has lasted too long."""
        if answer_due:
            return max(self._heard_at, self._asked_at) + STALL_LIMIT_S
        return self._heard_at + SILENCE_LIMIT_S
