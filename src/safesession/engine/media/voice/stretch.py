"""Speech a little faster or slower, by one pitch period, without a click.

Pure samples in and out (the overlap-add of WSOLA as NetEQ uses it). What has no
period and is not quiet is left alone: stretching it would be heard.
"""

from __future__ import annotations

import numpy as np

from safesession.engine.media.voice.opus import Samples


PIECE = 960  # samples looked at: 20 ms
_DOWN = 6  # 48 kHz to 8 kHz for the search
_COMPARED = 80  # 10 ms at 8 kHz
_SHORTEST, _LONGEST = 20, 80  # 400 to 100 Hz
_ALIKE = 0.6
_QUIET = 300.0  # mean amplitude, about -41 dBFS


def period(speech: Samples) -> int | None:
    """Return the pitch period in samples; None when stretching would be heard."""
    head = speech[:PIECE]
    thin = head.astype(np.float32)[::_DOWN]
    start = thin[:_COMPARED]
    energy = float(start @ start) + 1
    lags = range(_SHORTEST, _LONGEST)
    likeness = [_likeness(start, energy, thin[lag : lag + _COMPARED]) for lag in lags]
    best = int(np.argmax(likeness))
    if likeness[best] < _ALIKE and float(np.abs(head).mean()) > _QUIET:
        return None
    return (best + _SHORTEST) * _DOWN


def shorten(speech: Samples, lag: int) -> Samples:
    """Take one period out of at least 20 ms."""
    overlap = min(PIECE - lag if lag > PIECE // 2 else PIECE // 2, len(speech) - lag)
    fade = np.linspace(1, 0, overlap)
    mixed = speech[:overlap] * fade + speech[lag : lag + overlap] * (1 - fade)
    return np.concatenate([mixed.astype(np.int16), speech[lag + overlap :]])


def lengthen(speech: Samples, lag: int) -> Samples:
    """Put one period into at least 20 ms."""
    overlap = PIECE - lag
    fade = np.linspace(1, 0, overlap)
    mixed = speech[lag : lag + overlap] * fade + speech[:overlap] * (1 - fade)
    return np.concatenate([speech[:lag], mixed.astype(np.int16), speech[overlap:]])


def _likeness(start: np.ndarray, energy: float, other: np.ndarray) -> float:
    return float(start @ other) / float(np.sqrt(energy * (float(other @ other) + 1)))
