"""What the network took of the speech stream, told to whoever sends it.

Pure. The share counts the last two seconds, or the last half if that was worse, but
not the newest 100 ms, in which a packet may still come out of order. On the wire a
report is 12 bytes (RFC 4585 section 6.4, application layer feedback, identifier
"SSF1").
"""

from __future__ import annotations

import struct
from dataclasses import dataclass


WINDOW_PACKETS = 100
YOUNG_PACKETS = 25
YOUNG_LOSSES = 2  # one is chance, in so few
UNSETTLED_PACKETS = 5
LEAST_PACKETS = 20
MEMORY_PACKETS = 400
IDENTIFIER = b"SSF1"
_FORM = struct.Struct("!4sHHHH")
_MOST = 0xFFFF


@dataclass(frozen=True, slots=True)
class LossReport:
    """Seen by the receiver: share 0..1, mean run of lost packets, standing queue.

    `received_bps` is everything that arrives, pictures too; 0 is unknown.
    """

    loss_share: float
    burst_packets: float
    queue_ms: float
    received_bps: int = 0

    def to_bytes(self) -> bytes:
        """Encode for the wire."""
        return _FORM.pack(
            IDENTIFIER,
            round(self.loss_share * 1000),
            min(_MOST, round(self.burst_packets * 100)),
            min(_MOST, round(self.queue_ms)),
            min(_MOST, round(self.received_bps / 1000)),
        )

    @classmethod
    def parse(cls, untrusted: bytes) -> LossReport:
        """Decode what came.

        Raises:
            ValueError: it is no report, or an impossible one.
        """
        if len(untrusted) != _FORM.size:
            raise ValueError("no speech report")
        identifier, permille, burst, queue_ms, kbps = _FORM.unpack(untrusted)
        if identifier != IDENTIFIER or permille > 1000:  # noqa: PLR2004 - a share
            raise ValueError("no speech report")
        return cls(permille / 1000, burst / 100, float(queue_ms), kbps * 1000)


class LossMeter:
    """Follows the RTP sequence numbers of one stream."""

    def __init__(self) -> None:
        self._newest: int | None = None
        self._first = 0
        self._seen: set[int] = set()

    def arrived(self, sequence_number: int) -> None:
        """Take a 16-bit RTP sequence number."""
        if self._newest is None:
            self._newest = self._first = sequence_number
        step = (sequence_number - self._newest) & 0xFFFF
        if step >= 1 << 15:
            step -= 1 << 16
        number = self._newest + step
        self._seen.add(number)
        if step > MEMORY_PACKETS:  # another stream, or a very long gap
            self._seen = {number}
            self._first = number
        self._newest = max(self._newest, number)
        if len(self._seen) > MEMORY_PACKETS:
            limit = self._newest - MEMORY_PACKETS // 2
            self._seen = {seen for seen in self._seen if seen > limit}

    def measure(self) -> tuple[float, float]:
        """Return the share lost and the mean length of a run of losses."""
        if self._newest is None:
            return 0.0, 1.0
        end = self._newest - UNSETTLED_PACKETS
        start = max(self._first, end - WINDOW_PACKETS)
        if end - start < LEAST_PACKETS:
            return 0.0, 1.0
        missing = [number not in self._seen for number in range(start, end)]
        lost = sum(missing)
        if not lost:
            return 0.0, 1.0
        runs = sum(
            gone and (index == 0 or not missing[index - 1])
            for index, gone in enumerate(missing)
        )
        young = missing[-YOUNG_PACKETS:]
        share = lost / len(missing)
        if sum(young) >= YOUNG_LOSSES:
            share = max(share, sum(young) / len(young))
        return share, lost / runs
