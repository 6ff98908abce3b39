"""From a folder and its keys to an open store: check, catch up, repair, migrate.

Damage ends in the newest verified snapshot plus the journals after it; the damaged
files are kept. A new key generation is whole on disk before the header names it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from safesession.core.vault_types import Repair
from safesession.crypto.entropy import Entropy
from safesession.vault import snapshots
from safesession.vault.connection import (
    Connection,
    checkpoint,
    connect,
    faults_of,
)
from safesession.vault.errors import DamagedError, VaultError
from safesession.vault.files import (
    UNFINISHED,
    VaultPaths,
    copy_whole,
    make_private_file,
    remove,
    remove_unfinished,
    rename,
    set_aside,
)
from safesession.vault.generations import Stage, journals_of, snapshots_of
from safesession.vault.header import Header
from safesession.vault.header_file import write_header
from safesession.vault.journal import JournalContent, JournalWriter, read_journal
from safesession.vault.key_slots import Keys, same_keys_next_generation
from safesession.vault.migrations import migrate, newest_version, version_of
from safesession.vault.store import Clock, Store


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an open vault needs from outside: its place, the time, randomness."""

    paths: VaultPaths
    clock: Clock
    entropy: Entropy


@dataclass(frozen=True, slots=True)
class Opening:
    """An open store and what was found on the way."""

    store: Store
    header: Header
    keys: Keys
    stage: Stage
    caught_up: int = 0
    journal_damaged: bool = False
    migrated_from: int | None = None
    repair: Repair | None = None


def open_store(around: Surroundings, header: Header, keys: Keys) -> Opening:
    """Open the vault's database, repairing it first where that is needed.

    Raises:
        NewerVersionError: the database is of a later version; nothing was changed.
        NothingToRestoreError: it is damaged and so is every snapshot.
        VaultError: the disk refuses.
    """
    _tidy(around.paths, header)
    try:
        opening = _open_good(around, header, keys)
    except DamagedError:
        header, keys, repair = _repair(around, header, keys)
        opening = replace(_open_good(around, header, keys), repair=repair)
    remove(around.paths.suspect)
    return opening


def begin_store(around: Surroundings, keys: Keys) -> None:
    """Make a new, empty, current database with its snapshot and journal."""
    database = around.paths.database(keys.data_generation)
    connection = connect(database, keys.database, create=True)
    try:
        migrate(connection)
        now_ms = int(around.clock() * 1000)
        connection.execute(
            "INSERT INTO vault VALUES (1, 0, ?, ?, NULL)", (now_ms, now_ms)
        )
    finally:
        connection.close()
    finish_generation(around, keys)


def finish_generation(around: Surroundings, keys: Keys) -> None:
    """Give a closed new database its first snapshot and journal."""
    database = around.paths.database(keys.data_generation)
    connection = connect(database, keys.database)
    try:
        stage = snapshots.take_snapshot(connection, database, around.paths, keys)
    finally:
        connection.close()
    snapshots.begin_journal(stage, around.paths, keys, around.entropy).close()


def publish(around: Surroundings, header: Header, keys: Keys) -> Header:
    """Sign and write a header; from here on its generation is the vault."""
    signed = header.signed(keys.master)
    write_header(around.paths, signed)
    return signed


def drop_generation(paths: VaultPaths, generation: int) -> None:
    """Delete a generation's database, snapshots and journals."""
    snapshots.remove_database(paths.database(generation))
    for stage in snapshots_of(paths, generation):
        remove(stage.snapshot(paths))
    for stage in journals_of(paths, generation):
        remove(stage.journal(paths))


def new_stage(around: Surroundings, store: Store, keys: Keys) -> Stage:
    """Take a snapshot of an open store and go on in a new journal."""
    database = around.paths.database(keys.data_generation)
    store.journal.flush()
    stage = snapshots.take_snapshot(store.connection, database, around.paths, keys)
    if store.journal.path == stage.journal(around.paths):
        return stage  # nothing was changed since the one before
    try:
        journal = snapshots.begin_journal(stage, around.paths, keys, around.entropy)
    except VaultError:
        remove(stage.snapshot(around.paths))  # the changes go on in the old journal
        raise
    store.use_journal(journal)
    snapshots.drop_superseded(around.paths, keys.data_generation)
    return stage


def mark_suspect(paths: VaultPaths) -> None:
    """Have the next unlocking check every page."""
    make_private_file(paths.suspect)


def _tidy(paths: VaultPaths, header: Header) -> None:
    """Delete what a killed process left: unfinished files, unnamed generations."""
    for folder in (paths.folder, paths.snapshots, paths.journals):
        remove_unfinished(folder)
    for path in paths.folder.glob("vault-*.db"):
        number = path.stem.removeprefix("vault-")
        if not number.isdecimal() or int(number) == header.data_generation:
            continue
        if int(number) > header.data_generation:
            # Never named by this header; should the header be an old one, it counts.
            set_aside(path, paths.damaged, "unnamed")
        drop_generation(paths, int(number))


def _open_good(around: Surroundings, header: Header, keys: Keys) -> Opening:
    paths = around.paths
    database = paths.database(keys.data_generation)
    connection = connect(database, keys.database)
    try:
        return _continue(around, header, keys, connection, database)
    except BaseException:
        connection.close()
        raise


def _continue(
    around: Surroundings,
    header: Header,
    keys: Keys,
    connection: Connection,
    database: Path,
) -> Opening:
    paths = around.paths
    if paths.suspect.exists():
        checkpoint(connection)
        if faults_of(connection):
            raise DamagedError("pages")
    version = version_of(connection)
    if not version:  # an empty file is a valid database of nothing
        raise DamagedError("empty")
    stage, content = _newest_journal(paths, keys)
    caught_up = snapshots.catch_up(connection, content)
    if caught_up is None:
        raise DamagedError("journal ahead")
    sequence = connection.value("SELECT sequence FROM vault")
    if sequence is None:
        raise DamagedError("empty")
    last = max((r.sequence for r in content.records), default=0)
    journal_complete = stage is not None and sequence == max(last, stage.sequence)
    journal_damaged = bool(content.bad) or not (
        journal_complete or (stage is None and not content.torn)
    )
    newest = snapshots_of(paths, keys.data_generation)[:1]
    if newest != [stage] or journal_damaged or version != newest_version():
        if version != newest_version():
            # A good copy of the older version first, then the step.
            stage = snapshots.take_snapshot(connection, database, paths, keys)
            migrate(connection)
        if journal_damaged and stage is not None:
            set_aside(stage.journal(paths), paths.damaged, _mark(around))
        stage = snapshots.take_snapshot(connection, database, paths, keys)
        journal = snapshots.begin_journal(stage, paths, keys, around.entropy)
        snapshots.drop_superseded(paths, keys.data_generation)
    else:
        stage = newest[0]
        journal = JournalWriter(
            stage.journal(paths),
            keys.vault_id,
            keys.journal,
            around.entropy,
            content.end,
        )
    witness = connect(database, keys.database)
    return Opening(
        Store(connection, witness, journal, around.clock),
        header,
        keys,
        stage,
        caught_up,
        journal_damaged,
        version if version != newest_version() else None,
    )


def _newest_journal(
    paths: VaultPaths, keys: Keys
) -> tuple[Stage | None, JournalContent]:
    for stage in journals_of(paths, keys.data_generation):
        if not stage.snapshot(paths).exists():
            continue
        path = stage.journal(paths)
        return stage, read_journal(path, keys.vault_id, keys.journal)
    return None, JournalContent()


def _repair(
    around: Surroundings, header: Header, keys: Keys
) -> tuple[Header, Keys, Repair]:
    paths = around.paths
    damaged = paths.database(keys.data_generation)
    last = snapshots.readable_sequence(damaged, keys)
    header, new_keys = same_keys_next_generation(header, keys, around.entropy)
    target = paths.database(new_keys.data_generation)
    unfinished = target.with_name(target.name + UNFINISHED)
    repair = snapshots.rebuild(paths, keys, unfinished, last)
    rename(unfinished, target)
    finish_generation(around, new_keys)
    kept = _keep_damaged(around, keys, with_journals=bool(repair.lost))
    header = publish(around, header, new_keys)
    drop_generation(paths, keys.data_generation)
    return header, new_keys, replace(repair, kept=kept)


def _keep_damaged(
    around: Surroundings, keys: Keys, *, with_journals: bool
) -> tuple[str, ...]:
    """Move the damaged database aside; copy the journals, which may be needed again."""
    paths, generation = around.paths, keys.data_generation
    damaged = paths.database(generation)
    moved = [
        set_aside(damaged.with_name(damaged.name + end), paths.damaged, _mark(around))
        for end in ("", "-wal")
    ]
    kept = [path.name for path in moved if path is not None]
    for stage in journals_of(paths, generation) if with_journals else ():
        copy = paths.damaged / f"{_mark(around)}-{stage.journal(paths).name}"
        copy_whole(stage.journal(paths), copy)
        kept.append(copy.name)
    return tuple(kept)


def _mark(around: Surroundings) -> str:
    return f"{int(around.clock())}"
