"""`backup` and `restore`: database and pepper in one file for its owner only.

The copy is taken through SQLite while the server runs. A restored server takes up
no invite and no enrolment token of the copy: whether they were used since, it does
not know. Nothing that exists is ever overwritten.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from safesession.errors import StateError
from safesession.signaling_server.pepper import PEPPER_BYTES, PEPPER_FILE
from safesession.signaling_server.schema import open_database
from safesession.signaling_server.server import DATABASE_FILE
from safesession.signaling_server.settings import SettingsError


_MANIFEST = "manifest.json"
_FORMAT = "safesession-server backup 1"
_NAMES = (_MANIFEST, PEPPER_FILE, DATABASE_FILE)
_MAX_MANIFEST_BYTES = 10_000
_MALFORMED = (ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, for a sentence to the administrator."""

    made_at: int
    accounts: int
    invites_closed: int


def back_up(data_dir: Path, target: Path | None, stdout: BinaryIO) -> None:
    """Write a consistent copy to a new file, or to `stdout` if `target` is None.

    Raises:
        StateError: there is nothing to copy, or the disk refuses.
        SettingsError: the file exists.
    """
    database = data_dir / DATABASE_FILE
    if not database.exists():
        raise StateError("there is no server data here; name it with --data.")
    if target is not None and target.exists():
        raise SettingsError("that file exists; a backup overwrites nothing.")
    place = target.absolute().parent if target is not None else data_dir
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=place) as folder:
            copy = Path(folder) / DATABASE_FILE
            _copy(database, copy)
            if target is None:
                _write(stdout, data_dir, copy)
                return
            whole = Path(folder) / "whole"
            with whole.open("xb") as file:
                _write(file, data_dir, copy)
                file.flush()
                os.fsync(file.fileno())
            os.link(whole, target)  # whole or not at all, and never over another
    except (OSError, sqlite3.Error, tarfile.TarError):
        raise StateError("the backup cannot be written; nothing was changed.") from None


def restore(source: Path | None, data_dir: Path, stdin: BinaryIO) -> Restored:
    """Fill an empty data folder from a backup; from `stdin` if `source` is None.

    Raises:
        SettingsError: the folder has data already.
        StateError: the file is damaged or newer than this program.
    """
    for name in (DATABASE_FILE, PEPPER_FILE):
        if (data_dir / name).exists():
            raise SettingsError(
                "the data folder has a server's data already; stop that server and "
                "move the folder away first."
            )
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=data_dir) as folder:
            with nullcontext(stdin) if source is None else source.open("rb") as file:
                made_at = _unpack(file, Path(folder))
            restored = _settle(Path(folder) / DATABASE_FILE, made_at)
            for name in (PEPPER_FILE, DATABASE_FILE):  # the database last
                (Path(folder) / name).rename(data_dir / name)
    except (OSError, sqlite3.Error, tarfile.TarError, *_MALFORMED):
        raise StateError("the backup is damaged or cannot be read.") from None
    return restored


def _reading(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{database}?mode=rw", uri=True, timeout=10)


def _copy(database: Path, copy: Path) -> None:
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_reading(database)) as source, closing(sqlite3.connect(copy)) as to:
        source.backup(to)
        to.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _write(file: BinaryIO, data_dir: Path, copy: Path) -> None:
    pepper = (data_dir / PEPPER_FILE).read_bytes()
    manifest = {"format": _FORMAT, "made_at": int(time.time())}
    with tarfile.open(fileobj=file, mode="w|") as tar:
        _add(tar, _MANIFEST, json.dumps(manifest).encode())
        _add(tar, PEPPER_FILE, pepper)
        info = tarfile.TarInfo(DATABASE_FILE)
        info.size, info.mode = copy.stat().st_size, 0o600
        with copy.open("rb") as content:
            tar.addfile(info, content)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def _unpack(file: BinaryIO, folder: Path) -> int:
    """Write out the three files by their names alone; return the copy's time."""
    manifest: dict[str, object] = {}
    with tarfile.open(fileobj=file, mode="r|") as tar:
        for expected, member in zip(_NAMES, tar, strict=True):
            content = tar.extractfile(member) if member.isreg() else None
            if member.name != expected or content is None:
                raise ValueError
            if expected == _MANIFEST:
                manifest = json.loads(content.read(_MAX_MANIFEST_BYTES))
                continue
            with (folder / expected).open("xb") as to:
                shutil.copyfileobj(content, to)
    if manifest["format"] != _FORMAT:
        raise ValueError
    if (folder / PEPPER_FILE).stat().st_size != PEPPER_BYTES:
        raise ValueError
    made_at = manifest["made_at"]
    if not isinstance(made_at, int):
        raise TypeError
    return made_at


def _settle(database: Path, made_at: int) -> Restored:
    with closing(open_database(str(database))) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise StateError("the database in the backup is damaged.")
        connection.execute("BEGIN IMMEDIATE")
        closed = connection.execute(
            "UPDATE invite SET state = 'closed' WHERE state = 'open'"
        ).rowcount
        connection.execute("DELETE FROM enrol WHERE used = 0")
        connection.execute("COMMIT")
        query = "SELECT count(*) FROM account WHERE disabled = 0"
        accounts = int(connection.execute(query).fetchone()[0])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return Restored(made_at, accounts, closed)
