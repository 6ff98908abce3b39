"""Windows for the tests of the user interface: English, light, 100 % text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from safesession.core.status import Role
from safesession.ui.gallery import (
    GALLERY_CLOCK_S,
    SERVER,
    Look,
    StillDevices,
    StillEngine,
    looking,
)
from safesession.ui.settings import MemorySettings
from safesession.ui.shell import SessionWindow
from safesession.ui.theme.controller import SchemeChoice


@pytest.fixture
def plain_look(qapp: QApplication) -> Iterator[None]:
    """English, light, 100 %; afterwards as it was."""
    with looking(Look("en", SchemeChoice.LIGHT)):
        yield


@pytest.fixture
def engine() -> StillEngine:
    """An engine that holds still and remembers the commands."""
    return StillEngine()


@pytest.fixture
def open_window(
    qtbot, plain_look: None, engine: StillEngine
) -> Iterator[Callable[[Role], SessionWindow]]:
    """Return a function that opens a shown window of a role."""
    opened: list[SessionWindow] = []

    def make(role: Role) -> SessionWindow:
        window = SessionWindow(
            engine,
            role,
            settings=MemorySettings(),
            devices=StillDevices(),
            server_origin=SERVER,
            clock=lambda: GALLERY_CLOCK_S,
        )
        opened.append(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield make
    for window in opened:
        window.hide()
        window.close()
        window.deleteLater()
