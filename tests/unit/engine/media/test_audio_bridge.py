"""Sound between two clocks: bounded both ways, silent when there is none."""

import numpy as np
import pytest

from safesession.engine.media.audio_bridge import SILENCE, AudioBridge
from safesession.engine.media.voice.opus import OpusEncoder


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


def talk(bridge: AudioBridge, packets: int, start: int = 0) -> None:
    encoder = OpusEncoder()
    for number in range(start, start + packets):
        bridge.receive(number * 960, encoder.encode(block(9000)), [])


def test_the_speaker_gets_what_was_said_and_silence_before() -> None:
    bridge = AudioBridge()
    assert bridge.pull() == SILENCE
    talk(bridge, 1)
    assert bridge.pull() == SILENCE
    talk(bridge, 5, start=1)
    heard = [bridge.pull() for _ in range(5)]
    assert SILENCE not in heard
    assert bridge.played.decoded_packets >= 4


def test_sound_nobody_plays_does_not_pile_up() -> None:
    bridge = AudioBridge()
    talk(bridge, 500)
    for _ in range(10):
        bridge.pull()
    assert 0 < bridge.delay_ms[0] < 500
    bridge.forget_played()
    assert bridge.pull() == SILENCE


def test_what_is_heard_is_told_and_silence_is_not() -> None:
    told: list[bytes] = []
    bridge = AudioBridge(told.append)
    bridge.pull()
    assert told == []
    talk(bridge, 6)
    heard = [bridge.pull() for _ in range(3)]
    assert told == heard


def test_it_is_known_whether_a_speaker_asks() -> None:
    bridge = AudioBridge()
    assert bridge.unheard_s() > 1e6
    bridge.listen()
    assert bridge.unheard_s() > 1e6
    bridge.pull()
    assert bridge.unheard_s() < 1
