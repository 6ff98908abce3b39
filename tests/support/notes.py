"""The notes in a window, for tests; and a search for words that stayed behind."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)


def shown_words(window: QWidget) -> str:
    """Return everything a window's widgets and lists hold, visible or not."""
    return "\n".join(_words(window.findChildren(QWidget), window))


def _words(widgets: Iterable[QWidget], window: QWidget) -> Iterator[str]:
    for widget in widgets:
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield widget.toolTip()
        match widget:
            case QLabel() | QAbstractButton() | QLineEdit():
                yield widget.text()
            case QPlainTextEdit() | QTextEdit():
                yield widget.toPlainText()
                # What Ctrl+Z would bring back is held as well.
                document = widget.document()
                while document.isUndoAvailable():
                    document.undo()
                    yield widget.toPlainText()
            case QComboBox():
                yield from (widget.itemText(i) for i in range(widget.count()))
            case _:
                pass
        if isinstance(widget, QLineEdit):
            while widget.isUndoAvailable():
                widget.undo()
                yield widget.text()
    for model in window.findChildren(QAbstractItemModel):
        for row in range(model.rowCount()):
            yield from (
                str(model.index(row, 0).data(role) or "") for role in (0, 11, 256)
            )


def settle() -> None:
    """Deliver what is posted, deletions too."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def left_behind(marker: str, keep: Iterable[object] = ()) -> list[str]:
    """Return where a marker is: live Python objects, widgets, the clipboard.

    `keep`: objects of the test that hold it on purpose.
    """
    gc.collect()
    known = {id(one) for one in keep} | {id(keep)}
    found = []
    for holder in gc.get_objects():
        if id(holder) in known or holder is found:
            continue
        for value in gc.get_referents(holder):
            if isinstance(value, str) and marker in value and value != marker:
                found.append(f"{type(holder).__name__} holds {value[:30]!r}")
            elif isinstance(value, (bytes, bytearray)) and marker.encode() in value:
                found.append(f"{type(holder).__name__} holds bytes")
    found += [
        f"widgets of {window.objectName()}"
        for window in QApplication.topLevelWidgets()
        if marker in shown_words(window)
    ]
    if marker in QGuiApplication.clipboard().text():
        found.append("the clipboard")
    return found
