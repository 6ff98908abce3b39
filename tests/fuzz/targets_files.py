"""Fuzz targets: the small files another program may have written to.

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
from safesession.crypto import letterbox
from safesession.engine import client_state, local_state
from safesession.engine.client_state import ClientState
from safesession.engine.local_state import LocalState
from safesession.errors import StateError
from safesession.settings_file import FILE_NAME as SETTINGS
from safesession.settings_file import SettingsFile
from safesession.signaling_server.settings import SettingsError, load_settings
from safesession.vault import engine_records as records
from safesession.vault.errors import DamagedError


ORIGIN = "https://relay.example.org"
TAG = b"tag of an invite"
KEY = bytes(range(32))
MEMORY = Path("/dev/shm")  # noqa: S108 - only for speed; the folder in it is private


@cache
def folder() -> Path:
    """Return a folder of this process's own, gone when the process ends."""
    made = tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


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
    path = folder() / local_state.FILE_NAME
    path.write_bytes(data)
    try:
        state = LocalState(folder(), _entropy)
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
    again = LocalState(folder(), _entropy)
    assert again.identity.public_key == identity
    assert again.account(ORIGIN) == account
    assert again.wrong_attempts[TAG] == max(1, before.get(TAG, 0))
    for tag, count in again.wrong_attempts.items():
        assert count >= before.get(tag, 0)


def _client_files() -> tuple[bytes, ...]:
    path = folder() / client_state.FILE_NAME
    path.unlink(missing_ok=True)
    ClientState(folder(), _entropy, lambda: KEY).count_guess(TAG, 2)
    whole = path.read_bytes()
    return whole, whole.replace(b"0", b"1"), b'{"identity_sealed": 7}', b"{}"


@target("client_json", _client_files, weight=4)
def client_json(data: bytes) -> None:
    path = folder() / client_state.FILE_NAME
    path.write_bytes(data)
    try:
        state = ClientState(folder(), _entropy, lambda: KEY)
    except StateError:
        assert path.read_bytes() == data
        return
    before = state.wrong_attempts
    with contextlib.suppress(StateError):  # counted before, by another window perhaps
        state.count_guess(TAG, 1)
    again = ClientState(folder(), _entropy, lambda: KEY)
    assert again.identity.public_key == state.identity.public_key
    assert again.wrong_attempts[TAG] == max(1, before.get(TAG, 0))


def _letters() -> tuple[bytes, ...]:
    public = letterbox.public_key(KEY)
    bodies = (b"", b'{"kind": "guesses"}', b"x" * 5000)
    return tuple(letterbox.seal_letter(public, body) for body in bodies)


@target("vault_letter", _letters, weight=2)
def vault_letter(data: bytes) -> None:
    with contextlib.suppress(letterbox.LetterError):
        assert isinstance(letterbox.open_letter(KEY, data), bytes)


def _records() -> tuple[bytes, ...]:
    invite = {
        "origin": "relay.example.org",
        "number": "654321",
        "secret": "31415926",
        "expires_at": 1_760_000_000,
        "seat_token": "cd" * 32,
        "attempt": 2,
        "nonce": "00" * 32,
        "stage": "challenged",
        "wrong_attempts": 1,
    }
    return json.dumps(invite).encode(), b"[]", b'["a", "b"]', b"{}"


@target("engine_records", _records, weight=4)
def engine_records(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(DamagedError):
        invite = records.decode_invite(text)
        assert records.decode_invite(records.encode_invite(invite)) == invite
    with contextlib.suppress(DamagedError):
        texts = records.decode_texts(text)
        again = records.decode_texts(records.encode_texts(texts))
        assert len(again) == len(texts)


@target(
    "settings_json", lambda: (b'{"language":"zh_CN","server":"a"}', b"{}"), weight=4
)
def settings_json(data: bytes) -> None:
    path = folder() / SETTINGS
    path.write_bytes(data)
    settings = SettingsFile(folder())
    settings.get("language", "").encode("utf-8")
    settings.set("theme", "dark")
    assert SettingsFile(folder()).get("theme", "") == "dark"
    with contextlib.suppress(FileNotFoundError):
        path.with_suffix(".damaged").unlink()


def _server_files() -> tuple[bytes, ...]:
    whole = b"""[server]
listen = "127.0.0.1:8470"
origins = ["https://relay.example.org"]
trusted_proxies = ["10.0.0.0/8"]
drain_s = 10
[turn]
urls = ["turn:relay.example.org:3478?transport=udp"]
"""
    return whole, b"[sever]\n", b"[server]\nlisen = 1\n", b"\xff", b""


@target("server_toml", _server_files, weight=2)
def server_toml(data: bytes) -> None:
    path = folder() / "server.toml"
    path.write_bytes(data)
    with contextlib.suppress(SettingsError):
        load_settings(path, {}, {})
