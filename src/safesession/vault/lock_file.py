"""One vault, one running app: a lock that the system drops at a crash."""

from __future__ import annotations

from pathlib import Path

from safesession.file_lock import try_lock
from safesession.vault.errors import VaultInUseError
from safesession.vault.files import disk_errors


class LockFile:
    """Holds the lock from its making until `release`."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            VaultInUseError: another process, or another vault of this one, has it.
            VaultReadOnlyError: the folder cannot be written.
        """
        with disk_errors():
            held = try_lock(path)
        if held is None:
            raise VaultInUseError("locked by another instance")
        self._held = held

    def release(self) -> None:
        """Give the lock back."""
        self._held.release()
