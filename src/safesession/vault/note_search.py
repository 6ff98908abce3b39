"""Search over all notes: newest first by default, by relevance on demand."""

from __future__ import annotations

from safesession.core.note_types import Found, NoteKind, Order
from safesession.vault.note_reader import HEAD_COLUMNS, head_of
from safesession.vault.store import Store
from safesession.vault.text_search import match_expression, snippet


class NoteSearch:
    """The search in an open vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(
        self,
        query: str,
        *,
        order: Order = Order.NEWEST,
        client_id: int | None = None,
        kind: NoteKind | None = None,
        limit: int = 50,
    ) -> tuple[Found, ...]:
        """Return notes that hold every term of the query (none for an empty one)."""
        expression = match_expression(query)
        if not expression:
            return ()
        values: list[int | str] = [expression]
        where = ""
        if client_id is not None:
            where += " AND note.client_id = ?"
            values.append(client_id)
        if kind is not None:
            where += " AND note.kind = ?"
            values.append(kind.value)
        # By number of the note (its age) FTS5 needs no sorting at all.
        by = "rank" if order is Order.RELEVANCE else "note_search.rowid DESC"
        rows = self._store.rows(
            f"SELECT {HEAD_COLUMNS}, note.body FROM note_search "
            "JOIN note ON note.id = note_search.rowid "
            f"WHERE note_search MATCH ?{where} ORDER BY {by} LIMIT ?",
            *values,
            limit,
        )
        return tuple(self._found(row[:-1], row[-1], query) for row in rows)

    def _found(self, row: tuple[object, ...], body: str, query: str) -> Found:
        head = head_of(row)
        found = snippet(body, query)
        if not found.marks and head.signed_at_ms is not None:
            addenda = self._store.rows(
                "SELECT body FROM addendum WHERE note_id = ? ORDER BY number", head.id
            )
            others = [snippet(text, query) for (text,) in addenda]
            found = next((other for other in others if other.marks), found)
        return Found(head, found)
