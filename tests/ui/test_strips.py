"""Strips above a page find their height once and then leave the window in peace."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject
from tests.support.window_states import IN_CALL

from safesession.core.status import CaptureState, Role


class Counting(QObject):
    """Counts how often a widget is asked to lay out again."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.requests += event.type() is QEvent.Type.LayoutRequest
        return False


def test_a_strip_that_stands_asks_for_no_more_layouts(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(replace(IN_CALL, camera=CaptureState.BUSY))
    counting = Counting()
    window.installEventFilter(counting)
    rounds: list[int] = []
    # Each shot passes through the event loop once.
    qtbot.waitUntil(lambda: rounds.append(counting.requests) or len(rounds) > 20)
    assert rounds[-1] == rounds[-5], "every layout asks for the next one"
