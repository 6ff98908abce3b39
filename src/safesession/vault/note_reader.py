"""Reading notes: lists, whole notes, earlier texts, and whether a signature holds.

Changes nothing and writes no custody line; `Notes.open` is what a person calls.
"""

from __future__ import annotations

from safesession.core.note_types import (
    Addendum,
    Difference,
    Note,
    NoteHead,
    NoteKind,
    SignatureState,
    VersionHead,
)
from safesession.crypto.identity import verify
from safesession.vault import note_signature
from safesession.vault.connection import Row
from safesession.vault.errors import NoSuchRecordError
from safesession.vault.note_versions import compare
from safesession.vault.store import Store


HEAD_COLUMNS = (
    "note.id, note.client_id, note.kind, note.template, note.session_at_ms, "
    "note.created_at_ms, note.saved_at_ms, note.revision, note.signed_at_ms, note.title"
)


class NoteReader:
    """The reading half of `Notes`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, note_id: int) -> Note:
        """Return a note.

        Raises:
            NoSuchRecordError: there is none with this id.
        """
        head = self.head(note_id)
        body = self._store.value("SELECT body FROM note WHERE id = ?", note_id)
        rows = self._store.rows(
            "SELECT number, written_at_ms, body FROM addendum WHERE note_id = ? "
            "ORDER BY number",
            note_id,
        )
        return Note(head, body, tuple(Addendum(*row) for row in rows))

    def head(self, note_id: int) -> NoteHead:
        """Return a note without its text.

        Raises:
            NoSuchRecordError: there is none with this id.
        """
        row = self._store.row(f"SELECT {HEAD_COLUMNS} FROM note WHERE id = ?", note_id)
        if row is None:
            raise NoSuchRecordError("note")
        return head_of(row)

    def newest(self, limit: int = 50) -> tuple[NoteHead, ...]:
        """Return the newest notes of all clients, by session."""
        return self._heads("", "session_at_ms DESC, id DESC LIMIT ?", limit)

    def of_client(self, client_id: int) -> tuple[NoteHead, ...]:
        """Return a client's notes, newest session first."""
        where = "WHERE client_id = ?"
        return self._heads(where, "session_at_ms DESC, id DESC", client_id)

    def previous(self, note_id: int) -> NoteHead | None:
        """Return the note of the same kind and client before this one."""
        head = self.head(note_id)
        where = "WHERE client_id = ? AND kind = ? AND (session_at_ms, id) < (?, ?)"
        order = "session_at_ms DESC, id DESC LIMIT 1"
        values = (head.client_id, head.kind.value, head.session_at_ms, note_id)
        found = self._heads(where, order, *values)
        return found[0] if found else None

    def check_signature(self, note_id: int) -> SignatureState:
        """Check the note's and every addendum's signature."""
        head = self.head(note_id)
        if head.signed_at_ms is None:
            return SignatureState.OPEN
        rows = self._store.rows
        checks = [
            (
                note_signature.message(rows, note_id, head.signed_at_ms),
                *rows("SELECT signer, signature FROM note WHERE id = ?", note_id)[0],
            )
        ]
        for *addendum, signer, signature in rows(
            "SELECT number, written_at_ms, body, signer, signature FROM addendum "
            "WHERE note_id = ? ORDER BY number",
            note_id,
        ):
            made = Addendum(*addendum)
            message = note_signature.addendum_message(rows, note_id, made)
            checks.append((message, signer, signature))
        good = all(
            verify(signer, signature, said) for said, signer, signature in checks
        )
        return SignatureState.GOOD if good else SignatureState.BROKEN

    def versions(self, note_id: int) -> tuple[VersionHead, ...]:
        """Return the earlier texts, newest first."""
        rows = self._store.rows(
            "SELECT revision, saved_at_ms, length(body) FROM note_version "
            "WHERE note_id = ? ORDER BY revision DESC",
            note_id,
        )
        return tuple(VersionHead(*row) for row in rows)

    def version_text(self, note_id: int, revision: int) -> str:
        """Return an earlier (or the present) text.

        Raises:
            NoSuchRecordError: that revision was not kept.
        """
        return self._version(note_id, revision)[1]

    def compare(self, note_id: int, old: int, new: int) -> tuple[Difference, ...]:
        """Return how one revision's text became another's."""
        return compare(self.version_text(note_id, old), self.version_text(note_id, new))

    def _version(self, note_id: int, revision: int) -> tuple[str, str]:
        row = self._store.row(
            "SELECT title, body FROM note_version WHERE note_id = ?1 AND revision = ?2 "
            "UNION ALL SELECT title, body FROM note WHERE id = ?1 AND revision = ?2",
            note_id,
            revision,
        )
        if row is None:
            raise NoSuchRecordError("version")
        return row[0], row[1]

    def _heads(
        self, where: str, order: str, *values: int | str
    ) -> tuple[NoteHead, ...]:
        rows = self._store.rows(
            f"SELECT {HEAD_COLUMNS} FROM note {where} ORDER BY {order}", *values
        )
        return tuple(head_of(row) for row in rows)


def head_of(row: Row) -> NoteHead:
    """Return the head in a row of HEAD_COLUMNS."""
    note_id, client_id, kind, *others = row
    return NoteHead(note_id, client_id, NoteKind(kind), *others)
