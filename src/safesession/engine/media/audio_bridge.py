"""Sound between the device thread and the event loop.

Captured blocks wait here, at most 100 ms of them, for the track that sends them;
decoded sound waits here, at most 400 ms of it, for the speaker. Nothing here may
block its caller or grow without limit.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import av
import numpy as np

from safesession.core.ports import AUDIO_BLOCK_BYTES, AUDIO_RATE_HZ


CAPTURE_LIMIT_BLOCKS = 5  # 100 ms
PREFILL_BYTES = 3 * AUDIO_BLOCK_BYTES  # 60 ms: rides out a late timer
PLAYOUT_LIMIT_BYTES = 20 * AUDIO_BLOCK_BYTES  # 400 ms
SILENCE = bytes(AUDIO_BLOCK_BYTES)


class _Playout(Enum):
    FILLING = "filling"  # silence until the prefill is there
    PLAYING = "playing"


@dataclass(frozen=True, slots=True)
class AudioCounts:
    """What went wrong at the seams between clocks, since the start."""

    capture_lost: int  # captured blocks dropped because nobody sent them in time
    bad_blocks: int  # blocks of a wrong length
    underruns: int  # the speaker wanted sound and there was none
    overflow_bytes: int  # decoded sound dropped because nobody played it


class AudioBridge:
    """The engine's end of core.ports.AudioPort; all methods are thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._captured: deque[bytes] = deque()
        self._wake: Callable[[], None] | None = None
        self._ring = bytearray()
        self._playout = _Playout.FILLING
        self._resampler: av.AudioResampler | None = None
        self._capture_lost = 0
        self._bad_blocks = 0
        self._underruns = 0
        self._overflow_bytes = 0

    # --- the device's side (AudioPort) ---

    def on_captured(self, block: bytes) -> None:
        """Take 20 ms from the microphone; the oldest goes when too many wait."""
        with self._lock:
            if len(block) != AUDIO_BLOCK_BYTES:
                self._bad_blocks += 1
                return
            self._captured.append(bytes(block))
            if len(self._captured) > CAPTURE_LIMIT_BLOCKS:
                self._captured.popleft()
                self._capture_lost += 1
            wake = self._wake
        if wake is not None:
            wake()

    def pull(self) -> bytes:
        """Return the next 20 ms for the speaker (silence when there is none)."""
        with self._lock:
            if self._playout is _Playout.FILLING:
                if len(self._ring) < PREFILL_BYTES:
                    return SILENCE
                self._playout = _Playout.PLAYING
            if len(self._ring) < AUDIO_BLOCK_BYTES:
                self._underruns += 1
                self._playout = _Playout.FILLING
                return SILENCE
            block = bytes(self._ring[:AUDIO_BLOCK_BYTES])
            del self._ring[:AUDIO_BLOCK_BYTES]
            return block

    # --- the engine's side ---

    def set_wake(self, wake: Callable[[], None]) -> None:
        """Register what to call, on any thread, when a captured block waits."""
        with self._lock:
            self._wake = wake

    def drop_wake(self, wake: Callable[[], None]) -> None:
        """Forget `wake`, unless a later connection has registered its own."""
        with self._lock:
            if self._wake is wake:
                self._wake = None

    def take_captured(self) -> bytes | None:
        """Return the oldest captured block, or None."""
        with self._lock:
            return self._captured.popleft() if self._captured else None

    def forget_captured(self) -> None:
        """Drop what was captured and not yet sent."""
        with self._lock:
            self._captured.clear()

    def play(self, samples: bytes) -> None:
        """Queue decoded sound: mono, 48 kHz, signed 16-bit, any length."""
        with self._lock:
            self._ring += samples
            excess = len(self._ring) - PLAYOUT_LIMIT_BYTES
            if excess > 0:
                del self._ring[:excess]
                self._overflow_bytes += excess

    def forget_played(self) -> None:
        """Fall silent at once: the gate shut or the connection went."""
        with self._lock:
            self._ring.clear()
            self._playout = _Playout.FILLING

    def to_mono(self, frame: av.AudioFrame) -> bytes:
        """Convert a decoded frame to mono, 48 kHz, signed 16-bit."""
        channels = frame.layout.nb_channels
        plain = frame.format.name == "s16" and frame.sample_rate == AUDIO_RATE_HZ
        if plain and frame.layout.name in ("mono", "stereo"):
            samples = np.frombuffer(
                memoryview(frame.planes[0]), np.int16, frame.samples * channels
            ).reshape(-1, channels)
            if channels == 1:
                return samples.tobytes()
            # Both halves first: the sum of two int16 needs 17 bits.
            return ((samples[:, 0] >> 1) + (samples[:, 1] >> 1)).tobytes()
        if self._resampler is None:
            self._resampler = av.AudioResampler("s16", "mono", AUDIO_RATE_HZ)
        frame.pts = None  # sound is counted in samples here
        return b"".join(
            bytes(out.planes[0])[: out.samples * 2]
            for out in self._resampler.resample(frame)
        )

    @property
    def counts(self) -> AudioCounts:
        """Figures since the start."""
        with self._lock:
            return AudioCounts(
                self._capture_lost,
                self._bad_blocks,
                self._underruns,
                self._overflow_bytes,
            )
