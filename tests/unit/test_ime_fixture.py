"""The input method fixture: what a composed text looks like to a widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot


def test_composed_text_arrives_once(
    qtbot: QtBot, ime: Callable[[QObject, str], None]
) -> None:
    line, page = QLineEdit(), QPlainTextEdit()
    for widget in (line, page):
        qtbot.addWidget(widget)
        ime(widget, "你好")
        ime(widget, "焦虑")
    assert line.text() == page.toPlainText() == "你好焦虑"
