"""One note: its kind, its text, what may be said about saving, and signing.

Typing never waits: the editor only says that it was edited. Cleared whenever no
note is open, with everything that could be undone.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from safesession.core.edit_burst import SaveState
from safesession.core.note_types import Addendum, NoteKind, SignatureState
from safesession.ui import note_texts, texts
from safesession.ui.i18n import language_controller, translate
from safesession.ui.note_templates import note_content
from safesession.ui.theme.controller import theme
from safesession.ui.view_models.note_editor import NoteEditorViewModel
from safesession.ui.view_models.notebook import kind_icon
from safesession.ui.widgets.attachment_row import AttachmentRow
from safesession.ui.widgets.basics import (
    AppButton,
    IconLabel,
    Paragraph,
    card,
    label,
    repolish,
)
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.note_edit import NoteEdit
from safesession.ui.widgets.strip import Strip


_BODY_LINES = 9
_ADDENDUM_LINES = 3
_SIDE_BY_SIDE_PX = 620


class NoteEditorView(QScrollArea):
    """Shows a `NoteEditorViewModel`."""

    sign_requested = Signal()
    versions_requested = Signal()
    export_requested = Signal()
    attach_requested = Signal()
    take_out_requested = Signal(int)

    def __init__(
        self, view_model: NoteEditorViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("note_editor")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view_model = view_model
        view_model.text_source = self._text
        view_model.addendum_source = self._addendum_text
        self._filling = False
        body = QWidget()
        body.setProperty("role", "page-body")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(20, 12, 20, 16)
        self._column.setSpacing(10)
        self._build_head()
        self._build_text()
        self._build_after()
        self._build_actions()
        self.setWidget(body)
        view_model.opened.connect(self._fill)
        view_model.changed.connect(self.refresh)
        view_model.addended.connect(self._addendum.clear_all)
        theme().changed.connect(self._fit)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        return self.writing  # a signed note is read there as well

    def mark_found(self, query: str) -> None:
        """Show where the note says what was looked for."""
        if self.view_model.note is not None and query:
            self.writing.mark(list(dict.fromkeys((query, *query.split()))))

    # --- showing -----------------------------------------------------------------

    def refresh(self) -> None:
        """Show what is said about the note; the text stays as it is."""
        vm = self.view_model
        head, client = vm.head, vm.client
        if head is None or client is None:
            return
        self._kind_icon.set_icon(kind_icon(head.kind))
        self._kind.setText(note_texts.kind_words(head.kind))
        self._kind.setToolTip(note_texts.kind_meaning(head.kind))
        self._meaning.set_text(note_texts.kind_meaning(head.kind))
        when = note_texts.moment(head.session_at_ms)
        self._whose.setText(client.code)
        self._when.setText(when)
        state = vm.save_state
        self._saved.setText(
            note_texts.save_words(state, vm.saved_at_ms) if vm.may_edit else ""
        )
        self._saved_icon.set_icon(*_SAVE_ICONS[state])
        self._saved_icon.setVisible(vm.may_edit)
        self._show_problem()
        self._show_signature()
        self._attachments.show_files(vm.attachments, may_change=vm.may_edit)
        beside = vm.beside
        self._beside_box.setVisible(beside is not None)
        shown = beside.body if beside else ""
        if self._beside.toPlainText() != shown:
            self._beside.show_text(shown)
        if beside is not None:
            self._beside_title.setText(
                translate("NoteEditor", "Before: {title}, {day}").format(
                    title=note_texts.note_title(
                        beside.head.title, beside.head.template
                    ),
                    day=note_texts.day(beside.head.session_at_ms),
                )
            )
        self._previous.setVisible(vm.previous is not None)
        self._previous.setText(
            translate("NoteEditor", "Previous note")
            if beside is None
            else translate("NoteEditor", "Close previous")
        )
        self._turn()

    def retranslate(self) -> None:
        """Put all words in again."""
        self.title.setPlaceholderText(translate("NoteEditor", "Title"))
        self.title.setAccessibleName(translate("NoteEditor", "Title of the note"))
        self.writing.setAccessibleName(translate("NoteEditor", "Text of the note"))
        self.writing.setPlaceholderText(translate("NoteEditor", "Write here…"))
        self._beside.setAccessibleName(
            translate("NoteEditor", "Text of the previous note")
        )
        self._rule.setText(
            note_content().language_rule.word(language_controller().language)
        )
        self._addendum_title.setText(translate("NoteEditor", "Add to this note"))
        self._addendum.setAccessibleName(translate("NoteEditor", "Addendum"))
        self._addendum.setPlaceholderText(
            translate("NoteEditor", "What is added is signed and stays as it is")
        )
        self._add.setText(translate("NoteEditor", "Sign and add"))
        self._sign.setText(translate("NoteEditor", "Finish and sign"))
        self._versions.setText(translate("NoteEditor", "Versions"))
        self._attach.setText(translate("NoteEditor", "Attach…"))
        self._export.setText(translate("NoteEditor", "Export…"))
        self._attachments.retranslate()
        self.refresh()
        self._show_addenda()

    # --- building ----------------------------------------------------------------

    def _build_head(self) -> None:
        self._kind_icon = IconLabel("record", 20, "primary")
        self._kind = label("section", wrap=False)
        self._kind.setObjectName("note_kind")
        self._whose = label("muted", wrap=False)
        self._when = label("muted", wrap=False)
        self._saved_icon = IconLabel("check", 18, "ok")
        self._saved = label("", wrap=False)
        self._saved.setObjectName("note_saved")
        kind = _pair(self._kind_icon, self._kind)
        saved = _pair(self._saved_icon, self._saved)
        self._column.addWidget(
            flow_row(kind, self._whose, self._when, saved, spacing_px=18)
        )
        self._meaning = Paragraph("muted")
        self._column.addWidget(self._meaning)
        self._strip = Strip("warn")
        self._strip.setObjectName("note_problem")
        self._strip.hide()
        self._column.addWidget(self._strip)
        self.title = QLineEdit()
        self.title.setObjectName("note_title")
        self.title.setMaxLength(200)
        self.title.textChanged.connect(self._edited)
        self._column.addWidget(self.title)
        self._rule = label("caption")
        self._column.addWidget(self._rule)

    def _build_text(self) -> None:
        self.writing = NoteEdit()
        self.writing.setObjectName("note_text")
        self.writing.textChanged.connect(self._edited)
        self._beside_box = QWidget()
        column = QVBoxLayout(self._beside_box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._beside_title = label("caption")
        self._beside = NoteEdit()
        self._beside.setObjectName("note_beside")
        self._beside.setReadOnly(True)
        column.addWidget(self._beside_title)
        column.addWidget(self._beside, 1)
        self._beside_box.hide()
        self._pages = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pages.setSpacing(12)
        self._pages.addWidget(self.writing, 3)
        self._pages.addWidget(self._beside_box, 2)
        self._column.addLayout(self._pages, 1)

    def _build_after(self) -> None:
        self._signature_icon = IconLabel("lock-check", 18, "ok")
        self._signature = label("")
        self._signature.setObjectName("note_signature")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._signature_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._signature, 1)
        self._column.addLayout(row)
        self._addenda = QWidget()
        self._addenda_column = QVBoxLayout(self._addenda)
        self._addenda_column.setContentsMargins(0, 0, 0, 0)
        self._addenda_column.setSpacing(8)
        self._column.addWidget(self._addenda)
        self._adding, column = card("inset")
        column.setContentsMargins(14, 12, 14, 12)
        self._addendum_title = label("section")
        self._addendum = NoteEdit()
        self._addendum.setObjectName("note_addendum")
        self._add = AppButton("primary", "plus")
        self._add.setObjectName("add_addendum")
        self._add.clicked.connect(
            lambda: self.view_model.addend(self._addendum.toPlainText())
        )
        self._addendum.textChanged.connect(
            lambda: self._add.setEnabled(not self._addendum.document().isEmpty())
        )
        for widget in (self._addendum_title, self._addendum, flow_row(self._add)):
            column.addWidget(widget)
        self._column.addWidget(self._adding)
        self._attachments = AttachmentRow()
        self._attachments.take_out_requested.connect(self.take_out_requested)
        self._attachments.remove_requested.connect(self.view_model.detach)
        self._column.addWidget(self._attachments)

    def _build_actions(self) -> None:
        vm = self.view_model
        self._sign = AppButton("primary", "lock-check")
        self._previous = AppButton("", "back")
        self._versions = AppButton("", "versions")
        self._attach = AppButton("", "attach")
        self._export = AppButton("", "export")
        named = {
            "sign_note": self._sign,
            "note_previous": self._previous,
            "note_versions": self._versions,
            "attach_file": self._attach,
            "export_note": self._export,
        }
        for name, button in named.items():
            button.setObjectName(name)
        self._sign.clicked.connect(self.sign_requested)
        self._previous.clicked.connect(
            lambda: vm.show_previous(shown=vm.beside is None)
        )
        self._versions.clicked.connect(self.versions_requested)
        self._attach.clicked.connect(self.attach_requested)
        self._export.clicked.connect(self.export_requested)
        self._column.addWidget(flow_row(*named.values(), spacing_px=8))

    # --- inside ------------------------------------------------------------------

    def _text(self) -> tuple[str, str]:
        return self.title.text(), self.writing.toPlainText()

    def _addendum_text(self) -> str:
        return self._addendum.toPlainText()

    def _edited(self) -> None:
        if not self._filling:
            self.view_model.edited()

    def _fill(self) -> None:
        vm = self.view_model
        note = vm.note
        self._filling = True
        # Not clear(): that could be undone.
        self.title.setText(note.head.title if note else "")
        self.writing.show_text(note.body if note else "")
        self._filling = False
        self._beside.clear_all()
        self._addendum.clear_all()
        for field in (self.title, self.writing):
            field.setReadOnly(not vm.may_edit)
            repolish(field)
        if vm.may_edit:
            self.writing.go_to_first_gap()
        self._fit()
        self._show_addenda()
        if note is None:
            for shown in (self._whose, self._when, self._signature, self._beside_title):
                shown.setText("")
            self._attachments.show_files((), may_change=False)
            self._strip.set_text("")
            return
        self.refresh()

    def _fit(self) -> None:
        line_px = self.writing.fontMetrics().lineSpacing()
        self.writing.setMinimumHeight(_BODY_LINES * line_px)
        self._addendum.setFixedHeight(_ADDENDUM_LINES * line_px + 24)

    def _turn(self) -> None:
        wide = self.viewport().width() >= _SIDE_BY_SIDE_PX
        way = QBoxLayout.Direction
        self._pages.setDirection(way.LeftToRight if wide else way.TopToBottom)

    def _show_problem(self) -> None:
        vm = self.view_model
        words = note_texts.refusal(vm.problem) if vm.problem else ""
        if vm.save_state is SaveState.NOT_SAVED:
            stays = translate(
                "NoteEditor",
                "What you typed last is not saved yet. It stays here, and saving is "
                "tried again by itself.",
            )
            words = texts.sentences(stays, words)
        self._strip.set_text(words)

    def _show_signature(self) -> None:
        vm = self.view_model
        head = vm.head
        signed_at_ms = head.signed_at_ms if head else None
        self._signature.setText(note_texts.signature_words(vm.signature, signed_at_ms))
        broken = vm.signature is SignatureState.BROKEN
        self._signature_icon.set_icon(
            *{
                SignatureState.OPEN: ("dot", "muted"),
                SignatureState.GOOD: ("lock-check", "ok"),
                SignatureState.BROKEN: ("warn", "error"),
            }[vm.signature]
        )
        role = "error" if broken else ""
        if self._signature.property("role") != role:
            self._signature.setProperty("role", role)
            repolish(self._signature)
        editable = vm.may_edit
        for widget in (self._signature, self._signature_icon):
            widget.setVisible(not editable)
        self._adding.setVisible(not editable)
        self._sign.setVisible(editable)
        self._meaning.setVisible(editable)  # a signed text needs the room
        self._attach.setVisible(editable)
        self._versions.setVisible(editable)
        self._rule.setVisible(
            editable and head is not None and head.kind is NoteKind.RECORD
        )

    def _show_addenda(self) -> None:
        while (item := self._addenda_column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for addendum in self.view_model.addenda:
            self._addenda_column.addWidget(_addendum_card(addendum))
        self._addenda.setVisible(bool(self.view_model.addenda))


_SAVE_ICONS = {
    SaveState.SAVED: ("check", "ok"),
    SaveState.TYPING: ("dot", "muted"),
    SaveState.SAVING: ("dot", "muted"),
    SaveState.NOT_SAVED: ("warn", "warn"),
}


def _pair(icon: IconLabel, words: QWidget) -> QWidget:
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(icon)
    row.addWidget(words)
    return host


def _addendum_card(addendum: Addendum) -> QWidget:
    frame, column = card("inset")
    column.setContentsMargins(14, 10, 14, 10)
    column.setSpacing(4)
    head = label("caption")
    head.setText(note_texts.addendum_words(addendum))
    text = Paragraph()
    text.set_text(addendum.body)
    column.addWidget(head)
    column.addWidget(text)
    return frame
