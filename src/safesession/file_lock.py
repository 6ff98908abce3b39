"""A lock between processes that the system drops however its holder ends.

Advisory and on a file of its own. Must never delete that file: two processes could
then hold two different ones.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Self

from safesession.errors import StateError


FILE_MODE = 0o600
_LOOK_AGAIN_S = 0.02


class HeldLock:
    """A lock that is held until `release`, or to the end of a `with`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give it back; harmless the second time."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def try_lock(path: Path) -> HeldLock | None:
    """Take the lock without waiting, or return None: somebody else has it.

    Raises:
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE)
    try:
        _lock(descriptor)
    except OSError:
        os.close(descriptor)
        return None
    return HeldLock(descriptor)


def wait_for_lock(path: Path, limit_s: float) -> HeldLock:
    """Take the lock, waiting for others that hold it for a moment.

    Raises:
        StateError: the file cannot be made, or the others go on for too long.
    """
    give_up_at = time.monotonic() + limit_s
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        while (held := try_lock(path)) is None:
            if time.monotonic() >= give_up_at:
                raise StateError(f"{path.name} is held by another window")
            time.sleep(_LOOK_AGAIN_S)
    except OSError as error:
        raise StateError(f"{path.name} cannot be locked") from error
    return held


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
