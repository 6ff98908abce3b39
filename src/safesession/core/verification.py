"""What the two people confirmed, across dropouts of their media.

Sans-I/O (PROTOCOL §§7.1, 7.2). A confirmation outlives a dropout of two minutes in
the same process, a mismatch outlives every dropout. This module must never count
time without media as time with it.
"""

from __future__ import annotations

from safesession.core.call import LOST_AFTER_S
from safesession.core.safety_code import SafetyCode, SafetyMessage
from safesession.crypto.handshake import SessionKeys


# Longer without media than this and "verified" does not survive (PROTOCOL §7.2).
VERIFIED_SURVIVES_S = 120.0


class Verification:
    """The safety code, and since when nobody could hear or see the other."""

    def __init__(self, code: SafetyCode) -> None:
        self.code = code
        self.lost_at: float | None = None  # None while media is there
        self._expires_at: float | None = None

    @property
    def deadline(self) -> float | None:
        """When `handle_timeout` wants to be called."""
        times = (self._expires_at, self.code.deadline)
        return min((t for t in times if t is not None), default=None)

    def media_lost(self, since: float) -> None:
        """Nothing was heard from the other side since then."""
        if self.lost_at is None:
            self.lost_at = since
            self._expires_at = since + VERIFIED_SURVIVES_S
            self.code.pause()

    def media_back(self, now: float) -> list[SafetyMessage]:
        """The same connection lives again."""
        was_lost = self.lost_at is not None
        self.lost_at = self._expires_at = None
        return self.code.go_on(now) if was_lost else []

    def heard(self, silent_since: float | None, now: float) -> list[SafetyMessage]:
        """Something comes after a silence that no clock noticed: a machine slept."""
        if silent_since is None or self.lost_at is not None:
            return []
        if now - silent_since < LOST_AFTER_S:
            return []
        self.media_lost(silent_since)
        return self.handle_timeout(now) + self.media_back(now)

    def bound(
        self, keys: SessionKeys, binding: bytes, now: float, *, resumed: bool
    ) -> list[SafetyMessage]:
        """A fresh epoch was bound: keep what may be kept, else compare anew."""
        lost_at, self.lost_at = self.lost_at, None
        self._expires_at = None
        soon = lost_at is not None and now - lost_at <= VERIFIED_SURVIVES_S
        if self.code.mismatched or (self.code.matched and soon):
            self.code.carry_over(keys, binding)
            return []
        return self.code.bind(keys, binding, now, resumed=resumed)

    def handle_timeout(self, now: float) -> list[SafetyMessage]:
        """Let a confirmation grow too old, and an exchange fail."""
        if self._expires_at is not None and now >= self._expires_at:
            self._expires_at = None
            self.code.expire()
        return self.code.handle_timeout(now)

    def reset(self) -> None:
        """Forget everything."""
        self.code.reset()
        self.lost_at = self._expires_at = None
