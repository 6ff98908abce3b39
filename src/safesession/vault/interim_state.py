"""The interim state file (`device.json`) on its way into the vault.

Its keys are unencrypted, so it is overwritten and deleted, but only after the vault
has them on disk. A crash in between is made good at the next unlocking. While the
vault is locked the same kind of file counts wrong guesses, and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from safesession.atomic_file import read_json, write_json
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
        return parse_device_state(read_json(path))
    except StateError:
        raise InterimStateError("interim state") from None


def count_while_locked(path: Path, tag: bytes, count: int) -> None:
    """Count one guess, the `count`th, where no vault is open to take it.

    Raises:
        StateError: that guess was made already, the disk refuses, or the file is
            damaged.
    """
    counters = dict(parse_device_state(read_json(path)).wrong_attempts)
    if counters.get(tag, 0) >= count:
        raise StateError("another window made that guess")
    counters[tag] = count
    _write_counters(path, counters)


def forgive_while_locked(path: Path, tag: bytes) -> None:
    """Take one count back that was written here; others stay, which only costs a try.

    Raises:
        StateError: the disk refuses, or the file is damaged.
    """
    counters = dict(parse_device_state(read_json(path)).wrong_attempts)
    if tag in counters:
        counters[tag] = max(0, counters[tag] - 1)
        _write_counters(path, counters)


def _write_counters(path: Path, counters: Mapping[bytes, int]) -> None:
    write_json(path, {"wrong_attempts": {t.hex(): n for t, n in counters.items()}})


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
