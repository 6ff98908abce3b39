"""A fresh file under fresh keys: what erasing and re-keying have in common.

All rows are exported, so nothing deleted comes along; the new generation is checked
and whole on disk before the key file names it; then the old one, its snapshots and
journals are deleted. A kill leaves the old vault or the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from safesession.vault.connection import (
    Connection,
    connect,
    export_copy,
    faults_of,
)
from safesession.vault.errors import DamagedError, VaultError
from safesession.vault.files import UNFINISHED, rename, size_of
from safesession.vault.header import Header
from safesession.vault.key_slots import Keys
from safesession.vault.opening import (
    Surroundings,
    drop_generation,
    finish_generation,
    publish,
)
from safesession.vault.snapshots import remove_database
from safesession.vault.store import Store


_TABLES = (
    *("note", "note_version", "addendum", "attachment", "custody", "client"),
    "note_template",
)

Tell = Callable[[float], None]  # the share that is done, on the vault's thread
# How much is done after each step, as measured with 40,000 notes (205 MB).
_BEGUN, _MERGED, _COPIED, _CHECKED, _KEPT = 0.02, 0.25, 0.45, 0.7, 0.97


def untold(_share: float) -> None:
    """Tell nobody."""


def renew(
    around: Surroundings,
    store: Store,
    old: Keys,
    header: Header,
    keys: Keys,
    tell: Tell = untold,
) -> Header:
    """Move an open store's rows to the generation of `keys`; closes the store.

    Returns the published header. `tell` hears how far it is.

    Raises:
        DamagedError: the old file has bad pages.
        VaultError: the disk refuses; the old vault is still the vault.
    """
    target = around.paths.database(keys.data_generation)
    unfinished = target.with_name(target.name + UNFINISHED)
    remove_database(unfinished)
    tell(_BEGUN)
    # Deleted words live on in the index until its pieces are merged.
    optimize = "INSERT INTO note_search(note_search) VALUES ('optimize')"
    store.connection.execute(optimize)
    store.checkpoint()
    tell(_MERGED)
    try:
        whole = size_of(around.paths.database(old.data_generation))
        with _told(store.connection, unfinished, whole, tell):
            export_copy(store.connection, unfinished, keys.database)
        tell(_COPIED)
        _verify(store, unfinished, keys)
    except BaseException:
        remove_database(unfinished)
        raise
    tell(_CHECKED)
    rename(unfinished, target)
    finish_generation(around, keys)
    tell(_KEPT)
    published = publish(around, header, keys)
    store.close()
    with suppress(VaultError):  # it is the new vault already; unlocking tidies up
        drop_generation(around.paths, old.data_generation)
    return published


@contextmanager
def _told(connection: Connection, copy: Path, whole: int, tell: Tell) -> Iterator[None]:
    """Tell by the size of the copy how far one long statement is."""

    def look() -> None:
        tell(_MERGED + (_COPIED - _MERGED) * min(1.0, size_of(copy) / max(1, whole)))

    connection.watch(look)
    try:
        yield
    finally:
        connection.watch(None)


def _verify(store: Store, copy: Path, keys: Keys) -> None:
    connection = connect(copy, keys.database)
    try:
        if faults_of(connection):
            raise DamagedError("export")
        for table in (*_TABLES, "vault"):
            query = f"SELECT count(*) FROM {table}"
            if connection.value(query) != store.value(query):
                raise DamagedError("export is short")
    finally:
        connection.close_whole()
