"""Clients' files: a code for every list, a name only where it is asked for.

Must never put a name into a log, an error or the custody log.
"""

from __future__ import annotations

from safesession.core.note_types import Client
from safesession.vault.connection import IntegrityError, Row
from safesession.vault.errors import DuplicateCodeError, NoSuchRecordError
from safesession.vault.store import Store


_COLUMNS = "id, code, name, created_at_ms, closed_at_ms, retention_years"


class Clients:
    """The clients' files in an open vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, code: str, name: str = "") -> Client:
        """Open a client's file.

        Raises:
            DuplicateCodeError: the code is taken.
        """
        try:
            with self._store.transaction("client") as change:
                client_id = change.next_id("client")
                change.execute(
                    "INSERT INTO client(id, code, name, created_at_ms) "
                    "VALUES (?, ?, ?, ?)",
                    client_id,
                    code.strip(),
                    name.strip(),
                    change.at_ms,
                )
                change.expect("SELECT 1 FROM client WHERE id = ?", client_id)
        except IntegrityError:
            raise DuplicateCodeError("client code") from None
        return self.get(client_id)

    def rename(self, client_id: int, code: str, name: str) -> Client:
        """Change code and name.

        Raises:
            DuplicateCodeError: the code is taken.
            NoSuchRecordError: there is no such file.
        """
        try:
            with self._store.transaction(f"client:{client_id}") as change:
                change.execute(
                    "UPDATE client SET code = ?, name = ? WHERE id = ?",
                    code.strip(),
                    name.strip(),
                    client_id,
                )
        except IntegrityError:
            raise DuplicateCodeError("client code") from None
        return self.get(client_id)

    def close(self, client_id: int) -> Client:
        """Say that the work with this client is over; retention counts from here."""
        return self._set(client_id, "closed_at_ms", self._store.now_ms())

    def reopen(self, client_id: int) -> Client:
        """Take the work up again."""
        return self._set(client_id, "closed_at_ms", None)

    def get(self, client_id: int) -> Client:
        """Return a file.

        Raises:
            NoSuchRecordError: there is none with this id.
        """
        row = self._store.row(f"SELECT {_COLUMNS} FROM client WHERE id = ?", client_id)
        if row is None:
            raise NoSuchRecordError("client")
        return _client(row)

    def by_code(self, code: str) -> Client | None:
        """Return the file with this code, if any."""
        row = self._store.row(f"SELECT {_COLUMNS} FROM client WHERE code = ?", code)
        return _client(row) if row else None

    def all(self) -> tuple[Client, ...]:
        """Return every file, by code."""
        rows = self._store.rows(f"SELECT {_COLUMNS} FROM client ORDER BY code")
        return tuple(_client(row) for row in rows)

    def _set(self, client_id: int, column: str, value: int | None) -> Client:
        with self._store.transaction(f"client:{client_id}") as change:
            change.execute(
                f"UPDATE client SET {column} = ? WHERE id = ?", value, client_id
            )
        return self.get(client_id)


def _client(row: Row) -> Client:
    return Client(*row)
