"""The clip is deterministic, moves, is read by PyAV and is made only once."""

from __future__ import annotations

import itertools
import wave
from pathlib import Path

import av
import benchmarks.clip as module
import numpy as np
import pytest
from benchmarks.clip import Scene, clip, voice, write_y4m


def test_the_scene_is_deterministic_and_every_picture_differs() -> None:
    one = list(Scene(160, 96).frames(6))
    two = list(Scene(160, 96).frames(6))
    for first, second in zip(one, two, strict=True):
        for plane, same in zip(first, second, strict=True):
            assert np.array_equal(plane, same)
    for before, after in itertools.pairwise(one):
        assert np.abs(before[0].astype(int) - after[0]).mean() > 1


def test_the_file_is_y4m_at_30_pictures_a_second(tmp_path: Path) -> None:
    frames = list(Scene(160, 96).frames(4))
    path = tmp_path / "a.y4m"
    write_y4m(path, iter(frames))
    with av.open(path) as container:
        read = list(container.decode(video=0))
        assert container.streams.video[0].average_rate == 30
    assert [frame.format.name for frame in read] == ["yuv420p"] * 4
    assert np.array_equal(read[3].to_ndarray()[:96], frames[3][0])


def test_the_voice_has_syllables_and_pauses() -> None:
    sound = voice(5)
    assert sound.size == 5 * 48_000
    blocks = np.abs(sound[: sound.size // 960 * 960].reshape(-1, 960).astype(int))
    loud = blocks.mean(axis=1) > 300
    assert 0.2 < loud.mean() < 0.8


def test_the_clip_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WIDTH": 160, "HEIGHT": 96, "FPS": 2, "SECONDS": 1}.items():
        monkeypatch.setattr(module, name, value)
    made = clip(tmp_path)
    before = made.video.stat().st_mtime_ns
    assert clip(tmp_path) == made
    assert made.video.stat().st_mtime_ns == before
    with wave.open(str(made.audio)) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (48_000, 48_000)
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".wav", ".y4m"]
