"""The instruments for sound: rooms, microphones, loudspeakers, a voice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.audio import (
    SoundRoom,
    loudest_hz,
    samples,
    write_speech,
    write_tone,
)


def test_each_person_hears_only_their_own_room(
    sound_rooms: Callable[[], SoundRoom], tmp_path: Path
) -> None:
    one, other = sound_rooms(), sound_rooms()
    tone = write_tone(tmp_path / "tone.wav", hz=440, seconds=0.6)
    with one.recording("microphone") as mine, other.recording("microphone") as theirs:
        one.speak(tone)
    assert loudest_hz(samples(mine)) == pytest.approx(440, abs=5)
    assert abs(samples(theirs)).max() == 0


def test_the_loudspeaker_can_be_heard(
    sound_rooms: Callable[[], SoundRoom], tmp_path: Path
) -> None:
    room = sound_rooms()
    tone = write_tone(tmp_path / "tone.wav", hz=880, seconds=0.6)
    with room.recording() as heard:
        room.play(tone)
    assert loudest_hz(samples(heard)) == pytest.approx(880, abs=5)


def test_the_voice_speaks(tmp_path: Path) -> None:
    speech = samples(write_speech(tmp_path / "voice.wav", "one two three"))
    assert abs(speech).max() > 3000
