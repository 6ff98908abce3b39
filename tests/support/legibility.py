"""Find words that a window cuts off, or that its colours make hard to read.

Works on a shown window of any size; says the widget and what it would need.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from safesession.ui.theme.tokens import contrast_ratio


SLACK_PX = 1
LEAST_CONTRAST = 4.5


def text_widgets(window: QWidget) -> Iterator[QWidget]:
    """Yield every visible widget that shows words."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        words = isinstance(widget, (QLabel, QAbstractButton)) and widget.text()
        if words or isinstance(widget, QLineEdit):
            yield widget


def cut_words(window: QWidget) -> list[str]:
    """Return a line for each widget whose words do not fit."""
    found = []
    for widget in text_widgets(window):
        found += [f"{_name(widget)}: {why}" for why in _shortages(widget)]
        found += [f"{_name(widget)}: {why}" for why in _cut_by_parents(widget)]
    return found + _overlaps(window)


def faint_words(window: QWidget) -> list[str]:
    """Return a line for each widget whose drawn words lack contrast."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    pixels = pixels.reshape(image.height(), image.bytesPerLine() // 4) & 0xFFFFFF
    found = []
    for widget in text_widgets(window):
        if not widget.isEnabled() or not _in_sight(widget, window):
            continue
        corner = widget.mapTo(window, QPoint(0, 0))
        area = QRect(corner, widget.size()) & window.rect()
        if isinstance(widget, QLineEdit):
            if not widget.text() and not widget.placeholderText():
                continue
            area.adjust(4, 4, -4, -4)  # the frame has a contrast of its own
        part = pixels[area.top() : area.bottom() + 1, area.left() : area.right() + 1]
        ratio = _drawn_contrast(part)
        if ratio < LEAST_CONTRAST:
            found.append(f"{_name(widget)}: contrast {ratio:.2f}")
    return found


def _drawn_contrast(part: np.ndarray) -> float:
    colours, counts = np.unique(part, return_counts=True)
    if colours.size == 1:
        return 21.0  # only a ground: nothing is written here
    ground = f"#{colours[counts.argmax()]:06x}"
    return max(contrast_ratio(ground, f"#{colour:06x}") for colour in colours)


def _name(widget: QWidget) -> str:
    text = getattr(widget, "text", str)()
    return f"{type(widget).__name__} {widget.objectName()!r} {text[:40]!r}"


def _shortages(widget: QWidget) -> Iterator[str]:
    wanted = widget.sizeHint()
    if isinstance(widget, QLabel) and widget.wordWrap():
        least = widget.minimumSizeHint().width()
        if widget.width() + SLACK_PX < least:
            yield f"needs {least} px of width, has {widget.width()}"
        height = widget.heightForWidth(widget.width())
    elif isinstance(widget, QLineEdit):
        text = widget.text() or widget.placeholderText()
        inside = widget.width() - 20
        needs = widget.fontMetrics().horizontalAdvance(text)
        scrolls = len(text) > 60  # a link may scroll in its field
        if needs > inside and not scrolls:
            yield f"needs {needs} px of width, has {inside}"
        height = wanted.height()
    elif isinstance(widget, QAbstractButton) and widget.layout() is not None:
        height = widget.heightForWidth(widget.width())
    else:
        if widget.width() + SLACK_PX < wanted.width():
            yield f"needs {wanted.width()} px of width, has {widget.width()}"
        height = wanted.height()
    if widget.height() + SLACK_PX < height:
        yield f"needs {height} px of height, has {widget.height()}"


def _cut_by_parents(widget: QWidget) -> Iterator[str]:
    """A parent may only hide a part where scrolling brings it into sight."""
    node = widget
    while node.parentWidget() is not None and not node.isWindow():
        parent = node.parentWidget()
        area = QRect(widget.mapTo(parent, QPoint(0, 0)), widget.size())
        scroller = parent.parentWidget()
        scrolls = isinstance(scroller, QScrollArea) and scroller.viewport() is parent
        room = parent.rect()
        if scrolls:
            outside = area.left() < 0 or area.right() > room.right() + SLACK_PX
            if outside:
                yield f"{_name(scroller)} cuts it off at the side"
            return
        if not room.adjusted(-1, -1, 1, 1).contains(area):
            yield f"sticks out of {type(parent).__name__} {parent.objectName()!r}"
            return
        node = parent


def _overlaps(window: QWidget) -> list[str]:
    found = []
    by_parent: dict[QWidget, list[QWidget]] = {}
    for widget in text_widgets(window):
        by_parent.setdefault(widget.parentWidget(), []).append(widget)
    for siblings in by_parent.values():
        for index, one in enumerate(siblings):
            found += [
                f"{_name(one)} lies over {_name(other)}"
                for other in siblings[index + 1 :]
                if one.geometry().intersects(other.geometry())
            ]
    return found


def _in_sight(widget: QWidget, window: QWidget) -> bool:
    """True when nothing covers the widget and it is not scrolled away."""
    return widget.visibleRegion().boundingRect() == widget.rect() and (
        window.childAt(widget.mapTo(window, widget.rect().center()))
        in (widget, *widget.findChildren(QWidget))
        or widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    )
