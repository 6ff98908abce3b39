"""Microphone level: peak over 100 ms in dBFS.

It sees only blocks that really leave for the engine, so that the meter can
never move while the microphone is muted.
"""

from __future__ import annotations

import math

import numpy as np

from safesession.core.ports import AUDIO_BLOCK_SAMPLES, AUDIO_RATE_HZ


FLOOR_DBFS = -96.0  # digital silence of 16-bit samples
PERIOD_MS = 100
_BLOCKS = PERIOD_MS * AUDIO_RATE_HZ // (AUDIO_BLOCK_SAMPLES * 1000)
_FULL_SCALE = 32_768


class PeakMeter:
    """Collects 20 ms blocks of signed 16-bit samples."""

    def __init__(self) -> None:
        self._peak = 0
        self._blocks = 0

    def add(self, block: bytes) -> float | None:
        """Return the level in dBFS (FLOOR_DBFS..0) every fifth block, else None."""
        samples = np.frombuffer(block, np.int16)
        # abs(-32768) overflows int16, hence the two ends separately.
        self._peak = max(self._peak, int(samples.max()), -int(samples.min()))
        self._blocks += 1
        if self._blocks < _BLOCKS:
            return None
        peak = self._peak
        self._peak = 0
        self._blocks = 0
        if peak == 0:
            return FLOOR_DBFS
        return max(FLOOR_DBFS, 20 * math.log10(peak / _FULL_SCALE))
