"""What a counselor signs when a note is finished: everything in it, and its place.

The messages are made from the database, so a check after years reads what is there
now. Nothing is signed in here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from safesession.core.note_types import Addendum
from safesession.crypto.encoding import H, lv
from safesession.vault.errors import NoSuchRecordError


_NOTE_LABEL = b"SafeSession/1 note signature"
_ADDENDUM_LABEL = b"SafeSession/1 addendum signature"

Rows = Callable[..., list[tuple[Any, ...]]]


def message(rows: Rows, note_id: int, signed_at_ms: int) -> bytes:
    """Return the bytes that a note's signature covers.

    Raises:
        NoSuchRecordError: there is no such note.
    """
    found = rows(
        "SELECT client_id, kind, template, session_at_ms, created_at_ms, revision, "
        "title, body FROM note WHERE id = ?",
        note_id,
    )
    if not found:
        raise NoSuchRecordError("note")
    attached = rows(
        "SELECT name, media_type, digest FROM attachment WHERE note_id = ? ORDER BY id",
        note_id,
    )
    fields = [field for row in (*found, *attached) for field in row]
    return lv(_NOTE_LABEL, _digest(note_id, signed_at_ms, *fields))


def addendum_message(rows: Rows, note_id: int, addendum: Addendum) -> bytes:
    """Return the bytes that an addendum's signature covers: it and the note's."""
    found = rows("SELECT signature FROM note WHERE id = ?", note_id)
    return lv(
        _ADDENDUM_LABEL,
        _digest(
            note_id,
            found[0][0] if found else b"",
            addendum.number,
            addendum.written_at_ms,
            addendum.body,
        ),
    )


def _digest(*fields: int | str | bytes) -> bytes:
    return H(*(_bytes(field) for field in fields))


def _bytes(field: int | str | bytes) -> bytes:
    if isinstance(field, int):
        return b"i" + str(field).encode("ascii")
    if isinstance(field, str):
        return b"s" + field.encode("utf-8", "surrogatepass")
    return b"b" + field
