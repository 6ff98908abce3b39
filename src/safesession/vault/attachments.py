"""Attachments: whole files inside the encrypted database, never beside it.

A name is a label and never becomes a path in here.
"""

from __future__ import annotations

from safesession.core.note_types import Attachment
from safesession.crypto.encoding import H
from safesession.vault.connection import IntegrityError
from safesession.vault.errors import (
    AttachmentError,
    DamagedError,
    NoSuchRecordError,
    NoteSignedError,
)
from safesession.vault.store import Store


MAX_BYTES = 25 << 20
MAX_NAME_CHARS = 200
_COLUMNS = "id, note_id, name, media_type, size_bytes, added_at_ms"


class Attachments:
    """The attachments in an open vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, note_id: int, name: str, media_type: str, content: bytes
    ) -> Attachment:
        """Put a file into an open note.

        Raises:
            AttachmentError: empty, over 25 MiB, or badly named.
            NoteSignedError: the note is finished.
            NoSuchRecordError: there is no such note.
        """
        _check(name, content)
        try:
            with self._store.transaction(f"note:{note_id}") as change:
                attachment_id = change.next_id("attachment")
                digest = H(b"attachment", content)
                change.execute(
                    "INSERT INTO attachment(id, note_id, name, media_type, size_bytes, "
                    "digest, added_at_ms, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    attachment_id,
                    note_id,
                    name,
                    media_type,
                    len(content),
                    digest,
                    change.at_ms,
                    content,
                )
                change.expect(
                    "SELECT 1 FROM attachment WHERE id = ? AND content = ?",
                    attachment_id,
                    content,
                )
        except IntegrityError:
            raise self._refusal(note_id) from None
        return self.get(attachment_id)

    def remove(self, attachment_id: int) -> None:
        """Take a file out of an open note.

        Raises:
            NoteSignedError: the note is finished.
        """
        note_id = self.get(attachment_id).note_id
        try:
            with self._store.transaction(f"note:{note_id}") as change:
                change.execute("DELETE FROM attachment WHERE id = ?", attachment_id)
        except IntegrityError:
            raise self._refusal(note_id) from None

    def get(self, attachment_id: int) -> Attachment:
        """Return what is known of an attachment.

        Raises:
            NoSuchRecordError: there is none with this id.
        """
        row = self._store.row(
            f"SELECT {_COLUMNS} FROM attachment WHERE id = ?", attachment_id
        )
        if row is None:
            raise NoSuchRecordError("attachment")
        return Attachment(*row)

    def of_note(self, note_id: int) -> tuple[Attachment, ...]:
        """Return a note's attachments."""
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM attachment WHERE note_id = ? ORDER BY id", note_id
        )
        return tuple(Attachment(*row) for row in rows)

    def content(self, attachment_id: int) -> bytes:
        """Return the bytes.

        Raises:
            NoSuchRecordError: there is none with this id.
            DamagedError: they are not what was put in.
        """
        row = self._store.row(
            "SELECT content, digest FROM attachment WHERE id = ?", attachment_id
        )
        if row is None:
            raise NoSuchRecordError("attachment")
        content, digest = bytes(row[0]), bytes(row[1])
        if H(b"attachment", content) != digest:
            raise DamagedError("attachment digest")
        return content

    def _refusal(self, note_id: int) -> NoSuchRecordError | NoteSignedError:
        there = self._store.value("SELECT 1 FROM note WHERE id = ?", note_id)
        return NoteSignedError("signed") if there else NoSuchRecordError("note")


def _check(name: str, content: bytes) -> None:
    if not 1 <= len(name) <= MAX_NAME_CHARS or not name.isprintable():
        raise AttachmentError("name")
    if "/" in name or "\\" in name:
        raise AttachmentError("name")
    if not 1 <= len(content) <= MAX_BYTES:
        raise AttachmentError("size")
