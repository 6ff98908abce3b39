"""The echo goes, the voice stays, each stage by itself; without the module too."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from tests.support.speech_like import RATE_HZ, blocks, speech_like

from safesession.core.ports import SoundProcessing
from safesession.engine.media import processing
from safesession.engine.media.audio_bridge import AudioBridge


ECHO_ONLY = SoundProcessing(echo=True, noise=False, gain=False)
LOUD = b"\x00\x10" * 960


def need_module() -> None:
    if not processing.available():
        pytest.skip("the livekit wheel does not exist for this machine")


def room(far: np.ndarray, delay_s: float) -> np.ndarray:
    """What the microphone hears of the loudspeaker: -8 dB, 250 ms of reverberation."""
    rng = np.random.default_rng(2)
    tail = np.arange(int(0.25 * RATE_HZ)) / RATE_HZ
    response = rng.standard_normal(len(tail)) * np.exp(-tail / 0.05)
    response[0] = 3.0
    response *= 10 ** (-8 / 20) / np.sqrt(np.sum(response**2))
    echo = np.convolve(far.astype(float), response)[: len(far)]
    late = int(delay_s * RATE_HZ)
    return np.concatenate([np.zeros(late), echo])[: len(far)]


def held(
    choice: SoundProcessing, far: np.ndarray, microphone: np.ndarray, delay_ms: int = 60
) -> np.ndarray:
    processor = processing.VoiceProcessor(choice)
    processor.delay_ms = delay_ms
    out = []
    captured = blocks(microphone.clip(-32768, 32767).astype(np.int16))
    for played, heard in zip(blocks(far), captured, strict=True):
        processor.played(played)
        out.append(processor.captured(heard))
    return np.frombuffer(b"".join(out), np.int16).astype(float)


def power(samples: np.ndarray, start_s: float, end_s: float) -> float:
    part = samples[int(start_s * RATE_HZ) : int(end_s * RATE_HZ)].astype(float)
    return float(np.mean(part**2)) + 1e-9


@pytest.mark.parametrize("true_delay_s", [0.045, 0.06, 0.2])
def test_the_echo_is_gone_after_three_seconds(true_delay_s: float) -> None:
    need_module()
    far = speech_like(9)
    echo = room(far, true_delay_s)
    left = held(ECHO_ONLY, far, echo)
    erle_db = 10 * np.log10(power(echo, 3, 9) / power(left, 3, 9))
    # Harmonics that never end are hard for it; recorded speech gives 25 dB.
    assert erle_db > 12


def test_the_near_voice_stays_when_nobody_else_speaks() -> None:
    need_module()
    near = speech_like(6, pitch_hz=210)
    silence = np.zeros(len(near), np.int16)
    left = held(ECHO_ONLY, silence, near.astype(float))
    assert power(left, 1, 6) > 0.8 * power(near, 1, 6)


def test_noise_goes_and_only_when_asked() -> None:
    need_module()
    rng = np.random.default_rng(5)
    noise = rng.standard_normal(5 * RATE_HZ) * 300
    silence = np.zeros(len(noise), np.int16)
    kept = held(SoundProcessing(echo=True, noise=False, gain=False), silence, noise)
    less = held(SoundProcessing(echo=False, noise=True, gain=False), silence, noise)
    assert power(kept, 3, 5) > 0.3 * power(noise, 3, 5)
    assert power(less, 3, 5) < 0.1 * power(noise, 3, 5)


def test_all_off_is_no_processor_at_all() -> None:
    off = SoundProcessing(echo=False, noise=False, gain=False)
    assert processing.make_processor(off) is None
    assert processing.make_processor(None) is None


def test_without_the_module_sound_passes_and_it_is_said(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit", None)
    monkeypatch.setitem(sys.modules, "livekit.rtc", None)
    assert not processing.available()
    assert processing.make_processor(SoundProcessing()) is None
    bridge = AudioBridge()
    bridge.use(None)
    bridge.on_captured(LOUD)
    assert bridge.take_captured() == LOUD


def test_a_bridge_processes_what_is_captured_from_the_next_block_on() -> None:
    need_module()
    bridge = AudioBridge()
    bridge.on_captured(LOUD)
    bridge.use(processing.make_processor(SoundProcessing()))
    bridge.set_device_delay(10_000)
    for _ in range(3):
        bridge.pull()
        bridge.on_captured(LOUD)
    taken = [bridge.take_captured() for _ in range(4)]
    assert taken[0] == LOUD
    assert LOUD not in taken[1:]
    assert all(len(block) == 1920 for block in taken)
