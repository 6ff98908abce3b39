"""Where a note is typed: plain text, headings in bold, full input method support.

It tells that it was edited and does nothing else per key. `clear_all` leaves neither
text nor undo behind.
"""

from __future__ import annotations

from PySide6.QtGui import (
    QFont,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from safesession.ui.note_templates import is_heading


class _Headings(QSyntaxHighlighter):
    """Sets headings in bold; looks at the changed lines only."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._format = QTextCharFormat()
        self._format.setFontWeight(QFont.Weight.DemiBold)

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Set one line."""
        if is_heading(text):
            self.setFormat(0, len(text), self._format)


class NoteEdit(QPlainTextEdit):
    """A note's text, to write in or to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self._headings = _Headings(self.document())

    def show_text(self, text: str) -> None:
        """Show another text; nothing of the former one can be undone back."""
        self.setPlainText(text)
        self.document().clearUndoRedoStacks()

    def clear_all(self) -> None:
        """Hold nothing any more."""
        self.show_text("")
