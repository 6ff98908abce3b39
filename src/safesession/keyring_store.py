"""The operating system's keyring: the only module that knows it.

It is trusted with convenience, evidence and the key of what a client's app keeps;
never alone with a counselor's vault. Backends come from a list of classes and are
made directly, so no variable or configuration file can put another in their place.
Whatever is stored is read back.
Every call has a thread and a limit: a locked keyring may wait for a prompt for ever.
"""

from __future__ import annotations

import importlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from safesession.core.vault_types import KeyringState
from safesession.crypto.key_schedule import equal
from safesession.errors import SafeSessionError


SERVICE = "SafeSession"
LIMIT_S = 30.0
KEY_BYTES = 32
# For callers in a thread that nobody waits for: a person may be out for a while.
PATIENCE_S = 3600.0
# Refused by not being here: null, fail, chainer, and everything from keyrings.alt.
ALLOWED = (
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
    ("keyring.backends.libsecret", "Keyring"),
)


class KeyringUnavailableError(SafeSessionError):
    """No keyring that can be relied on."""

    code: ClassVar[str] = "keyring"


@dataclass(frozen=True, slots=True)
class KeyringAnswer:
    """What was found, and in what state the keyring is."""

    state: KeyringState
    value: bytes | None = field(default=None, repr=False)


class Backend(Protocol):
    """The part of a keyring backend that is used."""

    def get_password(self, service: str, username: str, /) -> str | None:
        """Return a stored text."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Store a text."""

    def delete_password(self, service: str, username: str, /) -> None:
        """Forget a text."""


def system_backend() -> Backend | None:
    """Return this system's keyring, or None."""
    for module, name in ALLOWED:
        try:
            backend = getattr(importlib.import_module(module), name)
            if not backend.viable:
                continue
            made: Backend = backend()
        except Exception:  # noqa: BLE001,S112 (a backend may fail in any way it likes)
            continue
        if hasattr(made, "persist"):
            made.persist = "local machine"  # Windows would let it roam
        return made
    return None


class DeviceKeyring:
    """Entries of ours in the keyring. May be called from any thread."""

    def __init__(
        self,
        find_backend: Callable[[], Backend | None] = system_backend,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._find_backend = find_backend
        self._limit_s = limit_s
        self._hanging: threading.Thread | None = None

    def load(self, name: str, limit_s: float | None = None) -> KeyringAnswer:
        """Return an entry."""
        return self._within_limit(lambda backend: _load(backend, name), limit_s)

    def store(
        self, name: str, value: bytes, limit_s: float | None = None
    ) -> KeyringState:
        """Write an entry and read it back; WORKING means that it is really there."""
        answer = self._within_limit(
            lambda backend: _store(backend, name, value), limit_s
        )
        return answer.state

    def forget(self, name: str) -> KeyringState:
        """Delete an entry that may be gone already."""
        return self._within_limit(lambda backend: _forget(backend, name)).state

    def _within_limit(
        self,
        act: Callable[[Backend], KeyringAnswer],
        limit_s: float | None = None,
    ) -> KeyringAnswer:
        if self._hanging is not None and self._hanging.is_alive():
            return KeyringAnswer(KeyringState.SLOW)
        answers: queue.SimpleQueue[KeyringAnswer] = queue.SimpleQueue()
        thread = threading.Thread(
            target=lambda: answers.put(_tried(self._find_backend, act)),
            name="safesession-keyring",
            daemon=True,  # a prompt that nobody answers must not keep the app alive
        )
        self._hanging = thread
        thread.start()
        try:
            answer = answers.get(timeout=limit_s or self._limit_s)
        except queue.Empty:
            return KeyringAnswer(KeyringState.SLOW)
        thread.join()
        return answer


class KeyringKey:
    """One random key under one name. May block as long as the keyring does."""

    def __init__(
        self,
        name: str,
        entropy: Callable[[int], bytes],
        keyring: DeviceKeyring | None = None,
    ) -> None:
        self._name = name
        self._entropy = entropy
        self._keyring = keyring or DeviceKeyring(limit_s=PATIENCE_S)

    def find(self) -> bytes | None:
        """Return the key, or None where the keyring works and has none.

        Raises:
            KeyringUnavailableError: there is no keyring, or it does not answer.
        """
        answer = self._keyring.load(self._name)
        if answer.value is not None and len(answer.value) == KEY_BYTES:
            return answer.value
        nothing = (KeyringState.WORKING, KeyringState.EMPTY, KeyringState.CHANGED)
        if answer.state in nothing:  # what is there is no key of ours
            return None
        raise KeyringUnavailableError(answer.state.value)

    def fetch(self) -> bytes:
        """Return the key; made, written and read back at first use.

        Raises:
            KeyringUnavailableError: there is none, it is locked, or it forgets.
        """
        found = self.find()
        if found is not None:
            return found
        key = self._entropy(KEY_BYTES)
        state = self._keyring.store(self._name, key)
        if state is not KeyringState.WORKING:
            raise KeyringUnavailableError(state.value)
        return key

    def erase(self) -> None:
        """Remove the key: what it sealed cannot be opened any more.

        Raises:
            KeyringUnavailableError: the keyring refuses.
        """
        state = self._keyring.forget(self._name)
        if state is not KeyringState.WORKING:
            raise KeyringUnavailableError(state.value)


class SharedKey:
    """One key that several parts of an app need: asked for once, by one thread."""

    def __init__(self, key: KeyringKey) -> None:
        self._key = key
        self._gate = threading.Lock()
        self._answer: Future[bytes] | None = None

    def fetch(self) -> bytes:
        """Return the key; may block as long as the keyring does.

        Raises:
            KeyringUnavailableError: there is none; the next call asks again.
        """
        return self._ask().result()

    def soon(self, limit_s: float) -> bytes | None:
        """Return the key if it is there within the limit; the asking goes on."""
        try:
            return self._ask().result(limit_s)
        except (TimeoutError, KeyringUnavailableError):
            return None

    def erase(self) -> None:
        """Remove the key.

        Raises:
            KeyringUnavailableError: the keyring refuses.
        """
        with self._gate:
            self._answer = None
        self._key.erase()

    def _ask(self) -> Future[bytes]:
        with self._gate:
            answer = self._answer
            if answer is None or (answer.done() and answer.exception()):
                answer = self._answer = Future()
                threading.Thread(
                    target=self._wait, args=(answer,), name="keyring", daemon=True
                ).start()
            return answer

    def _wait(self, answer: Future[bytes]) -> None:
        try:
            answer.set_result(self._key.fetch())
        except KeyringUnavailableError as error:
            answer.set_exception(error)


def _tried(
    find_backend: Callable[[], Backend | None],
    act: Callable[[Backend], KeyringAnswer],
) -> KeyringAnswer:
    from keyring.errors import InitError, KeyringLocked

    try:
        backend = find_backend()
        if backend is None:
            return KeyringAnswer(KeyringState.ABSENT)
        return act(backend)
    except (KeyringLocked, InitError):
        return KeyringAnswer(KeyringState.LOCKED)
    except Exception:  # noqa: BLE001 (a backend may fail in any way it likes)
        return KeyringAnswer(KeyringState.ABSENT)


def _load(backend: Backend, name: str) -> KeyringAnswer:
    text = backend.get_password(SERVICE, name)
    if text is None:
        return KeyringAnswer(KeyringState.EMPTY)
    try:
        return KeyringAnswer(KeyringState.WORKING, bytes.fromhex(text))
    except ValueError:
        return KeyringAnswer(KeyringState.CHANGED)


def _store(backend: Backend, name: str, value: bytes) -> KeyringAnswer:
    backend.set_password(SERVICE, name, value.hex())
    found = _load(backend, name)
    if found.value is None:
        return KeyringAnswer(KeyringState.SWALLOWS)
    same = equal(found.value, value)
    return KeyringAnswer(KeyringState.WORKING if same else KeyringState.CHANGED)


def _forget(backend: Backend, name: str) -> KeyringAnswer:
    if backend.get_password(SERVICE, name) is not None:
        backend.delete_password(SERVICE, name)
    return KeyringAnswer(KeyringState.WORKING)
