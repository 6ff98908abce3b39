"""The store's tables and how an older file becomes a newer one.

Migrations go forward only, one step per `user_version`; a file newer than this
program is refused. Nothing in these tables names a person.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from safesession.errors import StateError


_VERSION_1 = """
CREATE TABLE account(
  id TEXT PRIMARY KEY, key BLOB NOT NULL, role TEXT NOT NULL DEFAULT 'counselor',
  org TEXT NOT NULL DEFAULT '', disabled INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE enrol(
  token_hash BLOB PRIMARY KEY, exp INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE mailbox(
  id BLOB PRIMARY KEY, cap_hash BLOB, owner TEXT NOT NULL, exp INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE invite(
  mailbox BLOB PRIMARY KEY REFERENCES mailbox(id) ON DELETE CASCADE,
  number_hash BLOB NOT NULL, owner TEXT NOT NULL, exp INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('open', 'closed'))) STRICT;
CREATE TABLE seat(
  mailbox BLOB NOT NULL REFERENCES mailbox(id) ON DELETE CASCADE,
  n INTEGER NOT NULL CHECK(n IN (0, 1)), token_hash BLOB NOT NULL UNIQUE,
  acc BLOB NOT NULL, kept INTEGER NOT NULL, PRIMARY KEY(mailbox, n)
  ) STRICT, WITHOUT ROWID;
CREATE TABLE env(
  mailbox BLOB NOT NULL, seat INTEGER NOT NULL, id BLOB NOT NULL,
  exp INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(mailbox, seat, id)
  ) STRICT, WITHOUT ROWID;
CREATE TABLE log(
  day_tag TEXT NOT NULL, hour INTEGER NOT NULL, event TEXT NOT NULL) STRICT;
"""

# `ticket` and `enrolled` (a day since 1970) let an institution tell accounts apart
# on a list of its own; `account` is whose key a token renews.
_VERSION_2 = """
ALTER TABLE account ADD COLUMN ticket TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN enrolled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrol ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE account SET ticket = upper(substr(id, 1, 4) || '-' || substr(id, 5, 4));
"""

MIGRATIONS = (_VERSION_1, _VERSION_2)
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "busy_timeout = 3000",
    "journal_size_limit = 4194304",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version.

    Raises:
        StateError: the file was written by a newer program.
    """
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise StateError("the server's database was written by a newer version")
    for number in range(version, len(MIGRATIONS)):
        script = f"BEGIN IMMEDIATE; {MIGRATIONS[number]}"
        try:
            connection.executescript(
                f"{script} PRAGMA user_version = {number + 1}; COMMIT"
            )
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _version(connection) <= number:
                raise  # else another program has just done the same


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _keep_old(connection: sqlite3.Connection, path: Path) -> None:
    """Keep the file as it was before an upgrade: there is no way back in place."""
    kept = path.with_name(f"before-schema-{len(MIGRATIONS)}.sqlite3")
    if kept.exists():
        return  # of an upgrade that was interrupted
    draft = path.with_name(f".{kept.name}.{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(draft)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
    draft.rename(kept)


def open_database(path: str) -> sqlite3.Connection:
    """Open and migrate the file at `path`.

    Raises:
        StateError: not a database of ours, or newer than this program.
    """
    try:
        # Made here so that nobody else may read it; SQLite gives its WAL the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error):
        raise StateError("the server's database cannot be opened") from None
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if 0 < _version(connection) < len(MIGRATIONS):
            _keep_old(connection, Path(path))
        migrate(connection)
    except (OSError, sqlite3.Error):
        connection.close()
        raise StateError("the server's database cannot be opened") from None
    except StateError:
        connection.close()
        raise
    return connection
