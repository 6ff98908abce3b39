"""Fuzz targets: the two small files another program may have written to.

A damaged state file is refused and left as it is; damaged settings are set aside.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.fuzz.catalogue import target

from safesession.core.account import CounselorAccount
from safesession.engine import local_state
from safesession.engine.local_state import LocalState
from safesession.errors import StateError
from safesession.settings_file import FILE_NAME as SETTINGS
from safesession.settings_file import SettingsFile


ORIGIN = "https://relay.example.org"
TAG = b"tag of an invite"
MEMORY = Path("/dev/shm")  # noqa: S108 - only for speed; the folder in it is private


@cache
def _folder() -> Path:
    """Return a folder of this process's own, gone when the process ends."""
    folder = tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _entropy(length: int) -> bytes:
    return b"\x5a" * length


def _state_files() -> tuple[bytes, ...]:
    whole = {
        "identity_seed": "0a" * 32,
        "wrong_attempts": {TAG.hex(): 2, "00": 0},
        "accounts": {ORIGIN: {"account_id": "0f" * 16, "seed": "1e" * 32}},
    }
    parts = [{key: value} for key, value in whole.items()]
    twice = {"wrong_attempts": {TAG.hex(): 3, TAG.hex().upper(): 1}}
    return tuple(json.dumps(data).encode() for data in (whole, {}, *parts, twice))


@target("device_json", _state_files, weight=4)
def device_json(data: bytes) -> None:
    path = _folder() / local_state.FILE_NAME
    path.write_bytes(data)
    try:
        state = LocalState(_folder(), _entropy)
    except StateError:
        assert path.read_bytes() == data
        return
    before = state.wrong_attempts
    identity = state.identity.public_key
    account = state.account(ORIGIN)
    assert account is None or len(account.seed) == 32
    with contextlib.suppress(StateError):  # counted before, by another window perhaps
        state.count_guess(TAG, 1)
    state.save_account(
        "https://other.example.org", CounselorAccount("0f" * 16, b"s" * 32)
    )
    again = LocalState(_folder(), _entropy)
    assert again.identity.public_key == identity
    assert again.account(ORIGIN) == account
    assert again.wrong_attempts[TAG] == max(1, before.get(TAG, 0))
    for tag, count in again.wrong_attempts.items():
        assert count >= before.get(tag, 0)


@target(
    "settings_json", lambda: (b'{"language":"zh_CN","server":"a"}', b"{}"), weight=4
)
def settings_json(data: bytes) -> None:
    path = _folder() / SETTINGS
    path.write_bytes(data)
    settings = SettingsFile(_folder())
    settings.get("language", "").encode("utf-8")
    settings.set("theme", "dark")
    assert SettingsFile(_folder()).get("theme", "") == "dark"
    with contextlib.suppress(FileNotFoundError):
        path.with_suffix(".damaged").unlink()
