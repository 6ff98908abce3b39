"""Comfort noise: the room's own quiet where nothing came, instead of a hole.

Pure: samples in, samples out, seeded. A dead line sounds like a hung-up one; a
frightened listener must hear that the room is still there.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from safesession.engine.media.voice.opus import Samples


_REMEMBERED = 150  # packets of 20 ms: 3 s hold some pause between words
_LOUDEST = 200.0  # root mean square, about -44 dBFS: never louder than a quiet room
_ROOM = 0.85 ** np.arange(32)  # a room is dull, white noise hisses


class ComfortNoise:
    """Follows the quietest of the last three seconds and imitates its level."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)

    def heard(self, speech: Samples) -> None:
        """Take decoded sound of the peer."""
        if len(speech):
            power = float(np.mean(np.square(speech, dtype=np.float32)))
            self._levels.append(power**0.5)

    def under(self, speech: Samples) -> Samples:
        """Return `speech` with the room's noise beneath it."""
        level = min(min(self._levels, default=0.0), _LOUDEST)
        if level < 1.0:
            return speech
        white = self._random.standard_normal(len(speech) + len(_ROOM) - 1)
        # Filtering changes the power by the sum of the squared weights.
        dull = np.convolve(white, _ROOM, "valid") / np.sqrt(np.square(_ROOM).sum())
        mixed = np.clip(speech + dull * level, -32768, 32767)
        return np.asarray(mixed, np.int16)
