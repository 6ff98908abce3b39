"""Small values that belong to the vault itself: periods, reminders, marks."""

from __future__ import annotations

from safesession.vault.journal import Value
from safesession.vault.store import Store, Transaction


class Settings:
    """Named values in an open vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def number(self, name: str, default: int) -> int:
        """Return a number, or the default where there is none."""
        found = self._store.value("SELECT value FROM setting WHERE name = ?", name)
        return found if isinstance(found, int) else default

    def moment_ms(self, name: str) -> int | None:
        """Return a time, or None where there is none."""
        found = self._store.value("SELECT value FROM setting WHERE name = ?", name)
        return found if isinstance(found, int) else None

    def secret(self, name: str) -> bytes | None:
        """Return stored bytes, or None where there are none."""
        found = self._store.value("SELECT value FROM setting WHERE name = ?", name)
        return found if isinstance(found, bytes) else None

    def put(self, change: Transaction, name: str, value: Value) -> None:
        """Set a value within a change."""
        change.execute(
            "INSERT INTO setting(name, value) VALUES (?, ?) "
            "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def remove(self, change: Transaction, name: str) -> None:
        """Forget a value within a change."""
        change.execute("DELETE FROM setting WHERE name = ?", name)
