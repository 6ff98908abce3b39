"""One open database: reads, and transactions that also go into the journal.

A change is acknowledged when `transaction` has returned: sealed in the journal,
committed to disk, and its witness rows read back through another connection.
For the vault's own thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from safesession.errors import LocalProtocolError
from safesession.vault.connection import (
    Connection,
    IntegrityError,
    Row,
    checkpoint,
)
from safesession.vault.errors import NotVerifiedError, VaultError
from safesession.vault.journal import JournalWriter, Record, Statement, Value


Clock = Callable[[], float]
_NEXT = "UPDATE vault SET sequence = ?, changed_at_ms = ? WHERE one = 1"
_LAST_ID = "SELECT seq FROM sqlite_sequence WHERE name = ?"


class Transaction:
    """The statements of one change. Times and random values are arguments."""

    def __init__(self, connection: Connection, at_ms: int, subject: str) -> None:
        self._connection = connection
        self.at_ms = at_ms
        self.subject = subject
        self.statements: list[Statement] = []
        self.witnesses: list[tuple[str, tuple[Value, ...]]] = []

    def execute(self, sql: str, *values: Value) -> int:
        """Run a statement and note it; returns how many rows it changed."""
        changed = self._connection.execute(sql, values)
        self.statements.append(Statement(sql, list(values), changed))
        return changed

    def next_id(self, table: str) -> int:
        """Return an id no row of the table ever had (a replay needs it as a value)."""
        found = self.rows(_LAST_ID, table)
        return int(found[0][0]) + 1 if found else 1

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Read inside the transaction."""
        return self._connection.rows(sql, values)

    def expect(self, sql: str, *values: Value) -> None:
        """Have a query read back after the commit; it must find a row."""
        self.witnesses.append((sql, values))


class Store:
    """The database of an open vault."""

    def __init__(
        self,
        connection: Connection,
        witness: Connection,
        journal: JournalWriter,
        clock: Clock,
    ) -> None:
        self._connection = connection
        self._witness = witness
        self._journal = journal
        self._clock = clock
        self._inside = False
        self.closed = False
        self.sequence = int(self.value("SELECT sequence FROM vault"))

    @property
    def connection(self) -> Connection:
        """The connection itself, for exports and checks."""
        return self._connection

    @property
    def journal(self) -> JournalWriter:
        """The present journal."""
        return self._journal

    def now_ms(self) -> int:
        """Return the time of day in milliseconds since 1970."""
        return int(self._clock() * 1000)

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Return the rows of a query."""
        return self._connection.rows(sql, values)

    def row(self, sql: str, *values: Value) -> Row | None:
        """Return the first row of a query, if any."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def value(self, sql: str, *values: Value) -> Any:
        """Return the first column of the first row, or None."""
        found = self.row(sql, *values)
        return None if found is None else found[0]

    @contextmanager
    def transaction(self, subject: str) -> Iterator[Transaction]:
        """Carry out one change whole, or not at all. `subject`: "note:17".

        Raises:
            VaultError: not saved; everything before it is untouched.
        """
        if self._inside:
            raise LocalProtocolError("a transaction inside another")
        self._inside = True
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            change = Transaction(self._connection, self.now_ms(), subject)
            try:
                yield change
                self._commit(change)
            except BaseException:
                self._connection.roll_back()
                raise
        finally:
            self._inside = False
        self._read_back(change.witnesses)

    def use_journal(self, journal: JournalWriter) -> None:
        """Continue in another journal (after a snapshot)."""
        self._journal.close()
        self._journal = journal

    def checkpoint(self) -> None:
        """Empty the write-ahead log into the database file."""
        checkpoint(self._connection)

    def close(self) -> None:
        """Flush the journal, check point, close. What was saved stays saved."""
        self.closed = True
        try:
            self._journal.flush()
        except VaultError:
            pass  # the database has it all
        finally:
            self._journal.close()
            self._witness.close()
            self._connection.close()

    def _commit(self, change: Transaction) -> None:
        if not change.statements:
            self._connection.roll_back()
            return
        sequence = self.sequence + 1
        self._connection.execute(_NEXT, (sequence, change.at_ms))
        self._journal.append(sequence, change.at_ms, change.subject, change.statements)
        try:
            self._connection.execute("COMMIT")
        except BaseException:
            self._journal.take_back(last_record=True)
            raise
        self.sequence = sequence

    def _read_back(self, witnesses: Sequence[tuple[str, tuple[Value, ...]]]) -> None:
        for sql, values in witnesses:
            if not self._witness.rows(sql, values):
                raise NotVerifiedError("read back")


def replay(connection: Connection, record: Record) -> bool:
    """Carry out a journal's record on a database that lacks it.

    Returns False, and keeps nothing of it, if it does not fit what is there: it
    builds on a change that is missing.

    Raises:
        VaultError: the database refuses.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        fits = all(
            connection.execute(statement.sql, statement.values)
            == statement.rows_changed
            for statement in record.statements
        )
        if fits:
            connection.execute(_NEXT, (record.sequence, record.at_ms))
            connection.execute("COMMIT")
    except IntegrityError:
        fits = False
    finally:
        connection.roll_back()
    return fits
