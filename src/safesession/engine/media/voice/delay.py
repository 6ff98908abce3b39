"""How long speech must wait so that late packets still come in time.

Pure: arrival times in, a target out. The idea is NetEQ's: the 96 % quantile of
the relative delay, forgotten exponentially, so that a spike is over in 4 s.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from safesession.engine.media.voice.opus import RATE_HZ


# Less does not survive a clock that slips by one packet (the level counts the
# packet about to be played).
FLOOR_MS = 44.0
CEILING_MS = 400.0
MARGIN_MS = 20.0
QUANTILE = 0.96
FORGET = 0.983  # per packet of 20 ms
BIN_MS = 5.0
BINS = 120
BASELINE_WINDOW_S = 10.0
QUEUE_BASELINE_WINDOW_S = 30.0  # a queue may stand longer than a delay is remembered
QUEUE_WINDOW_S = 0.3
REDUNDANCY_MEMORY_S = 3.0
PACKET_MS = 20.0


class DelayTarget:
    """The playout delay that the last seconds of the network ask for."""

    def __init__(self) -> None:
        self.target_ms = 60.0
        self.jitter_ms = 0.0
        self.queue_ms = 0.0
        self._histogram = np.zeros(BINS)
        # Rising minima: of the last moment, of 10 s, of 30 s.
        self._recent: deque[tuple[float, float]] = deque()
        self._baseline: deque[tuple[float, float]] = deque()
        self._unqueued: deque[tuple[float, float]] = deque()
        self._next_sample: int | None = None
        self._lost_at_s = -BASELINE_WINDOW_S
        self._depth_packets = 0
        self._depth_at_s = 0.0

    def another_path(self) -> None:
        """From now on packets come another way: its length is no queue."""
        for minima in (self._recent, self._baseline, self._unqueued):
            minima.clear()
        self.queue_ms = 0.0

    def arrived(
        self, at_sample: int, samples: int, depth_packets: int, now_s: float
    ) -> None:
        """Take a packet's place in the stream, its length and how far back it reaches.

        `depth_packets` is the age of the oldest redundant block, in packets.
        """
        relative_ms = now_s * 1000 - at_sample * 1000 / RATE_HZ
        best_ms = _least(self._baseline, relative_ms, now_s, BASELINE_WINDOW_S)
        late_ms = relative_ms - best_ms
        # Jitter comes and goes; what even the fastest packet waits is a queue.
        fastest_ms = _least(self._recent, relative_ms, now_s, QUEUE_WINDOW_S)
        unqueued_ms = _least(
            self._unqueued, relative_ms, now_s, QUEUE_BASELINE_WINDOW_S
        )
        self.queue_ms = fastest_ms - unqueued_ms
        self._histogram *= FORGET
        self._histogram[min(BINS - 1, int(late_ms / BIN_MS))] += 1 - FORGET
        if self._next_sample is not None and at_sample > self._next_sample:
            self._lost_at_s = now_s
        self._next_sample = max(self._next_sample or 0, at_sample + samples)
        deeper = depth_packets >= self._depth_packets
        if deeper or now_s - self._depth_at_s > REDUNDANCY_MEMORY_S:
            self._depth_packets, self._depth_at_s = depth_packets, now_s
        self._aim(now_s)

    def _aim(self, now_s: float) -> None:
        shares = np.cumsum(self._histogram)
        place = int(np.searchsorted(shares, QUANTILE * shares[-1]))
        self.jitter_ms = (place + 0.5) * BIN_MS
        waits_for_copies = now_s - self._lost_at_s < REDUNDANCY_MEMORY_S
        copies_ms = self._depth_packets * PACKET_MS if waits_for_copies else 0.0
        wanted_ms = self.jitter_ms + MARGIN_MS + copies_ms
        self.target_ms = min(CEILING_MS, max(FLOOR_MS, wanted_ms))


def _least(
    minima: deque[tuple[float, float]], value: float, now_s: float, window_s: float
) -> float:
    """Add a value to a window of rising minima and return the least."""
    while minima and minima[-1][1] >= value:
        minima.pop()
    minima.append((now_s, value))
    while minima[0][0] < now_s - window_s:
        minima.popleft()
    return minima[0][1]
