"""Two soft sounds over what is played: the line is lost, the line is back.

Mixed into the sound on its way to the speaker the person chose, so a muted or absent
speaker stays silent. It must never touch what is captured or the system's volume.
"""

from __future__ import annotations

import threading
import wave
from enum import Enum
from functools import lru_cache
from importlib import resources

import numpy as np

from safesession.core.ports import AUDIO_BLOCK_BYTES, AUDIO_RATE_HZ, AudioPort


class Notice(Enum):
    """What a sound says; the value names its file."""

    LOST = "lost"
    BACK = "back"

    @property
    def duration_ms(self) -> int:
        """How long it sounds."""
        return len(_samples(self)) // 2 * 1000 // AUDIO_RATE_HZ


class NoticePort:
    """An `AudioPort` in front of another one; `play` is for any thread."""

    def __init__(self, port: AudioPort) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._left = b""

    def play(self, notice: Notice) -> None:
        """Begin a sound now; an earlier one ends."""
        with self._lock:
            self._left = _samples(notice)

    def on_captured(self, block: bytes) -> None:
        """Pass on what the microphone captured."""
        self._port.on_captured(block)

    def set_device_delay(self, delay_ms: int) -> None:
        """Pass on the delay."""
        self._port.set_device_delay(delay_ms)

    def pull(self) -> bytes:
        """Return the next 20 ms, with the sound over them if one is left."""
        block = self._port.pull()
        with self._lock:
            part, self._left = (
                self._left[:AUDIO_BLOCK_BYTES],
                self._left[AUDIO_BLOCK_BYTES:],
            )
        return _mixed(block, part) if part else block


def _mixed(block: bytes, part: bytes) -> bytes:
    sound = np.frombuffer(block, "<i2").astype(np.int32)
    over = np.frombuffer(part, "<i2")
    length = min(len(sound), len(over))
    sound[:length] += over[:length]
    mixed: bytes = np.clip(sound, -32_768, 32_767).astype("<i2").tobytes()
    return mixed


@lru_cache(maxsize=len(Notice))
def _samples(notice: Notice) -> bytes:
    path = resources.files("safesession.resources") / "sounds" / f"{notice.value}.wav"
    with path.open("rb") as file, wave.open(file) as sound:
        if (sound.getframerate(), sound.getnchannels()) != (AUDIO_RATE_HZ, 1):
            raise ValueError(f"{notice.value}.wav is not 48 kHz mono")
        frames: bytes = sound.readframes(sound.getnframes())
        return frames
