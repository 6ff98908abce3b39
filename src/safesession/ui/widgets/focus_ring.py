"""Shows where the keyboard is: 2 px gap in the surface colour, then 2 px ring.

The gap is needed because the focus colour beside the primary colour has no
contrast. The ring appears for the keyboard, not for the mouse.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from safesession.ui.theme import tokens as t
from safesession.ui.theme.controller import theme


_OUT_PX = 4
_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Hide,
    QEvent.Type.Show,
)


class FocusRing(QWidget):
    """One per window; follows the focused widget."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focus_ring")
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self.hide()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the target when it, or anything around it, moves."""
        if event.type() in _MOVES:
            self._follow()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw gap and ring."""
        if self._target is None or not isValid(self._target):
            return
        tokens = theme().tokens_for(self._target)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        round_one = self._target.property("ring") == "round"
        radius = float(t.CONTROL_RADIUS_PX)
        for inset, colour in ((3.0, tokens.bg), (1.0, tokens.focus)):
            painter.setPen(QPen(QColor(colour), 2))
            area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            corner = area.width() / 2 if round_one else radius + _OUT_PX - inset
            painter.drawRoundedRect(area, corner, corner)
        painter.end()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new.window() is not self.window():
            return
        by_mouse = QApplication.mouseButtons() is not Qt.MouseButton.NoButton
        types = isinstance(new, (QLineEdit, QPlainTextEdit))
        self._target = None if by_mouse and not types else new
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        node = self._target
        while node is not None and node is not self.window():
            self._watched.append(node)
            node.installEventFilter(self)
            node = node.parentWidget()
        self._follow()

    def _follow(self) -> None:
        target = self._target
        if target is None or not isValid(target) or not target.isVisible():
            self.hide()
            return
        area, seen = self._area_of(target), self._area_of(target)
        node = target.parentWidget()
        while node is not None and node is not self.window():
            seen &= self._area_of(node)
            node = node.parentWidget()
        if seen.isEmpty():  # scrolled out of sight: not over what stands there
            self.hide()
            return
        self.setGeometry(_around(area))
        self.setMask(QRegion(_around(seen).translated(-self.pos())))
        self.raise_()
        self.show()
        self.update()

    def _area_of(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self.window(), QPoint(0, 0)), widget.size())


def _around(area: QRect) -> QRect:
    return area.adjusted(-_OUT_PX, -_OUT_PX, _OUT_PX, _OUT_PX)
