"""The real vault's door and the fake one keep the same promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.vault_door import FakeDoor, real_door, started
from tests.support.vaults import Desk

from safesession.core.vault_types import Binding, VaultState
from safesession.crypto.recovery_key import RecoveryKey
from safesession.errors import SafeSessionError


PASSPHRASE = "quiet river under seven lamps"
SHEET = RecoveryKey(bytes(range(20)))
OTHER_SHEET = RecoveryKey(bytes(range(1, 21)))


@pytest.fixture(params=["fake", "real"])
def door(request, tmp_path: Path) -> Iterator[Any]:
    made = FakeDoor() if request.param == "fake" else real_door(Desk(tmp_path))
    with started(made) as door:
        yield door


def code_of(outcome: Any) -> str:
    with pytest.raises(SafeSessionError) as caught:
        outcome.result()
    return caught.value.code


def test_it_is_made_once_and_open(door) -> None:
    assert door.state is VaultState.ABSENT
    created = door.create(PASSPHRASE, SHEET).result()
    assert created.binding is Binding.PASSPHRASE
    assert door.state is VaultState.OPEN
    assert code_of(door.create(PASSPHRASE, SHEET)) == "vault_exists"


def test_locked_it_opens_with_the_passphrase_or_the_sheet_only(door) -> None:
    door.create(PASSPHRASE, SHEET).result()
    for secret in (PASSPHRASE, SHEET):
        door.lock().result()
        assert door.state is VaultState.LOCKED
        assert code_of(door.backup_status()) == "vault_locked"
        door.unlock(secret).result()
        assert door.state is VaultState.OPEN
    door.lock().result()
    assert code_of(door.unlock("another one")) == "wrong_passphrase"
    assert code_of(door.unlock(OTHER_SHEET)) == "wrong_recovery_key"
    assert door.state is VaultState.LOCKED


def test_wrong_tries_bring_a_pause(door) -> None:
    door.create(PASSPHRASE, SHEET).result()
    door.lock().result()
    assert door.waiting_s().result() == 0
    for _ in range(4):
        outcome = door.unlock(OTHER_SHEET)
        assert code_of(outcome) in ("wrong_recovery_key", "unlock_too_soon")
    assert door.waiting_s().result() >= 1


def test_passphrase_and_sheet_change_for_who_knows_one(door) -> None:
    door.create(PASSPHRASE, SHEET).result()
    assert code_of(door.change_passphrase("not it", "new one")) == "wrong_passphrase"
    door.change_passphrase(PASSPHRASE, "a new passphrase").result()
    door.change_recovery("a new passphrase", OTHER_SHEET).result()
    door.lock().result()
    assert code_of(door.unlock(SHEET)) == "wrong_recovery_key"
    door.unlock(OTHER_SHEET).result()
    door.lock().result()
    door.unlock("a new passphrase").result()


def test_new_keys_come_with_a_passphrase_and_a_sheet(door) -> None:
    door.create(PASSPHRASE, SHEET).result()
    assert door.size_bytes().result() > 0
    told: list[float] = []
    wrong = door.rekey("not it", "new one", OTHER_SHEET, told.append)
    assert code_of(wrong) == "wrong_passphrase"
    assert told == []
    door.rekey(PASSPHRASE, "a new one", OTHER_SHEET, told.append).result()
    assert told == sorted(told)
    assert 0 < told[0] <= told[-1] <= 1
    assert door.state is VaultState.OPEN
    door.lock().result()
    assert code_of(door.unlock(SHEET)) == "wrong_recovery_key"
    assert code_of(door.unlock(PASSPHRASE)) == "wrong_passphrase"
    door.unlock("a new one").result()


def test_a_backup_is_rehearsed_with_its_passphrase_or_the_sheet(
    door, tmp_path: Path
) -> None:
    door.create(PASSPHRASE, SHEET).result()
    target = str(tmp_path / "copy.ssbak")
    assert door.back_up(target, "of the backup alone").result() > 0
    for secret in ("of the backup alone", SHEET):
        door.rehearse(target, secret).result()
    assert code_of(door.rehearse(target, PASSPHRASE)) == "wrong_passphrase"
    status = door.backup_status().result()
    assert status.last_backup_ms
    assert status.last_drill_ms
    assert not status.drill_due


def test_it_tells_how_it_stands(door) -> None:
    door.create(PASSPHRASE, SHEET).result()
    binding, _ = door.binding().result()
    assert binding is Binding.PASSPHRASE
    assert door.check().result().well


def test_restoring_needs_what_opens_the_backup(door, tmp_path: Path) -> None:
    door.create(PASSPHRASE, SHEET).result()
    target = str(tmp_path / "copy.ssbak")
    door.back_up(target, None).result()
    fake = isinstance(door, FakeDoor)
    other = FakeDoor() if fake else real_door(Desk(tmp_path / "elsewhere"))
    if fake:
        other.backups = door.backups
    with started(other):
        wrong = other.restore(target, OTHER_SHEET, "p", OTHER_SHEET)
        assert code_of(wrong) == "wrong_recovery_key"
        assert other.state is VaultState.ABSENT
        other.restore(target, SHEET, "a third one", OTHER_SHEET).result()
        assert other.state is VaultState.OPEN
