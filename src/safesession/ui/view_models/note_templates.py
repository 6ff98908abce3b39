"""The templates a note can begin with: the program's and the institution's own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from safesession.atomic_file import write_bytes
from safesession.core.notebook_port import NotebookPort
from safesession.core.template_file import (
    MAX_FILE_BYTES,
    NoteTemplate,
    TemplateFault,
    TemplateRefusal,
    TemplatesTaken,
)
from safesession.errors import StateError
from safesession.ui import note_texts
from safesession.ui.answers import Answers
from safesession.ui.i18n import translate
from safesession.ui.note_templates import note_content
from safesession.ui.template_texts import refusal_words, taken_words
from safesession.ui.vault_texts import Notice


EXAMPLE_NAME = "note_templates.yaml"


class NoteTemplatesViewModel(QObject):
    """The institution's templates, and what came of the last file."""

    changed = Signal()

    def __init__(
        self, port: NotebookPort, answers: Answers, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self._own: tuple[NoteTemplate, ...] = ()
        self.said: tuple[Notice, ...] = ()

    @property
    def own(self) -> tuple[NoteTemplate, ...]:
        """The institution's own."""
        return self._own

    def all(self) -> tuple[NoteTemplate, ...]:
        """Return every template a note can begin with."""
        return (*note_content().templates, *self._own)

    def template(self, key: str) -> NoteTemplate | None:
        """Return a template, or None for a free note."""
        return next((one for one in self.all() if one.key == key), None)

    def load(self) -> None:
        """Read the institution's templates."""
        self._answers.ask(self._port.templates(), self._take, self._fail)

    def take_file(self, path: Path) -> None:
        """Take a template file, whole or not at all."""
        try:
            with path.open("rb") as file:
                content = file.read(MAX_FILE_BYTES + 1)
        except OSError:
            self._fail("file_unreadable")
            return
        if len(content) > MAX_FILE_BYTES:
            self._came(TemplateRefusal(TemplateFault.TOO_LARGE))
            return
        self._answers.ask(self._port.take_templates(content), self._came, self._fail)

    def save_example(self, path: Path) -> None:
        """Write the program's own file elsewhere, to begin with."""
        content = resources.files("safesession.resources") / "content" / EXAMPLE_NAME
        try:
            write_bytes(path, content.read_bytes())
        except StateError:
            self._fail("file")
            return
        words = translate("TemplateFile", "The example file is written.")
        self._say(Notice("ok", words))

    def remove(self, key: str) -> None:
        """Forget one of the institution's templates."""

        def removed(_none: None) -> None:
            words = translate(
                "TemplateFile", "Removed. Notes that began with it stay as they are."
            )
            self._say(Notice("ok", words))
            self.load()

        self._answers.ask(self._port.remove_template(key), removed, self._fail)

    def hush(self) -> None:
        """Say nothing of the last file any more."""
        self.said = ()
        self.changed.emit()

    def forget(self) -> None:
        """Hold nothing of the vault any more."""
        self._own, self.said = (), ()
        self.changed.emit()

    def _take(self, templates: tuple[NoteTemplate, ...]) -> None:
        self._own = templates
        self.changed.emit()

    def _came(self, result: TemplatesTaken | TemplateRefusal) -> None:
        match result:
            case TemplatesTaken():
                self._say(Notice("ok", taken_words(result)))
                self.load()
            case TemplateRefusal():
                self._say(Notice("warn", refusal_words(result)))

    def _fail(self, code: str) -> None:
        self._say(Notice("warn", note_texts.refusal(code)))

    def _say(self, notice: Notice) -> None:
        self.said = (notice,)
        self.changed.emit()
