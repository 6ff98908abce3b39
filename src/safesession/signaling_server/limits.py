"""How much one visitor, one address and one counselor may ask for.

Sans-I/O: counts and times come in, verdicts go out. Addresses arrive here only as
opaque prefix tags.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers in force. Rates are per second, sizes in bytes, times in s."""

    connections_total: int = 20_000
    connections_unauthenticated: int = 2_000
    connections_per_prefix: int = 40
    sockets_per_account: int = 3
    head_bytes: int = 8_192
    head_limit_s: float = 5.0
    http_life_s: float = 60.0
    tls_handshake_s: float = 10.0
    hello_limit_s: float = 5.0
    capability_limit_s: float = 10.0
    nonce_life_s: float = 60.0
    bearer_life_s: int = 12 * 3600
    ping_after_s: float = 25.0
    dead_after_s: float = 90.0
    texts_per_s: float = 10.0
    texts_burst: float = 40.0
    envelopes_per_s: float = 20.0
    envelopes_burst: float = 64.0
    retries_before_close: int = 3
    frames_per_s: float = 200.0  # everything binary, resends and acks too
    frames_burst: float = 1_000.0
    heads_per_s: float = 300.0  # frames, texts, pings and fragments together
    heads_burst: float = 1_500.0
    mailbox_messages: int = 32  # each direction
    mailbox_bytes: int = 512 * 1024  # each direction
    live_messages: int = 64  # forwarded, neither acknowledged nor on disk
    claims_per_s: float = 10 / 60
    claims_burst: float = 10.0
    invites_total: int = 10_000
    invites_per_account: int = 20
    rooms_per_account: int = 200
    attempts_per_invite: int = 250  # the offer counts them in one byte
    reader_bytes: int = 256 * 1024
    reader_stall_s: float = 10.0
    congested_bytes: int = 64 * 1024
    ack_wait_s: float = 0.25  # with a tick of 0.1 s: on disk within 0.35 s
    progress_limit_s: float = 30.0
    provisional_limit_s: float = 120.0
    kept_room_s: int = 24 * 3600
    envelope_life_s: int = 2 * 3600
    enrolment_life_s: int = 72 * 3600
    invite_grace_s: int = 60
    turn_per_seat: int = 6
    turn_window_s: float = 3600.0
    turn_life_s: int = 2 * 3600
    drain_s: float = 10.0


class TokenBucket:
    """Allow `rate_per_s` on average and `burst` at once."""

    __slots__ = ("_at", "_burst", "_level", "_rate")

    def __init__(self, rate_per_s: float, burst: float, now: float) -> None:
        self._rate = rate_per_s
        self._burst = burst
        self._level = burst
        self._at = now

    def take(self, now: float) -> float:
        """Take one; return 0.0, or the seconds until one is there (none taken)."""
        self._refill(now)
        if self._level >= 1.0:
            self._level -= 1.0
            return 0.0
        return (1.0 - self._level) / self._rate

    def give_back(self) -> None:
        """Undo one `take`."""
        self._level = min(self._burst, self._level + 1.0)

    def is_full(self, now: float) -> bool:
        """Say whether forgetting this bucket would change nothing."""
        self._refill(now)
        return self._level >= self._burst

    def _refill(self, now: float) -> None:
        if now > self._at:
            added = (now - self._at) * self._rate
            self._level = min(self._burst, self._level + added)
            self._at = now


@dataclass(slots=True)
class KeyedBuckets:
    """One bucket per opaque key; full ones are forgotten."""

    rate_per_s: float
    burst: float
    _buckets: dict[bytes, TokenBucket] = field(default_factory=dict)

    def take(self, key: bytes, now: float) -> float:
        """Take one from `key`'s bucket; 0.0 or the seconds to wait."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = TokenBucket(self.rate_per_s, self.burst, now)
            self._buckets[key] = bucket
        return bucket.take(now)

    def give_back(self, key: bytes) -> None:
        """Undo one `take`, if the bucket is still known."""
        bucket = self._buckets.get(key)
        if bucket is not None:
            bucket.give_back()

    def forget_full(self, now: float) -> None:
        """Free what no longer matters."""
        full = [key for key, bucket in self._buckets.items() if bucket.is_full(now)]
        for key in full:
            del self._buckets[key]
