"""Where a vault keeps its files, and how one is written so that it is always whole.

    vault.header  vault.header.copy   keys, sealed (the copy survives a bad sector)
    vault-000001.db (-wal, -shm)      SQLCipher; the number rises at re-keying
    journals/  snapshots/  damaged/   second copies, all sealed
    attempts   vault.lock  suspect    wrong tries, single use, "check me" mark
    reserve                           zeros, given up when the disk is full

Every file is for its owner only. Nothing is ever written here in plain text.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from safesession.vault.errors import disk_error


FOLDER_MODE = 0o700
FILE_MODE = 0o600
UNFINISHED = ".unfinished"
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class VaultPaths:
    """The names in one vault's folder."""

    folder: Path

    @property
    def header(self) -> Path:
        """The key file."""
        return self.folder / "vault.header"

    @property
    def header_copy(self) -> Path:
        """Its second copy."""
        return self.folder / "vault.header.copy"

    @property
    def lock(self) -> Path:
        """Held by the one running app."""
        return self.folder / "vault.lock"

    @property
    def attempts(self) -> Path:
        """Wrong tries at unlocking."""
        return self.folder / "attempts"

    @property
    def suspect(self) -> Path:
        """There after damage was seen: the next unlock checks every page."""
        return self.folder / "suspect"

    @property
    def reserve(self) -> Path:
        """Room for a full disk."""
        return self.folder / "reserve"

    @property
    def journals(self) -> Path:
        """Sealed records of every change since a snapshot."""
        return self.folder / "journals"

    @property
    def snapshots(self) -> Path:
        """Verified copies of the database."""
        return self.folder / "snapshots"

    @property
    def damaged(self) -> Path:
        """What was set aside, never deleted by the program."""
        return self.folder / "damaged"

    def database(self, generation: int) -> Path:
        """Return the database of a key generation."""
        return self.folder / f"vault-{generation:06}.db"


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what the system says about files into the vault's own errors."""
    try:
        yield
    except OSError as error:
        raise disk_error(error) from None


def make_private_folder(folder: Path) -> None:
    """Make a folder (and those above it) that only its owner may enter."""
    with disk_errors():
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        folder.chmod(FOLDER_MODE)


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner only; an existing one keeps its content."""
    with disk_errors():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE))


def size_of(path: Path) -> int:
    """Return a file's size; one that is not there has none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def modified_ms(path: Path) -> int:
    """Return when a file was written; one that is not there was never."""
    try:
        return int(path.stat().st_mtime * 1000)
    except OSError:
        return 0


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable (Windows has no such call)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file; returns once the new content is on disk.

    Raises:
        VaultError: the disk refuses; the old file is untouched.
    """
    unfinished = path.with_name(f".{path.name}-{secrets.token_hex(4)}{UNFINISHED}")
    with disk_errors():
        try:
            descriptor = os.open(
                unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE
            )
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def copy_whole(source: Path, unfinished: Path) -> None:
    """Copy a file to a new private one and flush it; the caller renames it.

    Raises:
        VaultError: the disk refuses; nothing is left behind.
    """
    with disk_errors():
        try:
            descriptor = os.open(
                unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, FILE_MODE
            )
            with os.fdopen(descriptor, "wb") as target, source.open("rb") as file:
                while block := file.read(_COPY_BYTES):
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def rename(source: Path, target: Path) -> None:
    """Give a finished file its name, durably."""
    with disk_errors():
        source.replace(target)
        sync_folder(target.parent)


def set_aside(path: Path, damaged: Path, mark: str) -> Path | None:
    """Move a file to the `damaged` folder under a name of its own; keep it for ever.

    Returns the new place, or None where there was no file.
    """
    make_private_folder(damaged)
    target = damaged / f"{mark}-{path.name}"
    while target.exists():
        target = damaged / f"{mark}-{secrets.token_hex(2)}-{path.name}"
    with disk_errors():
        try:
            path.replace(target)
        except FileNotFoundError:
            return None
        sync_folder(damaged)
        sync_folder(path.parent)
    return target


def remove(path: Path) -> None:
    """Delete a file that may be gone already."""
    with disk_errors():
        path.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Delete what a killed process had not finished writing."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.endswith(UNFINISHED) or f"{UNFINISHED}-" in path.name:
            remove(path)
