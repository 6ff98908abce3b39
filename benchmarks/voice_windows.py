"""What a stretch of a call was worth: windows cut out of two ends' recordings.

Pure arrays. A `Track` is one direction, however its two ends were recorded.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.report import NotMeasuredError
from benchmarks.voice_score import RATE_HZ, Score, Sound, score


BLOCK = RATE_HZ // 50
LOOKED_BACK_S, LOOKED_AHEAD_S = 3.0, 1.0
ALIKE_MS = 20.0  # a delay this near the clean one is the clean one

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Track:
    """One direction: sound as it was captured and as it was heard, by blocks.

    `made_up` counts what the playout itself called concealed, in samples so far.
    """

    said: Sound
    said_s: Floats
    heard: Sound
    heard_s: Floats
    made_up: Floats
    played: Floats
    pictures_s: Floats


@dataclass(frozen=True, slots=True)
class Window:
    """One direction between two times; `own_share` is the playout's own count."""

    condition: str
    bad_share: float
    unlike_share: float
    lost_share: float
    own_share: float | None
    delay_ms: float | None  # median, from capture to the loudspeaker
    delay_ms95: float | None
    fps: float | None
    by_second_ms: tuple[float | None, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON's own types."""
        return asdict(self)


def track(sender: Path, receiver: Path) -> Track:
    """Read a direction from what two `voice_peer`s wrote."""
    with np.load(sender / "sound.npz") as one, np.load(receiver / "sound.npz") as other:
        if not len(other["playout"]):
            raise NotMeasuredError("a peer never asked for sound")
        return Track(
            said=one["captured"],
            said_s=one["captured_s"],
            heard=other["heard"],
            heard_s=other["heard_s"],
            played=other["playout"][:, 0],
            made_up=other["playout"][:, 1],
            pictures_s=other["pictures_s"],
        )


def measure(it: Track, condition: str, start_s: float, end_s: float) -> Window:
    """Score one direction between two times.

    Raises:
        NotMeasuredError: nothing was heard then.
    """
    first, last = np.searchsorted(it.heard_s, [start_s, end_s])
    said_first, said_last = np.searchsorted(
        it.said_s, [start_s - LOOKED_BACK_S, end_s + LOOKED_AHEAD_S]
    )
    if last - first < 50 or said_last - said_first < 50:
        raise NotMeasuredError(f"{condition}: less than a second was heard")
    heard = it.heard[first * BLOCK : last * BLOCK]
    found = score(it.said[said_first * BLOCK : said_last * BLOCK], heard)
    delays = _delays_ms(it, found, int(first), int(said_first))
    played = it.played[last - 1] - it.played[first]
    own = float((it.made_up[last - 1] - it.made_up[first]) / played) if played else 1.0
    pictures = np.searchsorted(it.pictures_s, [start_s, end_s])
    known = delays[~np.isnan(delays)]
    return Window(
        condition=condition,
        bad_share=max(found.bad_share, own),
        unlike_share=found.unlike_share,
        lost_share=found.lost_share,
        own_share=own,
        delay_ms=float(np.median(known)) if len(known) else None,
        delay_ms95=float(np.percentile(known, 95)) if len(known) else None,
        fps=float(pictures[1] - pictures[0]) / (end_s - start_s),
        by_second_ms=_by_second(delays),
    )


def settled_s(window: Window, clean_ms: float) -> float | None:
    """Return after how many seconds the delay is the clean one and stays so."""
    seconds = window.by_second_ms
    high = [ms is not None and ms > clean_ms + ALIKE_MS for ms in seconds]
    if not seconds or high[-1]:
        return None
    return float(max((i + 1 for i, is_high in enumerate(high) if is_high), default=0))


def _delays_ms(it: Track, found: Score, first: int, said_first: int) -> Floats:
    """Return each frame's way from the microphone's block to the loudspeaker's."""
    middles = (np.arange(found.frames) + 0.5) * RATE_HZ / 100
    places = found.places + said_first * BLOCK
    known = ~np.isnan(places) & (places >= 0) & (places < len(it.said_s) * BLOCK)
    delays = np.full(found.frames, np.nan)
    out = first * BLOCK + middles[known]
    block = (out // BLOCK).astype(int)
    heard_s = it.heard_s[block] + (out % BLOCK) / RATE_HZ
    source = (places[known] // BLOCK).astype(int)
    said_s = it.said_s[source] + (places[known] % BLOCK) / RATE_HZ
    delays[known] = (heard_s - said_s) * 1000
    return delays


def _by_second(delays_ms: Floats) -> tuple[float | None, ...]:
    seconds = []
    for start in range(0, len(delays_ms) - 99, 100):
        known = delays_ms[start : start + 100]
        known = known[~np.isnan(known)]
        seconds.append(float(np.median(known)) if len(known) else None)
    return tuple(seconds)
