"""Envelopes on their way to the server: numbered, paced, kept until accepted.

Sans-I/O. Ids rise over the life of the process and above every floor the server
names; what is not accepted is resent in order after each reconnection.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


WINDOW = 32
# A little below what the server allows a connection, so it need not refuse.
RATE_PER_S = 18.0
BURST = 56.0


@dataclass(slots=True)
class _Item:
    id: int
    body: bytes = field(repr=False)


class Outbox:
    """One direction's sender. `start_s` (Unix seconds) keeps ids rising."""

    def __init__(self, start_s: int) -> None:
        self._newest = start_s << 32
        self._flying: deque[_Item] = deque()  # numbered, handed to some socket
        self._queue: deque[bytes] = deque()  # not numbered yet
        self._resend = 0  # how many of _flying this socket has not got yet
        self._level = BURST
        self._filled_at = 0.0
        self._hold_until = 0.0

    @property
    def empty(self) -> bool:
        """Whether everything was accepted."""
        return not self._flying and not self._queue

    @property
    def awaiting(self) -> bool:
        """Whether something handed over is not accepted yet."""
        return len(self._flying) > self._resend

    def add(self, body: bytes) -> None:
        """Queue one envelope body."""
        self._queue.append(body)

    def clear(self) -> None:
        """Forget everything: it was meant for somebody who is gone."""
        self._flying.clear()
        self._queue.clear()
        self._resend = 0
        self._hold_until = 0.0

    def joined(self, floor: int, now: float) -> None:
        """A fresh socket: settle up to `floor`, resend the rest."""
        self.accepted(floor)
        self._newest = max(self._newest, floor)
        self._resend = len(self._flying)
        self._level = BURST
        self._filled_at = now
        self._hold_until = 0.0

    def accepted(self, up_to: int) -> bool:
        """Forget what the server has made safe; return whether that was news."""
        news = False
        while self._flying and self._flying[0].id <= up_to:
            self._flying.popleft()
            news = True
        self._resend = min(self._resend, len(self._flying))
        return news

    def refused(self, wait_s: float, now: float) -> None:
        """The server took nothing from some id on: resend all after `wait_s`."""
        self._resend = len(self._flying)
        self._hold_until = now + wait_s

    def next(self, now: float) -> tuple[int, bytes] | None:
        """Return the next (id, body) to hand over now, or None."""
        if not self._may_send(now):
            return None
        if self._resend:
            item = self._flying[len(self._flying) - self._resend]
            self._resend -= 1
        elif self._queue and len(self._flying) < WINDOW:
            self._newest += 1
            item = _Item(self._newest, self._queue.popleft())
            self._flying.append(item)
        else:
            return None
        self._level -= 1.0
        return item.id, item.body

    def deadline(self) -> float | None:
        """When `next` may have something that it has not now."""
        waiting = self._resend or (self._queue and len(self._flying) < WINDOW)
        if not waiting:
            return None
        pace_at = self._filled_at
        if self._level < 1.0:
            pace_at += (1.0 - self._level) / RATE_PER_S
        return max(self._hold_until, pace_at)

    def _may_send(self, now: float) -> bool:
        if now > self._filled_at:
            added = (now - self._filled_at) * RATE_PER_S
            self._level = min(BURST, self._level + added)
            self._filled_at = now
        # The epsilon forgives the rounding of "one token later".
        return now >= self._hold_until and self._level >= 1.0 - 1e-6
