"""Backups: made, rehearsed, restored elsewhere; anything else is refused by name."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.vaults import PASSPHRASE, Desk, add_client, flip, tree, write_note

from safesession.core.vault_types import AnchorVerdict, VaultState
from safesession.crypto.identity import IdentityKey
from safesession.crypto.recovery_key import RecoveryKey
from safesession.errors import SafeSessionError
from safesession.vault import backups, errors, key_slots
from safesession.vault.backup_file import Manifest, open_backup, write_backup
from safesession.vault.connection import connect, export_copy
from safesession.vault.custody import Anchor, CustodyEvent
from safesession.vault.header import Purpose
from safesession.vault.migrations import newest_version
from safesession.vault.place import open_with


def run(vault, job):
    return vault.run(job).result()


@pytest.fixture
def backup(desk):
    """A vault with a note, and its backup; the vault is closed."""
    with desk.made() as vault:
        client = add_client(vault)
        saved = write_note(vault, "带走的焦虑笔记", client=client)
        run(vault, lambda v: v.notes.sign(saved.note_id, 1))
        path = desk.home / "copy.ssbak"
        size = vault.back_up(path, "backup words").result()
        assert 0 < size <= path.stat().st_size
    return path


def elsewhere(desk: Desk) -> Desk:
    other = Desk(desk.home / "other machine", now_s=desk.now_s + 9)
    other.home.mkdir()
    return other


@pytest.mark.parametrize("secret", ["sheet", "backup words"])
def test_a_backup_becomes_a_vault_on_another_machine(desk, backup, secret) -> None:
    other = elsewhere(desk)
    secret = desk.recovery if secret == "sheet" else secret
    sheet = RecoveryKey(bytes(range(1, 21)))
    with other.started() as vault:
        restored = vault.restore(backup, secret, "new words", sheet).result()
        assert (restored.clients, restored.notes) == (1, 1)
        (found,) = run(vault, lambda v: v.search.find("焦虑"))
        note = run(vault, lambda v: v.notes.read(found.head.id))
        assert note.body == "带走的焦虑笔记"
        assert run(vault, lambda v: v.check_everything()).well
        events = [e.event for e in run(vault, lambda v: v.custody.entries())]
        assert events[0] is CustodyEvent.RESTORED
        vault.lock().result()
        unlocked = vault.unlock("new words").result()
        assert unlocked.restored_at_ms == int(other.now_s * 1000)
        identity = run(vault, lambda v: v.identity.public_key)
        vault.lock().result()
        with pytest.raises(errors.WrongRecoveryKeyError):
            vault.unlock_with_sheet(desk.recovery).result()
        vault.unlock_with_sheet(sheet).result()
        new_keys = run(vault, lambda v: (v.keys.vault_id, v.keys.database))
    with desk.opened() as vault:
        assert run(vault, lambda v: v.identity.public_key) == identity
        old_keys = run(vault, lambda v: (v.keys.vault_id, v.keys.database))
    assert not set(old_keys) & set(new_keys)


def test_a_rehearsal_changes_nothing_but_the_reminder(desk, backup) -> None:
    with desk.opened() as vault:
        assert not run(vault, backups.status).drill_due
        desk.now_s += 91 * 86_400
        status = run(vault, backups.status)
        assert status.drill_due
        assert status.last_backup_ms is not None
        before = tree(desk.folder)
        content = vault.rehearse(backup, desk.recovery).result()
        assert (content.clients, content.notes) == (1, 1)
        assert content.history is AnchorVerdict.CONFIRMED
        changed = {k for k, v in tree(desk.folder).items() if before.get(k) != v}
        assert all(k.startswith(("vault-000001.db", "journals")) for k in changed)
        assert not run(vault, backups.status).drill_due


def test_a_backup_is_evidence_against_a_rollback(desk, backup) -> None:
    with desk.opened() as vault:

        def cut(v):
            v.store.connection.execute("DROP TRIGGER custody_kept")
            v.store.connection.execute("DELETE FROM custody WHERE number > 1")

        run(vault, cut)
        content = vault.rehearse(backup, desk.recovery).result()
        assert content.history is AnchorVerdict.ROLLED_BACK


def test_a_backup_of_another_vault_has_no_say(desk, backup) -> None:
    other = elsewhere(desk)
    with other.made() as vault:
        content = vault.rehearse(backup, "backup words").result()
        assert content.history is AnchorVerdict.NONE


def test_wrong_secrets_and_an_occupied_place(desk, backup) -> None:
    other = elsewhere(desk)
    sheet = other.recovery
    with other.started() as vault:
        for secret, refusal in (
            ("wrong words", errors.WrongPassphraseError),
            (PASSPHRASE, errors.WrongPassphraseError),
            (RecoveryKey(bytes(20)), errors.WrongRecoveryKeyError),
        ):
            with pytest.raises(refusal):
                vault.restore(backup, secret, "x", sheet).result()
        assert set(tree(other.folder)) == {"vault.lock"}
        vault.restore(backup, "backup words", "x", sheet).result()
        vault.lock().result()
        before = tree(other.folder)
        with pytest.raises(errors.VaultExistsError):
            vault.restore(backup, "backup words", "x", sheet).result()
        assert tree(other.folder) == before


def test_a_backup_without_a_passphrase_opens_by_the_sheet_alone(desk) -> None:
    path = desk.home / "b.ssbak"
    with desk.made() as vault:
        vault.back_up(path, None).result()
        with pytest.raises(errors.NoSuchSlotError):
            vault.rehearse(path, PASSPHRASE).result()
        vault.rehearse(path, desk.recovery).result()


def test_a_changed_sheet_seals_the_next_backup(desk) -> None:
    path = desk.home / "b.ssbak"
    with desk.made() as vault:
        sheet = vault.new_recovery_key()
        vault.change_recovery(PASSPHRASE, sheet).result()
        vault.back_up(path, None).result()
        vault.rehearse(path, sheet).result()
        with pytest.raises(errors.WrongRecoveryKeyError):
            vault.rehearse(path, desk.recovery).result()


# --- strange files --------------------------------------------------------------------

REFUSALS = (
    errors.ForeignFileError,
    errors.NewerVersionError,
    errors.BackupDamagedError,
)


def opened(path, sheet):
    return open_backup(path, open_with(sheet, b""))


def test_every_flipped_or_cut_byte_is_refused(desk, backup, profile) -> None:
    whole = backup.read_bytes()
    dice = profile.random("backup flips")
    front = range(700)
    others = [
        dice.randrange(len(whole)) for _ in range(profile.count(ci=200, soak=9000))
    ]
    for offset in (*front, *others):
        flip(backup, offset, dice.randrange(8))
        with pytest.raises((*REFUSALS, errors.WrongRecoveryKeyError)):
            opened(backup, desk.recovery)
        backup.write_bytes(whole)
    for length in (0, 3, 5, 9, 400, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:length])
        with pytest.raises(REFUSALS):
            opened(backup, desk.recovery)
    backup.write_bytes(whole + b"\0")
    with pytest.raises(REFUSALS):
        opened(backup, desk.recovery)


def test_a_foreign_and_a_newer_file(desk, tmp_path) -> None:
    path = tmp_path / "x.ssbak"
    path.write_bytes(b"%PDF-1.7 and so on" * 100)
    with pytest.raises(errors.ForeignFileError):
        opened(path, desk.recovery)
    path.write_bytes(b"SSBK2" + bytes(500))
    with pytest.raises(errors.NewerVersionError):
        opened(path, desk.recovery)
    path.unlink()
    with pytest.raises(errors.VaultError):
        opened(path, desk.recovery)


@given(st.binary(max_size=300), st.sampled_from([b"", b"SSBK1", b"SSBK1\0\0\0\x20"]))
def test_fuzzed_files_raise_what_is_declared(tmp_path, junk, start) -> None:
    path = tmp_path / "fuzz.ssbak"
    path.write_bytes(start + junk)
    with pytest.raises(SafeSessionError):
        opened(path, RecoveryKey(bytes(20)))


@given(st.integers(0), st.binary(min_size=1, max_size=8))
def test_mutated_backups_raise_what_is_declared(desk, backup, place, put) -> None:
    whole = backup.read_bytes()
    at = place % len(whole)
    mutated = whole[:at] + put + whole[at + len(put) :]
    backup.write_bytes(mutated)
    try:
        opened(backup, desk.recovery)
    except SafeSessionError:
        assert mutated != whole
    else:
        assert mutated == whole
    finally:
        backup.write_bytes(whole)


def test_an_unwritable_place_leaves_the_older_backup(desk, backup) -> None:
    whole = backup.read_bytes()
    with desk.opened() as vault:
        with pytest.raises(errors.VaultError):
            vault.back_up(desk.home / "no such folder" / "b.ssbak", None).result()
        write_note(vault, "more")
        vault.back_up(backup, None).result()
    assert backup.read_bytes() != whole
    assert {path.name for path in desk.home.iterdir()} == {"copy.ssbak", "vault"}
    assert not list(desk.folder.glob("*unfinished*"))


# --- whoever has the sheet may have put any database into a backup ---------------------

_NEWEST = f"PRAGMA user_version = {newest_version()};"
_STRANGE = {
    "nothing in it": "CREATE TABLE x(y);",
    "a version and no tables": f"CREATE TABLE x(y); {_NEWEST}",
    "a later version": "CREATE TABLE x(y); PRAGMA user_version = 900;",
    "views for tables": (
        "CREATE VIEW custody AS SELECT 1 AS number; CREATE VIEW client AS SELECT 1;"
        f"CREATE VIEW note AS SELECT 'x' AS saved_at_ms; {_NEWEST}"
    ),
    "an endless query": (
        "CREATE VIEW custody AS WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL "  # noqa: S608
        "SELECT number + 1 FROM n) SELECT * FROM n; " + _NEWEST
    ),
}
_CHANGED = {
    "a trigger": (
        "CREATE TRIGGER t BEFORE UPDATE ON vault BEGIN SELECT RAISE(ABORT, 'no'); END"
    ),
    "no row of its own": "DELETE FROM vault",
    "a broken log": "DROP TRIGGER custody_fixed",
    "no index": "DROP TABLE note_search",
    "other columns": "ALTER TABLE client DROP COLUMN name",
}


def sealed_backup(desk: Desk, database, keys, header) -> None:
    """Write a backup around any database."""
    identity = IdentityKey(bytes(32))
    manifest = Manifest(1, bytes(16), Anchor(0, bytes(32)), identity.public_key)
    target = desk.home / "strange.ssbak"
    write_backup(target, header, keys, manifest, identity, database, os.urandom)


def keys_for(desk: Desk):
    header, keys = key_slots.new_header(Purpose.BACKUP, os.urandom)
    slot = key_slots.seal_recovery(header, keys.master, desk.recovery, os.urandom)
    return header.with_slot(slot).signed(keys.master), keys


def assert_refused(desk: Desk) -> None:
    strange = desk.home / "strange.ssbak"
    with desk.made() as vault:
        before = run(vault, lambda v: v.store.sequence)
        with pytest.raises(SafeSessionError):
            vault.rehearse(strange, desk.recovery).result()
        assert run(vault, lambda v: v.store.sequence) == before
    other = elsewhere(desk)
    with other.started() as vault:
        with pytest.raises(SafeSessionError):
            vault.restore(strange, desk.recovery, "x", other.recovery).result()
        assert vault.state is VaultState.ABSENT
        assert not [n for n in tree(other.folder) if n.endswith((".db", ".header"))]


@pytest.mark.parametrize("what", _STRANGE)
def test_a_strange_database_in_a_backup_is_refused(desk, what) -> None:
    header, keys = keys_for(desk)
    database = desk.home / "strange.db"
    connection = connect(database, keys.database, create=True)
    connection.script(_STRANGE[what])
    connection.close_whole()
    sealed_backup(desk, database, keys, header)
    assert_refused(desk)


@pytest.mark.parametrize("what", _CHANGED)
def test_a_changed_schema_in_a_backup_is_refused(desk, what) -> None:
    header, keys = keys_for(desk)
    database = desk.home / "strange.db"
    other = Desk(desk.home / "source", now_s=desk.now_s)
    other.home.mkdir()
    with other.made() as vault:
        write_note(vault, "x")

        def copy(v):
            v.store.checkpoint()
            export_copy(v.store.connection, database, keys.database)

        run(vault, copy)
    connection = connect(database, keys.database)
    connection.script(_CHANGED[what])
    connection.close_whole()
    sealed_backup(desk, database, keys, header)
    assert_refused(desk)
