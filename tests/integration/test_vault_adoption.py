"""Killed at every step while the vault takes over: nothing lost, doubled, left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.adoption_child import keyring_of, move_in
from tests.support.vault_faults import Rig, why_not
from tests.support.vaults import Desk
from tests.unit.vault.test_engine_state import INVITE

from safesession.app.unsent import device_key, sealed_place
from safesession.core.account import CounselorAccount
from safesession.engine.client_state import ClientState
from safesession.engine.local_state import FILE_NAME, LocalState
from safesession.keyring_store import DeviceKeyring
from safesession.vault.state_store import VaultInvites, VaultStateStore, VaultUnsent


ORIGIN = "https://sessions.example.org"
SEED = bytes(range(7, 39))
IDENTITY = bytes(range(32))
TEXTS = ("我还没有准备好。", "im Entwurf")
TAG = b"0123456789abcdef"


def leave_unsent(home: Path, texts: tuple[str, ...]) -> None:
    """What a version without unsent text in the vault left on disk."""
    backend = keyring_of(home)
    key = device_key(home)
    key._key._keyring = DeviceKeyring(lambda: backend)
    place = sealed_place(home, key)
    place.reach()
    place.take()
    place.write(texts)
    place.release()


def earlier_version(home: Path) -> None:
    """A counselor's home before there was a vault."""
    home.mkdir()
    state = LocalState(home, lambda _n: IDENTITY)
    state.save_account(ORIGIN, CounselorAccount("ab" * 16, SEED))
    assert state.identity.export_seed() == IDENTITY
    state.count_guess(TAG, 1)
    state.count_guess(TAG, 2)
    leave_unsent(home, TEXTS)


def killed_while_locked(home: Path) -> None:
    """The vault has the keys; the app died while it was locked, in the middle."""
    earlier_version(home)
    left = (home / FILE_NAME).read_bytes()
    desk = Desk(home, backend=keyring_of(home))
    with desk.made() as vault:
        invites, store = VaultInvites(vault), VaultStateStore(vault)
        unsent = VaultUnsent(vault)
        vault.lock().result()
        invites.keep_invite(INVITE)
        store.count_guess(TAG, 3)
        unsent.write(("gesperrt geschrieben",))
    (home / FILE_NAME).write_bytes(left)


@pytest.fixture(scope="module")
def rig() -> Iterator[tuple[Rig, Path]]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    ram = Path("/dev/shm")  # noqa: S108 (what a kill leaves is not the disk's own cache)
    scratch = Path(tempfile.mkdtemp(dir=ram if ram.is_dir() else None))
    rig = Rig(scratch, "tests.support.adoption_child")
    yield rig, scratch
    rig.close()
    shutil.rmtree(scratch)


def judge(home: Path, texts: tuple[str, ...], count: int, where: str) -> None:
    """Start once more: everything is there, once, and nothing is outside."""
    desk = Desk(home, backend=keyring_of(home))
    with desk.started() as vault:
        assert move_in(desk, vault) == texts, where
        store = VaultStateStore(vault)
        assert store.identity.export_seed() == IDENTITY, where
        assert store.account(ORIGIN) == CounselorAccount("ab" * 16, SEED), where
        assert store.wrong_attempts == {TAG: count}, where
        assert vault.run(lambda v: v.check_everything().well).result(), where
    names = {path.name for path in home.iterdir()}
    assert names <= {"vault", "keyring.json", "unsent.lock", "device.lock"}, (
        where,
        names,
    )
    assert not list((home / "vault").glob("*.letter")), where
    assert not [name for name in keyring_of(home).dump if "unsent" in name], where
    secrets = (SEED.hex().encode(), IDENTITY.hex().encode(), TEXTS[0].encode())
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [s for s in secrets if s in content], (where, path.name)


def kill_everywhere(
    rig: tuple[Rig, Path],
    prepare: Callable[[Path], None],
    expected: tuple[tuple[str, ...], int],
    step: int,
) -> int:
    """Kill at every `step`th disk operation; return how many kills there were."""
    ropes, scratch = rig
    template, home = scratch / prepare.__name__, scratch / f"run {prepare.__name__}"
    prepare(home)  # where it will be: the keyring's entry is named after the place
    home.rename(template)
    for kills in range(10_000):
        nth = 1 + kills * step
        shutil.copytree(template, home)
        job = {"home": str(home), "work": "adopt", "seed": 1}
        job |= {"mode": "kill", "nth": nth, "now_s": Desk(home).now_s + 60}
        said = ropes.ask(job)
        assert not [word for word in said if "undeclared" in word], said
        judge(home, *expected, where=f"{prepare.__name__} nth={nth}")
        shutil.rmtree(home)
        if not said[-1]["killed"]:
            return kills
    raise AssertionError


@pytest.mark.timeout(600)
def test_killed_while_an_unlocking_takes_over(rig, profile) -> None:
    step = profile.count(ci=9, soak=1)
    expected = ((*TEXTS, "gesperrt geschrieben"), 3)
    kills = kill_everywhere(rig, killed_while_locked, expected, step=step)
    print(kills, "kills")
    assert kills * step > 60


@pytest.mark.timeout(600)
def test_killed_while_a_new_vault_takes_over(rig, profile) -> None:
    step = profile.count(ci=18, soak=1)
    kills = kill_everywhere(rig, earlier_version, (TEXTS, 2), step=step)
    print(kills, "kills")
    assert kills * step > 90


def test_the_invite_is_there_whatever_else_is_taken_over(tmp_path) -> None:
    home = tmp_path / "home"
    killed_while_locked(home)
    desk = Desk(home, backend=keyring_of(home))
    with desk.started() as vault:
        move_in(desk, vault)
        assert VaultInvites(vault).kept_invite == INVITE


def test_a_keyring_that_is_away_leaves_the_file_for_later(tmp_path) -> None:
    home = tmp_path / "home"
    earlier_version(home)
    away = keyring_of(home)._path
    away.rename(away.with_suffix(".away"))
    desk = Desk(home, backend=None)
    from safesession.app.unsent import OldPlace, VaultPlace

    with desk.made() as vault:
        unsent = VaultUnsent(vault)
        place = VaultPlace(unsent, OldPlace(home, DeviceKeyring(lambda: None)))
        place.reach()
        assert place.take() == ()
        place.write(("neu",))
        assert (home / "unsent.sealed").exists()
    away.with_suffix(".away").rename(away)
    with desk.opened() as vault:
        unsent = VaultUnsent(vault)
        backend = keyring_of(home)
        old = OldPlace(home, DeviceKeyring(lambda: backend))
        place = VaultPlace(unsent, old)
        place.reach()
        assert place.take() == (*TEXTS, "neu")
        place.reach()
        assert place.take() == (*TEXTS, "neu")
    assert not (home / "unsent.sealed").exists()


def test_the_key_stays_while_it_seals_a_clients_identity(tmp_path) -> None:
    home = tmp_path / "home"
    earlier_version(home)
    (secret,) = keyring_of(home).dump.values()
    key = bytes.fromhex(secret)
    known = ClientState(home, os.urandom, lambda: key).identity.public_key
    desk = Desk(home, backend=keyring_of(home))
    with desk.started() as vault:
        assert move_in(desk, vault) == TEXTS
    assert secret in keyring_of(home).dump.values()
    assert ClientState(home, os.urandom, lambda: key).identity.public_key == known


def test_a_file_that_nobody_can_read_is_left_alone(tmp_path) -> None:
    home = tmp_path / "home"
    earlier_version(home)
    keyring_of(home)._path.unlink()
    desk = Desk(home, backend=keyring_of(home))
    with desk.started() as vault:
        assert move_in(desk, vault) == ()
    assert (home / "unsent.sealed").exists()
