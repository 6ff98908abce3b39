"""A line to type in with its label, a hint and, when needed, a word of help.

A secret field hides what is typed until it is asked to show it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from safesession.ui.i18n import translate
from safesession.ui.widgets.basics import IconButton, label, repolish


class Field(QWidget):
    """A label, a line to type in, a hint and an error."""

    submitted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.caption = label("", self)
        self.edit = QLineEdit(self)
        self.edit.setObjectName(name)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self.edit, 1)
        self.hint = label("caption", self)
        self.error = label("error", self)
        column.addWidget(self.caption)
        column.addLayout(self._row)
        column.addWidget(self.hint)
        column.addWidget(self.error)
        self.caption.setBuddy(self.edit)
        self.hint.hide()
        self.error.hide()
        self.edit.returnPressed.connect(self.submitted)

    def add_beside(self, button: QWidget) -> None:
        """Put a button at the end of the line."""
        # Without an alignment the lower of the two would limit the other.
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.edit.text()

    def set_words(self, caption: str, hint: str = "") -> None:
        """Set label and hint."""
        self.set_caption(caption)
        self.set_hint(hint)

    def set_caption(self, caption: str) -> None:
        """Set the label alone."""
        self.caption.setText(caption)
        self.edit.setAccessibleName(caption)

    def set_hint(self, hint: str) -> None:
        """Say something below the line."""
        self.hint.setText(hint)
        self._show_hint()
        self.edit.setAccessibleDescription(hint)

    def set_error(self, text: str) -> None:
        """Say what is missing; nothing typed is touched."""
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self._show_hint()
        self.edit.setAccessibleDescription(text or self.hint.text())
        self.edit.setProperty("invalid", bool(text))
        repolish(self.edit)

    def _show_hint(self) -> None:
        """One word of help at a time: what is missing goes before what would help."""
        self.hint.setVisible(bool(self.hint.text()) and not self.error.text())

    def clear(self) -> None:
        """Empty the line and its undo stack."""
        # setText, unlike clear(), drops what Ctrl+Z would bring back.
        self.edit.setText("")
        self.set_error("")


class SecretField(Field):
    """A field whose text is hidden; the button beside it shows it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self._show = IconButton("eye", self)
        self._show.setObjectName(f"{name}_show")
        self._show.clicked.connect(lambda: self._reveal(reveal=self._hidden))
        self.add_beside(self._show)

    @property
    def _hidden(self) -> bool:
        return self.edit.echoMode() is QLineEdit.EchoMode.Password

    def set_caption(self, caption: str) -> None:
        """Set the label and the button's name."""
        super().set_caption(caption)
        self._name_button()

    def clear(self) -> None:
        """Empty the line and hide again."""
        super().clear()
        self._reveal(reveal=False)

    def _reveal(self, *, reveal: bool) -> None:
        modes = QLineEdit.EchoMode
        self.edit.setEchoMode(modes.Normal if reveal else modes.Password)
        self._name_button()

    def _name_button(self) -> None:
        if self._hidden:
            words = translate("SecretField", "Show what is typed (hidden now)")
        else:
            words = translate("SecretField", "Hide what is typed (shown now)")
        self._show.set_icon_name("eye" if self._hidden else "eye-off")
        self._show.set_words(words)
