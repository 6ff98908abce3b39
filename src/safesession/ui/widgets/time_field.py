"""A date and time to type, without arrows."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDateTimeEdit, QWidget


class TimeField(QDateTimeEdit):
    """The style forgets its own padding; this one does not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(10, 0, 0, 0)

    def sizeHint(self) -> QSize:
        """The text and some air."""
        return super().sizeHint() + QSize(28, 0)

    def minimumSizeHint(self) -> QSize:
        """As wide as it wants to be."""
        return self.sizeHint()
