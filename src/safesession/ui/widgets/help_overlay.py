"""Help, the same on every page: what is private here, and the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from safesession.ui.i18n import translate
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.overlay import Overlay


class HelpOverlay(Overlay):
    """A card with a few honest sentences and the keyboard map."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width_px=560)
        self._title = label("section", self)
        self._text = Paragraph(parent=self)
        self._keys_title = label("section", self)
        self.body.addWidget(self._title)
        self.body.addWidget(self._text)
        self.body.addWidget(self._keys_title)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self._rows = []
        for row in range(9):
            key, words = label("muted", self, wrap=False), label("", self)
            self._grid.addWidget(key, row, 0)
            self._grid.addWidget(words, row, 1)
            self._rows.append((key, words))
        self.close_button = AppButton("primary", parent=self)
        self.close_button.setObjectName("close_help")
        self.close_button.clicked.connect(self.dismiss)
        self.body.addWidget(flow_row(self.close_button))
        self.retranslate()

    def show_help(self) -> None:
        """Open the card."""
        self.open(self.close_button)

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("Help", "What is private here"))
        self._text.set_text(
            translate(
                "Help",
                "Sound, picture and text are encrypted from one computer to the "
                "other. The institution's server passes sealed envelopes on and "
                "cannot open them. Comparing the safety code by voice shows that "
                "nobody sits in between. SafeSession records nothing; it cannot "
                "stop somebody from pointing another camera at the screen.",
            )
        )
        self._keys_title.setText(translate("Help", "Keyboard"))
        rows = (
            ("Ctrl+D", translate("Help", "Microphone on or off")),
            ("Ctrl+E", translate("Help", "Camera on or off")),
            ("Ctrl+Shift+C", translate("Help", "Open or close text")),
            ("Ctrl+Shift+S", translate("Help", "Open or close the safety code")),
            ("Ctrl+Shift+N", translate("Help", "Open or leave the notes (counselors)")),
            ("Ctrl+F", translate("Help", "Search the notes (counselors)")),
            ("Ctrl+L", translate("Help", "Lock the vault (counselors)")),
            ("F1", translate("Help", "This help")),
            ("Esc", translate("Help", "Close what is open")),
        )
        for (key, words), (shortcut, text) in zip(self._rows, rows, strict=True):
            key.setText(shortcut)
            words.setText(text)
        self.close_button.setText(translate("Help", "Close"))
