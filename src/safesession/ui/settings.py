"""What the user interface remembers: plain strings under plain names.

Never a code, a token, a name of a person or anything else about a session.
"""

from __future__ import annotations

from typing import Protocol


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
