"""A client's identity key is sealed under the keyring, and its guesses always counted."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from safesession.core.account import CounselorAccount
from safesession.engine import client_state, local_state
from safesession.engine.client_state import ClientState
from safesession.engine.local_state import LocalState
from safesession.errors import LocalProtocolError, StateError


KEY, OTHER_KEY = bytes(32), bytes([1]) * 32


def state(folder: Path, key: bytes | None = KEY, *, shared: bool = False):
    return ClientState(folder, os.urandom, lambda: key, shared=shared)


def readable(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_the_identity_is_kept_sealed(tmp_path) -> None:
    first = state(tmp_path).identity
    seed = first.export_seed()
    assert state(tmp_path).identity.public_key == first.public_key
    assert seed not in readable(tmp_path)
    assert seed.hex().encode() not in readable(tmp_path)
    if sys.platform != "win32":
        mode = (tmp_path / client_state.FILE_NAME).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_without_a_keyring_it_lasts_as_long_as_the_program(tmp_path) -> None:
    one = state(tmp_path, None)
    assert one.identity.public_key == one.identity.public_key
    assert one.identity.public_key != state(tmp_path, None).identity.public_key
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_that_is_away_loses_nothing(tmp_path) -> None:
    known = state(tmp_path).identity.public_key
    assert state(tmp_path, None).identity.public_key != known
    assert state(tmp_path).identity.public_key == known


def test_a_keyring_that_lost_its_secret_costs_the_identity_only(tmp_path) -> None:
    before = state(tmp_path)
    before.count_guess(b"tag", 2)
    after = state(tmp_path, OTHER_KEY)
    assert after.identity.public_key != before.identity.public_key
    assert after.wrong_attempts == {b"tag": 2}
    again = state(tmp_path, OTHER_KEY).identity.public_key
    assert again == after.identity.public_key


@pytest.mark.parametrize("key", [KEY, None])
@pytest.mark.parametrize("shared", [False, True])
def test_guesses_are_counted_in_every_case(tmp_path, key, shared) -> None:
    one = state(tmp_path, key, shared=shared)
    one.count_guess(b"tag", 1)
    one.count_guess(b"tag", 2)
    with pytest.raises(StateError):
        one.count_guess(b"tag", 2)
    one.forgive_guess(b"tag")
    assert state(tmp_path, key, shared=shared).wrong_attempts == {b"tag": 1}


def test_a_shared_computer_keeps_counters_and_nothing_else(tmp_path) -> None:
    own = state(tmp_path)
    own.count_guess(b"tag", 1)
    shared = state(tmp_path, shared=True)
    assert shared.identity.public_key != own.identity.public_key
    content = json.loads((tmp_path / client_state.FILE_NAME).read_text())
    assert content == {"wrong_attempts": {b"tag".hex(): 1}}
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    asked: list[int] = []
    ClientState(fresh, os.urandom, lambda: asked.append(1), shared=True)
    assert not asked
    assert list(fresh.iterdir()) == []


# --- the file of earlier versions -----------------------------------------------------


def earlier(folder: Path) -> LocalState:
    old = LocalState(folder, os.urandom)
    old.count_guess(b"tag", 2)
    assert old.identity
    return old


def test_the_key_in_the_clear_is_sealed_and_its_file_goes(tmp_path) -> None:
    old = earlier(tmp_path).identity
    new = state(tmp_path)
    assert new.identity.public_key == old.public_key
    assert new.wrong_attempts == {b"tag": 2}
    assert not (tmp_path / local_state.FILE_NAME).exists()
    assert old.export_seed().hex().encode() not in readable(tmp_path)
    assert state(tmp_path).identity.public_key == old.public_key


def test_without_a_keyring_the_old_file_stays_and_counts(tmp_path) -> None:
    old = earlier(tmp_path).identity
    new = state(tmp_path, None)
    assert new.identity.public_key == old.public_key
    assert new.wrong_attempts == {b"tag": 2}
    with pytest.raises(StateError):
        new.count_guess(b"tag", 2)
    new.count_guess(b"tag", 3)
    later = state(tmp_path)
    assert later.identity.public_key == old.public_key
    assert later.wrong_attempts == {b"tag": 3}


def test_a_counselors_file_waits_for_the_vault(tmp_path) -> None:
    old = earlier(tmp_path)
    old.save_account("https://a.example", CounselorAccount("c-1", bytes(32)))
    before = (tmp_path / local_state.FILE_NAME).read_bytes()
    new = state(tmp_path)
    assert new.identity.public_key != old.identity.public_key
    assert (tmp_path / local_state.FILE_NAME).read_bytes() == before


class _KilledError(BaseException):
    """The process ends here."""


def steps(monkeypatch) -> Callable[[int], None]:
    """Return what makes the `nth` change of the disk the last."""
    count = [0]
    write, unlink, fsync = client_state.local_state.write_json, Path.unlink, os.fsync

    def strike() -> None:
        count[0] -= 1
        if count[0] == 0:
            raise _KilledError

    def wrap(real):
        def struck(*args, **options):
            strike()
            return real(*args, **options)

        return struck

    monkeypatch.setattr(local_state, "write_json", wrap(write))
    monkeypatch.setattr(Path, "unlink", wrap(unlink))
    monkeypatch.setattr(os, "fsync", wrap(fsync))
    return lambda nth: count.__setitem__(0, nth)


def test_killed_at_every_step_of_the_move(tmp_path, monkeypatch) -> None:
    arm = steps(monkeypatch)
    for nth in range(1, 30):
        home = tmp_path / f"{nth}"
        old = earlier(home).identity
        arm(nth)
        try:
            state(home)
            done = True
        except _KilledError:
            done = False
        arm(0)
        new = state(home)
        assert new.identity.public_key == old.public_key, nth
        assert new.wrong_attempts == {b"tag": 2}, nth
        assert old.export_seed().hex().encode() not in readable(home), nth
        if done:
            assert nth > 4
            return
    raise AssertionError("it never came through")


def test_a_damaged_file_is_an_error_and_stays(tmp_path) -> None:
    path = tmp_path / client_state.FILE_NAME
    for content in ("{", "[]", '{"wrong_attempts": {"00": "many"}}'):
        path.write_text(content)
        with pytest.raises(StateError):
            state(tmp_path)
        assert path.read_text() == content
    for sealed in ('"zz"', "7", '"' + "00" * 80 + '"'):
        path.write_text('{"identity_sealed": ' + sealed + "}")
        assert (
            state(tmp_path).identity.public_key == state(tmp_path).identity.public_key
        )


def test_clients_have_no_account(tmp_path) -> None:
    one = state(tmp_path)
    assert one.account("https://a.example") is None
    assert one.invites is None
    with pytest.raises(LocalProtocolError):
        one.save_account("https://a.example", CounselorAccount("c", bytes(32)))
