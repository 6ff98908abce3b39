"""Everything about notes in one window, and the law that a lock empties it.

    door.opened  -> the files are read
    door.locking -> last words are handed over, then nothing is held any more

The door is the vault's (any object with these signals); this room knows no key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance

from safesession.core.note_types import Export
from safesession.core.notebook_port import NotebookPort
from safesession.core.vault_port import Outcome
from safesession.ui import clipboard
from safesession.ui.answers import Answers
from safesession.ui.note_pdf import script_of
from safesession.ui.pdf_press import PdfPress
from safesession.ui.view_models.note_editor import NoteEditorViewModel
from safesession.ui.view_models.note_papers import NotePapersViewModel
from safesession.ui.view_models.note_versions import NoteVersionsViewModel
from safesession.ui.view_models.notebook import NotebookViewModel
from safesession.ui.views.notebook import NotebookView


class VaultDoor(Protocol):
    """What the notes need to know of the vault's door."""

    opened: SignalInstance
    locking: SignalInstance

    @property
    def is_open(self) -> bool:
        """Whether notes may be shown."""


class NotesRoom(QObject):
    """View-models and page of the notes, bound to the door."""

    def __init__(
        self,
        port: NotebookPort,
        door: VaultDoor,
        *,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._answers = Answers(self)
        self.editor_model = NoteEditorViewModel(
            port, self._answers, time.monotonic, self
        )
        self.model = NotebookViewModel(port, self._answers, self.editor_model, self)
        self._clock = clock
        self.versions = NoteVersionsViewModel(
            port, self._answers, self.editor_model, self
        )
        self.papers = NotePapersViewModel(
            port, self._answers, self.editor_model, self, self
        )
        self.pdf = PdfPress()
        self.page = NotebookView(self.model, self.versions, self.papers, clock)
        self._door = door
        door.opened.connect(self._opened)
        door.locking.connect(self.empty)
        if door.is_open:
            self.model.open()

    @property
    def is_open(self) -> bool:
        """Whether the vault is open."""
        return self._door.is_open

    @property
    def has_unsaved_words(self) -> bool:
        """Whether closing now might lose words that the disk refused."""
        return bool(self.editor_model.problem) and self.editor_model.has_unsaved_words

    def empty(self) -> None:
        """Hand over the last words; hold nothing any more, the clipboard neither."""
        self.editor_model.last_words()
        self._answers.forget()
        self.page.clear_all()
        self.model.forget()
        self.versions.forget()
        clipboard.forget_private()

    def press(self, export: Export, told: Callable[[float], None]) -> Outcome[bytes]:
        """Compose a PDF beside the windows; the words are put together here."""
        named = not self.model.private
        script = script_of(export, named=named, made_at_s=self._clock())
        return self.pdf.press(script, told)

    def stop(self) -> None:
        """Stop composing."""
        self.pdf.stop()

    def _opened(self, _report: object = None) -> None:
        self.model.open()
