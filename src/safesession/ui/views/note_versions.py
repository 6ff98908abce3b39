"""Earlier texts of a note beside what was changed since, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from safesession.core.note_types import ChangeKind, Difference
from safesession.ui import note_texts
from safesession.ui.i18n import translate
from safesession.ui.theme.controller import theme
from safesession.ui.view_models.note_versions import NoteVersionsViewModel
from safesession.ui.widgets.basics import AppButton, label
from safesession.ui.widgets.flow import AdaptiveRow, flow_row
from safesession.ui.widgets.overlay import Overlay
from safesession.ui.widgets.row_list import RowList
from safesession.ui.widgets.strip import Strip


_LIST_PX = 250
_TEXT_LINES = 14


class NoteVersionsOverlay(Overlay):
    """Shows a `NoteVersionsViewModel`."""

    def __init__(self, view_model: NoteVersionsViewModel, parent: QWidget) -> None:
        super().__init__(parent, width_px=900)
        self.view_model = view_model
        self._title = label("section")
        self._legend = label("muted")
        self._strip = Strip("warn")
        self._strip.hide()
        self._list = RowList(view_model.list)
        self._list.setObjectName("versions_list")
        self._list.chosen.connect(view_model.choose)
        self._text = QTextEdit()
        self._text.setObjectName("versions_text")
        self._text.setReadOnly(True)
        self._text.setUndoRedoEnabled(False)
        self._text.setTabChangesFocus(True)
        self._row = AdaptiveRow(spacing_px=16)
        self._row.add(self._list, 0)
        self._row.add(self._text, 1)
        self._restore = AppButton("primary", "versions")
        self._restore.setObjectName("restore_version")
        self._restore.clicked.connect(self._bring_back)
        self._close = AppButton()
        self._close.setObjectName("close_versions")
        self._close.clicked.connect(self.dismiss)
        for widget in (
            self._title,
            self._legend,
            self._strip,
            self._row,
            flow_row(self._restore, self._close),
        ):
            self.body.addWidget(widget)
        self.closed.connect(view_model.forget)
        view_model.changed.connect(self.refresh)
        theme().changed.connect(self._fit_text)
        self._fit_text()
        self.retranslate()

    def ask(self) -> None:
        """Open the card for the note that lies open."""
        self.view_model.load()
        self.open(self._close)

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("NoteVersions", "Earlier versions"))
        self._list.setAccessibleName(translate("NoteVersions", "Earlier versions"))
        self._text.setAccessibleName(translate("NoteVersions", "What was changed"))
        self._restore.setText(translate("NoteVersions", "Bring this version back"))
        self._close.setText(translate("NoteVersions", "Close"))
        self.view_model.retranslate()

    def refresh(self) -> None:
        """Show the view-model."""
        vm = self.view_model
        self._row.setVisible(not vm.is_empty)
        self._restore.setVisible(not vm.is_empty)
        self._legend.setText(
            translate("NoteVersions", "No earlier version was kept yet.")
            if vm.is_empty
            else translate(
                "NoteVersions",
                "Struck through: was there and is gone now. Underlined: is new since. "
                "Bringing a version back keeps the present text as a version.",
            )
        )
        self._strip.set_text(note_texts.refusal(vm.problem) if vm.problem else "")
        self._list.show_current(vm.chosen)
        self._text.setPlainText("")
        cursor = self._text.textCursor()
        for piece in vm.pieces:
            cursor.insertText(piece.text, self._format(piece))
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def _format(self, piece: Difference) -> QTextCharFormat:
        made = QTextCharFormat()
        tokens = theme().tokens_for(self)
        made.setForeground(QColor(tokens.text))
        if piece.kind is ChangeKind.REMOVED:
            made.setFontStrikeOut(True)
            made.setForeground(QColor(tokens.error))
            made.setBackground(QColor(tokens.error_bg))
        elif piece.kind is ChangeKind.ADDED:
            made.setFontUnderline(True)
            made.setForeground(QColor(tokens.ok))
            made.setBackground(QColor(tokens.ok_bg))
        return made

    def _fit_text(self) -> None:
        line_px = self.fontMetrics().lineSpacing()
        self._text.setMinimumHeight(_TEXT_LINES * line_px)
        scale = theme().text_scale_percent
        self._list.setMinimumWidth(min(_LIST_PX * scale // 100, 400))
        self._list.setMinimumHeight(4 * line_px)

    def _bring_back(self) -> None:
        self.view_model.restore()
        self.dismiss()
