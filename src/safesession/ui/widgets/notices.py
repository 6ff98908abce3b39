"""A list of strips: what a person should know, one thing each."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from safesession.ui.vault_texts import Notice
from safesession.ui.widgets.strip import Strip


class NoticeList(QWidget):
    """Shows notices below each other; hidden when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._strips: list[Strip] = []
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """The words shown."""
        return tuple(strip.text for strip in self._strips if not strip.isHidden())

    def set_notices(self, notices: tuple[Notice, ...]) -> None:
        """Show these and no others."""
        while len(self._strips) < len(notices):
            strip = Strip(parent=self)
            self._strips.append(strip)
            self._column.addWidget(strip)
        for index, strip in enumerate(self._strips):
            if index < len(notices):
                strip.set_tone(notices[index].tone)
                strip.set_text(notices[index].text)
            else:
                strip.set_text("")
        self.setVisible(bool(notices))
