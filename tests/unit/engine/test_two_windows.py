"""Two programs of one person on one computer share one count of guesses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safesession.engine import client_state, local_state
from safesession.engine.client_state import ClientState
from safesession.engine.local_state import LocalState
from safesession.errors import StateError
from safesession.file_lock import try_lock, wait_for_lock


ROUNDS = 60
WINDOW = """
import os, sys
from pathlib import Path
from safesession.engine.client_state import ClientState
from safesession.engine.local_state import LocalState
from safesession.errors import StateError

folder, kind, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
make = {
    "LocalState": lambda: LocalState(folder, os.urandom),
    "ClientState": lambda: ClientState(folder, os.urandom, lambda: None),
}[kind]
state = make()
sys.stdin.read(1)
counted = 0
while counted < rounds:
    try:
        state.count_guess(b"tag", state.wrong_attempts.get(b"tag", 0) + 1)
        counted += 1
    except StateError as error:
        if "another window" not in str(error):
            raise
print(counted)
"""


@pytest.mark.parametrize("kind", ["LocalState", "ClientState"])
def test_two_processes_lose_no_guess(tmp_path: Path, kind: str) -> None:
    command = [sys.executable, "-c", WINDOW, str(tmp_path), kind, str(ROUNDS)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    windows = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        for _ in range(2)
    ]
    for window in windows:
        window.stdin.write(b"!")
        window.stdin.close()
    assert [int(window.stdout.read()) for window in windows] == [ROUNDS, ROUNDS]
    for window in windows:
        window.stdout.close()
        assert window.wait(60) == 0
    again = {
        "LocalState": lambda: LocalState(tmp_path, os.urandom),
        "ClientState": lambda: ClientState(tmp_path, os.urandom, lambda: None),
    }[kind]()
    assert again.wrong_attempts == {b"tag": 2 * ROUNDS}


def test_two_windows_agree_on_the_identity(tmp_path: Path) -> None:
    one, other = (ClientState(tmp_path, os.urandom, lambda: bytes(32)) for _ in "ab")
    assert one.identity.public_key == other.identity.public_key


def test_a_window_that_holds_the_file_for_too_long_is_named(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(local_state, "LOCK_LIMIT_S", 0.05)
    state = ClientState(tmp_path, os.urandom, lambda: None)
    lock = (tmp_path / client_state.FILE_NAME).with_suffix(".lock")
    with wait_for_lock(lock, 1.0):
        with pytest.raises(StateError, match="another window"):
            state.count_guess(b"tag", 1)
        assert try_lock(lock) is None
    state.count_guess(b"tag", 1)
