"""The vault beside a real Secret Service (gnome-keyring on a private bus)."""

from __future__ import annotations

import pytest
from tests.support.secret_service import SecretService
from tests.support.vaults import PASSPHRASE, Desk, write_note

from safesession.core.vault_types import AnchorVerdict, Binding, KeyringState
from safesession.keyring_store import DeviceKeyring, system_backend
from safesession.vault import errors


pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # keyring's sockets


@pytest.fixture
def desk(tmp_path) -> Desk:
    desk = Desk(tmp_path)
    desk.find = system_backend
    return desk


def test_entries_are_really_there(secret_service: SecretService) -> None:
    secret_service.unlock()
    keyring = DeviceKeyring(limit_s=10)
    assert keyring.load("a").state is KeyringState.EMPTY
    assert keyring.store("a", "秘密".encode()) is KeyringState.WORKING
    assert keyring.load("a").value == "秘密".encode()
    assert keyring.forget("a") is KeyringState.WORKING
    assert keyring.load("a").state is KeyringState.EMPTY


def test_a_keyring_that_nobody_logged_in_to_is_not_relied_on(
    secret_service: SecretService,
) -> None:
    """The bus may start one on demand; without a prompter it stays locked."""
    keyring = DeviceKeyring(limit_s=10)
    state = keyring.store("a", b"x")
    assert state in (KeyringState.LOCKED, KeyringState.ABSENT)


def test_a_locked_keyring_costs_only_convenience(
    secret_service: SecretService, desk
) -> None:
    secret_service.unlock()
    with desk.made() as vault:
        write_note(vault, "x")
    secret_service.stop_daemon()
    secret_service.start_locked()
    with desk.started() as vault:
        unlocked = vault.unlock(PASSPHRASE).result()
        assert unlocked.keyring in (KeyringState.LOCKED, KeyringState.SLOW)
        assert unlocked.history is AnchorVerdict.NONE


def test_a_vault_bound_to_this_device(secret_service: SecretService, desk) -> None:
    secret_service.unlock()
    with desk.made(Binding.PASSPHRASE_AND_DEVICE) as vault:
        vault.lock().result()
        unlocked = vault.unlock(PASSPHRASE).result()
        assert unlocked.keyring is KeyringState.WORKING
        assert unlocked.history is AnchorVerdict.CONFIRMED
    secret_service.stop_daemon()
    with desk.started() as vault:
        with pytest.raises(errors.DeviceSecretMissingError):
            vault.unlock(PASSPHRASE).result()
        vault.unlock_with_sheet(desk.recovery).result()
