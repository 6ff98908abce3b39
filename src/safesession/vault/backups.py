"""Back up, rehearse, restore: copies under keys of their own, checked when made.

A rehearsal opens a backup completely and changes nothing but the reminder. A
restored vault is a new one: other id, other keys, and it says that two devices may
now hold the same identity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from safesession.core.vault_types import AnchorVerdict, BackupContent, BackupStatus
from safesession.crypto.argon2 import Argon2Cost
from safesession.vault.backup_file import (
    Backup,
    Manifest,
    extract_database,
    open_backup,
    write_backup,
)
from safesession.vault.connection import Connection, connect, export_copy, faults_of
from safesession.vault.custody import CustodyEvent, check_chain
from safesession.vault.engine_tables import forget_on_restoring
from safesession.vault.errors import BackupDamagedError, DamagedError
from safesession.vault.files import UNFINISHED, make_private_folder, rename
from safesession.vault.header import Header, Purpose
from safesession.vault.key_slots import (
    Keys,
    backup_recovery_secret,
    new_header,
    seal_passphrase,
    seal_recovery_secret,
)
from safesession.vault.migrations import has_own_shape, migrate
from safesession.vault.open_vault import OpenVault
from safesession.vault.opening import Surroundings, finish_generation
from safesession.vault.snapshots import remove_database


DRILL_EVERY_MS = 90 * 24 * 3600 * 1000
OpenSlot = Callable[[Header], bytes]
_CHAIN = (
    "SELECT number, at_ms, event, subject, detail, signer, hash, signature "
    "FROM custody ORDER BY number"
)


def back_up(
    vault: OpenVault, target: Path, passphrase: bytes | None, cost: Argon2Cost
) -> int:
    """Write a backup that the recovery sheet opens, and `passphrase` if given.

    Returns the file's size. It is read back whole before this returns.

    Raises:
        DamagedError: the vault has bad pages; no backup is made of them.
        VaultError: the disk refuses; an older backup of the name is untouched.
    """
    around, entropy = vault.around, vault.around.entropy
    header, keys = new_header(Purpose.BACKUP, entropy)
    secret = backup_recovery_secret(vault.header, vault.keys.master)
    header = header.with_slot(
        seal_recovery_secret(header, keys.master, secret, entropy)
    )
    if passphrase is not None:
        header = header.with_slot(
            seal_passphrase(header, keys.master, passphrase, entropy, cost=cost)
        )
    header = header.signed(keys.master)
    vault.custody.record(CustodyEvent.BACKED_UP)
    manifest = Manifest(
        vault.store.now_ms(),
        vault.keys.vault_id,
        vault.custody.anchor(),
        vault.identity.public_key,
    )
    copy = around.paths.folder / f"backup{UNFINISHED}"
    remove_database(copy)
    try:
        vault.store.checkpoint()
        export_copy(vault.store.connection, copy, keys.database)
        _check_pages(copy, keys)
        write_backup(target, header, keys, manifest, vault.identity, copy, entropy)
    finally:
        remove_database(copy)
    written = open_backup(target, lambda _: keys.master)
    with vault.store.transaction("setting") as change:
        vault.settings.put(change, "last_backup_ms", change.at_ms)
    return written.database_start + written.database_bytes


def rehearse(vault: OpenVault, path: Path, open_slot: OpenSlot) -> BackupContent:
    """Open a backup as a restoration would, compare it with this vault, throw it away.

    Raises:
        BackupDamagedError and the other errors of `open_backup`.
    """
    backup = open_backup(path, open_slot)
    copy = vault.around.paths.folder / f"drill{UNFINISHED}"
    try:
        connection = _extracted(backup, copy)
        try:
            content = _content(connection, backup)
        finally:
            connection.close()
    finally:
        remove_database(copy)
    if backup.manifest.vault_id == vault.keys.vault_id:
        verdict = vault.custody.judge(backup.manifest.anchor)
        content = replace(content, history=verdict)
    with vault.store.transaction("setting") as change:
        vault.settings.put(change, "last_drill_ms", change.at_ms)
        detail = f"{content.notes} notes"
        vault.custody.append(change, CustodyEvent.DRILLED, "", detail)
    return content


def status(vault: OpenVault) -> BackupStatus:
    """Return when it was last backed up and rehearsed."""
    backup_ms = vault.settings.moment_ms("last_backup_ms")
    drill_ms = vault.settings.moment_ms("last_drill_ms")
    created_ms = int(vault.store.value("SELECT created_at_ms FROM vault"))
    since_ms = vault.store.now_ms() - (drill_ms or created_ms)
    return BackupStatus(backup_ms, drill_ms, since_ms >= DRILL_EVERY_MS)


def restore_into(
    around: Surroundings, path: Path, open_slot: OpenSlot, keys: Keys
) -> BackupContent:
    """Make the first generation of a new vault out of a backup.

    The caller has made `keys` with a header of its own and publishes it afterwards.

    Raises:
        BackupDamagedError and the other errors of `open_backup`; nothing is left.
    """
    backup = open_backup(path, open_slot)
    make_private_folder(around.paths.folder)
    copy = around.paths.folder / f"restore{UNFINISHED}"
    target = around.paths.database(keys.data_generation)
    unfinished = target.with_name(target.name + UNFINISHED)
    remove_database(unfinished)
    try:
        connection = _extracted(backup, copy)
        try:
            content = _content(connection, backup)
            migrate(connection)
            now_ms = int(around.clock() * 1000)
            connection.execute("UPDATE vault SET restored_at_ms = ?", (now_ms,))
            connection.execute("DELETE FROM setting WHERE name = 'last_drill_ms'")
            for statement in forget_on_restoring():
                connection.execute(statement)
            export_copy(connection, unfinished, keys.database)
        finally:
            connection.close()
        _check_pages(unfinished, keys)
        rename(unfinished, target)
    finally:
        remove_database(copy)
        remove_database(unfinished)
    finish_generation(around, keys)
    return content


def _extracted(backup: Backup, copy: Path) -> Connection:
    remove_database(copy)
    extract_database(backup, copy)
    try:
        connection = connect(copy, backup.keys.database)
    except DamagedError:
        raise BackupDamagedError("database") from None
    try:
        if not has_own_shape(connection):
            raise BackupDamagedError("schema")
        if faults_of(connection):
            raise BackupDamagedError("pages")
    except BaseException:
        connection.close()
        raise
    return connection


def _content(connection: Connection, backup: Backup) -> BackupContent:
    chain = check_chain(connection.rows(_CHAIN))
    if not chain.intact:
        raise BackupDamagedError("custody")
    if connection.value("SELECT count(*) FROM vault") != 1:
        raise BackupDamagedError("vault")
    ((clients, notes, newest_ms),) = connection.rows(
        "SELECT (SELECT count(*) FROM client), (SELECT count(*) FROM note), "
        "(SELECT max(saved_at_ms) FROM note)"
    )
    made_ms = backup.manifest.made_at_ms
    return BackupContent(
        made_ms, clients, notes, newest_ms, chain.entries, AnchorVerdict.NONE
    )


def _check_pages(path: Path, keys: Keys) -> None:
    connection = connect(path, keys.database)
    try:
        if faults_of(connection):
            raise DamagedError("copy")
    finally:
        connection.close_whole()
