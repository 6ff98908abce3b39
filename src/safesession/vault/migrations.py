"""How an older database becomes a newer one: numbered .sql files, forward only.

Each step is one transaction that also raises `user_version`, so a kill leaves the
step before or the step after. A database newer than this program is refused. What
comes from outside must look as these steps make it, or its own triggers and views
would run in ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from safesession.vault.connection import Connection
from safesession.vault.errors import NewerVersionError


_INDEX_TABLES = "note_search_"  # made and read by FTS5 alone
_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")


@cache
def scripts() -> tuple[str, ...]:
    """Return the steps; the first makes version 1 out of an empty file."""
    files = resources.files("safesession.vault") / "sql"
    found = {
        int(match[1]): file.read_text(encoding="utf-8")
        for file in files.iterdir()
        if (match := _NAME.fullmatch(file.name))
    }
    return tuple(found[number] for number in range(1, len(found) + 1))


def newest_version() -> int:
    """Return the version that this program writes."""
    return len(scripts())


def version_of(connection: Connection) -> int:
    """Return the version of an open database.

    Raises:
        NewerVersionError: written by a newer program; nothing was changed.
    """
    version = int(connection.value("PRAGMA user_version"))
    if version > newest_version():
        raise NewerVersionError("database version")
    return version


def migrate(connection: Connection, *, up_to: int | None = None) -> None:
    """Bring the database to the newest version, or to `up_to`.

    Raises:
        NewerVersionError: the database is newer than this program.
        VaultError: the disk refuses; the version before is whole.
    """
    goal = newest_version() if up_to is None else up_to
    for number in range(version_of(connection), goal):
        script = f"BEGIN IMMEDIATE; {scripts()[number]}"
        script += f" PRAGMA user_version = {number + 1}; COMMIT;"
        try:
            connection.script(script)
        finally:
            connection.roll_back()


@dataclass(frozen=True, slots=True)
class Shape:
    """Tables with their columns, and what acts by itself, word for word."""

    tables: frozenset[tuple[str, tuple[str, ...]]]
    active: frozenset[tuple[str, str]]


def has_own_shape(connection: Connection) -> bool:
    """Say whether a database is built as its version is by these steps.

    More tables do no harm; the index keeps its own, which are SQLite's business.
    """
    version = version_of(connection)
    if not version:
        return False
    expected, found = _expected(version), _shape_of(connection)
    return expected.tables <= found.tables and expected.active == found.active


@cache
def _expected(version: int) -> Shape:
    connection = Connection(Path(":memory:"))
    try:
        migrate(connection, up_to=version)
        return _shape_of(connection)
    finally:
        connection.close()


def _shape_of(connection: Connection) -> Shape:
    names = connection.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {
        (name, _columns(connection, name))
        for (name,) in names
        if not name.startswith(("sqlite_", _INDEX_TABLES))
    }
    active = connection.rows(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
    )
    return Shape(frozenset(tables), frozenset(active))


def _columns(connection: Connection, table: str) -> tuple[str, ...]:
    rows = connection.rows("SELECT name FROM pragma_table_info(?)", (table,))
    return tuple(name for (name,) in rows)
