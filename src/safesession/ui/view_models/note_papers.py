"""What goes out of the vault and what comes in as a file: asked, written, said.

Nothing is written but the file somebody chose, whole or not at all. How a PDF looks
is somebody else's; it is composed in memory, beside the windows, and can be stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

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
Tell = Callable[[float], None]


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


class PressPort(Protocol):
    """What makes a PDF out of an export, on a thread of its own."""

    def press(self, export: Export, told: Tell) -> Outcome[bytes]:
        """Begin; `told` hears on that thread which share is done."""

    def stop(self) -> None:
        """Stop what is under way; afterwards no word of it is held."""


class PaperState(Enum):
    """What may be said about the last file."""

    NOTHING = "nothing"
    WRITING = "writing"
    STOPPED = "stopped"
    WRITTEN = "written"
    FAILED = "failed"


class NotePapersViewModel(QObject):
    """Files in and out. `problem` is the code of what went wrong."""

    changed = Signal()
    _told = Signal(float)

    def __init__(
        self,
        port: NotebookPort,
        answers: Answers,
        editor: NoteEditorViewModel,
        press: PressPort,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self._editor = editor
        self._press = press
        self.state = PaperState.NOTHING
        self.problem = ""
        self.share: float | None = None  # of a PDF that is being composed
        self._told.connect(self._know_share)
        editor.changed.connect(self._look_at_editor)

    def take_out(self, wish: ExportWish, path: Path) -> None:
        """Write what was wished for, once the open note is saved."""
        self._set(PaperState.WRITING)
        self._editor.when_saved(lambda: self._ask(wish, path))

    def stop(self) -> None:
        """Stop composing; nothing is written."""
        if self.share is not None:
            self._press.stop()
            self._set(PaperState.STOPPED)

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
        """Say nothing any more, and hold no word of a page."""
        self._press.stop()
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
            self._plain(wish), lambda export: self._compose(path, export), self._fail
        )

    def _compose(self, path: Path, export: Export) -> None:
        self.share = 0.0
        self.changed.emit()
        self._answers.ask(
            self._press.press(export, self._tell),
            lambda content: self._write(path, content),
            self._fail_to_compose,
        )

    def _tell(self, share: float) -> None:
        """Called on the press's thread."""
        with suppress(RuntimeError):  # the window is gone; so will be the page
            self._told.emit(share)

    def _know_share(self, share: float) -> None:
        if self.share is not None:
            self.share = share
            self.changed.emit()

    def _fail_to_compose(self, code: str) -> None:
        if self.state is PaperState.WRITING:  # else it was stopped
            self._fail(code)

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
        if self.state is not PaperState.WRITING:
            return  # stopped while the last line was being set
        try:
            write_bytes(path, content)
        except StateError:
            self._fail("file")
        else:
            self._set(PaperState.WRITTEN)

    def _fail(self, code: str) -> None:
        self._set(PaperState.FAILED, code)

    def _set(self, state: PaperState, problem: str = "") -> None:
        self.state, self.problem, self.share = state, problem, None
        self.changed.emit()
