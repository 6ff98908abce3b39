"""Read and replace a small file so that it is always whole.

The new content is written beside the old one, flushed to disk, then renamed.
Files are readable by their owner only. What they hold is the caller's business.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from safesession.errors import StateError


MAX_BYTES = 1_000_000


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in the file, or an empty one if there is no file.

    Raises:
        StateError: too large, unreadable, not a JSON object, or with text that
            could not be written again (half a surrogate pair).
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StateError(f"{path.name} is too large")
        data = json.loads(path.read_text("utf-8"))
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise StateError(f"{path.name} cannot be read") from error
    if not isinstance(data, dict):
        raise StateError(f"{path.name} has another shape")
    return data


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Replace the file; returns only once the new content is on disk.

    Raises:
        StateError: the folder or the disk refuses, or the text is no Unicode; the
            old file is untouched.
    """
    try:
        content = json.dumps(data, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError as error:
        raise StateError(f"{path.name} cannot be written") from error
    write_bytes(path, content)


def read_bytes(path: Path, max_bytes: int) -> bytes | None:
    """Return what is in the file, or None if there is no file.

    Raises:
        StateError: too large or unreadable.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise StateError(f"{path.name} is too large")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{path.name} cannot be read") from error


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the file; returns only once the new content is on disk.

    Raises:
        StateError: the folder or the disk refuses; the old file is untouched.
    """
    folder = path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.stem}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(folder)
    except OSError as error:
        raise StateError(f"{path.name} cannot be written") from error


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable (POSIX; Windows has no such call)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
