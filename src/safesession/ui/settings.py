"""What the user interface remembers: plain strings under plain names.

Never a code, a token, the other person's name or anything else about a session.
"""

from __future__ import annotations

from typing import Protocol


ROLE_KEY = "session/role"
SERVER_KEY = "session/server"
NAME_KEY = "session/display_name"
_SHARED_KEY = "session/shared_computer"


class SettingsPort(Protocol):
    """A small string store; the application decides where it lives."""

    def get(self, key: str, default: str) -> str:
        """Return the remembered value or `default`."""

    def set(self, key: str, value: str) -> None:
        """Remember a value."""


class MemorySettings:
    """Forgets everything when the process ends."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def get(self, key: str, default: str) -> str:
        """Return the remembered value or `default`."""
        return self._values.get(key, default)

    def set(self, key: str, value: str) -> None:
        """Remember a value."""
        self._values[key] = value


class PersonSettings:
    """Who uses this computer, and with which server.

    On a computer shared with others it lasts until the program ends, and nothing
    but the fact that it is shared outlives that.
    """

    def __init__(self, lasting: SettingsPort) -> None:
        self._lasting = lasting
        self._memory = MemorySettings()
        self._shared = lasting.get(_SHARED_KEY, "") == "yes"

    @property
    def shared(self) -> bool:
        """Whether others use this computer, too."""
        return self._shared

    def get(self, key: str, default: str) -> str:
        """Return the remembered value or `default`."""
        return self._store.get(key, default)

    def set(self, key: str, value: str) -> None:
        """Remember a value, for as long as this computer may."""
        self._store.set(key, value)

    def share(self, shared: bool) -> None:
        """Forget what a shared computer must not tell, or remember it again."""
        if shared is self._shared:
            return
        before = self._store
        self._shared = shared
        self._lasting.set(_SHARED_KEY, "yes" if shared else "")
        for key in (ROLE_KEY, SERVER_KEY, NAME_KEY):
            self._store.set(key, before.get(key, ""))
            before.set(key, "")

    @property
    def _store(self) -> SettingsPort:
        return self._memory if self._shared else self._lasting
