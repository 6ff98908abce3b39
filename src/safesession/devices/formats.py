"""Which of a device's formats to use: the camera's mode, the sound format.

Choices only; nothing is opened here. It must never choose a picture larger than
1280x720 while a smaller one exists: the call cannot use it and the bus pays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtMultimedia import (
    QAudioDevice,
    QAudioFormat,
    QCameraDevice,
    QCameraFormat,
    QVideoFrameFormat,
)

from safesession.devices.pcm import ENGINE_FORMAT, PcmFormat, SampleKind


MAX_WIDTH = 1280
MAX_HEIGHT = 720
TARGET_FPS = 30.0
_FPS_TOLERANCE = 0.97  # 29.97 is 30

_Pixel = QVideoFrameFormat.PixelFormat
# Cheapest first: what the encoder wants as it is, then one pass, then a decode.
_PIXEL_COST = {
    _Pixel.Format_YUV420P: 0,
    _Pixel.Format_NV12: 0,
    _Pixel.Format_YUYV: 1,
    _Pixel.Format_UYVY: 1,
    _Pixel.Format_BGRA8888: 2,
    _Pixel.Format_BGRX8888: 2,
    _Pixel.Format_RGBA8888: 2,
    _Pixel.Format_RGBX8888: 2,
    _Pixel.Format_Jpeg: 3,
}
_OTHER_COST = 4

_KINDS = {
    QAudioFormat.SampleFormat.UInt8: SampleKind.U8,
    QAudioFormat.SampleFormat.Int16: SampleKind.S16,
    QAudioFormat.SampleFormat.Int32: SampleKind.S32,
    QAudioFormat.SampleFormat.Float: SampleKind.F32,
}
_QT_KINDS = {kind: qt for qt, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class CameraMode:
    """One mode of a camera as far as the choice needs it."""

    width: int
    height: int
    max_fps: float
    pixel_cost: int

    def merit(self) -> tuple[bool, float, int, int, float]:
        """Larger is better: fits, fluent, large, cheap, not needlessly fast."""
        fits = self.width <= MAX_WIDTH and self.height <= MAX_HEIGHT
        fluency = min(1.0, self.max_fps / (TARGET_FPS * _FPS_TOLERANCE))
        pixels = self.width * self.height
        return (
            fits,
            fluency,
            pixels if fits else -pixels,
            -self.pixel_cost,
            -self.max_fps,
        )


def best_mode(modes: Iterable[CameraMode]) -> int | None:
    """Return the index of the mode to use, or None when there is none."""
    ranked = [(mode.merit(), -index) for index, mode in enumerate(modes)]
    return -max(ranked)[1] if ranked else None


def camera_format_for(device: QCameraDevice) -> QCameraFormat | None:
    """The format to set on a QCamera, or None to leave the system's choice."""
    formats = device.videoFormats()
    index = best_mode(
        CameraMode(
            item.resolution().width(),
            item.resolution().height(),
            item.maxFrameRate(),
            _PIXEL_COST.get(item.pixelFormat(), _OTHER_COST),
        )
        for item in formats
    )
    return None if index is None else formats[index]


def audio_format_for(device: QAudioDevice) -> PcmFormat:
    """48 kHz mono 16 bit where the device takes it, else its nearest own format."""
    candidates = [
        ENGINE_FORMAT,
        PcmFormat(channels=2),
        PcmFormat(kind=SampleKind.F32),
        PcmFormat(channels=2, kind=SampleKind.F32),
    ]
    for candidate in candidates:
        if device.isFormatSupported(qt_audio_format(candidate)):
            return candidate
    preferred = device.preferredFormat()
    return PcmFormat(
        preferred.sampleRate() or ENGINE_FORMAT.rate_hz,
        preferred.channelCount() or 1,
        _KINDS.get(preferred.sampleFormat(), SampleKind.S16),
    )


def qt_audio_format(fmt: PcmFormat) -> QAudioFormat:
    """Return the same format as Qt writes it."""
    result = QAudioFormat()
    result.setSampleRate(fmt.rate_hz)
    result.setChannelCount(fmt.channels)
    result.setSampleFormat(_QT_KINDS[fmt.kind])
    return result
