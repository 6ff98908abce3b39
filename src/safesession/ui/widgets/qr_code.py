"""A QR code drawn from segno's matrix, dark on light in every theme."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from safesession.ui.theme import tokens as t


_QUIET_MODULES = 4
_SIDE_PX = 200


class QrCode(QWidget):
    """Shows one text as a QR code with its quiet zone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matrix: tuple[bytearray, ...] = ()
        self.setFixedSize(_SIDE_PX, _SIDE_PX)

    def set_text(self, text: str) -> None:
        """Encode a text; an empty one shows nothing."""
        self._matrix = tuple(segno.make(text, micro=False).matrix) if text else ()
        self.update()

    def sizeHint(self) -> QSize:
        """A phone held at arm's length reads this."""
        return QSize(_SIDE_PX, _SIDE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the modules on whole pixels."""
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(t.QR_LIGHT))
        painter.drawRoundedRect(self.rect(), t.CARD_RADIUS_PX, t.CARD_RADIUS_PX)
        if self._matrix:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setBrush(QColor(t.QR_DARK))
            modules = len(self._matrix) + 2 * _QUIET_MODULES
            side = max(1, self.width() // modules)
            start = (self.width() - side * len(self._matrix)) // 2
            for row, line in enumerate(self._matrix):
                for column, dark in enumerate(line):
                    if dark:
                        x, y = start + column * side, start + row * side
                        painter.drawRect(QRectF(x, y, side, side))
        painter.end()
