"""Camera pictures of every format arrive as I420, and broken ones do not."""

import threading
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from safesession.engine.media.camera_in import CameraIn
from safesession.engine.media.slot import FrameSlot


@pytest.fixture
def slot():
    slot = FrameSlot("self")
    yield slot
    slot.close()


@pytest.fixture
def camera(slot):
    camera = CameraIn(slot)
    yield camera
    camera.close()


def grey(width: int, height: int, level: int = 180) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(
        np.full((height, width, 3), level, np.uint8), format="rgb24"
    )


def encoded(pixel_format: str, width: int, height: int) -> tuple[bytes, int]:
    """Return (data, stride) of a grey picture as a camera would hand it over."""
    if pixel_format == "mjpeg":
        codec = av.CodecContext.create("mjpeg", "w")
        codec.width, codec.height = width, height
        codec.pix_fmt = "yuvj420p"
        codec.time_base = Fraction(1, 30)
        frame = grey(width, height).reformat(format="yuvj420p")
        frame.pts = 0
        return b"".join(bytes(p) for p in [*codec.encode(frame), *codec.encode()]), 0
    pixels = grey(width, height).reformat(format=pixel_format).to_ndarray()
    data = pixels.tobytes()
    packed = {"yuyv422": 2, "bgra": 4, "rgba": 4}
    return data, width * packed.get(pixel_format, 1)


def newest(camera: CameraIn, sequence: int = 1):
    deadline = time.monotonic() + 5
    while (found := camera.newest()) is None or found.sequence < sequence:
        time.sleep(0.002)
        assert time.monotonic() < deadline
    return found


@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "nv12", "yuyv422", "bgra", "rgba", "mjpeg"]
)
def test_every_format_becomes_i420(camera, pixel_format):
    data, stride = encoded(pixel_format, 320, 180)
    camera.on_frame(pixel_format, 320, 180, data, stride)
    frame = newest(camera).frame
    assert (frame.format.name, frame.width, frame.height) == ("yuv420p", 320, 180)
    luma = frame.reformat(format="gray").to_ndarray()
    assert int(np.median(luma)) == pytest.approx(180, abs=4)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), (1280, 720)),
        ((1280, 960), (960, 720)),
        ((640, 480), (640, 480)),
        ((720, 1280), (404, 720)),
    ],
)
def test_large_pictures_shrink_and_keep_their_shape(camera, size, expected):
    data, stride = encoded("yuv420p", *size)
    camera.on_frame("yuv420p", *size, data, stride)
    frame = newest(camera).frame
    assert (frame.width, frame.height) == expected


def test_padded_rows_and_odd_edges_are_cropped(camera):
    rows = np.zeros((181, 1300), np.uint8)
    rows[:180, : 320 * 4] = 90
    camera.on_frame("bgra", 321, 181, rows.tobytes(), 1300)
    frame = newest(camera).frame
    assert (frame.width, frame.height) == (320, 180)


@pytest.mark.parametrize(
    ("pixel_format", "width", "height", "data", "stride"),
    [
        ("yuv420p", 320, 180, b"", 320),
        ("yuv420p", 320, 180, bytes(320 * 180), 320),
        ("yuv420p", 320, 180, bytes(400 * 270), 400),
        ("yuv420p", 321, 181, bytes(400 * 400), 321),
        ("nv12", 320, 180, bytes(320 * 270), 100),
        ("bgra", 320, 180, bytes(320 * 180 * 4), 320),
        ("bgra", 0, 180, bytes(10), 0),
        ("bgra", -2, 4, bytes(1000), 8),
        ("bgra", 100_000, 100_000, bytes(10), 400_000),
        ("mjpeg", 320, 180, b"", 0),
        ("mjpeg", 320, 180, b"\xff\xd8 no jpeg at all", 0),
        ("pal8", 320, 180, bytes(320 * 180), 320),
    ],
)
def test_a_picture_that_is_not_what_it_claims_is_dropped(
    camera, pixel_format, width, height, data, stride
):
    camera.on_frame(pixel_format, width, height, data, stride)
    deadline = time.monotonic() + 5
    while camera.bad_frames == 0:
        time.sleep(0.002)
        assert time.monotonic() < deadline
    assert camera.newest() is None
    good, good_stride = encoded("yuv420p", 64, 36)
    camera.on_frame("yuv420p", 64, 36, good, good_stride)
    assert newest(camera).frame.width == 64


def test_the_self_view_sees_what_is_sent(camera, slot):
    woken = threading.Event()
    slot.set_wake(woken.set)
    slot.set_view_size(64, 36)
    camera.push(grey(128, 72))
    assert woken.wait(5)
    assert slot.take().width == 64


def test_a_camera_switched_off_leaves_no_picture(camera, slot):
    camera.push(grey(128, 72))
    camera.clear()
    assert camera.newest() is None
    assert slot.take() is None


def test_close_ends_the_thread():
    slot = FrameSlot("self")
    camera = CameraIn(slot)
    camera.on_frame("bgra", 2, 2, bytes(16), 8)
    camera.close()
    camera.on_frame("bgra", 2, 2, bytes(16), 8)
    camera.push(grey(8, 8))
    assert camera.newest() is None
    assert not any(t.name == "camera-convert" for t in threading.enumerate())
