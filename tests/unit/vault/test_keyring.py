"""The keyring: convenience and evidence, never the only way in and never trusted."""

from __future__ import annotations

import threading

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.errors import InitError, KeyringLocked, NoKeyringError
from tests.support.vault_thief import opened_by
from tests.support.vaults import PASSPHRASE, Desk, TableBackend, write_note

from safesession.core.vault_types import Binding, KeyringState, SlotKind
from safesession.keyring_store import ALLOWED, DeviceKeyring, system_backend
from safesession.vault import errors


class Raising(TableBackend):
    """A backend that answers with an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service, username, /):
        raise self.error

    def set_password(self, service, username, password, /):
        raise self.error


class Forgetful(TableBackend):
    """A backend that returns another text than it was given."""

    def get_password(self, service, username, /):
        return "00" * 32


@pytest.mark.parametrize(
    ("backend", "state"),
    [
        (None, KeyringState.ABSENT),
        (keyring.backends.null.Keyring(), KeyringState.SWALLOWS),
        (keyring.backends.fail.Keyring(), KeyringState.ABSENT),
        (Raising(KeyringLocked()), KeyringState.LOCKED),
        (Raising(InitError()), KeyringState.LOCKED),
        (Raising(NoKeyringError()), KeyringState.ABSENT),
        (Raising(RuntimeError("bus")), KeyringState.ABSENT),
        (Forgetful(), KeyringState.CHANGED),
        (TableBackend(), KeyringState.WORKING),
    ],
)
def test_every_kind_of_keyring_only_costs_convenience(tmp_path, backend, state) -> None:
    desk = Desk(tmp_path, backend=backend)
    assert DeviceKeyring(lambda: backend).store("x", b"value") is state
    with desk.started() as vault:
        created = vault.create(
            PASSPHRASE, desk.recovery, Binding.PASSPHRASE_AND_DEVICE
        ).result()
        assert created.keyring is state
        works = state is KeyringState.WORKING
        bound = Binding.PASSPHRASE_AND_DEVICE if works else Binding.PASSPHRASE
        assert created.binding is bound
        vault.lock().result()
        vault.unlock(PASSPHRASE).result()


def test_a_prompt_that_nobody_answers_has_a_limit() -> None:
    release = threading.Event()

    class Hanging(TableBackend):
        def get_password(self, service, username, /):
            release.wait(20)

    device = DeviceKeyring(Hanging, limit_s=0.05)
    try:
        assert device.load("x").state is KeyringState.SLOW
        assert device.store("x", b"y") is KeyringState.SLOW, "one at a time"
    finally:
        release.set()
    assert device._hanging is not None
    device._hanging.join(5)


def test_entries_are_loaded_stored_and_forgotten() -> None:
    backend = TableBackend()
    device = DeviceKeyring(lambda: backend)
    assert device.load("a").state is KeyringState.EMPTY
    assert device.store("a", b"\0secret") is KeyringState.WORKING
    assert device.load("a").value == b"\0secret"
    assert "secret" not in repr(device.load("a"))
    assert device.forget("a") is device.forget("a") is KeyringState.WORKING
    assert device.load("a").state is KeyringState.EMPTY
    backend.set_password("SafeSession", "a", "not hexadecimal")
    assert device.load("a").state is KeyringState.CHANGED


def test_no_variable_or_file_redirects_us(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    found = system_backend()
    assert not isinstance(found, keyring.backends.null.Keyring)
    names = {f"{module}.{name}" for module, name in ALLOWED}
    assert not any(
        "alt" in n or "null" in n or "fail" in n or "chainer" in n for n in names
    )
    if found is not None:
        assert f"{type(found).__module__}.{type(found).__name__}" in names


def test_losing_the_keyring_costs_a_bound_vault_only_the_sheet(desk) -> None:
    with desk.made(Binding.PASSPHRASE_AND_DEVICE) as vault:
        write_note(vault, "kept")
    desk.backend = TableBackend()  # another machine, another login
    with desk.started() as vault:
        with pytest.raises(errors.DeviceSecretMissingError):
            vault.unlock(PASSPHRASE).result()
        vault.unlock_with_sheet(desk.recovery).result()
        vault.change_passphrase(desk.recovery, "new words").result()
        vault.lock().result()
        vault.unlock("new words").result()


def test_a_changed_device_secret_is_told_from_a_wrong_passphrase(desk) -> None:
    with desk.made(Binding.PASSPHRASE_AND_DEVICE):
        pass
    for name in desk.backend.dump:
        if name[1].startswith("device"):
            desk.backend.dump[name] = "11" * 32
    with (
        desk.started() as vault,
        pytest.raises(errors.DeviceSecretMissingError, match="changed"),
    ):
        vault.unlock(PASSPHRASE).result()


def test_quick_unlock_for_clients(desk) -> None:
    with desk.made(Binding.QUICK) as vault:
        vault.lock().result()
        unlocked = vault.unlock_with_device().result()
        assert unlocked.opened_by is SlotKind.DEVICE
        vault.lock().result()
        vault.unlock(PASSPHRASE).result()
        vault.lock().result()
        desk.backend.dump.clear()
        with pytest.raises(errors.DeviceSecretMissingError):
            vault.unlock_with_device().result()
        vault.unlock(PASSPHRASE).result()


# --- the attack of the issue: home directory and keyring dump, nothing else ------------


def test_home_and_keyring_together_do_not_open_a_counselors_vault(desk) -> None:
    """The counselor's default settings; the thief has every file and every entry."""
    with desk.started() as vault:
        vault.create(PASSPHRASE, desk.recovery).result()
        write_note(vault, "焦虑")
        vault.back_up(desk.folder / "b.ssbak", PASSPHRASE).result()
    entries = dumped(desk)
    assert entries, "the keyring holds evidence of the log's length"
    with desk.started() as vault, pytest.raises(errors.NoSuchSlotError):
        vault.unlock_with_device().result()
    assert opened_by(desk.folder, entries) == []


def test_nor_one_that_is_bound_to_the_device(desk) -> None:
    with desk.made(Binding.PASSPHRASE_AND_DEVICE):
        pass
    assert opened_by(desk.folder, dumped(desk)) == []


def test_one_that_opens_by_the_keyring_alone_is_found_open(desk) -> None:
    """The control: quick unlocking, which is not the counselor's."""
    with desk.made(Binding.QUICK):
        pass
    assert opened_by(desk.folder, dumped(desk)) != []


def dumped(desk: Desk) -> list[bytes]:
    return [text.encode() for text in desk.backend.dump.values()]
