"""Keys and guess counters: one port, kept by the interim file and by the vault alike."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

import pytest
from tests.support.vaults import Desk

from safesession.core.account import CounselorAccount
from safesession.core.device_state import MAX_COUNTERS, StateStore
from safesession.core.vault_types import Adoption
from safesession.engine.local_state import FILE_NAME, LocalState
from safesession.errors import StateError
from safesession.vault import errors
from safesession.vault.custody import CustodyEvent
from safesession.vault.letters import LetterKind, letter_path
from safesession.vault.state_store import VaultStateStore


ACCOUNT = CounselorAccount("c-1", bytes(range(32)))
Reopen = Callable[[], StateStore]


@pytest.fixture(params=["file", "vault"])
def reopen(request, tmp_path) -> Iterator[Reopen]:
    """Return a function that gives the store as a new start of the app finds it."""
    if request.param == "file":
        yield lambda: LocalState(tmp_path, os.urandom)
        return
    desk = Desk(tmp_path)
    with desk.made() as vault:

        def again() -> StateStore:
            vault.lock().result()
            vault.unlock_with_sheet(desk.recovery).result()
            return VaultStateStore(vault)

        yield again


# --- the contract ---------------------------------------------------------------------


def test_the_identity_is_made_once_and_kept(reopen) -> None:
    first = reopen().identity
    assert reopen().identity.public_key == first.public_key


def test_accounts_are_per_server_and_replaced(reopen) -> None:
    store = reopen()
    assert store.account("https://a.example") is None
    store.save_account("https://a.example", ACCOUNT)
    assert reopen().account("https://a.example") == ACCOUNT
    assert reopen().account("https://b.example") is None
    newer = CounselorAccount("c-2", bytes(32))
    reopen().save_account("https://a.example", newer)
    assert reopen().account("https://a.example") == newer


def test_each_guess_is_counted_once_and_survives(reopen) -> None:
    store = reopen()
    store.count_guess(b"one", 2)
    store.count_guess(b"two", 1)
    for count in (1, 2):
        with pytest.raises(StateError):
            store.count_guess(b"one", count)
    assert store.wrong_attempts == {b"one": 2, b"two": 1}
    assert reopen().wrong_attempts == {b"one": 2, b"two": 1}


def test_a_right_guess_is_forgiven(reopen) -> None:
    store = reopen()
    store.count_guess(b"one", 1)
    store.count_guess(b"one", 2)
    store.forgive_guess(b"one")
    assert reopen().wrong_attempts == {b"one": 1}
    store = reopen()
    store.forgive_guess(b"one")
    store.forgive_guess(b"one")
    assert store.wrong_attempts == {}
    store.count_guess(b"one", 1)


# --- the vault's own ------------------------------------------------------------------


def test_very_many_counters_keep_the_newest(vault, desk) -> None:
    def fill(v):
        for n in range(MAX_COUNTERS // 100 + 2):
            desk.now_s += 1
            tags = {b"%d-%d" % (n, k): 1 for k in range(100)}
            v.device.raise_counters(tags)
        return v.device.wrong_attempts

    left = vault.run(fill).result()
    assert len(left) == MAX_COUNTERS
    assert b"0-5" not in left
    assert b"%d-99" % (MAX_COUNTERS // 100 + 1) in left


def test_guesses_are_counted_while_the_vault_is_locked(vault, desk) -> None:
    store = VaultStateStore(vault)
    store.count_guess(b"one", 1)
    vault.lock().result()
    with pytest.raises(StateError):
        store.wrong_attempts  # noqa: B018
    with pytest.raises(StateError):
        store.identity  # noqa: B018
    store.count_guess(b"one", 2)
    store.count_guess(b"one", 3)
    with pytest.raises(StateError):
        store.count_guess(b"one", 3)
    store.count_guess(b"two", 1)
    store.count_guess(b"two", 2)
    store.forgive_guess(b"two")
    store.forgive_guess(b"never counted here")
    letter = letter_path(desk.folder, LetterKind.GUESSES)
    assert b"one".hex().encode() not in letter.read_bytes()
    vault.unlock_with_sheet(desk.recovery).result()
    assert store.wrong_attempts == {b"one": 3, b"two": 1}
    assert not letter.exists()


# --- the interim file's way into the vault --------------------------------------------


def interim(desk: Desk) -> LocalState:
    state = LocalState(desk.home, os.urandom)
    state.save_account("https://a.example", ACCOUNT)
    state.count_guess(b"tag", 2)
    return state


def test_a_new_vault_takes_the_interim_file_over(desk) -> None:
    key = interim(desk).identity.public_key
    with desk.started() as vault:
        created = vault.create("x", desk.recovery).result()
        assert created.adoption is Adoption.ADOPTED
        store = VaultStateStore(vault)
        assert store.identity.public_key == key
        assert store.account("https://a.example") == ACCOUNT
        assert store.wrong_attempts == {b"tag": 2}
        events = [e.event for e in vault.run(lambda v: v.custody.entries()).result()]
        assert CustodyEvent.ADOPTED in events
    assert not (desk.home / FILE_NAME).exists()


def test_what_a_crash_left_is_taken_at_the_next_unlocking(desk) -> None:
    """The vault was made, the file not deleted yet: the same identity, once more."""
    interim(desk)
    content = (desk.home / FILE_NAME).read_bytes()
    with desk.made() as vault:
        key = VaultStateStore(vault).identity.public_key
    left = json.loads(content)
    left["wrong_attempts"] = {b"tag".hex(): 3}
    (desk.home / FILE_NAME).write_text(json.dumps(left), encoding="utf-8")
    with desk.started() as vault:
        unlocked = vault.unlock_with_sheet(desk.recovery).result()
        assert unlocked.adoption is Adoption.ADOPTED
        store = VaultStateStore(vault)
        assert store.identity.public_key == key
        assert store.wrong_attempts == {b"tag": 3}
    assert not (desk.home / FILE_NAME).exists()


def test_a_file_of_another_identity_is_kept_aside(desk) -> None:
    with desk.made() as vault:
        key = VaultStateStore(vault).identity.public_key
    interim(desk).identity  # noqa: B018
    with desk.started() as vault:
        unlocked = vault.unlock_with_sheet(desk.recovery).result()
        assert unlocked.adoption is Adoption.OTHER_IDENTITY
        assert VaultStateStore(vault).identity.public_key == key
        assert VaultStateStore(vault).account("https://a.example") is None
    kept = [p.name for p in desk.home.glob("device*.json")]
    assert kept == ["device.other-identity.json"]


def test_a_damaged_interim_file_stops_the_making_and_stays(desk) -> None:
    (desk.home / FILE_NAME).write_text('{"identity_seed": 5}', encoding="utf-8")
    with desk.started() as vault:
        with pytest.raises(errors.InterimStateError):
            vault.create("x", desk.recovery).result()
        assert (desk.home / FILE_NAME).exists()
        (desk.home / FILE_NAME).unlink()
        vault.create("x", desk.recovery).result()
    (desk.home / FILE_NAME).write_text("{", encoding="utf-8")
    with desk.started() as vault:
        unlocked = vault.unlock_with_sheet(desk.recovery).result()
        assert unlocked.adoption is Adoption.DAMAGED
    assert (desk.home / FILE_NAME).read_text(encoding="utf-8") == "{"


def test_a_wiping_that_a_crash_cut_short_is_finished(desk) -> None:
    """Overwritten, not deleted yet: nothing is in it, and nothing is damaged."""
    file = desk.home / FILE_NAME
    file.write_bytes(bytes(300))
    with desk.started() as vault:
        assert vault.create("x", desk.recovery).result().adoption is Adoption.NOTHING
    assert not file.exists()
    file.write_bytes(bytes(300))
    with desk.started() as vault:
        unlocked = vault.unlock_with_sheet(desk.recovery).result()
        assert unlocked.adoption is Adoption.NOTHING
    assert not file.exists()
