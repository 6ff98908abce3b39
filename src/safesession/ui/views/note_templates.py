"""The card of the institution's templates: what there is, taking a file, removing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from safesession.core.template_file import MAX_FILE_BYTES, NoteTemplate
from safesession.ui.i18n import language_controller, translate
from safesession.ui.view_models.note_templates import (
    EXAMPLE_NAME,
    NoteTemplatesViewModel,
)
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.file_question import ask_where, ask_which
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.notices import NoticeList
from safesession.ui.widgets.overlay import Overlay


_KIB = 1024


class NoteTemplatesOverlay(Overlay):
    """Shows a `NoteTemplatesViewModel`."""

    def __init__(self, view_model: NoteTemplatesViewModel, parent: QWidget) -> None:
        super().__init__(parent, width_px=620)
        self.view_model = view_model
        self._title = label("section")
        self._text = Paragraph("muted")
        self._said = NoticeList()
        self._empty = label("muted")
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._listed: tuple[NoteTemplate, ...] = ()
        self._take = AppButton("primary", "plus")
        self._take.setObjectName("take_templates")
        self._example = AppButton("", "export")
        self._example.setObjectName("save_example")
        self._close = AppButton()
        self._close.setObjectName("close_templates")
        self._take.clicked.connect(lambda: ask_which(self, view_model.take_file))
        self._example.clicked.connect(
            lambda: ask_where(self, EXAMPLE_NAME, "yaml", view_model.save_example)
        )
        self._close.clicked.connect(self.dismiss)
        for widget in (
            self._title,
            self._text,
            self._said,
            self._empty,
            self._list,
            flow_row(self._take, self._example, self._close),
        ):
            self.body.addWidget(widget)
        self.closed.connect(view_model.hush)
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def ask(self) -> None:
        """Open the card."""
        self.view_model.load()
        self.open(self._take)

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("TemplateFile", "Your institution's templates"))
        self._text.set_text(
            translate(
                "TemplateFile",
                "A template file is a text file in YAML, at most {n} KB. It is checked "
                "and taken whole or not at all; a template with a known key replaces "
                "the one that is here. It stays encrypted in your vault.",
            ).format(n=MAX_FILE_BYTES // _KIB)
        )
        self._empty.setText(translate("TemplateFile", "There are none yet."))
        self._take.setText(translate("TemplateFile", "Take a file…"))
        self._example.setText(translate("TemplateFile", "Save an example…"))
        self._close.setText(translate("TemplateFile", "Close"))
        self._listed = ()
        self.refresh()

    def refresh(self) -> None:
        """Show the view-model."""
        own = self.view_model.own
        self._said.set_notices(self.view_model.said)
        self._empty.setVisible(not own)
        self._list.setVisible(bool(own))
        if own != self._listed:
            self._listed = own
            self._fill()

    def _fill(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for template in self._listed:
            row = self._row(template)
            self._column.addWidget(row)
            row.show()

    def _row(self, template: NoteTemplate) -> QWidget:
        name = template.name.word(language_controller().language)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        words = label("")
        counted = translate("TemplateFile", "{name} · headings: {n}")
        words.setText(counted.format(name=name, n=len(template.fields)))
        remove = AppButton("plain", "close")
        remove.setObjectName(f"remove_{template.key}")
        remove.setText(translate("TemplateFile", "Remove"))
        remove.setAccessibleName(
            translate("TemplateFile", "Remove {name}").format(name=name)
        )
        remove.clicked.connect(self._remover(template.key))
        line.addWidget(words, 1)
        line.addWidget(remove)
        return row

    def _remover(self, key: str) -> Callable[[], None]:
        return lambda: self.view_model.remove(key)
