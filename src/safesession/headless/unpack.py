"""Open an encrypted archive of notes into a new folder, readable by its owner only.

For whoever received one. Names inside the archive are labels: none becomes a path
outside the folder, and nothing that is there is written over.
"""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from safesession.core.note_archive import (
    MAX_BYTES,
    Archive,
    ArchivedNote,
    ArchiveError,
    open_archive,
)
from safesession.errors import StateError


RECORDS = "records.txt"
_UNSAFE = re.compile(r"[^\w.\- ]")
_MAX_NAME_BYTES = 200  # of 255 that file systems take


def unpack(path: Path, passphrase: str, folder: Path) -> int:
    """Write what is in the archive; return the number of notes.

    Raises:
        ArchiveError: it cannot be opened; nothing was written.
        StateError: the file cannot be read, the folder is there already, or the disk
            refuses; nothing is left.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ArchiveError("too large")
        archive = open_archive(path.read_bytes(), passphrase)
        text = text_of(archive).encode()
        folder.mkdir(mode=0o700)
        try:
            _write_all(folder, text, archive)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    except OSError as error:
        raise StateError("cannot be read, or the folder is there already") from error
    return len(archive.notes)


def _write_all(folder: Path, text: bytes, archive: Archive) -> None:
    _write(folder / RECORDS, text)
    for number, note in enumerate(archive.notes, 1):
        for place, file in enumerate(note.files, 1):
            name = _UNSAFE.sub("_", file.name).encode()[-_MAX_NAME_BYTES:]
            label = name.decode("utf-8", "ignore").strip(". ")
            _write(folder / f"{number:03}-{place:02}-{label}", file.content)


def text_of(archive: Archive) -> str:
    """Return the notes as plain text."""
    title = f"{archive.client_code} {archive.client_name}".strip()
    parts = [f"{title}\nexported {_time(archive.made_at_ms)}\n"]
    parts += [_note(number, note) for number, note in enumerate(archive.notes, 1)]
    return "\n".join(parts)


def _note(number: int, note: ArchivedNote) -> str:
    signed = f"signed {_time(note.signed_at_ms)}" if note.signed_at_ms else "not signed"
    lines = [
        f"\n==== {number:03} {note.title} ====",
        (
            f"{note.kind}, session {_time(note.session_at_ms)}, {signed}, "
            f"signature: {note.signature}"
        ),
        "",
        note.body,
    ]
    for at_ms, body in note.addenda:
        lines += ["", f"---- addendum, signed {_time(at_ms)} ----", body]
    for place, file in enumerate(note.files, 1):
        lines += ["", f"file {number:03}-{place:02}: {file.name} ({file.media_type})"]
    return "\n".join(lines)


def _time(at_ms: int) -> str:
    try:
        at = datetime.fromtimestamp(at_ms / 1000).astimezone()
    except (ValueError, OverflowError, OSError):
        raise ArchiveError("time") from None  # no calendar has it
    return at.isoformat(" ", "minutes")


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
