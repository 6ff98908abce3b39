"""Unsent text in a sealed file whose key lies in this person's keyring.

No keyring, no file. The key goes with the file when a computer is shared.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from safesession.drafts.sealed_file import SealedFile
from safesession.errors import SafeSessionError


class KeySource(Protocol):
    """Where the key lies; every call may block."""

    def fetch(self) -> bytes:
        """Return the key, made at first use."""

    def erase(self) -> None:
        """Remove the key."""


class PlaceTakenError(SafeSessionError):
    """Another window keeps its unsent text there."""

    code: ClassVar[str] = "place_taken"


class SealedPlace:
    """A `DraftPlace` of a client, or of a counselor without a vault."""

    def __init__(self, file: SealedFile, key_source: KeySource) -> None:
        self._file = file
        self._key_source = key_source
        self._key: bytes | None = None

    def reach(self) -> None:
        """Fetch the key."""
        self._key = self._key_source.fetch()

    def take(self) -> tuple[str, ...]:
        """Claim the file and read it."""
        if not self._file.claim():
            raise PlaceTakenError("another window")
        return self._file.read(self._reached)

    def write(self, texts: tuple[str, ...]) -> None:
        """Replace the file."""
        self._file.write(self._reached, texts)

    def forget(self) -> None:
        """Remove file and key, also a key that a late answer has made."""
        key, self._key = self._key, None
        if self._file.claim():  # another window's file is not ours to remove
            self._file.remove()
            if key is not None:
                self._key_source.erase()

    def release(self) -> None:
        """Let another window have the file."""
        self._file.release()

    @property
    def _reached(self) -> bytes:
        if self._key is None:
            raise PlaceTakenError("not reached")
        return self._key
