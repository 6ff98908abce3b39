"""A recording holds exactly what was handed over, at its own times."""

import wave
from fractions import Fraction

import av
import numpy as np
import pytest

from safesession.engine.media.recorder import Recorder
from safesession.errors import MediaError


def picture(level: int, at_s: float, width: int = 64, height: int = 48):
    pixels = np.full((height * 3 // 2, width), 128, np.uint8)
    pixels[:height] = level
    frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
    frame.pts = round(at_s * 90_000)
    frame.time_base = Fraction(1, 90_000)
    return frame


def read(path):
    with av.open(path) as container:
        return [
            (frame.time, int(frame.reformat(format="gray").to_ndarray().mean()))
            for frame in container.decode(video=0)
        ]


def test_every_picture_and_sample_is_there(tmp_path):
    recorder = Recorder(tmp_path / "new" / "folder")
    times = [0.0, 0.033, 0.067, 0.4, 0.433]
    for n, at_s in enumerate(times):
        recorder.picture(picture(40 + 40 * n, 7.0 + at_s), now_s=100.0 + at_s)
    recorder.sound(b"\1\2" * 960)
    recorder.sound(b"\3\4" * 960)
    recorder.close()
    frames = read(tmp_path / "new" / "folder" / "video.mkv")
    assert [at_s for at_s, _ in frames] == pytest.approx(times, abs=0.002)
    levels = [level for _, level in frames]
    assert levels == sorted(levels)
    assert len(set(levels)) == len(times)
    with wave.open(str(tmp_path / "new" / "folder" / "audio.wav")) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (1, 48_000)
        assert sound.readframes(10_000) == b"\1\2" * 960 + b"\3\4" * 960
    assert recorder.lost == 0


def test_a_new_connection_and_a_new_size_go_on_in_the_same_file(tmp_path):
    recorder = Recorder(tmp_path)
    recorder.picture(picture(50, 90.0), now_s=10.0)
    recorder.picture(picture(50, 90.1), now_s=10.1)
    recorder.interrupted()
    recorder.picture(picture(50, 0.0, 128, 96), now_s=15.0)
    recorder.picture(picture(50, 0.1, 128, 96), now_s=15.1)
    recorder.close()
    times = [at_s for at_s, _ in read(tmp_path / "video.mkv")]
    assert times == pytest.approx([0.0, 0.1, 5.0, 5.1], abs=0.002)


def test_what_never_came_leaves_no_file(tmp_path):
    (tmp_path / "video.mkv").write_bytes(b"of an earlier session")
    recorder = Recorder(tmp_path)
    recorder.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_a_media_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MediaError):
        Recorder(tmp_path / "file" / "folder")
