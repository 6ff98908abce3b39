"""Pictures reach the screen, only the newest, and go when they should."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor

from safesession.core.ports import VideoImage
from safesession.ui.widgets.video_surface import VideoSurface


class Slot:
    """A latest-wins slot filled by hand."""

    def __init__(self) -> None:
        self.waiting: VideoImage | None = None
        self.wake: Callable[[], None] | None = None
        self.sizes: list[tuple[int, int]] = []
        self.taken = 0

    def take(self) -> VideoImage | None:
        picture, self.waiting = self.waiting, None
        self.taken += picture is not None
        return picture

    def set_view_size(self, width_px: int, height_px: int) -> None:
        self.sizes.append((width_px, height_px))

    def set_wake(self, wake: Callable[[], None] | None) -> None:
        self.wake = wake

    def put(self, blue: int, green: int, red: int) -> None:
        pixels = bytes((blue, green, red, 255)) * 64
        self.waiting = VideoImage(8, 8, 32, pixels, self.taken)
        if self.wake is not None:
            self.wake()


@pytest.fixture
def surface(qtbot, plain_look) -> VideoSurface:
    made = VideoSurface()
    qtbot.addWidget(made)
    made.resize(80, 80)
    made.show()
    return made


def centre(surface: VideoSurface) -> QColor:
    return surface.grab().toImage().pixelColor(40, 40)


def test_a_picture_from_another_thread_is_painted(surface, qtbot) -> None:
    slot = Slot()
    surface.attach(slot)
    assert slot.sizes[-1] == (96, 80)  # the least width
    worker = threading.Thread(target=slot.put, args=(10, 200, 30))
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: surface.has_picture)
    assert centre(surface) == QColor(30, 200, 10)


def test_only_the_newest_is_taken(surface, qtbot) -> None:
    slot = Slot()
    surface.attach(slot)
    slot.put(1, 1, 1)
    slot.put(2, 2, 2)
    slot.put(0, 0, 250)
    qtbot.waitUntil(lambda: surface.has_picture)
    assert slot.taken == 1
    assert centre(surface) == QColor(250, 0, 0)


def test_letting_go_clears_and_unhooks(surface, qtbot) -> None:
    slot = Slot()
    slot.put(0, 0, 250)
    surface.attach(slot)
    assert surface.has_picture
    surface.attach(None)
    assert not surface.has_picture
    assert slot.wake is None
    assert centre(surface) != QColor(250, 0, 0)


def test_dimmed_picture_is_dark_and_comes_back(surface) -> None:
    slot = Slot()
    slot.put(200, 200, 200)
    surface.attach(slot)
    surface.set_dimmed(dimmed=True)
    assert centre(surface).lightness() < 100
    surface.set_dimmed(dimmed=False)
    assert centre(surface).lightness() < 100, "an old picture must not pass for new"
    slot.put(200, 200, 200)
    surface._take()
    assert centre(surface).lightness() == 200


def test_a_wake_after_the_surface_is_gone_is_harmless(qtbot, plain_look) -> None:
    slot = Slot()
    made = VideoSurface()
    made.attach(slot)
    wake = slot.wake
    made.deleteLater()
    del made
    qtbot.wait(10)
    assert wake is not None
    wake()
