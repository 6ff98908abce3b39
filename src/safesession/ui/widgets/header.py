"""The row on top of every page: language, more, help, always in the same place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from safesession.ui.i18n import LANGUAGES, language_controller, translate
from safesession.ui.widgets.basics import AppButton, IconButton, IconLabel, label


# Without an alignment the lowest widget of the row would limit the others.
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class HeaderBar(QFrame):
    """Wordmark on the left, language switch, menu and help on the right."""

    notes_requested = Signal()
    help_requested = Signal()
    menu_requested = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "topbar")
        # Preferred would let a tall page squeeze the words.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 12, 12, 8)
        row.setSpacing(8)
        row.addWidget(IconLabel("room", 24, "primary", self), 0, _MIDDLE)
        self._wordmark = label("wordmark", self, wrap=False)
        row.addWidget(self._wordmark, 0, _MIDDLE)
        row.addStretch(1)
        self.notes = AppButton("plain", "record", self)
        self.notes.setObjectName("open_notes")
        self.notes.clicked.connect(self.notes_requested)
        self.notes.hide()
        row.addWidget(self.notes, 0, _MIDDLE)
        self.language = AppButton("plain", "globe", self)
        self.language.setObjectName("switch_language")
        self.language.clicked.connect(self._switch_language)
        row.addWidget(self.language, 0, _MIDDLE)
        self.menu = IconButton("menu", self)
        self.menu.setObjectName("open_menu")
        self.menu.clicked.connect(lambda: self.menu_requested.emit(self.menu))
        row.addWidget(self.menu, 0, _MIDDLE)
        self.help = IconButton("help", self)
        self.help.setObjectName("open_help")
        self.help.clicked.connect(self.help_requested)
        row.addWidget(self.help, 0, _MIDDLE)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._wordmark.setText("SafeSession")
        self.notes.setText(translate("Header", "Notes"))
        self.notes.setAccessibleName(translate("Header", "Notes (Ctrl+Shift+N)"))
        other = _other_language()
        self.language.setText(other[1])
        self.language.setAccessibleName(
            translate("Header", "Switch the language to {name}").format(name=other[1])
        )
        self.menu.set_words(translate("Header", "Devices, text size and appearance"))
        self.help.set_words(translate("Header", "Help (F1)"))

    def _switch_language(self) -> None:
        language_controller().set_language(_other_language()[0])


def _other_language() -> tuple[str, str]:
    present = language_controller().language
    other = next(one for one in LANGUAGES if one.code != present)
    return other.code, other.name
