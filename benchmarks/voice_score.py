"""How much of what was said was heard: two recordings, aligned piece by piece.

Each 10 ms of what was heard is looked for in what was said (speech band, 32 ms
around it), near where its neighbours were found, so that a changing delay and
time stretching are followed. What is not found there is bad: a hole, a
concealment, a distortion. What was said and is nowhere in what was heard is lost.
Pure: arrays in, a `Score` out. It knows nothing of who recorded them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


RATE_HZ = 48_000
BAND_HZ = 8_000  # aligned at this rate
DOWN = RATE_HZ // BAND_HZ
LOW_HZ, HIGH_HZ = 150, 3_600
FRAME = BAND_HZ // 100  # 10 ms
WINDOW = 256  # 32 ms around a frame's middle
PIECE = BAND_HZ // 2  # a piece gets one rough lag
ROUGH = BAND_HZ  # found by one second around it
REACH = 480  # a frame is looked for 60 ms around a rough lag
NEAR = 20  # 2.5 ms: staying at the neighbour's lag costs nothing
MOVING_COSTS = 0.1
FOUND = 0.75  # correlation from which on a frame is what was said
ROUGHLY_FOUND = 0.35
SAME = 0.002  # likenesses no further apart are equal
SWING = BAND_HZ * 3 // 2  # a delay varies less than 1.5 s
CLOSE_DB = 4.0  # or a spectrum this alike, for hiss, which has no waveform
QUIET = 60.0  # root mean square at 16 bits, about -55 dBFS
STRETCH_LIMIT = 0.015  # s taken out at once that nobody misses
BANDS_HZ = (150, 300, 450, 650, 850, 1100, 1400, 1750, 2200, 2800, 3600)

Sound = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the 10 ms frames heard, and where each frame came from.

    `places` holds, for each frame heard, the sample (48 kHz) of what was said that
    its middle is, and NaN where it was not found.
    """

    bad_share: float
    unlike_share: float  # heard, but not what was said
    lost_share: float  # said and never heard
    frames: int
    places: Floats

    def lags(self) -> Floats:
        """Return the place of each frame less its place in what was heard."""
        middles = (np.arange(self.frames) + 0.5) * FRAME * DOWN
        return self.places - middles


def score(said: Sound, heard: Sound) -> Score:
    """Compare; `said` reaches further than `heard` at both ends where it can."""
    source, output = _band(said), _band(heard)
    frames = len(output) // FRAME
    rough = _rough_lags(source, output)
    if not frames or rough is None:
        return Score(1.0, 1.0, 1.0, frames, np.full(frames, np.nan))
    finder = _Finder(source, output)
    lags = np.full(frames, np.nan)
    good = np.zeros(frames, np.bool_)
    lag = int(rough[0])
    for frame in range(frames):
        piece = frame * FRAME // PIECE
        around = {int(found) for found in rough[max(0, piece - 1) : piece + 2]}
        lag, good[frame] = finder.look(frame, around | {lag}, lag)
        if good[frame]:
            lags[frame] = lag
    unlike = float(np.mean(~good))
    lost = _lost(source, lags, good)
    middles = (np.arange(frames) + 0.5) * FRAME
    return Score(max(unlike, lost), unlike, lost, frames, (middles + lags) * DOWN)


class _Finder:
    """Looks for one frame after the other."""

    def __init__(self, source: Floats, output: Floats) -> None:
        # So that every window and every reach lies inside.
        edge = WINDOW + REACH
        self._source = np.pad(source, edge)
        self._output = np.pad(output, edge)
        self._edge = edge
        squares = np.concatenate([[0.0], np.cumsum(self._source**2)])
        self._energy = squares[WINDOW:] - squares[:-WINDOW]

    def look(self, frame: int, around: set[int], before: int) -> tuple[int, bool]:
        """Return the frame's lag, and whether it was really found there."""
        start = self._edge + frame * FRAME + FRAME // 2 - WINDOW // 2
        wanted = self._output[start : start + WINDOW]
        energy = float(wanted @ wanted)
        if energy < WINDOW * QUIET**2:
            return before, self._level(start + before) < 3 * QUIET
        best, best_worth, best_likeness = before, -1.0, -1.0
        for rough in _apart(around, before):
            first = min(
                max(start + rough - REACH, 0), len(self._energy) - 2 * REACH - 1
            )
            area = self._source[first : first + 2 * REACH + WINDOW]
            norms = np.sqrt(energy * (self._energy[first : first + 2 * REACH + 1] + 1))
            likeness = np.correlate(area, wanted, "valid")[: len(norms)] / norms
            lags = np.arange(first, first + len(norms)) - start
            worth = likeness - MOVING_COSTS * (np.abs(lags - before) > NEAR)
            place = int(np.argmax(worth))
            if worth[place] > best_worth:
                best, best_worth = int(lags[place]), float(worth[place])
                best_likeness = float(likeness[place])
        if best_likeness >= FOUND:
            return best, True
        at = start + before
        if 0 <= at <= len(self._source) - WINDOW:
            alike = _distance_db(wanted, self._source[at : at + WINDOW]) <= CLOSE_DB
            return before, alike
        return before, False

    def _level(self, at: int) -> float:
        """Return how loud the source is, at the quietest place near `at`."""
        near = self._energy[max(0, at - FRAME) : at + FRAME + 1]
        return float(np.sqrt(max(0.0, near.min()) / WINDOW)) if len(near) else 0.0


def _apart(lags: set[int], first: int | None) -> list[int]:
    """Return lags of which no two look at much the same place."""
    kept = [] if first is None else [first]
    for lag in sorted(lags):
        if all(abs(lag - other) > REACH // 2 for other in kept):
            kept.append(lag)
    return kept


def _band(sound: Sound) -> Floats:
    """Return the speech band at 8 kHz."""
    count = len(sound) // DOWN
    spectrum = np.fft.rfft(sound[: count * DOWN].astype(float))
    hertz = np.arange(len(spectrum)) * RATE_HZ / max(1, count * DOWN)
    spectrum[(hertz < LOW_HZ) | (hertz > HIGH_HZ)] = 0
    made: Floats = np.fft.irfft(spectrum[: count // 2 + 1], count) / DOWN
    return made


def _rough_lags(source: Floats, output: Floats) -> Floats | None:
    """Return a lag for each half second heard; None when nothing is found at all.

    All lie where most can be found: what was said may repeat, or resemble itself.
    """
    if len(output) < ROUGH or len(source) < ROUGH:
        return None
    size = 1 << (len(source) + ROUGH).bit_length()
    spectrum = np.fft.rfft(source, size)
    squares = np.concatenate([[0.0], np.cumsum(source**2)])
    energy = np.maximum(squares[ROUGH:] - squares[:-ROUGH], 1.0)
    alike: dict[int, tuple[int, Floats]] = {}
    count = -(-len(output) // PIECE)
    for number in range(count):
        start = min(max(0, number * PIECE - PIECE // 2), len(output) - ROUGH)
        wanted = output[start : start + ROUGH]
        loud = float(wanted @ wanted)
        if loud >= ROUGH * QUIET**2:
            product = spectrum * np.conj(np.fft.rfft(wanted, size))
            likeness = np.fft.irfft(product, size)[: len(energy)]
            alike[number] = (start, likeness / np.sqrt(energy * loud))
    lags = {number: _first_best(*found) for number, found in alike.items()}
    candidates = _apart({lag for lag in lags.values() if lag is not None}, None)
    if not candidates:
        return None
    near = {lag: _near(alike, lag) for lag in candidates}
    most = max(
        candidates, key=lambda lag: sum(f is not None for f in near[lag].values())
    )
    lags = near[most]
    known = np.array([number for number, lag in lags.items() if lag is not None])
    nearest = np.abs(np.arange(count)[:, None] - known[None, :]).argmin(axis=1)
    return np.array([lags[int(number)] for number in known[nearest]], float)


def _near(alike: dict[int, tuple[int, Floats]], most: int) -> dict[int, int | None]:
    """Return each piece's lag no further than a delay swings from `most`."""
    lags: dict[int, int | None] = {}
    for number, (start, likeness) in alike.items():
        first = max(0, most - SWING + start)
        area = likeness[first : max(0, most + SWING + start)]
        lags[number] = _first_best(start - first, area) if len(area) else None
    return lags


def _first_best(start: int, likeness: Floats) -> int | None:
    """Return the lag of the first of the best places: what was said may repeat."""
    best = float(likeness.max())
    if best < ROUGHLY_FOUND:
        return None
    return int(np.argmax(likeness >= best - SAME)) - start


def _lost(source: Floats, lags: Floats, good: npt.NDArray[np.bool_]) -> float:
    """Return the share of 10 ms frames said that are nowhere in what was heard."""
    found = np.flatnonzero(good & ~np.isnan(lags))
    if not len(found):
        return 1.0
    places = (found * FRAME + lags[found]).astype(int)
    covered = np.zeros(len(source) + 2 * FRAME, np.bool_)
    for place in places:
        covered[max(0, place) : max(0, place + FRAME)] = True
    first, last = max(0, places.min()), min(len(source), places.max() + FRAME)
    missing = np.concatenate([[False], ~covered[first:last], [False]])
    edges = np.flatnonzero(np.diff(missing.astype(int)))
    lost = 0.0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        piece = source[first + start : first + end]
        loud = np.sqrt(np.mean(piece**2)) >= QUIET
        if end - start > STRETCH_LIMIT * BAND_HZ and loud:
            lost += (end - start) / FRAME
    return lost / len(lags)


def _distance_db(one: Floats, other: Floats) -> float:
    """Return how far two spectra are apart, over the bands of speech."""
    shape = np.hanning(WINDOW)
    edges = [round(hertz * WINDOW / BAND_HZ) for hertz in BANDS_HZ]
    levels = []
    for sound in (one, other):
        power = np.abs(np.fft.rfft(sound * shape)) ** 2
        bands = np.add.reduceat(power, edges[:-1])[: len(edges) - 1]
        levels.append(10 * np.log10(bands / WINDOW + QUIET**2 / 10))
    return float(np.sqrt(np.mean((levels[0] - levels[1]) ** 2)))
