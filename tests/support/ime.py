"""Chinese as an input method gives it: a preedit, then a commit.

`qtbot.keyClicks` with anything but Latin letters aborts the whole process.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication


@pytest.fixture
def ime(qapp: QApplication) -> Callable[[QObject, str], None]:
    """Return a function that types `text` into a widget the way people type it."""

    def compose(widget: QObject, text: str, preedit: str = "ni'hao") -> None:
        QApplication.sendEvent(widget, QInputMethodEvent(preedit, []))
        commit = QInputMethodEvent("", [])
        commit.setCommitString(text)
        QApplication.sendEvent(widget, commit)

    return compose
