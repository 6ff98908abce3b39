"""The notes page: clients' files, one client's timeline, search, privacy view.

It asks the vault and shows what comes back. In the privacy view (how it begins) a
client is a code; names appear only where somebody switched them on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.note_types import (
    Client,
    Found,
    NewNote,
    NoteKind,
    Saved,
    TimelineEntry,
    TimelineKind,
)
from safesession.core.notebook_port import ClientFile, NotebookPort, OpenedNote
from safesession.ui import note_texts
from safesession.ui.answers import Answers
from safesession.ui.i18n import translate
from safesession.ui.view_models.note_editor import NoteEditorViewModel
from safesession.ui.view_models.note_search import NoteSearchViewModel
from safesession.ui.view_models.note_templates import NoteTemplatesViewModel
from safesession.ui.view_models.rows import Row, RowsModel


_FIRST_CODE = "A-001"
_AT_ONCE = 200  # lines of a timeline; laying out thousands would stop the typing
_OLDER = 0  # the key of the row that shows more; clients among found notes: -id
_NUMBERED = re.compile(r"^(.*?)(\d+)$")


class Side(Enum):
    """What the list on the left shows."""

    CLIENTS = "clients"
    TIMELINE = "timeline"
    FOUND = "found"


class Desk(Enum):
    """What lies on the right."""

    NOTHING = "nothing"
    CLIENT = "client"
    NOTE = "note"


class NotebookViewModel(QObject):
    """Everything of the notes page but the note itself (`editor`) and `search`."""

    changed = Signal()

    def __init__(
        self,
        port: NotebookPort,
        answers: Answers,
        editor: NoteEditorViewModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self.editor = editor
        self.list = RowsModel(self)
        self._clients: tuple[Client, ...] = ()
        self._file: ClientFile | None = None
        self._lines = _AT_ONCE
        self._private = True
        self._problem = ""
        self.templates = NoteTemplatesViewModel(port, answers, self)
        self.search = NoteSearchViewModel(port, answers, self)
        self.search.changed.connect(self._show)
        self.search.failed.connect(self._fail)
        editor.opened.connect(self._show)
        editor.stored.connect(self._refresh_file)

    # --- what is shown -----------------------------------------------------------

    @property
    def side(self) -> Side:
        """What the list on the left shows."""
        if self.search.query:
            return Side.FOUND
        return Side.CLIENTS if self._file is None else Side.TIMELINE

    @property
    def desk(self) -> Desk:
        """What lies on the right."""
        if self.editor.note is not None:
            return Desk.NOTE
        return Desk.NOTHING if self._file is None else Desk.CLIENT

    @property
    def private(self) -> bool:
        """Whether clients are codes only."""
        return self._private

    @property
    def client(self) -> Client | None:
        """The client whose file lies open."""
        return self._file.client if self._file else None

    @property
    def has_clients(self) -> bool:
        """Whether there is any file yet."""
        return bool(self._clients)

    @property
    def clients(self) -> tuple[Client, ...]:
        """Every client's file, by code."""
        return self._clients

    @property
    def problem(self) -> str:
        """The code of what went wrong last, or nothing."""
        return self._problem

    def client_label(self, client: Client) -> str:
        """Return what a client is called on the screen now."""
        return client.label(private=self._private)

    def empty_words(self) -> str:
        """Return what to say instead of an empty list."""
        match self.side:
            case Side.FOUND:
                return translate("Notebook", "Nothing was found.")
            case Side.CLIENTS:
                return translate("Notebook", "No client's file yet.")
            case Side.TIMELINE:
                return ""

    def suggested_code(self) -> str:
        """Return the next free code: the last one, counted on."""
        taken = {client.code for client in self._clients}
        newest = max(self._clients, key=lambda one: one.id, default=None)
        match = _NUMBERED.match(newest.code) if newest else None
        if match is None:
            return _FIRST_CODE if _FIRST_CODE not in taken else ""
        front, digits = match.groups()
        number = int(digits) + 1
        while (code := f"{front}{number:0{len(digits)}}") in taken:
            number += 1
        return code

    # --- coming and going --------------------------------------------------------

    def open(self) -> None:
        """Read the clients' files; the vault is open."""
        self._answers.ask(self._port.clients(), self._take_clients, self._fail)
        self.templates.load()
        if self.search.query:
            self.search.search_now()

    def forget(self) -> None:
        """Hold nothing of the vault any more; names are hidden again."""
        self._clients, self._file = (), None
        self._problem = ""
        self._private = True
        self.search.forget()
        self.templates.forget()
        self.editor.forget()
        self._show()

    # --- what a person does ------------------------------------------------------

    def set_private(self, private: bool) -> None:
        """Show codes only, or names too."""
        self._private = private
        self._show()

    def choose(self, key: int) -> None:
        """Open what a row of the list stands for."""
        if self.side is Side.CLIENTS or key < 0:
            self.open_client(abs(key))
        elif key == _OLDER:
            self._lines += _AT_ONCE
            self._show()
        else:
            self.open_note(key)

    def open_client(self, client_id: int) -> None:
        """Open a client's file."""
        self._lines = _AT_ONCE
        self.search.set_query("")
        self.editor.leave(lambda: self._ask_file(client_id))

    def to_clients(self) -> None:
        """Go back to all clients."""
        self.editor.leave(self._close_file)

    def to_client(self) -> None:
        """Go back from a note to its client's file."""
        client = self.editor.client
        if client is not None:
            self.open_client(client.id)

    def open_note(self, note_id: int) -> None:
        """Open a note, once the open one is saved."""
        head = self.editor.head
        if head is not None and head.id == note_id:
            return
        self.editor.when_saved(
            lambda: self._answers.ask(
                self._port.open_note(note_id), self._take_note, self._fail
            )
        )

    def add_client(self, code: str, name: str) -> None:
        """Open a file for a new client."""
        self._answers.ask(
            self._port.add_client(code.strip(), name.strip()), self._added, self._fail
        )

    def rename_client(self, code: str, name: str) -> None:
        """Change the code and the name of the client before us."""
        if self.client is not None:
            self._answers.ask(
                self._port.rename_client(self.client.id, code.strip(), name.strip()),
                self._added,
                self._fail,
            )

    def close_client(self, *, closed: bool) -> None:
        """Say that the work with the client before us is over, or goes on."""
        if self.client is not None:
            self._answers.ask(
                self._port.close_client(self.client.id, closed=closed),
                self._added,
                self._fail,
            )

    def begin_note(
        self, kind: NoteKind, template_key: str, session_at_ms: int, language: str
    ) -> None:
        """Begin a note for the client before us, with a template's headings."""
        if self.client is None:
            return
        template = self.templates.template(template_key)
        title = template.name.word(language) if template else ""
        body = template.body(language) if template else ""
        new = NewNote(self.client.id, kind, template_key, session_at_ms, title, body)
        self._answers.ask(self._port.begin_note(new), self._begun, self._fail)

    def retranslate(self) -> None:
        """Put all words of the list in again."""
        self._show()

    # --- inside ------------------------------------------------------------------

    def _take_clients(self, clients: tuple[Client, ...]) -> None:
        self._clients = clients
        there = {client.id for client in clients}
        if self._file is not None and self._file.client.id not in there:
            self._file = None  # deleted meanwhile, after a review
        if self.editor.client is not None and self.editor.client.id not in there:
            self.editor.forget()
        self._show()

    def _ask_file(self, client_id: int) -> None:
        self._answers.ask(
            self._port.client_file(client_id), self._take_file, self._fail
        )

    def _take_file(self, file: ClientFile) -> None:
        self._file = file
        self._problem = ""
        self._show()

    def _refresh_file(self) -> None:
        if self._file is not None:
            self._ask_file(self._file.client.id)

    def _close_file(self) -> None:
        self._file = None
        self.search.set_query("")
        self.open()
        self._show()

    def _take_note(self, opened: OpenedNote) -> None:
        self.editor.leave(lambda: self.editor.show(opened))
        if self._file is None or self._file.client.id != opened.client.id:
            self._ask_file(opened.client.id)

    def _added(self, client: Client) -> None:
        self.open()
        self._ask_file(client.id)

    def _begun(self, saved: Saved) -> None:
        self._refresh_file()
        self.open_note(saved.note_id)

    def _fail(self, code: str) -> None:
        self._problem = code
        self._show()

    def _show(self) -> None:
        self.list.show_rows(self._rows())
        self.changed.emit()

    def _rows(self) -> list[Row]:
        match self.side:
            case Side.CLIENTS:
                return [self._client_row(client) for client in self._clients]
            case Side.TIMELINE if self._file is not None:
                return _timeline_rows(self._file.timeline, self._lines)
            case _:
                found = [self._found_row(one) for one in self.search.found]
                return [*self._found_clients(), *found]

    def _client_row(self, client: Client) -> Row:
        if client.closed_at_ms is None:
            detail = translate("Notebook", "Since {day}").format(
                day=note_texts.day(client.created_at_ms)
            )
        else:
            detail = translate("Notebook", "Closed {day}").format(
                day=note_texts.day(client.closed_at_ms)
            )
        return Row(client.id, self.client_label(client), detail, "person")

    def _found_clients(self) -> list[Row]:
        if self.search.narrowed:
            return []
        wanted = self.search.query.casefold()
        rows = (self._client_row(client) for client in self._clients)
        return [
            replace(row, key=-row.key)
            for row in rows
            if row.key and wanted in row.title.casefold()
        ]

    def _found_row(self, found: Found) -> Row:
        head, snippet = found.head, found.snippet
        code = next((one.code for one in self._clients if one.id == head.client_id), "")
        title = note_texts.note_title(head.title, head.template)
        where = " · ".join(
            part for part in (code, title, note_texts.day(head.session_at_ms)) if part
        )
        return Row(head.id, where, snippet.text, kind_icon(head.kind), snippet.marks)


def _timeline_rows(entries: Sequence[TimelineEntry], lines: int) -> list[Row]:
    rows = [_timeline_row(entry) for entry in entries[:lines]]
    hidden = len(entries) - len(rows)
    if hidden > 0:
        words = translate("Timeline", "Show older ({n} more)").format(n=hidden)
        rows.append(Row(_OLDER, words, icon="versions"))
    return rows


def _timeline_row(entry: TimelineEntry) -> Row:
    parts = [note_texts.day(entry.at_ms)]
    icon = "clock"
    if entry.kind is TimelineKind.NOTE and entry.note_kind is not None:
        parts.append(note_texts.kind_words(entry.note_kind))
        parts.append(
            translate("Timeline", "signed")
            if entry.signed
            else translate("Timeline", "open")
        )
        icon = kind_icon(entry.note_kind)
    return Row(
        entry.note_id,
        note_texts.timeline_words(entry),
        " · ".join(parts),
        icon,
        about=entry.kind is not TimelineKind.NOTE,
    )


def kind_icon(kind: NoteKind) -> str:
    """Return the icon of a kind: the two never look alike."""
    return "record" if kind is NoteKind.RECORD else "thought"


__all__ = ["Desk", "NotebookViewModel", "Side", "kind_icon"]
