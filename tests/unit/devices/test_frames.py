"""Frames made by Qt itself, with known samples, in every format a camera gives."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from safesession.devices.frames import picture_of


Pixel = QVideoFrameFormat.PixelFormat
WIDTH, HEIGHT = 36, 10  # Qt pads rows of this width


def frame_of(pixel: Pixel, fill: dict[int, int]) -> QVideoFrame:
    """Make a frame whose planes count up from `fill`, padding marked by 255."""
    frame = QVideoFrame(QVideoFrameFormat(QSize(WIDTH, HEIGHT), pixel))
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    for plane, row_bytes in fill.items():
        view = np.frombuffer(frame.bits(plane), np.uint8)
        stride = frame.bytesPerLine(plane)
        rows = view[: len(view) // stride * stride].reshape(-1, stride)
        rows[:] = 255
        for number, row in enumerate(rows):
            row[:row_bytes] = (np.arange(row_bytes) + number + 50 * plane) % 250
    frame.unmap()
    return frame


def rows_of(row_bytes: int, rows: int, plane: int) -> np.ndarray:
    grid = np.arange(row_bytes)[None, :] + np.arange(rows)[:, None] + 50 * plane
    return (grid % 250).astype(np.uint8)


def grid(data: bytes, stride: int, rows: int) -> np.ndarray:
    return np.frombuffer(data, np.uint8)[: stride * rows].reshape(rows, stride)


@pytest.mark.parametrize(
    ("pixel", "order"), [(Pixel.Format_YUV420P, (1, 2)), (Pixel.Format_YV12, (2, 1))]
)
def test_planar_is_packed_tightly_in_the_order_y_u_v(
    pixel: Pixel, order: tuple[int, int]
) -> None:
    half = WIDTH // 2
    picture = picture_of(frame_of(pixel, {0: WIDTH, 1: half, 2: half}))
    assert picture is not None
    assert picture[:3] == ("yuv420p", WIDTH, HEIGHT)
    assert picture.stride == WIDTH
    expected = [rows_of(WIDTH, HEIGHT, 0)]
    expected += [rows_of(half, HEIGHT // 2, plane) for plane in order]
    assert picture.data == b"".join(plane.tobytes() for plane in expected)


def test_nv12_keeps_its_stride() -> None:
    picture = picture_of(frame_of(Pixel.Format_NV12, {0: WIDTH, 1: WIDTH}))
    assert picture is not None
    assert picture[:3] == ("nv12", WIDTH, HEIGHT)
    assert len(picture.data) == picture.stride * HEIGHT * 3 // 2
    everything = grid(picture.data, picture.stride, HEIGHT * 3 // 2)[:, :WIDTH]
    assert np.array_equal(everything[:HEIGHT], rows_of(WIDTH, HEIGHT, 0))
    assert np.array_equal(everything[HEIGHT:], rows_of(WIDTH, HEIGHT // 2, 1))


def test_yuyv_passes_and_uyvy_becomes_it() -> None:
    row_bytes = WIDTH * 2
    expected = rows_of(row_bytes, HEIGHT, 0)
    picture = picture_of(frame_of(Pixel.Format_YUYV, {0: row_bytes}))
    assert picture is not None
    assert picture[:3] == ("yuyv422", WIDTH, HEIGHT)
    assert np.array_equal(
        grid(picture.data, picture.stride, HEIGHT)[:, :row_bytes], expected
    )
    swapped = picture_of(frame_of(Pixel.Format_UYVY, {0: row_bytes}))
    assert swapped is not None
    assert swapped.pixel_format == "yuyv422"
    got = grid(swapped.data, swapped.stride, HEIGHT)[:, :row_bytes]
    assert np.array_equal(got[:, 0::2], expected[:, 1::2])
    assert np.array_equal(got[:, 1::2], expected[:, 0::2])


@pytest.mark.parametrize(
    ("pixel", "name"),
    [
        (Pixel.Format_BGRA8888, "bgra"),
        (Pixel.Format_BGRX8888, "bgra"),
        (Pixel.Format_RGBA8888, "rgba"),
        (Pixel.Format_RGBX8888, "rgba"),
    ],
)
def test_packed_rgb(pixel: Pixel, name: str) -> None:
    picture = picture_of(frame_of(pixel, {0: WIDTH * 4}))
    assert picture is not None
    assert picture[:3] == (name, WIDTH, HEIGHT)
    assert np.array_equal(
        grid(picture.data, picture.stride, HEIGHT)[:, : WIDTH * 4],
        rows_of(WIDTH * 4, HEIGHT, 0),
    )


# Without a GPU Qt says that it converts on the CPU.
@pytest.mark.qt_log_ignore("No RHI backend")
def test_anything_else_is_converted_by_qt_to_bgra() -> None:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(0x102030)
    frame = QVideoFrame(QVideoFrameFormat(QSize(WIDTH, HEIGHT), Pixel.Format_XRGB8888))
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    view = np.frombuffer(frame.bits(0), np.uint8).reshape(-1, 4)
    view[:] = (0, 0x10, 0x20, 0x30)
    frame.unmap()
    picture = picture_of(frame)
    assert picture is not None
    assert picture[:3] == ("bgra", WIDTH, HEIGHT)
    assert picture.data[:3] == bytes((0x30, 0x20, 0x10))
    assert not frame.isMapped()


def test_an_empty_frame_is_no_picture() -> None:
    assert picture_of(QVideoFrame()) is None
