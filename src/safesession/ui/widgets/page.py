"""The frame every page stands in: a centred column that scrolls when it must."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


class PageColumn(QScrollArea):
    """A vertically scrolling page; `column` takes the content.

    Nothing in it has a fixed text height, so large text makes it longer. `fills`:
    the column takes the whole height, for a page whose list scrolls by itself.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        width_px: int = 600,
        fills: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setProperty("role", "page-body")
        outer = QVBoxLayout(body)
        outer.setContentsMargins(24, 8, 24, 24)
        outer.addStretch(0 if fills else 1)
        row = QHBoxLayout()
        row.addStretch(1)
        host = QWidget()
        host.setMaximumWidth(width_px)
        wide = QSizePolicy.Policy.Expanding
        policy = QSizePolicy(wide, wide if fills else QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        host.setSizePolicy(policy)
        row.addWidget(host, 100)
        row.addStretch(1)
        outer.addLayout(row, 1 if fills else 0)
        outer.addStretch(0 if fills else 2)
        self.column = QVBoxLayout(host)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(16)
        self.setWidget(body)

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again; pages override this."""


class CoverPage(PageColumn):
    """A page of another room that may stand before the session's pages."""

    def first_focus(self) -> QWidget:
        """Where the keyboard starts; pages override this."""
        return self
