"""How long the silence of a server is borne before its line counts as lost.

Pure arithmetic on the times that `room_link` notes. Nothing is decided here.
"""

from __future__ import annotations


SILENCE_LIMIT_S = 60.0  # the server pings after 25 s
STALL_LIMIT_S = 15.0  # nothing heard although an answer is due
PROBE_LIMIT_S = 0.5
CONNECT_LIMIT_S = 15.0
# After a probe or an address change: the network may work again at any moment, and
# a first packet that was lost would be repeated ever more slowly.
HURRIED_CONNECT_LIMIT_S = 5.0


class Patience:
    """When the server was heard and asked last, and whether somebody doubts it."""

    def __init__(self) -> None:
        self._heard_at = 0.0
        self._asked_at = 0.0
        self._probed_at: float | None = None
        self.connect_limit_s = CONNECT_LIMIT_S

    def heard(self, now: float) -> None:
        """Anything came."""
        self._heard_at = now
        self._probed_at = None

    def asked(self, now: float) -> None:
        """Something was said that has an answer."""
        self._asked_at = now

    def probed(self, now: float) -> None:
        """A ping was sent because the network is in doubt; a first one counts."""
        if self._probed_at is None:
            self._probed_at = now

    def hurry(self) -> None:
        """The line was lost with the network: do not wait long for a new one."""
        self._probed_at = None
        self.connect_limit_s = HURRIED_CONNECT_LIMIT_S

    def relax(self) -> None:
        """The line stands."""
        self._probed_at = None
        self.connect_limit_s = CONNECT_LIMIT_S

    @property
    def in_doubt(self) -> bool:
        """Whether a probe is unanswered."""
        return self._probed_at is not None

    def ends_at(self, *, answer_due: bool) -> float:
        """Return when silence has lasted too long."""
        if self._probed_at is not None:
            return self._probed_at + PROBE_LIMIT_S
        if answer_due:
            return max(self._heard_at, self._asked_at) + STALL_LIMIT_S
        return self._heard_at + SILENCE_LIMIT_S
