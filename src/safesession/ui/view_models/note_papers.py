"""What goes out of the vault and what comes in as a file: asked, written, said.

Nothing is written but the file somebody chose, whole or not at all. How a PDF looks
is somebody else's; it is composed in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QMimeDatabase, QObject, Signal

from safesession.atomic_file import write_bytes
from safesession.core.edit_burst import SaveState
from safesession.core.note_types import Export, NoteKind
from safesession.core.notebook_port import NotebookPort
from safesession.core.vault_port import Outcome
from safesession.errors import StateError
from safesession.ui.answers import Answers
from safesession.ui.view_models.note_editor import NoteEditorViewModel


MAX_ATTACHMENT_BYTES = 25 << 20


class ExportForm(Enum):
    """In which form notes leave; the value is the file's suffix."""

    PDF = "pdf"
    ARCHIVE = "ssrec"


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What somebody wants to take out. Without a note: all formal records."""

    client_id: int = 0
    note_id: int | None = None
    kind: NoteKind = NoteKind.RECORD
    form: ExportForm = ExportForm.PDF
    on_purpose: bool = False
    passphrase: str = field(default="", repr=False)


class PaperState(Enum):
    """What may be said about the last file."""

    NOTHING = "nothing"
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"


class NotePapersViewModel(QObject):
    """Files in and out. `problem` is the code of what went wrong."""

    changed = Signal()

    def __init__(
        self,
        port: NotebookPort,
        answers: Answers,
        editor: NoteEditorViewModel,
        compose: Callable[[Export], bytes],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self._editor = editor
        self._compose = compose
        self.state = PaperState.NOTHING
        self.problem = ""
        editor.changed.connect(self._look_at_editor)

    def take_out(self, wish: ExportWish, path: Path) -> None:
        """Write what was wished for, once the open note is saved."""
        self._set(PaperState.WRITING)
        self._editor.when_saved(lambda: self._ask(wish, path))

    def take_attachment(self, attachment_id: int, path: Path) -> None:
        """Write an attached file elsewhere."""
        self._set(PaperState.WRITING)
        self._answers.ask(
            self._port.take_attachment(attachment_id),
            lambda content: self._write(path, content),
            self._fail,
        )

    def attach(self, path: Path) -> None:
        """Put a file into the open note."""
        try:
            if path.stat().st_size > MAX_ATTACHMENT_BYTES:
                self._fail("attachment")
                return
            content = path.read_bytes()
        except OSError:
            self._fail("file_unreadable")
            return
        media_type = QMimeDatabase().mimeTypeForFile(str(path)).name()
        self._set(PaperState.NOTHING)
        self._editor.attach(path.name, media_type, content)

    def forget(self) -> None:
        """Say nothing any more."""
        self._set(PaperState.NOTHING)

    def _ask(self, wish: ExportWish, path: Path) -> None:
        if wish.form is ExportForm.ARCHIVE:
            self._answers.ask(
                self._sealed(wish),
                lambda content: self._write(path, content),
                self._fail,
            )
            return
        self._answers.ask(
            self._plain(wish),
            lambda export: self._write(path, self._compose(export)),
            self._fail,
        )

    def _sealed(self, wish: ExportWish) -> Outcome[bytes]:
        if wish.note_id is None:
            return self._port.archive_client(wish.client_id, wish.passphrase)
        return self._port.archive_notes(
            [wish.note_id], wish.passphrase, process_notes=wish.on_purpose
        )

    def _plain(self, wish: ExportWish) -> Outcome[Export]:
        if wish.note_id is None:
            return self._port.export_client(wish.client_id, wish.form.value)
        return self._port.export_notes(
            [wish.note_id], wish.form.value, process_notes=wish.on_purpose
        )

    def _look_at_editor(self) -> None:
        """What cannot be saved cannot leave either."""
        unsaved = self._editor.save_state is SaveState.NOT_SAVED
        if unsaved and self.state is PaperState.WRITING:
            self._fail(self._editor.problem)

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_bytes(path, content)
        except StateError:
            self._fail("file")
        else:
            self._set(PaperState.WRITTEN)

    def _fail(self, code: str) -> None:
        self._set(PaperState.FAILED, code)

    def _set(self, state: PaperState, problem: str = "") -> None:
        self.state, self.problem = state, problem
        self.changed.emit()
