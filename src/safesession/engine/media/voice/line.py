"""What the line to the peer carries, and how speech and pictures share it.

Pure: reports of the peer in, shares out. Nothing is known of a line until a queue
stands on it; then what arrives there is what it carries. Speech is served first:
pictures wait while a queue drains and get what is left. Loss without a queue says
nothing about a line and must never make it look narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


STANDING_QUEUE_MS = 60.0  # from here on the line is full
CALM_QUEUE_MS = 30.0
PAUSE_QUEUE_MS = 120.0  # pictures wait until this much has drained
PAUSED_S = 1.2  # at most; a queue of others would keep them out for ever
UNPAUSED_S = 2.0  # at least
HOLD_S = 1.0  # after the last full report
KNOWN_S = 12.0  # a capacity measured so lately is still true
GUARD = 0.9  # of it may be used at once
CLIMB_PER_S = 0.04  # near a known capacity
CLIMB_FAST_PER_S = 0.20  # where none is known
UNLIMITED_BPS = 3_000_000
LEAST_BPS = 40_000
# A line is not known beyond what is sent, but pictures must be able to try again.
HEADROOM, HEADROOM_BPS, TRIED_BPS = 1.6, 60_000, 400_000

SPEECH_BPS = 160_000  # more than this it never takes
SPEECH_SHARE, SPEECH_ALONE_SHARE = 0.6, 0.95
PICTURES_SHARE = 0.9  # of what is left: headers, repeats, key frames
PICTURES_OFF_BPS, PICTURES_ON_BPS = 120_000, 160_000
OFF_S, LONGEST_OFF_S = 8.0, 128.0  # twice as long after each try that failed
PROVEN_S = 60.0  # a try that lasts this long did not fail


@dataclass(frozen=True, slots=True)
class Share:
    """Bits per second; pictures: None is no limit, 0 is none at all."""

    speech_bps: int
    pictures_bps: int | None


class _Pictures(Enum):
    FLOWING = "flowing"
    PAUSED = "paused"  # until the queue has drained
    OFF = "off"  # too narrow a line


class Line:
    """The way to the peer, from the peer's reports."""

    def __init__(self) -> None:
        self._total_bps: float | None = None
        self._capacity_bps = 0.0
        self._measured_s = -KNOWN_S
        self._hold_until_s = 0.0
        self._pictures = _Pictures.FLOWING
        self._pictures_s = -UNPAUSED_S  # since when they are that
        self._on_s = -PROVEN_S  # since when they are not off
        self._off_for_s = OFF_S
        self._now_s: float | None = None

    def reported(
        self,
        queue_ms: float,
        received_bps: float,
        speech_bps: int,
        *,
        pictures: bool,
        now_s: float,
    ) -> Share:
        """Take a report; return the shares from now on.

        Args:
            queue_ms: how much longer than at best packets wait on the way.
            received_bps: what arrives there, all together; 0 if unknown.
            speech_bps: what speech takes at present, headers included.
            pictures: whether there is a camera to share with.
            now_s: monotonic.
        """
        passed_s = min(1.0, now_s - self._now_s) if self._now_s is not None else 0.0
        self._now_s = now_s
        if queue_ms > STANDING_QUEUE_MS:
            self._full(queue_ms, received_bps, now_s)
        elif queue_ms < CALM_QUEUE_MS and now_s >= self._hold_until_s:
            self._climb(passed_s, received_bps, now_s)
        left_bps = self._left_bps(speech_bps)
        self._decide(queue_ms, left_bps, now_s)
        return Share(self._speech_bps(pictures=pictures), self._pictures_bps(left_bps))

    def _full(self, queue_ms: float, received_bps: float, now_s: float) -> None:
        if received_bps > 0:
            fresh = now_s - self._measured_s < KNOWN_S
            before_bps = self._capacity_bps if fresh else received_bps
            self._capacity_bps = (before_bps + received_bps) / 2
            self._measured_s = now_s
        if self._capacity_bps > 0:
            share = max(0.7, 0.95 - queue_ms / 600)
            self._total_bps = max(LEAST_BPS, share * self._capacity_bps)
        self._hold_until_s = now_s + HOLD_S

    def _climb(self, passed_s: float, received_bps: float, now_s: float) -> None:
        if self._total_bps is None:
            return
        known = now_s - self._measured_s < KNOWN_S
        climb_per_s = CLIMB_PER_S if known else CLIMB_FAST_PER_S
        total_bps = self._total_bps * (1 + climb_per_s * passed_s)
        if known:
            total_bps = max(total_bps, GUARD * self._capacity_bps)
        if received_bps > 0:
            seen_bps = max(TRIED_BPS, HEADROOM * received_bps + HEADROOM_BPS)
            total_bps = max(self._total_bps, min(total_bps, seen_bps))
        self._total_bps = total_bps if total_bps < UNLIMITED_BPS else None

    def _left_bps(self, speech_bps: int) -> float | None:
        if self._total_bps is None:
            return None
        return max(0.0, (self._total_bps - speech_bps) * PICTURES_SHARE)

    def _decide(self, queue_ms: float, left_bps: float | None, now_s: float) -> None:
        """Let pictures flow, wait or cease."""
        since_s = now_s - self._pictures_s
        wanted = self._pictures
        if self._pictures is _Pictures.PAUSED:
            if queue_ms < CALM_QUEUE_MS or since_s >= PAUSED_S:
                wanted = _Pictures.FLOWING
        elif self._pictures is _Pictures.OFF:
            wide = left_bps is None or left_bps >= PICTURES_ON_BPS
            if wide and since_s >= self._off_for_s:
                wanted, self._on_s = _Pictures.FLOWING, now_s
        elif queue_ms > PAUSE_QUEUE_MS and since_s >= UNPAUSED_S:
            wanted = _Pictures.PAUSED
        elif left_bps is not None and left_bps < PICTURES_OFF_BPS:
            wanted = _Pictures.OFF
            failed = now_s - self._on_s < PROVEN_S
            longer_s = min(LONGEST_OFF_S, 2 * self._off_for_s)
            self._off_for_s = longer_s if failed else OFF_S
        if wanted is not self._pictures:
            self._pictures, self._pictures_s = wanted, now_s

    def _speech_bps(self, *, pictures: bool) -> int:
        if self._total_bps is None:
            return SPEECH_BPS
        shared = pictures and self._pictures is not _Pictures.OFF
        share = SPEECH_SHARE if shared else SPEECH_ALONE_SHARE
        return int(min(SPEECH_BPS, share * self._total_bps))

    def _pictures_bps(self, left_bps: float | None) -> int | None:
        if self._pictures is not _Pictures.FLOWING:
            return 0
        return None if left_bps is None else int(left_bps)
