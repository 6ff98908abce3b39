"""The keyring is relied on only where it keeps what it is given."""

from __future__ import annotations

import secrets
import threading

import pytest

from safesession.keyring_store import (
    SERVICE,
    DeviceKeyring,
    KeyringKey,
    KeyringUnavailableError,
    SharedKey,
)


class MemoryKeyring:
    """A keyring that keeps what it is given, or not."""

    def __init__(self, *, forgets: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.forgets = forgets

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        if not self.forgets:
            self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def key_in(keyring: object) -> KeyringKey:
    return KeyringKey("unsent", secrets.token_bytes, DeviceKeyring(lambda: keyring))


def test_the_key_is_made_once_and_erased_for_good() -> None:
    keyring = MemoryKeyring()
    key = key_in(keyring).fetch()
    assert key_in(keyring).fetch() == key
    assert list(keyring.kept) == [(SERVICE, "unsent")]
    assert key_in(keyring).find() == key
    key_in(keyring).erase()
    key_in(keyring).erase()
    assert key_in(keyring).find() is None
    assert keyring.kept == {}
    assert key_in(keyring).fetch() != key


def test_a_keyring_that_forgets_is_not_relied_on() -> None:
    with pytest.raises(KeyringUnavailableError):
        key_in(MemoryKeyring(forgets=True)).fetch()


def test_whatever_a_keyring_raises_becomes_one_error(caplog) -> None:
    class Locked(MemoryKeyring):
        def get_password(self, service: str, name: str) -> str | None:
            raise OSError("prompt for 王老师 dismissed")

    with pytest.raises(KeyringUnavailableError):
        key_in(Locked()).fetch()
    assert "王老师" not in caplog.text


def test_no_setting_puts_another_keyring_in_its_place(monkeypatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    with pytest.raises(KeyringUnavailableError):
        KeyringKey("unsent", secrets.token_bytes).fetch()


def test_a_shared_key_is_asked_for_once_and_again_after_a_refusal() -> None:
    asked: list[str] = []

    class Counting(MemoryKeyring):
        def get_password(self, service: str, name: str) -> str | None:
            asked.append(name)
            if len(asked) == 1:
                raise OSError("locked")
            return super().get_password(service, name)

    keyring = Counting()
    key = SharedKey(key_in(keyring))
    assert key.soon(5.0) is None
    with pytest.raises(KeyringUnavailableError):
        SharedKey(key_in(MemoryKeyring(forgets=True))).fetch()
    found = key.fetch()
    calls = len(asked)
    assert key.soon(5.0) == key.fetch() == found
    assert len(asked) == calls, "known by now"
    key.erase()
    assert keyring.kept == {}
    assert key.fetch() != found


def test_a_key_that_takes_its_time_is_not_waited_for() -> None:
    gate = threading.Event()

    class Slow(MemoryKeyring):
        def get_password(self, service: str, name: str) -> str | None:
            gate.wait(10)
            return super().get_password(service, name)

    key = SharedKey(key_in(Slow()))
    assert key.soon(0.05) is None
    gate.set()
    assert len(key.fetch()) == 32
