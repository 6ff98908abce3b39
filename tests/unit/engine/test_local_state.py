"""The state file keeps keys and counters, whole and private."""

from __future__ import annotations

import os
import stat
import sys

import pytest
from tests.support.sim_pair import seeded_entropy

from safesession.core.account import CounselorAccount
from safesession.engine.local_state import FILE_NAME, LocalState
from safesession.errors import StateError


def test_the_identity_is_made_once_and_kept(tmp_path) -> None:
    first = LocalState(tmp_path, seeded_entropy("a")).identity
    again = LocalState(tmp_path, seeded_entropy("b")).identity
    assert first.public_key == again.public_key


def test_guess_counters_survive_a_restart(tmp_path) -> None:
    state = LocalState(tmp_path, os.urandom)
    state.count_guess(b"tag", 2)
    assert LocalState(tmp_path, os.urandom).wrong_attempts == {b"tag": 2}


def test_accounts_are_per_server(tmp_path) -> None:
    state = LocalState(tmp_path, os.urandom)
    account = CounselorAccount("c-1", bytes(range(32)))
    state.save_account("https://a.example", account)
    again = LocalState(tmp_path, os.urandom)
    assert again.account("https://a.example") == account
    assert again.account("https://b.example") is None
    assert "seed" not in repr(account)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
def test_the_file_is_for_its_owner_only(tmp_path) -> None:
    folder = tmp_path / "made" / "here"
    LocalState(folder, os.urandom).count_guess(b"t", 1)
    mode = stat.S_IMODE((folder / FILE_NAME).stat().st_mode)
    assert mode == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = {path.name for path in folder.iterdir()}
    assert names == {FILE_NAME, "device.lock"}


def test_two_windows_never_forget_each_others_guesses(tmp_path) -> None:
    one, other = (LocalState(tmp_path, os.urandom) for _ in range(2))
    one.count_guess(b"invite a", 2)
    other.count_guess(b"invite b", 1)
    with pytest.raises(StateError):
        other.count_guess(b"invite a", 2)
    assert one.wrong_attempts == {b"invite a": 2, b"invite b": 1}
    one.count_guess(b"invite a", 3)
    assert other.wrong_attempts == {b"invite a": 3, b"invite b": 1}


def test_a_right_code_takes_its_own_count_back(tmp_path) -> None:
    state = LocalState(tmp_path, os.urandom)
    state.count_guess(b"invite a", 1)
    state.count_guess(b"invite a", 2)
    state.forgive_guess(b"invite a")
    assert LocalState(tmp_path, os.urandom).wrong_attempts == {b"invite a": 1}
    state.forgive_guess(b"invite a")
    state.forgive_guess(b"invite a")
    assert state.wrong_attempts == {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        "[" * 200_000,
        "\xff",
        '{"identity_seed": "zz"}',
        '{"identity_seed": 7}',
        '{"wrong_attempts": []}',
        '{"wrong_attempts": {"zz": 1}}',
        '{"wrong_attempts": {"00": "many"}}',
        '{"wrong_attempts": {"00": -5}}',
        '{"accounts": {"https://a.example": []}}',
        '{"accounts": {"https://a.example": {"account_id": 1, "seed": "00"}}}',
        '{"accounts": {"https://a.example": {"account_id": "a", "seed": null}}}',
    ],
)
def test_a_damaged_file_is_an_error_and_stays_as_it_is(tmp_path, content) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(content, encoding="latin-1")
    with pytest.raises(StateError):
        _ = LocalState(tmp_path, os.urandom).identity
    assert path.read_text(encoding="latin-1") == content


@pytest.mark.parametrize(
    "text",
    [
        '{"wrong_attempts": {"AB": 3, "ab": 1}}',
        '{"wrong_attempts": {"a b": 3}}',
        '{"wrong_attempts": {"ab": true}}',
        '{"identity_seed": null}',
        '{"accounts": {"o": {"account_id": "\\ud800", "seed": "' + "0a" * 32 + '"}}}',
    ],
)
def test_a_file_in_another_form_is_refused_and_kept(tmp_path, text) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(StateError):
        LocalState(tmp_path, os.urandom)
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == text


def test_an_account_saved_late_forgets_no_guess(tmp_path) -> None:
    early = LocalState(tmp_path, os.urandom)
    LocalState(tmp_path, os.urandom).count_guess(b"tag", 2)
    early.save_account("https://a.example", CounselorAccount("c-1", bytes(32)))
    assert early.wrong_attempts == {b"tag": 2}


def test_a_file_damaged_meanwhile_counts_nothing_and_frees_nothing(tmp_path) -> None:
    state = LocalState(tmp_path, os.urandom)
    state.count_guess(b"tag", 2)
    (tmp_path / FILE_NAME).write_text("{")
    assert state.wrong_attempts == {b"tag": 2}
    with pytest.raises(StateError):
        state.count_guess(b"tag", 3)
