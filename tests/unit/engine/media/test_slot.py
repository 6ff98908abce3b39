"""The newest picture wins, at the view's size, with one wake at a time."""

import threading

import av
import numpy as np
import pytest

from safesession.engine.media.slot import FrameSlot, fit


@pytest.fixture
def slot():
    slot = FrameSlot("test")
    yield slot
    slot.close()


def picture(level: int, width: int = 64, height: int = 36) -> av.VideoFrame:
    pixels = np.full((height, width, 3), level, np.uint8)
    return av.VideoFrame.from_ndarray(pixels, format="rgb24")


def waker(slot):
    woken = threading.Semaphore(0)
    slot.set_wake(woken.release)
    return woken


def level(image) -> int:
    rows = np.frombuffer(image.pixels, np.uint8).reshape(-1, image.stride)
    return int(rows[: image.height, 0].mean())


def test_without_a_view_nothing_is_scaled(slot):
    woken = waker(slot)
    slot.offer(picture(100))
    assert not woken.acquire(timeout=0.05)
    assert slot.take() is None
    assert not any(t.name == "scale-test" for t in threading.enumerate())


def test_a_picture_comes_at_the_views_size_and_once(slot):
    woken = waker(slot)
    slot.set_view_size(320, 320)
    slot.offer(picture(100))
    assert woken.acquire(timeout=5)
    image = slot.take()
    assert (image.width, image.height) == (320, 180)
    assert image.stride >= 320 * 4
    assert len(image.pixels) >= image.stride * 180
    assert level(image) == pytest.approx(100, abs=2)
    assert slot.take() is None


def test_the_newest_wins_and_only_one_wake_is_pending(slot):
    woken = waker(slot)
    slot.set_view_size(64, 36)
    slot.offer(picture(10))
    assert woken.acquire(timeout=5)
    for n in range(20):
        slot.offer(picture(100 + n))
    newest = None
    for _ in range(200):
        newest = slot.take() or newest
        if newest is not None and newest.sequence == 21:
            break
        woken.acquire(timeout=0.05)
    assert newest.sequence == 21
    assert level(newest) == pytest.approx(119, abs=2)


def test_no_second_wake_before_the_picture_is_taken(slot):
    woken = waker(slot)
    slot.set_view_size(64, 36)
    slot.offer(picture(10))
    assert woken.acquire(timeout=5)
    slot.offer(picture(20))
    assert not woken.acquire(timeout=0.1)
    slot.take()
    slot.offer(picture(30))
    assert woken.acquire(timeout=5)


def test_a_larger_view_gets_the_last_picture_again(slot):
    woken = waker(slot)
    slot.set_view_size(64, 36)
    slot.offer(picture(10))
    assert woken.acquire(timeout=5)
    slot.take()
    slot.set_view_size(128, 72)
    assert woken.acquire(timeout=5)
    assert slot.take().width == 128


def test_a_cleared_slot_shows_nothing_old(slot):
    woken = waker(slot)
    slot.set_view_size(64, 36)
    slot.offer(picture(10))
    assert woken.acquire(timeout=5)
    slot.clear()
    assert slot.take() is None


def test_nothing_comes_after_close():
    slot = FrameSlot("closing")
    slot.set_view_size(64, 36)
    slot.offer(picture(10))
    slot.close()
    slot.offer(picture(20))
    assert slot.take() is None
    assert not any(t.name == "scale-closing" for t in threading.enumerate())


@pytest.mark.parametrize(
    ("source", "box", "expected"),
    [
        ((1280, 720), (640, 640), (640, 360)),
        ((640, 480), (320, 100), (133, 100)),
        ((1280, 720), (1, 1), (1, 1)),
        ((320, 180), (1280, 720), (1280, 720)),
    ],
)
def test_fit_keeps_the_shape(source, box, expected):
    assert fit(*source, *box) == expected
