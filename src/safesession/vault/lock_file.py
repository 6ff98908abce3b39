"""One vault, one running app: an advisory lock that the system drops at a crash.

Must never delete the lock file: two processes could then hold two different ones.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from safesession.vault.errors import VaultInUseError
from safesession.vault.files import FILE_MODE, disk_errors


class LockFile:
    """Holds the lock from its making until `release`."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            VaultInUseError: another process, or another vault of this one, has it.
            VaultReadOnlyError: the folder cannot be written.
        """
        with disk_errors():
            self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE)
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise VaultInUseError("locked by another instance") from None

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
