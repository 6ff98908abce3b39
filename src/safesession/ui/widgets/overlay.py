"""Cards above a page: a question to confirm, or help.

Never a nested event loop. Esc closes; focus goes in and comes back.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from safesession.ui.widgets.basics import (
    AppButton,
    Paragraph,
    card,
    label,
    repolish,
)
from safesession.ui.widgets.flow import flow_row


class Overlay(QWidget):
    """Covers its parent and holds one card; keeps the keyboard inside."""

    closed = Signal()

    def __init__(self, parent: QWidget, *, width_px: int = 460) -> None:
        super().__init__(parent)
        self._came_from: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        frame, self.body = card(parent=self)
        frame.setMaximumWidth(width_px)
        self.body.setContentsMargins(28, 24, 28, 24)
        self._first: QWidget | None = None
        self._scroll = scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("role", "clear")
        column = QVBoxLayout(inner)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(frame, 100)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        scroll.setWidget(inner)
        inner.installEventFilter(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        parent.installEventFilter(self)
        self.hide()

    def open(self, focus: QWidget) -> None:
        """Show the card and put the keyboard on `focus`."""
        self._came_from = self.window().focusWidget()
        self._first = focus
        self._fit()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Hide the card; the keyboard goes back to where it was."""
        if self.isHidden():
            return
        self.hide()
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)
        self._came_from = None
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab stays inside the card."""
        stops = [
            child
            for child in self.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible()
        ]
        if not stops:
            return False
        here = self.window().focusWidget()
        place = stops.index(here) if here in stops else -1
        step = 1 if forward else -1
        stops[(place + step) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the parent; keep in sight what the keyboard began on."""
        if event.type() is QEvent.Type.Resize and not self.isHidden():
            if watched is self.parentWidget():
                self._fit()
            elif self._first is not None:
                self._scroll.ensureWidgetVisible(self._first)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what is below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 130))
        painter.end()

    def _fit(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())


class ConfirmOverlay(Overlay):
    """One question, one way on, one way back."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._on_yes: Callable[[], None] | None = None
        self._title = label("section", self)
        self._text = Paragraph(parent=self)
        self.no = AppButton(parent=self)
        self.no.setObjectName("confirm_no")
        self.yes = AppButton("danger", parent=self)
        self.yes.setObjectName("confirm_yes")
        self.body.addWidget(self._title)
        self.body.addWidget(self._text)
        self.body.addSpacing(8)
        self.body.addWidget(flow_row(self.yes, self.no))
        self.no.clicked.connect(self.dismiss)
        self.yes.clicked.connect(self._accept)

    def ask(
        self,
        title: str,
        text: str,
        yes: str,
        no: str,
        on_yes: Callable[[], None],
        *,
        tone: str = "danger",
    ) -> None:
        """Ask; the keyboard starts on the harmless answer."""
        self.yes.setProperty("role", tone)
        repolish(self.yes)
        self._title.setText(title)
        self._text.set_text(text)
        self.yes.setText(yes)
        self.no.setText(no)
        self._on_yes = on_yes
        self.open(self.no)

    def _accept(self) -> None:
        action, self._on_yes = self._on_yes, None
        self.dismiss()
        if action is not None:
            action()
