"""Verified copies of the database, and what is made from them when it is damaged.

A copy gets its name only after every page of it was checked. A repair takes the
newest good copy, carries out the journals after it, and says what is missing.
"""

from __future__ import annotations

from pathlib import Path

from safesession.core.vault_types import LostChange, Repair
from safesession.crypto.entropy import Entropy
from safesession.vault.connection import (
    Connection,
    checkpoint,
    connect,
    faults_of,
)
from safesession.vault.errors import (
    DamagedError,
    NothingToRestoreError,
    NotVerifiedError,
    VaultError,
)
from safesession.vault.files import (
    UNFINISHED,
    VaultPaths,
    copy_whole,
    make_private_folder,
    remove,
    rename,
)
from safesession.vault.generations import (
    Stage,
    journals_of,
    snapshots_of,
    superseded,
)
from safesession.vault.journal import (
    JournalContent,
    JournalWriter,
    Record,
    read_journal,
)
from safesession.vault.key_slots import Keys
from safesession.vault.migrations import migrate, version_of
from safesession.vault.store import replay


def take_snapshot(
    connection: Connection, database: Path, paths: VaultPaths, keys: Keys
) -> Stage:
    """Copy and verify the database; its owner begins the journal of the stage.

    Raises:
        DamagedError: the copy has bad pages, hence the database too.
        VaultError: the disk refuses; older snapshots are untouched.
    """
    make_private_folder(paths.snapshots)
    checkpoint(connection)
    unfinished = paths.snapshots / f"copy{UNFINISHED}"
    copy_whole(database, unfinished)
    try:
        stage = _verified(unfinished, keys)
        rename(unfinished, stage.snapshot(paths))
    finally:
        _remove_database(unfinished)
    return stage


def begin_journal(
    stage: Stage, paths: VaultPaths, keys: Keys, entropy: Entropy
) -> JournalWriter:
    """Make the empty journal that continues from a snapshot."""
    make_private_folder(paths.journals)
    return JournalWriter(stage.journal(paths), keys.vault_id, keys.journal, entropy)


def drop_superseded(paths: VaultPaths, generation: int) -> None:
    """Delete snapshots and journals that no repair would need."""
    for path in superseded(paths, generation):
        remove(path)


def faulty_snapshots(paths: VaultPaths, keys: Keys) -> int:
    """Check every page of every snapshot; return how many are bad."""
    bad = 0
    for stage in snapshots_of(paths, keys.data_generation):
        try:
            _verified(stage.snapshot(paths), keys)
        except (DamagedError, NotVerifiedError):
            bad += 1
    return bad


def _verified(path: Path, keys: Keys) -> Stage:
    connection = connect(path, keys.database)
    try:
        version = version_of(connection)
        if not version or faults_of(connection):
            raise DamagedError("snapshot")
        sequence = int(connection.value("SELECT sequence FROM vault"))
        return Stage(keys.data_generation, version, sequence)
    finally:
        connection.close()


def rebuild(paths: VaultPaths, keys: Keys, target: Path, last_sequence: int) -> Repair:
    """Make a new database at `target` from the newest good snapshot.

    `last_sequence` is what the damaged database still told of itself, or 0.

    Raises:
        NothingToRestoreError: no snapshot is good.
        VaultError: the disk refuses.
    """
    for stage in snapshots_of(paths, keys.data_generation):
        _remove_database(target)
        copy_whole(stage.snapshot(paths), target)
        try:
            if _verified(target, keys) != stage:
                continue
        except (DamagedError, NotVerifiedError):
            continue
        connection = connect(target, keys.database)
        try:
            repair = _replayed(connection, stage, paths, keys, last_sequence)
        finally:
            # The caller renames the file: nothing may stay behind in its log.
            connection.close_whole()
        return repair
    _remove_database(target)
    raise NothingToRestoreError("no good snapshot")


def _replayed(
    connection: Connection,
    stage: Stage,
    paths: VaultPaths,
    keys: Keys,
    last_sequence: int,
) -> Repair:
    snapshot_ms = known_ms = int(connection.value("SELECT changed_at_ms FROM vault"))
    known, replayed = stage.sequence, 0
    lost: list[LostChange] = []
    unread = 0  # records at the very end that say nothing any more
    for journal in reversed(journals_of(paths, keys.data_generation)):
        migrate(connection, up_to=max(journal.version, version_of(connection)))
        content = read_journal(journal.journal(paths), keys.vault_id, keys.journal)
        unread = content.bad_at_end + content.torn
        for record in sorted(content.records, key=_sequence):
            if record.sequence <= known:
                continue
            lost += _gap(known, record.sequence, known_ms, record.at_ms)
            known, known_ms = record.sequence, record.at_ms
            if replay(connection, record):
                replayed += 1
            else:
                what = record.subject
                lost.append(LostChange(known, what, known_ms, known_ms))
    migrate(connection)
    final = max(known + unread, last_sequence)
    lost += _gap(known, final + 1, known_ms, None)
    # Numbers of lost changes are not given again: their journal records stay unique.
    connection.execute("UPDATE vault SET sequence = ? WHERE one = 1", (final,))
    return Repair(snapshot_ms, replayed, known_ms, tuple(lost))


def _sequence(record: Record) -> int:
    return record.sequence


def _gap(
    known: int, following: int, after_ms: int, before_ms: int | None
) -> list[LostChange]:
    numbers = range(known + 1, following)
    return [LostChange(number, "", after_ms, before_ms) for number in numbers]


def catch_up(connection: Connection, content: JournalContent) -> int | None:
    """Carry out what the newest journal has and the database has not.

    Returns how many changes those were, or None if they do not fit one another:
    the database must be rebuilt. At most one of them was never acknowledged.

    Raises:
        VaultError: the database refuses.
    """
    known, done = connection.value("SELECT sequence FROM vault") or 0, 0
    for record in sorted(content.records, key=_sequence):
        if record.sequence <= known:
            continue
        if record.sequence != known + 1 or not replay(connection, record):
            return None
        known, done = record.sequence, done + 1
    return done


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        remove(path.with_name(path.name + suffix))


def remove_database(path: Path) -> None:
    """Delete a database with its log files."""
    _remove_database(path)


def readable_sequence(path: Path, keys: Keys) -> int:
    """Return how many changes a damaged database says it has, or 0."""
    try:
        connection = connect(path, keys.database)
    except VaultError:
        return 0
    try:
        return int(connection.value("SELECT sequence FROM vault") or 0)
    except Exception:  # noqa: BLE001 (whatever a damaged page makes the library say)
        return 0
    finally:
        connection.close()
