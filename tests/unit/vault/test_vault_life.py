"""A vault's life: made, locked, opened, used by one app, with a word for each refusal."""

from __future__ import annotations

import gc
import os
import stat
import subprocess
import sys
import threading

import pytest
from tests.support.vaults import PASSPHRASE, Desk, add_client, tree, write_note

from safesession.core.vault_types import Binding, SlotKind, VaultState
from safesession.crypto.recovery_key import RecoveryKey
from safesession.errors import LocalProtocolError
from safesession.vault import errors
from safesession.vault.custody import CustodyEvent
from safesession.vault.key_slots import Keys
from safesession.vault.open_vault import OpenVault
from safesession.vault.vault import Vault


def test_a_whole_life(desk) -> None:
    with desk.started() as vault:
        assert vault.state is VaultState.ABSENT
        created = vault.create(PASSPHRASE, desk.recovery).result()
        assert created.binding is Binding.PASSPHRASE
        assert vault.state is VaultState.OPEN
        note = write_note(vault, "来访者谈到焦虑")
        vault.lock().result()
        assert vault.state is VaultState.LOCKED
    assert vault.state is VaultState.CLOSED
    with desk.started() as vault:
        assert vault.state is VaultState.LOCKED
        unlocked = vault.unlock(PASSPHRASE).result()
        assert unlocked.opened_by is SlotKind.PASSPHRASE
        assert (
            vault.run(lambda v: v.notes.read(note.note_id)).result().body[:3]
            == "来访者"
        )


def test_nothing_works_while_locked(vault) -> None:
    vault.lock().result()
    for future in (
        vault.run(lambda v: v.clients.all()),
        vault.back_up(vault.place.around.paths.folder / "x.ssbak", None),
    ):
        with pytest.raises(errors.VaultLockedError):
            future.result()


def test_nothing_works_when_closed(desk) -> None:
    with desk.made() as vault:
        pass
    with pytest.raises(errors.VaultLockedError):
        vault.unlock(PASSPHRASE).result()
    vault.close()


def test_after_lock_no_key_and_no_open_vault_is_left(desk) -> None:
    def alive() -> list[int]:
        gc.collect()
        return [id(o) for o in gc.get_objects() if isinstance(o, OpenVault | Keys)]

    before = alive()
    with desk.made() as vault:
        write_note(vault, "secret words")
        assert len(alive()) == len(before) + 2
        vault.lock().result()
        assert alive() == before


def test_lock_waits_for_what_was_begun(vault) -> None:
    client = add_client(vault)
    began, go_on = threading.Event(), threading.Event()

    def slow(v):
        began.set()
        go_on.wait(5)
        return v.clients.get(client).code

    job = vault.run(slow)
    began.wait(5)
    locking = vault.lock()
    late = vault.run(lambda v: v.clients.all())
    go_on.set()
    assert job.result() == "A-017"
    locking.result()
    with pytest.raises(errors.VaultLockedError):
        late.result()


def test_a_second_instance_is_refused_and_says_so(desk) -> None:
    with desk.made():
        with pytest.raises(errors.VaultInUseError) as refusal:
            desk.vault()
        assert refusal.value.code == "vault_in_use"
    with desk.opened():
        pass


def test_a_second_process_is_refused(desk) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from safesession.vault.vault import Vault\n"
        "from safesession.vault.errors import VaultInUseError\n"
        "try: Vault(Path(sys.argv[1])).start()\n"
        "except VaultInUseError: print('refused')\n"
    )
    with desk.made():
        done = subprocess.run(
            [sys.executable, "-c", code, str(desk.folder)],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONPATH": "src"},
        )
    assert done.stdout == b"refused\n"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
def test_everything_is_for_its_owner_only(desk) -> None:
    old = os.umask(0)
    try:
        with desk.made() as vault:
            write_note(vault, "x")
            vault.run(lambda v: v.take_snapshot()).result()
            vault.back_up(desk.folder / "b.ssbak", None).result()
            for path in [desk.folder, *desk.folder.rglob("*")]:
                mode = stat.S_IMODE(path.stat().st_mode)
                assert mode == (0o700 if path.is_dir() else 0o600), path.name
    finally:
        os.umask(old)


# --- every refusal has its own name and changes nothing -------------------------------


def refused(desk: Desk, act, kind: type[Exception]) -> Exception:
    """Check that an act on a locked vault is refused and changes no file but one."""
    before = tree(desk.folder)
    with desk.started() as vault, pytest.raises(kind) as refusal:
        act(vault).result()
    after = tree(desk.folder)
    counted = {"attempts"}  # wrong tries are counted there
    assert {k: v for k, v in after.items() if k not in counted} == {
        k: v for k, v in before.items() if k not in counted
    }
    return refusal.value


def test_a_wrong_passphrase(desk) -> None:
    with desk.made():
        pass
    error = refused(desk, lambda v: v.unlock("wrong"), errors.WrongPassphraseError)
    assert "wrong" not in str(error)


def test_a_wrong_recovery_key(desk) -> None:
    with desk.made():
        pass
    other = RecoveryKey(bytes(20))
    refused(desk, lambda v: v.unlock_with_sheet(other), errors.WrongRecoveryKeyError)


def test_no_vault_at_all(desk) -> None:
    with desk.started() as vault, pytest.raises(errors.NoVaultError):
        vault.unlock(PASSPHRASE).result()


def test_a_foreign_key_file(desk) -> None:
    with desk.made():
        pass
    for name in ("vault.header", "vault.header.copy"):
        (desk.folder / name).write_bytes(b"PK\x03\x04 something else")
    refused(desk, lambda v: v.unlock(PASSPHRASE), errors.ForeignFileError)


def test_a_damaged_key_file_with_a_damaged_copy(desk) -> None:
    with desk.made():
        pass
    for name in ("vault.header", "vault.header.copy"):
        content = (desk.folder / name).read_bytes()
        (desk.folder / name).write_bytes(content[:-90] + content[-89:])
    refused(desk, lambda v: v.unlock(PASSPHRASE), errors.HeaderDamagedError)


def test_a_database_of_a_newer_version(desk) -> None:
    with desk.made() as vault:
        vault.run(
            lambda v: v.store.connection.execute("PRAGMA user_version=99")
        ).result()
    refused(
        desk, lambda v: v.unlock_with_sheet(desk.recovery), errors.NewerVersionError
    )


def test_a_vault_is_never_made_over_another(desk) -> None:
    with desk.made():
        pass
    refused(desk, lambda v: v.create("x", desk.recovery), errors.VaultExistsError)


def test_a_missing_device_secret(desk) -> None:
    with desk.made(Binding.PASSPHRASE_AND_DEVICE):
        pass
    desk.backend.dump.clear()
    refused(desk, lambda v: v.unlock(PASSPHRASE), errors.DeviceSecretMissingError)
    desk.backend = None
    refused(desk, lambda v: v.unlock(PASSPHRASE), errors.DeviceSecretMissingError)
    with desk.opened():
        pass  # the sheet is the way out


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid"), reason="POSIX permissions"
)
def test_a_read_only_disk(desk) -> None:
    """As another user, because root may write anywhere."""
    with desk.made():
        pass
    code = (
        "import os, sys; from pathlib import Path\n"
        "from safesession.vault.vault import Vault\n"
        "from safesession.vault.errors import VaultReadOnlyError\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: Vault(Path(sys.argv[1])).start()\n"
        "except VaultReadOnlyError as e: print(e.code)\n"
    )
    for path in [desk.folder, *desk.folder.rglob("*")]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(desk.folder)],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    finally:
        for path in [desk.folder, *desk.folder.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
    assert done.stdout == b"vault_read_only\n"


def test_wrong_tries_slow_down_and_are_told_afterwards(desk) -> None:
    with desk.made():
        pass
    for _ in range(3):
        with desk.started() as vault, pytest.raises(errors.WrongPassphraseError):
            vault.unlock("guess").result()
    with desk.started() as vault:
        with pytest.raises(errors.UnlockTooSoonError) as refusal:
            vault.unlock(PASSPHRASE).result()
        assert refusal.value.wait_s == 1
        desk.now_s += 1
        with pytest.raises(errors.WrongPassphraseError):
            vault.unlock("guess").result()
        desk.now_s += 1
        with pytest.raises(errors.UnlockTooSoonError) as refusal:
            vault.unlock(PASSPHRASE).result()
        assert refusal.value.wait_s == 1
        desk.now_s += 1
        unlocked = vault.unlock(PASSPHRASE).result()
        assert len(unlocked.failed_tries_ms) == 4
        lines = vault.run(lambda v: v.custody.entries()).result()
        kinds = [line.event for line in lines]
        assert kinds.count(CustodyEvent.UNLOCK_FAILED) == 4
        vault.lock().result()
        assert not vault.unlock(PASSPHRASE).result().failed_tries_ms


def test_starting_twice_is_a_bug(vault) -> None:
    with pytest.raises(LocalProtocolError):
        vault.start()


def test_errors_have_codes_of_their_own() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.VaultError)
    ]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes) > 30


def test_the_readme_of_the_facade(tmp_path) -> None:
    vault = Vault(tmp_path / "v")
    assert vault.state is VaultState.CLOSED
    assert vault.new_recovery_key() != vault.new_recovery_key()
