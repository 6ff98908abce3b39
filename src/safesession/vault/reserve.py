"""A file full of zeros that makes room when the disk is full.

SQLite cannot even open a database for reading where nothing can be written. Giving
the reserve up lets people unlock, read, and save the sentence they were writing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from safesession.vault.errors import VaultError
from safesession.vault.files import FILE_MODE, disk_errors, remove, size_of


RESERVE_BYTES = 1 << 20


def fill(path: Path) -> bool:
    """Make the reserve if it is not there; says whether there was room for it."""
    if size_of(path) == RESERVE_BYTES:
        return True
    try:
        with disk_errors():
            flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
            with os.fdopen(os.open(path, flags, FILE_MODE), "wb") as file:
                file.write(bytes(RESERVE_BYTES))
                file.flush()
                os.fsync(file.fileno())
    except VaultError:
        release(path)
        return False
    return True


def release(path: Path) -> bool:
    """Give the reserve up; says whether there was one."""
    there = size_of(path) > 0
    with suppress(VaultError):
        remove(path)
    return there
