"""Open one SQLCipher file with the settings that every one of ours has.

The key is raw (no PBKDF2). SQLCipher's messages stay off stderr, extensions stay
off, and what the library raises becomes the vault's own errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from safesession.vault.errors import (
    DamagedError,
    DiskFailedError,
    DiskFullError,
    VaultError,
    VaultReadOnlyError,
)
from safesession.vault.files import make_private_file, size_of


# SQLCipher's own defaults stay: pages of 4096 bytes, cipher_memory_security off (it
# makes warm searches 12-87 times slower; see process_privacy). Pages are authenticated
# by HMAC-SHA-256 instead of -512, which processors compute in half the time.
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

_WATCH_EVERY = 5000  # steps of SQLite's machine: about a thousand rows of a copy

IntegrityError: type[Exception] = sqlcipher.IntegrityError
Row = tuple[Any, ...]

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


def _ours(error: Exception) -> Exception:
    """Return the vault's own error for one of the library's; bugs stay as they are."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if name in ("", "SQLITE_ERROR"):
        name = _BY_WORDS.get(str(error), name)
    for start, kind in _BY_NAME.items():
        if name.startswith(start):
            return kind(start.removeprefix("SQLITE_").lower())
    return error


class Connection:
    """One SQLCipher connection that raises the vault's own errors.

    Constraints that a statement breaks come as `IntegrityError`.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._raw = sqlcipher.connect(
                str(path), isolation_level=None, cached_statements=256
            )
        except sqlcipher.Error as error:
            raise _ours(error) from None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement; returns how many rows it changed."""
        try:
            return int(self._raw.execute(sql, values).rowcount)
        except sqlcipher.IntegrityError:
            raise
        except sqlcipher.Error as error:
            raise _ours(error) from None

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        try:
            return list(self._raw.execute(sql, values))
        except sqlcipher.Error as error:
            raise _ours(error) from None

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Return the first column of the first row, or None without a row."""
        found = self.rows(sql, values)
        return found[0][0] if found else None

    def script(self, sql: str) -> None:
        """Run several statements."""
        try:
            self._raw.executescript(sql)
        except sqlcipher.Error as error:
            raise _ours(error) from None

    def watch(self, tell: Callable[[], None] | None) -> None:
        """Have `tell` called now and then while statements run (None: no more)."""
        if tell is None:
            self._raw.set_progress_handler(None, 0)
            return

        def told() -> int:
            tell()
            return 0  # anything else would interrupt the statement

        self._raw.set_progress_handler(told, _WATCH_EVERY)

    def roll_back(self) -> None:
        """Undo what was begun; SQLite may have done so by itself."""
        if self._raw.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close it. Moves the write-ahead log into the file, or silently fails to."""
        self._raw.close()

    def close_whole(self) -> None:
        """Close after everything was moved into the file, which may then be renamed.

        Raises:
            VaultError: the disk refuses; the file is not whole.
        """
        try:
            checkpoint(self)
        finally:
            self.close()


def connect(path: Path, key: bytes, *, create: bool = False) -> Connection:
    """Open the database at `path`; the caller's thread is the only one to use it.

    Raises:
        DamagedError: no file, not a database of this key, or its first page is bad.
        VaultError: the disk refuses.
    """
    if create:
        make_private_file(path)
    elif not size_of(path):
        # SQLite would take an empty file for an empty database and write to it.
        raise DamagedError("no file")
    connection = Connection(path)
    try:
        _prepare(connection, key)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: Connection, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute("PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.rows("SELECT count(*) FROM sqlite_master")
    for pragma in PRAGMAS:
        connection.rows(f"PRAGMA {pragma}")


def checkpoint(connection: Connection) -> None:
    """Move everything from the write-ahead log into the database file.

    Raises:
        DiskFailedError: somebody still reads, so the log cannot be emptied.
    """
    if connection.value("PRAGMA wal_checkpoint(TRUNCATE)"):
        raise DiskFailedError("checkpoint")


def export_copy(connection: Connection, target: Path, key: bytes) -> None:
    """Write all rows, and nothing that was deleted, to a new file under `key`.

    Raises:
        VaultError: damage in the source, or the disk refuses.
    """
    make_private_file(target)
    version = int(connection.value("PRAGMA user_version"))
    connection.execute(
        f"ATTACH DATABASE ? AS target KEY \"x'{key.hex()}'\"", (str(target),)
    )
    try:
        connection.execute("PRAGMA target.synchronous = FULL")
        connection.rows("SELECT sqlcipher_export('target')")
        connection.execute(f"PRAGMA target.user_version = {version}")
    finally:
        connection.execute("DETACH DATABASE target")


def faults_of(connection: Connection) -> int:
    """Check every page's MAC and the structure; return how many faults there are.

    The write-ahead log must have been checkpointed. A page that SQLite cannot even
    walk past counts as one more.
    """
    try:
        bad_pages = connection.rows("PRAGMA cipher_integrity_check")
        found = connection.rows("PRAGMA integrity_check(20)")
    except DamagedError:
        return 1
    return len(bad_pages) + len([row for row in found if row[0] != "ok"])
