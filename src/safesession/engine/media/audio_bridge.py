"""Sound between the device thread and the event loop.

Captured blocks wait here, at most 100 ms of them, for the track that sends them;
packets of the peer wait here until the speaker asks for sound. Nothing here may
block its caller or grow without limit.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from safesession.core.ports import AUDIO_BLOCK_BYTES
from safesession.engine.media.processing import MOST_DELAY_MS, VoiceProcessor
from safesession.engine.media.voice.opus import OpusDecoder
from safesession.engine.media.voice.playout import Playout, PlayoutCounts
from safesession.engine.media.voice.red import Block


CAPTURE_LIMIT_BLOCKS = 5  # 100 ms
SILENCE = bytes(AUDIO_BLOCK_BYTES)


@dataclass(frozen=True, slots=True)
class AudioCounts:
    """What went wrong at the seams between clocks, since the start."""

    capture_lost: int  # captured blocks dropped because nobody sent them in time
    bad_blocks: int  # blocks of a wrong length


class AudioBridge:
    """The engine's end of core.ports.AudioPort; all methods are thread-safe."""

    def __init__(self, on_played: Callable[[bytes], None] | None = None) -> None:
        """`on_played` gets what a listener hears, on the listener's thread."""
        self._lock = threading.Lock()
        self._captured: deque[bytes] = deque()
        self._wake: Callable[[], None] | None = None
        self._playout = Playout(OpusDecoder())
        # Replaced whole, never changed half way.
        self._processor: VoiceProcessor | None = None
        self._on_played = on_played
        self._pulled_s = -math.inf
        self._capture_lost = 0
        self._bad_blocks = 0

    # --- the device's side (AudioPort) ---

    def on_captured(self, block: bytes) -> None:
        """Take 20 ms from the microphone; the oldest goes when too many wait."""
        if len(block) != AUDIO_BLOCK_BYTES:
            with self._lock:
                self._bad_blocks += 1
            return
        processor = self._processor
        if processor is not None:
            block = processor.captured(block)
        with self._lock:
            self._captured.append(bytes(block))
            if len(self._captured) > CAPTURE_LIMIT_BLOCKS:
                self._captured.popleft()
                self._capture_lost += 1
            wake = self._wake
        if wake is not None:
            wake()

    def pull(self) -> bytes:
        """Return the next 20 ms for the speaker (silence when there is none)."""
        self._pulled_s = time.monotonic()
        block = self.listen()
        processor = self._processor
        if processor is not None:
            processor.played(block)
        return block

    def set_device_delay(self, delay_ms: int) -> None:
        """Say how long a pulled block takes to be played and to be captured again."""
        processor = self._processor
        if processor is not None:
            processor.delay_ms = max(0, min(MOST_DELAY_MS, delay_ms))

    def listen(self) -> bytes:
        """Take 20 ms out for whoever plays it, or nobody."""
        with self._lock:
            played = self._playout.counts.played_samples
            block = self._playout.pull().tobytes()
            heard = self._playout.counts.played_samples > played
        if heard and self._on_played is not None:
            self._on_played(block)
        return block

    # --- the engine's side ---

    def use(self, processor: VoiceProcessor | None) -> None:
        """Process captured sound from the next block on, or no more."""
        self._processor = processor

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

    def receive(
        self, timestamp: int, untrusted_packet: bytes, earlier: list[Block]
    ) -> None:
        """Take a packet of the peer's speech, with those that travelled with it."""
        with self._lock:
            now_s = time.monotonic()
            self._playout.push(timestamp, untrusted_packet, earlier, now_s)

    def unheard_s(self) -> float:
        """How long no speaker has asked for sound."""
        return time.monotonic() - self._pulled_s

    def forget_played(self) -> None:
        """Fall silent at once: the gate shut or the connection went."""
        with self._lock:
            self._playout.clear()

    def another_path(self) -> None:
        """Measure the way of the peer's packets anew."""
        with self._lock:
            self._playout.another_path()

    @property
    def played(self) -> PlayoutCounts:
        """What the listener got so far."""
        with self._lock:
            return self._playout.counts

    @property
    def delay_ms(self) -> tuple[float, float]:
        """The present playout delay and the one aimed at."""
        with self._lock:
            return self._playout.level_ms, self._playout.target_ms

    @property
    def queue_ms(self) -> float:
        """How long packets of the peer queue on the path at present."""
        with self._lock:
            return self._playout.queue_ms

    @property
    def counts(self) -> AudioCounts:
        """Figures since the start."""
        with self._lock:
            return AudioCounts(
                self._capture_lost,
                self._bad_blocks,
            )
