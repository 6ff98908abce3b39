"""Echo out, noise down, voices level: WebRTC's audio processing module.

The module comes in the `livekit` wheel; of that package nothing else is used, and
nothing of it touches the network. Where the wheel does not exist the captured
sound passes as it is, and whoever asks is told, so that the window can advise
headphones. All calls come from the device thread, 20 ms at a time.
"""

from __future__ import annotations

import logging
from typing import Any

from safesession.core.ports import (
    AUDIO_BLOCK_SAMPLES,
    AUDIO_RATE_HZ,
    SoundProcessing,
)


_log = logging.getLogger(__name__)
STEP_SAMPLES = AUDIO_RATE_HZ // 100  # the module takes 10 ms
STEP_BYTES = STEP_SAMPLES * 2
DEFAULT_DELAY_MS = 80  # a usual sink and source; the canceller searches around it
MOST_DELAY_MS = 500


def available() -> bool:
    """Tell whether this machine has the module; loads it."""
    try:
        _module()
    except Exception:  # noqa: BLE001 - a broken native library raises anything
        return False
    return True


def _module() -> tuple[type[Any], type[Any]]:
    from livekit.rtc import AudioFrame
    from livekit.rtc.apm import AudioProcessingModule

    return AudioProcessingModule, AudioFrame


class VoiceProcessor:
    """One call's processing, in the person's own choice of stages.

    Raises:
        ImportError, OSError: the module is not there (`available` tells first).
    """

    def __init__(self, choice: SoundProcessing) -> None:
        make, self._frame = _module()
        self._module = make(
            echo_cancellation=choice.echo,
            noise_suppression=choice.noise,
            high_pass_filter=choice.noise,
            auto_gain_control=choice.gain,
        )
        self._echo = choice.echo
        self.delay_ms = DEFAULT_DELAY_MS

    def played(self, block: bytes) -> None:
        """Take what the loudspeaker is about to play, as the echo's reference."""
        if self._echo:
            for start in range(0, len(block), STEP_BYTES):
                frame = self._framed(block[start : start + STEP_BYTES])
                self._module.process_reverse_stream(frame)

    def captured(self, block: bytes) -> bytes:
        """Return 20 ms of the microphone without echo and noise."""
        parts = []
        for start in range(0, len(block), STEP_BYTES):
            frame = self._framed(block[start : start + STEP_BYTES])
            if self._echo:
                self._module.set_stream_delay_ms(self.delay_ms)
            self._module.process_stream(frame)
            parts.append(bytes(frame.data))
        return b"".join(parts)

    def _framed(self, samples: bytes) -> Any:
        return self._frame(bytearray(samples), AUDIO_RATE_HZ, 1, STEP_SAMPLES)


def make_processor(choice: SoundProcessing | None) -> VoiceProcessor | None:
    """Return a processor, or None where nothing is wanted or to be had."""
    if choice is None or not (choice.echo or choice.noise or choice.gain):
        return None
    try:
        processor = VoiceProcessor(choice)
        silence = bytes(AUDIO_BLOCK_SAMPLES * 2)
        processor.played(silence)
        processor.captured(silence)
    except Exception as error:  # noqa: BLE001 - whatever it is, speech must go on
        _log.warning("no sound processing here: %s", type(error).__name__)
        return None
    return processor
