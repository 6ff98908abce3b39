"""A calm strip with an icon, words and at most a few ways on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from safesession.ui.widgets.basics import (
    AppButton,
    IconLabel,
    Paragraph,
    label,
    repolish,
)
from safesession.ui.widgets.flow import FlowLayout


_ICONS: Final = {"info": "info", "warn": "warn", "error": "warn", "ok": "check-circle"}
_MOST_WAYS: Final = 3


class Strip(QFrame):
    """Words of a tone (info, warn, error, ok) and buttons below them."""

    action_chosen = Signal(str)

    def __init__(self, tone: str = "info", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self.setProperty("tone", tone)
        self._icon = IconLabel(_ICONS[tone], 20, tone, self)
        self._text = Paragraph(parent=self)
        self._row = QWidget(self)
        # Made once, so that Tab comes by in the order of the page.
        row = FlowLayout(self._row, spacing_px=8)
        self._ways = [AppButton(parent=self._row) for _ in range(_MOST_WAYS)]
        for button in self._ways:
            button.hide()
            button.clicked.connect(self._choose)
            row.addWidget(button)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(14, 10, 14, 10)
        outer.setSpacing(12)
        outer.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self._text)
        column.addWidget(self._row)
        outer.addLayout(column, 1)
        # Screen readers are left in peace: it has no part in the accessible name.
        self._aside = label("section", self, wrap=False)
        self._aside.setObjectName("strip_aside")
        outer.addWidget(self._aside, 0, Qt.AlignmentFlag.AlignTop)
        self._aside.hide()
        self._row.hide()

    @property
    def text(self) -> str:
        """The words."""
        return self._text.plain_text

    def set_tone(self, tone: str) -> None:
        """Change the tone: colour and icon together."""
        if tone != self.property("tone"):
            self.setProperty("tone", tone)
            self._icon.set_icon(_ICONS[tone], tone)
            repolish(self)

    def set_text(self, text: str) -> None:
        """Show words; an empty text hides the strip."""
        if text != self._text.plain_text:
            self._text.set_text(text)
        self.setVisible(bool(text))

    def set_aside(self, text: str) -> None:
        """Show something that changes every second at the end of the first line."""
        if text != self._aside.text():
            self._aside.setText(text)
        self._aside.setVisible(bool(text))

    def set_actions(self, actions: list[tuple[str, str]]) -> None:
        """Offer ways on as (key, words), at most three."""
        for index, button in enumerate(self._ways):
            key, words = actions[index] if index < len(actions) else ("", "")
            button.setObjectName(f"action_{key}")
            button.setText(words)
            button.setVisible(bool(key))
        self._row.setVisible(bool(actions))

    def _choose(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.action_chosen.emit(sender.objectName().removeprefix("action_"))


class StripHost(QScrollArea):
    """Strips below each other; scrolls rather than cuts when room is short."""

    _LEAST_PX = 96

    def __init__(
        self, strips: tuple[Strip, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._strips = strips
        inner = QWidget()
        inner.setProperty("role", "clear")
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 0, 12, 8)
        column.setSpacing(8)
        for strip in strips:
            column.addWidget(strip)
            strip.hide()
            strip.installEventFilter(self)
        self._column = column
        self.setWidget(inner)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit again when a strip appears, goes or gets other words."""
        if event.type() in (
            QEvent.Type.ShowToParent,
            QEvent.Type.HideToParent,
            QEvent.Type.LayoutRequest,
            QEvent.Type.FontChange,
        ):
            self._fit()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again for the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = any(not strip.isHidden() for strip in self._strips)
        self.setVisible(shown)
        if not shown:
            return
        needed = self._column.heightForWidth(self.viewport().width())
        # Asking for the same again would ask for another layout, without an end.
        if needed != self.maximumHeight():
            self.setMinimumHeight(min(needed, self._LEAST_PX))
            self.setMaximumHeight(needed)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as the words need."""
        return QSize(self.width(), self.maximumHeight())
