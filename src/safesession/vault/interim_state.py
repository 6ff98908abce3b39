"""The interim state file (`device.json`) on its way into the vault.

Its keys are unencrypted, so it is overwritten and deleted, but only after the vault
has them on disk. A crash in between is made good at the next unlocking. A file of the
same form (`guesses.json`) counted wrong guesses for a locked vault once.
"""

from __future__ import annotations

import os
from pathlib import Path

from safesession.atomic_file import MAX_BYTES, read_bytes, read_json
from safesession.core.device_state import DeviceState, parse_device_state
from safesession.errors import StateError
from safesession.vault.errors import InterimStateError
from safesession.vault.files import disk_errors, sync_folder


FILE_NAME = "device.json"
GUESSES_NAME = "guesses.json"


def read_interim(path: Path) -> DeviceState | None:
    """Return what the file holds, or None where there is none.

    Raises:
        InterimStateError: it is damaged; it is left as it is.
    """
    if not path.exists():
        return None
    try:
        if not any(read_bytes(path, MAX_BYTES) or b""):
            wipe(path)  # a crash came in the middle of it
            return None
        return parse_device_state(read_json(path))
    except StateError:
        raise InterimStateError("interim state") from None


def wipe(path: Path) -> None:
    """Overwrite and delete a file. On flash memory remnants may stay: say so."""
    with disk_errors():
        try:
            with path.open("r+b", buffering=0) as file:
                file.write(bytes(path.stat().st_size))
                os.fsync(file.fileno())
        except FileNotFoundError:
            return
        path.unlink()
        sync_folder(path.parent)


def set_interim_aside(path: Path) -> Path:
    """Keep a file that belongs to another identity, under another name."""
    target = path.with_suffix(".other-identity.json")
    with disk_errors():
        path.replace(target)
        sync_folder(path.parent)
    return target
