"""A camera's QVideoFrame as the bytes the engine takes: one copy, no conversion.

Anything exotic goes through Qt's own conversion to BGRA. A frame must never stay
mapped after the call: the camera waits for its buffer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat


_Pixel = QVideoFrameFormat.PixelFormat

_PACKED = {
    # Qt's X is a filler byte; PyAV's alpha is ignored on the way to I420.
    _Pixel.Format_BGRA8888: "bgra",
    _Pixel.Format_BGRX8888: "bgra",
    _Pixel.Format_RGBA8888: "rgba",
    _Pixel.Format_RGBX8888: "rgba",
    _Pixel.Format_YUYV: "yuyv422",
}


class Picture(NamedTuple):
    """The arguments of `VideoInPort.on_frame`; `stride` is in bytes."""

    pixel_format: str
    width: int
    height: int
    data: bytes
    stride: int


def picture_of(frame: QVideoFrame) -> Picture | None:
    """Copy a frame out of the camera's buffer; None when it cannot be read."""
    if not frame.isValid() or not frame.map(QVideoFrame.MapMode.ReadOnly):
        return None
    try:
        picture = _mapped_picture(frame)
    finally:
        frame.unmap()
    return picture or _converted_picture(frame)


def _mapped_picture(frame: QVideoFrame) -> Picture | None:
    width, height = frame.width(), frame.height()
    pixel = frame.pixelFormat()
    if pixel is _Pixel.Format_Jpeg:
        return Picture("mjpeg", width, height, _plane(frame, 0), 0)
    stride = frame.bytesPerLine(0)
    if pixel in _PACKED:
        data = bytes(_rows(frame, 0, height))
        return Picture(_PACKED[pixel], width, height, data, stride)
    half = (height + 1) // 2
    match pixel:
        case _Pixel.Format_UYVY:
            # Swapping the bytes of every pair makes YUYV of it.
            pairs = np.frombuffer(_rows(frame, 0, height), np.uint16)
            return Picture("yuyv422", width, height, pairs.byteswap().tobytes(), stride)
        case _Pixel.Format_NV12 if frame.bytesPerLine(1) == stride:
            data = b"".join((_rows(frame, 0, height), _rows(frame, 1, half)))
            return Picture("nv12", width, height, data, stride)
        case _Pixel.Format_YUV420P | _Pixel.Format_YV12:
            chroma = (1, 2) if pixel is _Pixel.Format_YUV420P else (2, 1)
            data = b"".join(
                (
                    _tight(frame, 0, width, height),
                    *(_tight(frame, plane, (width + 1) // 2, half) for plane in chroma),
                ),
            )
            return Picture("yuv420p", width, height, data, width)
        case _:
            return None


def _plane(frame: QVideoFrame, plane: int) -> bytes:
    return bytes(frame.bits(plane)[: frame.mappedBytes(plane)])


def _rows(frame: QVideoFrame, plane: int, rows: int) -> memoryview | bytes:
    """`rows` rows of a plane with their padding."""
    size = frame.bytesPerLine(plane) * rows
    view = memoryview(frame.bits(plane))[:size]
    # Some drivers leave the padding of the very last row out.
    return view if len(view) == size else bytes(view).ljust(size, b"\0")


def _tight(frame: QVideoFrame, plane: int, width: int, rows: int) -> memoryview | bytes:
    """`rows` rows of a plane of one byte per sample, without padding."""
    view = _rows(frame, plane, rows)
    stride = frame.bytesPerLine(plane)
    if stride == width:
        return view
    return np.frombuffer(view, np.uint8).reshape(rows, stride)[:, :width].tobytes()


def _converted_picture(frame: QVideoFrame) -> Picture | None:
    image = frame.toImage()
    if image.isNull():
        return None
    image = image.convertToFormat(QImage.Format.Format_RGB32)  # BGRX in memory
    return Picture(
        "bgra",
        image.width(),
        image.height(),
        bytes(image.constBits()),
        image.bytesPerLine(),
    )
