"""Sound between two clocks: bounded both ways, silent when there is none."""

import av
import numpy as np
import pytest

from safesession.engine.media.audio_bridge import SILENCE, AudioBridge


def block(level: int) -> bytes:
    return np.full(960, level, np.int16).tobytes()


def test_captured_blocks_wait_in_order_and_the_oldest_goes():
    bridge = AudioBridge()
    woken = []
    bridge.set_wake(lambda: woken.append(1))
    for level in range(1, 8):
        bridge.on_captured(block(level))
    assert len(woken) == 7
    assert [bridge.take_captured() for _ in range(6)] == [
        *(block(level) for level in range(3, 8)),
        None,
    ]
    assert bridge.counts.capture_lost == 2


@pytest.mark.parametrize("size", [0, 1, 1919, 1921, 3840])
def test_a_block_of_a_wrong_length_is_counted_and_dropped(size):
    bridge = AudioBridge()
    bridge.on_captured(bytes(size))
    assert bridge.take_captured() is None
    assert bridge.counts.bad_blocks == 1


def test_a_later_connections_wake_survives_the_earlier_ones_end():
    bridge = AudioBridge()
    woken = []

    def first() -> None:
        woken.append("first")

    def second() -> None:
        woken.append("second")

    bridge.set_wake(first)
    bridge.set_wake(second)
    bridge.drop_wake(first)
    bridge.on_captured(SILENCE)
    assert woken == ["second"]


def test_the_speaker_waits_for_the_prefill_and_fills_again_after_a_gap():
    bridge = AudioBridge()
    bridge.play(block(1) + block(2))
    assert bridge.pull() == SILENCE
    assert bridge.counts.underruns == 0
    bridge.play(block(3))
    assert [bridge.pull() for _ in range(4)] == [block(1), block(2), block(3), SILENCE]
    assert bridge.counts.underruns == 1
    bridge.play(block(4))
    assert bridge.pull() == SILENCE
    bridge.play(block(5) + block(6))
    assert bridge.pull() == block(4)


def test_sound_nobody_plays_does_not_pile_up():
    bridge = AudioBridge()
    for n in range(100):
        bridge.play(block(n))
    assert bridge.pull() == block(80)
    assert bridge.counts.overflow_bytes == 80 * 1920
    bridge.forget_played()
    assert bridge.pull() == SILENCE


def test_stereo_becomes_mono_without_overflow():
    frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
    frame.sample_rate = 48_000
    frame.planes[0].update(np.tile(np.array([30_000, 20_000], np.int16), 960).tobytes())
    mono = np.frombuffer(AudioBridge().to_mono(frame), np.int16)
    assert len(mono) == 960
    assert set(mono.tolist()) == {25_000}


def test_another_rate_is_resampled():
    bridge = AudioBridge()
    out = b""
    for n in range(20):
        frame = av.AudioFrame(format="s16", layout="mono", samples=160)
        frame.sample_rate = 8_000
        frame.pts = n * 160
        frame.planes[0].update(np.full(160, 5000, np.int16).tobytes())
        out += bridge.to_mono(frame)
    samples = np.frombuffer(out, np.int16)
    assert len(samples) == pytest.approx(20 * 960, abs=960)
    assert int(np.median(samples)) == pytest.approx(5000, abs=50)
