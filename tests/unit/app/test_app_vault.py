"""What the engine and the door's window get from the real vault."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.vault_door import real_door, started
from tests.support.vaults import PASSPHRASE, Desk

from safesession.app.vault import EngineMemory, engine_memory
from safesession.core.account import CounselorAccount
from safesession.core.vault_types import VaultState
from safesession.errors import StateError
from safesession.vault.errors import HeaderDamagedError


ORIGIN = "https://sessions.example.org"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_running_engine_remembers_while_the_vault_is_locked(desk: Desk) -> None:
    with started(real_door(desk)) as door:
        door.create(PASSPHRASE, desk.recovery).result()
        memory = engine_memory(door)
        key = memory.identity.public_key
        memory.save_account(ORIGIN, CounselorAccount("1234", bytes(range(32))))
        door.lock().result()

        assert memory.identity.public_key == key
        assert memory.account(ORIGIN).account_id == "1234"
        memory.count_guess(b"tag", 1)
        assert memory.wrong_attempts == {b"tag": 1}
        with pytest.raises(StateError):
            engine_memory(door)

        door.unlock(desk.recovery).result()
        again = engine_memory(door)
        assert again.identity.public_key == key
        assert again.wrong_attempts == {b"tag": 1}
        assert again.account(ORIGIN).account_id == "1234"


def test_a_forgiven_guess_is_taken_back_in_both_places(desk: Desk) -> None:
    with started(real_door(desk)) as door:
        door.create(PASSPHRASE, desk.recovery).result()
        memory: EngineMemory = engine_memory(door)
        memory.count_guess(b"tag", 1)
        memory.forgive_guess(b"tag")
        assert memory.wrong_attempts.get(b"tag", 0) == 0
        assert engine_memory(door).wrong_attempts.get(b"tag", 0) == 0


def test_a_vault_that_nothing_opens_is_kept_under_another_name(desk: Desk) -> None:
    with started(real_door(desk)) as door:
        door.create(PASSPHRASE, desk.recovery).result()
        door.lock().result()
        for name in ("vault.header", "vault.header.copy"):
            (desk.folder / name).write_bytes(b"SafeSession keys\nspoiled")
        with pytest.raises(HeaderDamagedError):
            door.unlock(PASSPHRASE).result()

        assert door.set_aside() is VaultState.ABSENT
        (kept,) = desk.home.glob("vault-set-aside-*")
        assert (kept / "vault-000001.db").exists()
        door.create(PASSPHRASE, desk.recovery).result()
        assert door.state is VaultState.OPEN
