"""Open one SQLCipher file with the settings that every one of ours has.

The key is raw (no PBKDF2). SQLCipher's messages stay off stderr, extensions stay
off, and what the library raises becomes the vault's own errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlcipher3 import dbapi2 as sqlcipher

from safesession.vault.errors import (
    DamagedError,
    DiskFailedError,
    DiskFullError,
    VaultError,
    VaultReadOnlyError,
)
from safesession.vault.files import make_private_file


PAGE_BYTES = 4096
# cipher_memory_security makes warm searches 12-87 times slower; see process_privacy.
PRAGMAS = (
    "foreign_keys = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "mmap_size = 0",
    "wal_autocheckpoint = 1000",
    "journal_size_limit = 4194304",
    "busy_timeout = 2000",
)

IntegrityError: type[Exception] = sqlcipher.IntegrityError


class Cursor(Protocol):
    """The part of a cursor that is used."""

    rowcount: int

    def fetchone(self) -> Any:
        """Return the next row or None."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """The part of a connection that is used (the library has no types)."""

    in_transaction: bool

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run one statement."""

    def executescript(self, sql: str, /) -> object:
        """Run several statements."""

    def close(self) -> None:
        """Close it."""


_BY_NAME: dict[str, type[VaultError]] = {
    "SQLITE_FULL": DiskFullError,
    "SQLITE_READONLY": VaultReadOnlyError,
    "SQLITE_CANTOPEN": VaultReadOnlyError,
    "SQLITE_IOERR": DiskFailedError,
    "SQLITE_CORRUPT": DamagedError,
    "SQLITE_NOTADB": DamagedError,
}
# A function like sqlcipher_export reports its inner error by its words alone.
_BY_WORDS = {
    "database or disk is full": "SQLITE_FULL",
    "disk I/O error": "SQLITE_IOERR",
    "database disk image is malformed": "SQLITE_CORRUPT",
    "file is not a database": "SQLITE_NOTADB",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "unable to open database file": "SQLITE_CANTOPEN",
}


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn the library's errors into the vault's own; constraints pass through."""
    try:
        yield
    except sqlcipher.IntegrityError:
        raise
    except sqlcipher.Error as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        if name in ("", "SQLITE_ERROR"):
            name = _BY_WORDS.get(str(error), name)
        for start, kind in _BY_NAME.items():
            if name.startswith(start):
                raise kind(start.removeprefix("SQLITE_").lower()) from None
        raise


def connect(path: Path, key: bytes, *, create: bool = False) -> Connection:
    """Open the database at `path`; the caller's thread is the only one to use it.

    Raises:
        DamagedError: no file, not a database of this key, or its first page is bad.
        VaultError: the disk refuses.
    """
    if create:
        make_private_file(path)
    elif not path.is_file() or not path.stat().st_size:
        # SQLite would take an empty file for an empty database and write to it.
        raise DamagedError("no file")
    with database_errors():
        connection: Connection = sqlcipher.connect(
            str(path), isolation_level=None, cached_statements=256
        )
        try:
            _prepare(connection, key)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: Connection, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute(f"PRAGMA cipher_page_size = {PAGE_BYTES}")
    connection.execute("PRAGMA cipher_memory_security = OFF")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def checkpoint(connection: Connection) -> None:
    """Move everything from the write-ahead log into the database file.

    Raises:
        DiskFailedError: somebody still reads, so the log cannot be emptied.
    """
    with database_errors():
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise DiskFailedError("checkpoint")


def export_copy(connection: Connection, target: Path, key: bytes) -> None:
    """Write all rows, and nothing that was deleted, to a new file under `key`.

    Raises:
        VaultError: damage in the source, or the disk refuses.
    """
    make_private_file(target)
    with database_errors():
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(
            f"ATTACH DATABASE ? AS target KEY \"x'{key.hex()}'\"", (str(target),)
        )
        try:
            connection.execute("PRAGMA target.synchronous = FULL")
            connection.execute("SELECT sqlcipher_export('target')").fetchone()
            connection.execute(f"PRAGMA target.user_version = {int(version)}")
        finally:
            connection.execute("DETACH DATABASE target")


def faults_of(connection: Connection) -> int:
    """Check every page's MAC and the structure; return how many faults there are.

    The write-ahead log must have been checkpointed. A page that SQLite cannot even
    walk past counts as one more.
    """
    try:
        with database_errors():
            bad_pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            found = connection.execute("PRAGMA integrity_check(20)").fetchall()
    except DamagedError:
        return 1
    return len(bad_pages) + len([row for row in found if row[0] != "ok"])
