"""Cards above the notes page: a new client, a new note.

Both are cleared when they close: what was typed into them stays nowhere.
"""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QEvent, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDateTimeEdit,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from safesession.core.note_types import NoteKind
from safesession.ui import note_texts
from safesession.ui.i18n import LANGUAGES, language_controller, translate
from safesession.ui.note_templates import FREE
from safesession.ui.view_models.note_templates import NoteTemplatesViewModel
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.flow import FlowLayout, flow_row
from safesession.ui.widgets.overlay import Overlay
from safesession.ui.widgets.time_field import TimeField


MAX_CODE_CHARS = 40
MAX_NAME_CHARS = 120
_KINDS = (NoteKind.RECORD, NoteKind.PROCESS)


class ClientOverlay(Overlay):
    """Asks for code and name of a client."""

    accepted = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._renames = False
        self._title = label("section")
        self._code_title = label("muted")
        self._code = QLineEdit()
        self._code.setObjectName("client_code")
        self._code.setMaxLength(MAX_CODE_CHARS)
        self._name_title = label("muted")
        self._name = QLineEdit()
        self._name.setObjectName("client_name")
        self._name.setMaxLength(MAX_NAME_CHARS)
        self._hint = Paragraph("muted")
        self._yes = AppButton("primary")
        self._yes.setObjectName("client_yes")
        self._no = AppButton()
        self._no.setObjectName("client_no")
        for widget in (
            self._title,
            self._code_title,
            self._code,
            self._name_title,
            self._name,
            self._hint,
            flow_row(self._yes, self._no),
        ):
            self.body.addWidget(widget)
        self._no.clicked.connect(self.dismiss)
        self._yes.clicked.connect(self._accept)
        self._code.returnPressed.connect(self._accept)
        self._name.returnPressed.connect(self._accept)
        self._code.textChanged.connect(
            lambda text: self._yes.setEnabled(bool(text.strip()))
        )
        self.closed.connect(self.clear_all)
        self.retranslate()

    def ask(self, code: str, name: str = "", *, renames: bool = False) -> None:
        """Open with a suggestion, or with what is to be changed."""
        self._renames = renames
        self._code.setText(code)
        self._name.setText(name)
        self._yes.setEnabled(bool(code))
        self.retranslate()
        self.open(self._code)
        self._code.selectAll()

    def clear_all(self) -> None:
        """Hold nothing that was typed."""
        self._code.setText("")
        self._name.setText("")

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(
            translate("ClientOverlay", "Change code and name")
            if self._renames
            else translate("ClientOverlay", "New client's file")
        )
        self._code_title.setText(translate("ClientOverlay", "Code, shown in lists"))
        self._code.setAccessibleName(translate("ClientOverlay", "Code, shown in lists"))
        self._name_title.setText(translate("ClientOverlay", "Name (may stay empty)"))
        self._name.setAccessibleName(
            translate("ClientOverlay", "Name (may stay empty)")
        )
        self._hint.set_text(
            translate(
                "ClientOverlay",
                "The name is shown only while the privacy view is off.",
            )
        )
        self._yes.setText(
            translate("ClientOverlay", "Change")
            if self._renames
            else translate("ClientOverlay", "Open file")
        )
        self._no.setText(translate("ClientOverlay", "Cancel"))

    def _accept(self) -> None:
        code, name = self._code.text().strip(), self._name.text().strip()
        if code:
            self.dismiss()
            self.accepted.emit(code, name)


class NewNoteOverlay(Overlay):
    """Asks for kind, template, session time and language of a new note."""

    accepted = Signal(object, str, object, str)  # a C int cannot hold the time
    templates_requested = Signal()

    def __init__(self, templates: NoteTemplatesViewModel, parent: QWidget) -> None:
        super().__init__(parent, width_px=620)
        self._known = templates
        self._title = label("section")
        self._kinds = QButtonGroup(self)
        self._kind_buttons = [QRadioButton() for _ in _KINDS]
        self._meaning = Paragraph("muted")
        self.body.addWidget(self._title)
        for number, kind in enumerate(_KINDS):
            self._kind_buttons[number].setObjectName(f"kind_{kind.value}")
            self._kinds.addButton(self._kind_buttons[number], number)
        self._kinds.idToggled.connect(lambda _number, _on: self._show_meaning())
        kinds = flow_row(*self._kind_buttons, spacing_px=18, row_spacing_px=0)
        self.body.addWidget(kinds)
        self.body.addWidget(self._meaning)
        self._template_title = label("muted", wrap=False)
        self._templates = QButtonGroup(self)
        self._keys: tuple[str, ...] = ()
        self._template_buttons: list[QRadioButton] = []
        self._template_row = QWidget()
        self._template_flow = FlowLayout(
            self._template_row, spacing_px=18, row_spacing_px=0
        )
        self._manage = AppButton("plain", "plus")
        self._manage.setObjectName("manage_templates")
        self._manage.clicked.connect(self.templates_requested)
        self.body.addWidget(flow_row(self._template_title, self._manage))
        # Beside a call: close rows, so that Begin stays in sight.
        self.body.addWidget(self._template_row)
        templates.changed.connect(self._list_templates)
        self._language_title = label("muted", wrap=False)
        self._languages = QButtonGroup(self)
        self._language_buttons = [QRadioButton(one.name) for one in LANGUAGES]
        for number, one in enumerate(LANGUAGES):
            self._language_buttons[number].setObjectName(f"note_language_{one.code}")
            self._languages.addButton(self._language_buttons[number], number)
        self.body.addWidget(flow_row(self._language_title, *self._language_buttons))
        self._when_title = label("muted", wrap=False)
        self._when = TimeField()
        self._when.setObjectName("note_when")
        self._when.setButtonSymbols(QDateTimeEdit.ButtonSymbols.NoButtons)
        self._when.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.body.addWidget(flow_row(self._when_title, self._when))
        self._yes = AppButton("primary")
        self._yes.setObjectName("new_note_yes")
        self._no = AppButton()
        self._no.setObjectName("new_note_no")
        self.body.addWidget(flow_row(self._yes, self._no))
        self._yes.clicked.connect(self._accept)
        self._no.clicked.connect(self.dismiss)
        self._list_templates()
        self.retranslate()

    @property
    def kind(self) -> NoteKind:
        """The kind that is chosen."""
        return _KINDS[max(0, self._kinds.checkedId())]

    def ask(self, kind: NoteKind, now_s: float) -> None:
        """Open with a kind chosen."""
        self._kind_buttons[_KINDS.index(kind)].setChecked(True)
        first = 0 if kind is NoteKind.RECORD else len(self._keys) - 1
        self._template_buttons[first].setChecked(True)
        spoken = language_controller().language
        for button, one in zip(self._language_buttons, LANGUAGES, strict=True):
            button.setChecked(one.code == spoken)
        self._when.setDateTime(QDateTime.fromSecsSinceEpoch(int(now_s)))
        self.open(self._yes)

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("NewNote", "New note"))
        for kind, button in zip(_KINDS, self._kind_buttons, strict=True):
            button.setText(note_texts.kind_words(kind))
        self._show_meaning()
        self._template_title.setText(translate("NewNote", "Begin with headings"))
        self._manage.setText(translate("NewNote", "Your institution's templates…"))
        self._name_templates()
        self._language_title.setText(translate("NewNote", "Headings in"))
        self._when_title.setText(translate("NewNote", "Session time"))
        self._when.setAccessibleName(translate("NewNote", "Session time"))
        self._yes.setText(translate("NewNote", "Begin"))
        self._no.setText(translate("NewNote", "Cancel"))

    def _list_templates(self) -> None:
        """Offer what there is; a choice that is gone becomes the first one."""
        keys = (*(one.key for one in self._known.all()), FREE)
        if keys == self._keys:
            self._name_templates()
            return
        chosen = self._templates.checkedId()
        before = self._keys[chosen] if chosen >= 0 else keys[0]
        while (item := self._template_flow.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, QRadioButton):
                self._templates.removeButton(widget)
                widget.hide()
                widget.deleteLater()
        self._keys = keys
        self._template_buttons = [QRadioButton() for _ in keys]
        for number, (key, button) in enumerate(
            zip(keys, self._template_buttons, strict=True)
        ):
            button.setObjectName(f"template_{key}")
            self._templates.addButton(button, number)
            self._template_flow.addWidget(button)
        place = keys.index(before) if before in keys else 0
        self._template_buttons[place].setChecked(True)
        self._name_templates()
        self._template_row.updateGeometry()

    def _name_templates(self) -> None:
        language = language_controller().language
        for key, button in zip(self._keys, self._template_buttons, strict=True):
            template = self._known.template(key)
            words = (
                template.name.word(language)
                if template
                else translate("NewNote", "None, write freely")
            )
            button.setText(words.replace("&", "&&"))

    def _show_meaning(self) -> None:
        chosen = self._kinds.checkedId()
        if chosen >= 0:
            self._meaning.set_text(note_texts.kind_meaning(_KINDS[chosen]))

    def _accept(self) -> None:
        self.dismiss()
        self.accepted.emit(
            self.kind,
            self._keys[self._templates.checkedId()],
            self._when.dateTime().toMSecsSinceEpoch(),
            LANGUAGES[self._languages.checkedId()].code,
        )
