"""How an older database becomes a newer one: numbered .sql files, forward only.

Each step is one transaction that also raises `user_version`, so a kill leaves the
step before or the step after. A database newer than this program is refused.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from safesession.vault.connection import Connection
from safesession.vault.errors import NewerVersionError


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
