"""Whether two people can hear and see each other, and since when not.

Sans-I/O. Counts every dropout from the last sign of life and names its steps by time:
when somebody calls, when the session's clock stops, when the session is over. Both
ends tell each other how long it has lasted, so that both windows show one clock. It
must never look at the wall clock: a machine that slept has been away as long.
"""

from __future__ import annotations

from dataclasses import replace

from safesession.core.call import LOST_AFTER_S
from safesession.core.contact_view import (
    CALL_AFTER_S,
    END_AFTER_S,
    SUSPEND_AFTER_S,
    ContactState,
    ContactView,
)
from safesession.protocol.path_messages import Away


_STEPS = (
    (CALL_AFTER_S, ContactState.CALL_DUE),
    (SUSPEND_AFTER_S, ContactState.SUSPENDED),
    (END_AFTER_S, ContactState.EXPIRED),
)


class Contact:
    """Follows one encounter, over all its epochs."""

    def __init__(self) -> None:
        self.view = ContactView()
        # As it was before the last return: the other end may know nothing of it.
        self._before_return: tuple[ContactView, float] | None = None

    @property
    def deadline(self) -> float | None:
        """When `handle_timeout` wants to be called."""
        since = self.view.away_since_s
        if since is None or self.view.over_s is not None:
            return None
        return next((since + at for at, _ in self._steps_ahead()), None)

    @property
    def expired(self) -> bool:
        """Whether the dropout has lasted too long for this session."""
        return self.view.state is ContactState.EXPIRED

    def together(self, now: float) -> None:
        """The two can hear each other: a connection was bound, or lives again."""
        view = self.view
        if view.met_s is None:
            view = replace(view, met_s=now, gaps=0)  # waiting for the first is none
        elif view.lost:
            self._before_return = view, now
            view = _after_gap(view, view.away_for_s(now))
        self.view = replace(view, state=ContactState.TOGETHER, away_since_s=None)

    def unstable(self) -> None:
        """Nothing was heard for a moment."""
        if self.view.state is ContactState.TOGETHER:
            self.view = replace(self.view, state=ContactState.UNSTABLE)

    def lost(self, since: float, now: float) -> None:
        """Media is lost; the last sign of life came at `since`."""
        view = self.view
        if view.away_since_s is not None:
            return
        self.view = replace(
            view, state=ContactState.AWAY, away_since_s=since, gaps=view.gaps + 1
        )
        self.handle_timeout(now)

    def said(self, now: float) -> Away:
        """What the other end is told: how long the dropout has lasted here."""
        away_s = min(self.view.away_for_s(now), END_AFTER_S)
        return Away(round(away_s * 1000))

    def peer_lost(self, message: Away, now: float) -> None:
        """The other end lost us that long ago: the earlier of both clocks counts."""
        if not self.view.lost:
            self.unstable()  # we hear them, and they do not hear us
            return
        theirs = now - message.for_ms / 1000
        if self._before_return is not None and theirs < self._before_return[1]:
            # We took one frame for the end of a dropout that was none for them.
            self.view = self._before_return[0]
            self._before_return = None
        since, met_s = self.view.away_since_s, self.view.met_s
        if since is None or met_s is None:
            return
        earlier = max(met_s, min(since, theirs))
        self.view = replace(self.view, state=ContactState.AWAY, away_since_s=earlier)
        self.handle_timeout(now)

    def peer_back(self) -> None:
        """The other end says that it hears us (again)."""
        if self.view.state is ContactState.UNSTABLE:
            self.view = replace(self.view, state=ContactState.TOGETHER)

    def heard(self, silent_since: float | None, now: float) -> None:
        """Something comes after a silence that no clock noticed: a machine slept."""
        if silent_since is None or self.view.lost:
            return
        if now - silent_since >= LOST_AFTER_S:
            self.lost(silent_since, now)
            self.together(now)

    def handle_timeout(self, now: float) -> None:
        """Take the steps whose time has come."""
        since = self.view.away_since_s
        if since is None or self.view.over_s is not None:
            return
        for at, state in self._steps_ahead():
            if now >= since + at:
                self.view = replace(self.view, state=state)

    def close(self, now: float) -> None:
        """The session is over; every figure stands still from here on."""
        if self.view.over_s is not None:
            return
        since = self.view.away_since_s
        expired = since is not None and self.expired
        over_s = since + END_AFTER_S if since is not None and expired else now
        self.view = replace(self.view, over_s=over_s)

    def _steps_ahead(self) -> list[tuple[float, ContactState]]:
        order = list(ContactState)
        reached = order.index(self.view.state)
        return [step for step in _STEPS if order.index(step[1]) > reached]


def _after_gap(view: ContactView, away_s: float) -> ContactView:
    """Count a dropout that is over; a change of keys in between is none."""
    if away_s < LOST_AFTER_S:
        return replace(view, gaps=view.gaps - 1)
    paused_s = max(0.0, away_s - SUSPEND_AFTER_S)
    return replace(
        view,
        away_before_s=view.away_before_s + away_s,
        paused_before_s=view.paused_before_s + paused_s,
    )
