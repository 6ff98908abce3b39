"""Where a note is typed: plain text, headings in bold, full input method support.

It tells that it was edited and does nothing else per key. `clear_all` leaves neither
text nor undo behind.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import (
    QColor,
    QFont,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from safesession.ui.note_templates import is_heading
from safesession.ui.theme.controller import theme


_MOST_MARKS: Final = 200


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
        self.setExtraSelections([])
        self.setPlainText(text)
        self.document().clearUndoRedoStacks()

    def go_to_first_gap(self) -> None:
        """Put the caret where a person goes on: below a heading, else at the end."""
        block, below = self.document().firstBlock(), False
        while block.isValid() and not (below and not block.text()):
            below = is_heading(block.text())
            block = block.next()
        cursor = self.textCursor()
        if block.isValid():
            cursor.setPosition(block.position())
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
        self.setTextCursor(cursor)

    def mark(self, words: list[str]) -> None:
        """Mark these words wherever they stand, and go to the first.

        Marked, not selected: the next key must not replace them.
        """
        tokens = theme().tokens_for(self)
        marks: list[QTextEdit.ExtraSelection] = []
        for word in words:
            found = self.document().find(word, 0)
            while not found.isNull() and len(marks) < _MOST_MARKS:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = found
                mark.format.setBackground(QColor(tokens.warn_bg))
                mark.format.setForeground(QColor(tokens.text))
                mark.format.setFontUnderline(True)
                marks.append(mark)
                found = self.document().find(word, found)
        self.setExtraSelections(marks)
        if marks:
            first = min((mark.cursor for mark in marks), key=QTextCursor.selectionStart)
            after = self.textCursor()
            after.setPosition(first.selectionEnd())
            self.setTextCursor(after)
            self.centerCursor()

    def clear_all(self) -> None:
        """Hold nothing any more."""
        self.show_text("")
