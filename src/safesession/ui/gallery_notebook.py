"""A notebook in memory, for the gallery and the tests of the windows.

It keeps every rule of `core.notebook_port` (the same contract tests run against it
and against the vault) but encrypts nothing and writes nothing: never for an app.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

from safesession.core.note_archive import Packing, archive_of, seal_archive
from safesession.core.note_types import (
    Addendum,
    Attachment,
    Client,
    Difference,
    Export,
    ExportedNote,
    Found,
    NewNote,
    Note,
    NoteHead,
    NoteKind,
    Order,
    Saved,
    SignatureState,
    TimelineEntry,
    TimelineKind,
    VersionHead,
)
from safesession.core.notebook_port import ClientFile, OpenedNote
from safesession.core.template_file import (
    MAX_KEPT,
    NoteTemplate,
    TemplateFault,
    TemplateRefusal,
    TemplatesTaken,
    read_templates,
)
from safesession.core.vault_port import Outcome
from safesession.crypto import argon2
from safesession.errors import SafeSessionError
from safesession.ui.gallery_stage import RefusedError, Stage
from safesession.ui.gallery_texts import compared, snippet_of


_MAX_ATTACHMENT_BYTES = 25 << 20
_MOST_FOUND = 50


class StillNotebook(Stage):
    """Clients' files and notes in dictionaries."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._clients: dict[int, Client] = {}
        self._notes: dict[int, Note] = {}
        self._versions: dict[int, list[tuple[VersionHead, str, str]]] = {}
        self._files: dict[int, tuple[Attachment, bytes]] = {}
        self._templates: dict[str, NoteTemplate] = {}
        self.exported: list[str] = []  # what a custody log would say
        self.broken: set[int] = set()  # notes whose signature does not fit

    # --- clients -------------------------------------------------------------------

    def clients(self) -> Future[tuple[Client, ...]]:
        """Return every client's file, by code."""
        return self._do(
            lambda: tuple(sorted(self._clients.values(), key=lambda one: one.code))
        )

    def client_file(self, client_id: int) -> Future[ClientFile]:
        """Return a client with the timeline."""
        return self._do(
            lambda: ClientFile(self._client(client_id), self._timeline(client_id))
        )

    def add_client(self, code: str, name: str) -> Future[Client]:
        """Open a client's file."""

        def job() -> Client:
            self._must_be_free(code, None)
            client_id = len(self._clients) + 1
            made = Client(client_id, code, name, self._now_ms(), None, None)
            self._clients[client_id] = made
            return made

        return self._do(job)

    def rename_client(self, client_id: int, code: str, name: str) -> Future[Client]:
        """Change code and name."""

        def job() -> Client:
            self._must_be_free(code, client_id)
            made = replace(self._client(client_id), code=code, name=name)
            self._clients[client_id] = made
            return made

        return self._do(job)

    def close_client(self, client_id: int, *, closed: bool) -> Future[Client]:
        """Say that the work is over, or that it goes on."""

        def job() -> Client:
            at_ms = self._now_ms() if closed else None
            made = replace(self._client(client_id), closed_at_ms=at_ms)
            self._clients[client_id] = made
            return made

        return self._do(job)

    # --- notes ----------------------------------------------------------------------

    def begin_note(self, new: NewNote) -> Future[Saved]:
        """Make a note."""

        def job() -> Saved:
            self._client(new.client_id)
            note_id, now_ms = len(self._notes) + 1, self._now_ms()
            head = NoteHead(
                note_id,
                new.client_id,
                new.kind,
                new.template,
                new.session_at_ms,
                now_ms,
                now_ms,
                1,
                None,
                new.title,
            )
            self._notes[note_id] = Note(head, new.body)
            return Saved(note_id, 1, now_ms)

        return self._do(job)

    def open_note(self, note_id: int) -> Future[OpenedNote]:
        """Return a note to a person."""

        def job() -> OpenedNote:
            note = self._note(note_id)
            return OpenedNote(
                note,
                self._client(note.head.client_id),
                self._signature(note),
                self._previous(note.head),
                self._files_of(note_id),
            )

        return self._do(job)

    def read_note(self, note_id: int) -> Future[Note]:
        """Return a note to lie beside another."""
        return self._do(lambda: self._note(note_id))

    def save_note(
        self,
        note_id: int,
        revision: int,
        title: str,
        body: str,
        after: Outcome[Saved] | None = None,
    ) -> Future[Saved]:
        """Write the text over `revision`, or over what came of `after`."""
        return self._do(
            lambda: self._write(note_id, _later(revision, after), title, body)
        )

    def sign_note(self, note_id: int, revision: int) -> Future[NoteHead]:
        """Finish a note."""

        def job() -> NoteHead:
            note = self._open_note(note_id, revision)
            head = replace(note.head, signed_at_ms=self._now_ms())
            self._notes[note_id] = replace(note, head=head)
            return head

        return self._do(job)

    def addend(self, note_id: int, body: str) -> Future[Addendum]:
        """Add to a signed note."""

        def job() -> Addendum:
            note = self._note(note_id)
            if note.head.signed_at_ms is None:
                raise RefusedError("note_not_signed")
            made = Addendum(len(note.addenda) + 1, self._now_ms(), body)
            self._notes[note_id] = replace(note, addenda=(*note.addenda, made))
            return made

        return self._do(job)

    def versions(self, note_id: int) -> Future[tuple[VersionHead, ...]]:
        """Return the earlier texts, newest first."""
        return self._do(
            lambda: tuple(
                head for head, _, _ in reversed(self._versions.get(note_id, []))
            )
        )

    def compare(
        self, note_id: int, old: int, new: int
    ) -> Future[tuple[Difference, ...]]:
        """Return how one revision's text became another's."""
        return self._do(
            lambda: compared(
                self._version(note_id, old)[1], self._version(note_id, new)[1]
            )
        )

    def restore(self, note_id: int, old: int, revision: int) -> Future[Saved]:
        """Make an earlier text the present one; the present one is kept."""

        def job() -> Saved:
            self._open_note(note_id, revision)
            return self._write(note_id, revision, *self._version(note_id, old))

        return self._do(job)

    def find(
        self,
        query: str,
        *,
        order: Order = Order.NEWEST,
        client_id: int | None = None,
        kind: NoteKind | None = None,
    ) -> Future[tuple[Found, ...]]:
        """Return notes that hold every term of the query."""

        def job() -> tuple[Found, ...]:
            terms = query.casefold().split()
            found = []
            for note in reversed(self._notes.values()):
                fits = client_id in (None, note.head.client_id)
                fits = fits and kind in (None, note.head.kind)
                texts = (note.body, *(one.body for one in note.addenda))
                whole = "\n".join((note.head.title, *texts)).casefold()
                if terms and fits and all(term in whole for term in terms):
                    found.append(Found(note.head, snippet_of(texts, terms[0])))
            if order is Order.RELEVANCE:
                found.sort(key=lambda one: -_weight(self._notes[one.head.id], terms))
            return tuple(found[:_MOST_FOUND])

        return self._do(job)

    # --- templates -------------------------------------------------------------------

    def templates(self) -> Future[tuple[NoteTemplate, ...]]:
        """Return the institution's own templates."""
        return self._do(lambda: tuple(self._templates.values()))

    def take_templates(
        self, untrusted_file: bytes
    ) -> Future[TemplatesTaken | TemplateRefusal]:
        """Take an institution's template file, whole or not at all."""

        def job() -> TemplatesTaken | TemplateRefusal:
            found = read_templates(untrusted_file)
            if isinstance(found, TemplateRefusal):
                return found
            replaced = sum(one.key in self._templates for one in found)
            if len(self._templates) + len(found) - replaced > MAX_KEPT:
                return TemplateRefusal(TemplateFault.TOO_MANY)
            self._templates |= {one.key: one for one in found}
            return TemplatesTaken(len(found) - replaced, replaced)

        return self._do(job)

    def remove_template(self, key: str) -> Future[None]:
        """Forget one of them."""

        def job() -> None:
            if self._templates.pop(key, None) is None:
                raise RefusedError("no_such_record")

        return self._do(job)

    # --- files and what leaves -----------------------------------------------------

    def attach(
        self, note_id: int, name: str, media_type: str, content: bytes
    ) -> Future[Attachment]:
        """Put a file into an open note."""

        def job() -> Attachment:
            if self._note(note_id).head.signed_at_ms is not None:
                raise RefusedError("note_signed")
            if not 1 <= len(content) <= _MAX_ATTACHMENT_BYTES or not name:
                raise RefusedError("attachment")
            number = len(self._files) + 1
            made = Attachment(
                number, note_id, name, media_type, len(content), self._now_ms()
            )
            self._files[number] = made, content
            return made

        return self._do(job)

    def remove_attachment(self, attachment_id: int) -> Future[None]:
        """Take a file out of an open note."""

        def job() -> None:
            file, _ = self._file(attachment_id)
            if self._note(file.note_id).head.signed_at_ms is not None:
                raise RefusedError("note_signed")
            del self._files[attachment_id]

        return self._do(job)

    def take_attachment(self, attachment_id: int) -> Future[bytes]:
        """Return a file's bytes to be saved elsewhere."""

        def job() -> bytes:
            self.exported.append(f"attachment {attachment_id}")
            return self._file(attachment_id)[1]

        return self._do(job)

    def export_client(self, client_id: int, how: str) -> Future[Export]:
        """Take out all formal records of a client."""

        def job() -> Export:
            chosen = [
                note.head.id
                for note in self._notes.values()
                if (note.head.client_id, note.head.kind) == (client_id, NoteKind.RECORD)
            ]
            return self._taken(self._client(client_id), chosen, how)

        return self._do(job)

    def export_notes(
        self, note_ids: Sequence[int], how: str, *, process_notes: bool = False
    ) -> Future[Export]:
        """Take out single notes; a process note only on purpose."""
        chosen = tuple(note_ids)

        def job() -> Export:
            heads = [self._note(note_id).head for note_id in chosen]
            process = any(head.kind is NoteKind.PROCESS for head in heads)
            if process and not process_notes:
                raise RefusedError("export_forbidden")
            return self._taken(self._client(heads[0].client_id), chosen, how)

        return self._do(job)

    def archive_client(self, client_id: int, passphrase: str) -> Future[bytes]:
        """Take out all formal records with their files, as a sealed archive."""
        taken = self.export_client(client_id, "archive")
        return self._do(lambda: self._sealed(taken.result(), passphrase))

    def archive_notes(
        self, note_ids: Sequence[int], passphrase: str, *, process_notes: bool = False
    ) -> Future[bytes]:
        """Take out single notes with their files, as a sealed archive."""
        taken = self.export_notes(note_ids, "archive", process_notes=process_notes)
        return self._do(lambda: self._sealed(taken.result(), passphrase))

    # --- inside ----------------------------------------------------------------------

    def _sealed(self, export: Export, passphrase: str) -> bytes:
        contents = {number: content for number, (_, content) in self._files.items()}
        packing = Packing(passphrase, self._now_ms(), os.urandom, argon2.LEAST)
        archive = archive_of(export, contents, self._now_ms())
        return seal_archive(archive, packing)

    def _client(self, client_id: int) -> Client:
        if client_id not in self._clients:
            raise RefusedError("no_such_record")
        return self._clients[client_id]

    def _note(self, note_id: int) -> Note:
        if note_id not in self._notes:
            raise RefusedError("no_such_record")
        return self._notes[note_id]

    def _file(self, attachment_id: int) -> tuple[Attachment, bytes]:
        if attachment_id not in self._files:
            raise RefusedError("no_such_record")
        return self._files[attachment_id]

    def _must_be_free(self, code: str, client_id: int | None) -> None:
        if any(o.code == code and o.id != client_id for o in self._clients.values()):
            raise RefusedError("duplicate_client_code")

    def _open_note(self, note_id: int, revision: int) -> Note:
        note = self._note(note_id)
        if note.head.signed_at_ms is not None:
            raise RefusedError("note_signed")
        if note.head.revision != revision:
            raise RefusedError("note_conflict")
        return note

    def _write(self, note_id: int, revision: int, title: str, body: str) -> Saved:
        note = self._open_note(note_id, revision)
        head = note.head
        if (head.title, note.body) == (title, body):
            return Saved(note_id, revision, head.saved_at_ms)
        if note.body:
            kept = VersionHead(head.revision, head.saved_at_ms, len(note.body))
            self._versions.setdefault(note_id, []).append((kept, head.title, note.body))
        made = replace(
            head, title=title, revision=revision + 1, saved_at_ms=self._now_ms()
        )
        self._notes[note_id] = replace(note, head=made, body=body)
        return Saved(note_id, made.revision, made.saved_at_ms)

    def _version(self, note_id: int, revision: int) -> tuple[str, str]:
        note = self._note(note_id)
        if note.head.revision == revision:
            return note.head.title, note.body
        for head, title, body in self._versions.get(note_id, []):
            if head.revision == revision:
                return title, body
        raise RefusedError("no_such_record")

    def _signature(self, note: Note) -> SignatureState:
        if note.head.signed_at_ms is None:
            return SignatureState.OPEN
        broken = note.head.id in self.broken
        return SignatureState.BROKEN if broken else SignatureState.GOOD

    def _previous(self, head: NoteHead) -> NoteHead | None:
        before = [
            note.head
            for note in self._notes.values()
            if (note.head.client_id, note.head.kind) == (head.client_id, head.kind)
            and (note.head.session_at_ms, note.head.id) < (head.session_at_ms, head.id)
        ]
        return max(before, key=lambda one: (one.session_at_ms, one.id), default=None)

    def _files_of(self, note_id: int) -> tuple[Attachment, ...]:
        return tuple(f for f, _ in self._files.values() if f.note_id == note_id)

    def _taken(self, client: Client, chosen: Sequence[int], how: str) -> Export:
        self.exported.append(f"{how} {client.id}")
        notes = tuple(
            ExportedNote(note, self._signature(note), self._files_of(note.head.id))
            for note in map(self._note, chosen)
        )
        return Export(client, notes)

    def _timeline(self, client_id: int) -> tuple[TimelineEntry, ...]:
        client = self._client(client_id)
        lines = [TimelineEntry(TimelineKind.FILE_OPENED, client.created_at_ms)]
        if client.closed_at_ms is not None:
            lines.append(TimelineEntry(TimelineKind.FILE_CLOSED, client.closed_at_ms))
        for note in self._notes.values():
            head = note.head
            if head.client_id != client_id:
                continue
            signed = head.signed_at_ms is not None
            about = (head.id, head.kind, signed, head.title)
            lines.append(TimelineEntry(TimelineKind.NOTE, head.session_at_ms, *about))
            lines += [
                TimelineEntry(TimelineKind.ADDENDUM, addendum.written_at_ms, *about)
                for addendum in note.addenda
            ]
        return tuple(sorted(lines, key=lambda one: one.at_ms, reverse=True))


def _weight(note: Note, terms: Sequence[str]) -> int:
    text = f"{note.head.title}\n{note.body}".casefold()
    return sum(text.count(term) for term in terms)


def _later(revision: int, after: Outcome[Saved] | None) -> int:
    if after is None:
        return revision
    try:
        return after.result().revision
    except SafeSessionError:
        return revision
