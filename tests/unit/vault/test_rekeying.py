"""Other secrets and other keys; a copied old key file is worth what is promised."""

from __future__ import annotations

import shutil

import pytest
from tests.support.vaults import PASSPHRASE, Desk, add_client, write_note

from safesession.core.vault_types import Binding
from safesession.crypto.recovery_key import RecoveryKey
from safesession.vault import errors
from safesession.vault.custody import CustodyEvent


NEW_SHEET = RecoveryKey(bytes(range(3, 23)))


def run(vault, job):
    return vault.run(job).result()


def opens(vault, secret) -> bool:
    vault.lock().result()
    try:
        if isinstance(secret, RecoveryKey):
            vault.unlock_with_sheet(secret).result()
        else:
            vault.unlock(secret).result()
    except (errors.WrongPassphraseError, errors.WrongRecoveryKeyError):
        return False
    return True


def test_a_new_passphrase_does_not_touch_the_database(vault, desk) -> None:
    write_note(vault, "x")
    inode = (desk.folder / "vault-000001.db").stat().st_ino
    key = run(vault, lambda v: v.keys.database)
    vault.change_passphrase(PASSPHRASE, "new words").result()
    assert (desk.folder / "vault-000001.db").stat().st_ino == inode
    assert run(vault, lambda v: v.keys.database) == key
    assert not opens(vault, PASSPHRASE)
    assert opens(vault, "new words")
    assert opens(vault, desk.recovery)
    lines = run(vault, lambda v: v.custody.entries())
    assert CustodyEvent.PASSPHRASE_CHANGED in [e.event for e in lines]


def test_a_change_takes_the_old_secret(vault, desk) -> None:
    with pytest.raises(errors.WrongPassphraseError):
        vault.change_passphrase("wrong", "new").result()
    with pytest.raises(errors.WrongRecoveryKeyError):
        vault.change_recovery(RecoveryKey(bytes(20)), NEW_SHEET).result()
    with pytest.raises(errors.WrongPassphraseError):
        vault.rekey("wrong", "new", NEW_SHEET).result()
    assert opens(vault, PASSPHRASE)
    assert opens(vault, desk.recovery)


def test_the_forgotten_passphrase_is_replaced_by_the_sheet(vault, desk) -> None:
    assert opens(vault, desk.recovery)
    vault.change_passphrase(desk.recovery, "new words").result()
    assert opens(vault, "new words")


def test_a_new_sheet_voids_the_old_one(vault, desk) -> None:
    vault.change_recovery(PASSPHRASE, NEW_SHEET).result()
    assert not opens(vault, desk.recovery)
    assert opens(vault, NEW_SHEET)


def test_rekeying_moves_everything_and_voids_a_copied_key_file(vault, desk) -> None:
    client = add_client(vault)
    saved = write_note(vault, "焦虑", client=client)
    run(vault, lambda v: v.notes.sign(saved.note_id, 1))
    old_header = (desk.folder / "vault.header").read_bytes()
    vault.rekey(PASSPHRASE, "new words", NEW_SHEET).result()
    write_note(vault, "after", client=client)
    assert not opens(vault, PASSPHRASE)
    assert not opens(vault, desk.recovery)
    assert opens(vault, "new words")
    assert opens(vault, NEW_SHEET)
    assert len(run(vault, lambda v: v.search.find("焦虑"))) == 1
    assert run(vault, lambda v: v.check_everything()).well
    vault.lock().result()
    thief = Desk(desk.home / "thief", now_s=desk.now_s)
    shutil.copytree(desk.folder, thief.folder)
    for name in ("vault.header", "vault.header.copy"):
        (thief.folder / name).write_bytes(old_header)
    with thief.started() as stolen, pytest.raises(errors.NothingToRestoreError):
        stolen.unlock_with_sheet(desk.recovery).result()


def test_an_old_key_file_put_back_by_mistake_destroys_nothing(vault, desk) -> None:
    """The newer database is kept; with its own key file it opens again."""
    old = (desk.folder / "vault.header").read_bytes()
    write_note(vault, "x")
    vault.rekey(PASSPHRASE, PASSPHRASE, desk.recovery).result()
    vault.lock().result()
    new = (desk.folder / "vault.header").read_bytes()
    database = (desk.folder / "vault-000002.db").read_bytes()
    for name in ("vault.header", "vault.header.copy"):
        (desk.folder / name).write_bytes(old)
    with pytest.raises(errors.NothingToRestoreError):
        vault.unlock(PASSPHRASE).result()
    kept = next((desk.folder / "damaged").glob("*vault-000002.db"))
    assert kept.read_bytes() == database
    kept.rename(desk.folder / "vault-000002.db")
    (desk.folder / "vault.header").write_bytes(new)
    vault.unlock(PASSPHRASE).result()
    assert len(run(vault, lambda v: v.notes.newest())) == 1


def test_device_secrets_are_renewed_and_forgotten(desk) -> None:
    with desk.made(Binding.PASSPHRASE_AND_DEVICE) as vault:

        def secrets() -> set[str]:
            return {k[1] for k in desk.backend.dump if k[1].startswith("device")}

        first = secrets()
        vault.change_passphrase(PASSPHRASE, "two").result()
        second = secrets()
        assert len(first) == len(second) == 1
        assert first != second
        assert opens(vault, "two")
        vault.rekey("two", "three", NEW_SHEET).result()
        assert len(secrets()) == 1
        assert opens(vault, "three")
