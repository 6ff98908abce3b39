"""The notes in a window, for tests; and a search for words that stayed behind."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterable, Iterator
from types import FrameType

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QCoreApplication,
    QEvent,
    QMimeData,
)
from PySide6.QtGui import QGuiApplication, QTextDocument
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
from shiboken6 import isValid


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

    Walks every object that the collector knows, what those hold that it does not
    know (tuples and tables of texts), the variables of every thread, and the texts
    that Qt holds for its objects. `keep`: objects of the test that hold it on purpose.
    """
    gc.collect()
    known = {id(one) for one in keep} | {id(keep)}
    found: list[str] = []
    for holder in gc.get_objects():
        if id(holder) in known or holder is found:
            continue
        found += _held_by(holder, marker)
        found += _qt_text_of(holder, marker)
    for thread, frame in sys._current_frames().items():
        if thread != threading.get_ident():
            found += _variables(frame, marker)
    found += [
        f"widgets of {window.objectName()}"
        for window in QApplication.topLevelWidgets()
        if marker in shown_words(window)
    ]
    if marker in QGuiApplication.clipboard().text():
        found.append("the clipboard")
    return found


def _held_by(holder: object, marker: str) -> Iterator[str]:
    """Look at what one object refers to, through what the collector leaves out."""
    waiting, seen = [holder], set[int]()
    while waiting:
        for value in gc.get_referents(waiting.pop()):
            if isinstance(value, str):
                if marker in value and value != marker:
                    yield f"{type(holder).__name__} holds {value[:30]!r}"
            elif isinstance(value, (bytes, bytearray)):
                if any(spelt in value for spelt in _spellings(marker)):
                    yield f"{type(holder).__name__} holds bytes"
            elif not gc.is_tracked(value) and id(value) not in seen:
                seen.add(id(value))
                waiting.append(value)


def _qt_text_of(holder: object, marker: str) -> Iterator[str]:
    match holder:
        case QByteArray():
            if any(spelt in holder.data() for spelt in _spellings(marker)):
                yield "a QByteArray"
        case QTextDocument():
            if isValid(holder) and marker in holder.toPlainText():
                yield "a QTextDocument"
        case QMimeData():
            if isValid(holder) and marker in holder.text():
                yield "a QMimeData"
        case _:
            pass


def _variables(frame: FrameType | None, marker: str) -> Iterator[str]:
    while frame is not None:
        for name, value in frame.f_locals.items():
            if isinstance(value, str) and marker in value:
                yield f"{name} of {frame.f_code.co_qualname}"
        frame = frame.f_back


def _spellings(marker: str) -> tuple[bytes, ...]:
    return marker.encode(), marker.encode("utf-16-le")
