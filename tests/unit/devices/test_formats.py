"""Which sound format is chosen from what a device offers."""

from __future__ import annotations

import pytest
from PySide6.QtMultimedia import QAudioFormat

from safesession.devices.formats import CameraMode, best_mode, qt_audio_format
from safesession.devices.pcm import PcmFormat, SampleKind


RAW, YUYV, JPEG = 0, 1, 3


@pytest.mark.parametrize(
    ("modes", "best"),
    [
        # The usual webcam: raw 720p only at 10 fps, JPEG at 30.
        ([(1280, 720, 10, YUYV), (640, 480, 30, YUYV), (1280, 720, 30, JPEG)], 2),
        # A larger picture is not worth a slow one.
        ([(1280, 720, 10, YUYV), (640, 480, 30, YUYV)], 1),
        # The same picture without a decoder.
        ([(1280, 720, 30, JPEG), (1280, 720, 30, RAW)], 1),
        # 29.97 is 30, and 60 is more than the call can use.
        ([(1280, 720, 60, RAW), (1280, 720, 29.97, RAW)], 1),
        ([(640, 480, 30, RAW), (1280, 720, 60, RAW)], 1),
        # Full HD is left alone while something smaller exists, even if slower.
        ([(1920, 1080, 30, JPEG), (640, 360, 15, YUYV)], 1),
        # Nothing fits: the smallest.
        ([(3840, 2160, 30, JPEG), (1920, 1080, 30, JPEG)], 1),
        ([(320, 240, 15, YUYV)], 0),
        ([], None),
    ],
)
def test_best_mode(modes: list[tuple[int, int, float, int]], best: int | None) -> None:
    assert best_mode(CameraMode(*mode) for mode in modes) == best


def test_of_equals_the_first() -> None:
    assert best_mode([CameraMode(640, 480, 30, RAW)] * 3) == 0


def test_audio_format_as_qt_writes_it() -> None:
    fmt = qt_audio_format(PcmFormat(44_100, 2, SampleKind.F32))
    assert fmt.sampleRate() == 44_100
    assert fmt.channelCount() == 2
    assert fmt.sampleFormat() is QAudioFormat.SampleFormat.Float
    assert fmt.bytesPerFrame() == PcmFormat(44_100, 2, SampleKind.F32).frame_bytes
