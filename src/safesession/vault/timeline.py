"""A client's timeline: sessions' notes, addenda and what happened to the file."""

from __future__ import annotations

from safesession.core.note_types import NoteKind, TimelineEntry, TimelineKind
from safesession.vault.store import Store


_QUERY = """
SELECT 'file_opened', created_at_ms, NULL, NULL, 0, '' FROM client WHERE id = ?1
UNION ALL
SELECT 'file_closed', closed_at_ms, NULL, NULL, 0, '' FROM client
  WHERE id = ?1 AND closed_at_ms IS NOT NULL
UNION ALL
SELECT 'note', session_at_ms, id, kind, signed_at_ms IS NOT NULL, title FROM note
  WHERE client_id = ?1
UNION ALL
SELECT 'addendum', addendum.written_at_ms, note.id, note.kind, 1, note.title
  FROM addendum JOIN note ON note.id = addendum.note_id WHERE note.client_id = ?1
UNION ALL
SELECT 'exported', at_ms, NULL, NULL, 0, '' FROM custody
  WHERE event = 'exported' AND subject = 'client:' || ?1
ORDER BY 2 DESC, 3 DESC
"""


def timeline(store: Store, client_id: int) -> tuple[TimelineEntry, ...]:
    """Return everything about a client, newest first."""
    return tuple(
        TimelineEntry(
            TimelineKind(kind),
            at_ms,
            note_id,
            NoteKind(note_kind) if note_kind else None,
            bool(signed),
            title,
        )
        for kind, at_ms, note_id, note_kind, signed, title in store.rows(
            _QUERY, client_id
        )
    )
