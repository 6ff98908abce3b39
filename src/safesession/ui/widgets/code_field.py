"""One paste-friendly field for a 16-digit code or a link.

Plain digits are shown in groups of four; everything else (full-width digits,
Chinese numerals, a link) is left exactly as it was typed.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from safesession.ui import texts


_MAX_CHARS = 400  # the longest link the core accepts
_ASCII_DIGITS = frozenset("0123456789")


class CodeField(QLineEdit):
    """Groups digits while typing and keeps the cursor where it was."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "code")
        self.setMaxLength(_MAX_CHARS)
        self.setPlaceholderText("0000 0000 0000 0000")
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhPreferNumbers
        )
        self._composing = False
        self.textEdited.connect(self._group)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Do not regroup in the middle of a composition."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def _group(self, text: str) -> None:
        plain = text.replace(" ", "").replace("-", "")
        if self._composing or not plain or not _ASCII_DIGITS.issuperset(plain):
            return
        shown = texts.grouped(plain)
        if shown == text:
            return
        before = sum(c in _ASCII_DIGITS for c in text[: self.cursorPosition()])
        self.setText(shown)
        place = 0
        while before and place < len(shown):
            before -= shown[place] in _ASCII_DIGITS
            place += 1
        self.setCursorPosition(place)
