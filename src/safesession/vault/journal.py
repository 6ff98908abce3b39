"""The journal: a sealed second copy of every change since a snapshot.

    "SSJ1" vault id[16] | length u32 | sequence u64 | box(time, statements) | …

A record is written before the database commits and flushed by the system, not by
us: the database is the durable copy, this one survives damage to it. It also
shows changes that SQLite drops in silence when its own log is damaged.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from safesession.crypto import secret_box
from safesession.crypto.encoding import lv
from safesession.crypto.entropy import Entropy
from safesession.errors import LocalProtocolError
from safesession.vault.files import FILE_MODE, disk_errors, write_whole


MAGIC = b"SSJ1"
MAX_RECORD_BYTES = 64 << 20
_FRAME = struct.Struct(">IQ")
_ID_BYTES = 16
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would translate line ends

Value = int | str | bytes | None


class Statement(msgspec.Struct, array_like=True, frozen=True):
    """One SQL statement with its values and how many rows it changed."""

    sql: str
    values: list[Any]  # Value; msgspec cannot tell text from bytes in a union
    rows_changed: int


class _Body(msgspec.Struct, array_like=True, frozen=True):
    at_ms: int
    subject: str
    statements: list[Statement]


@dataclass(frozen=True, slots=True)
class Record:
    """One committed (or, at the very end, begun) change. `subject`: "note:17"."""

    sequence: int
    at_ms: int
    subject: str
    statements: tuple[Statement, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class JournalContent:
    """What a journal file gave.

    `bad` counts records whose bytes changed, `bad_at_end` those after the last good
    one, `torn` says that the file ends inside a record, `end` is how far it can be
    trusted and appended to.
    """

    records: tuple[Record, ...] = ()
    bad: int = 0
    bad_at_end: int = 0
    torn: bool = False
    end: int = 0

    @property
    def intact(self) -> bool:
        """Whether every byte is as it was written."""
        return not self.bad and not self.torn


class JournalWriter:
    """Appends records to one file. For one thread."""

    def __init__(
        self, path: Path, vault_id: bytes, key: bytes, entropy: Entropy, end: int = 0
    ) -> None:
        """Continue at `end`, or begin a new file where that is 0.

        Raises:
            VaultError: the disk refuses; a file that was there is as it was.
        """
        if not end:
            start = MAGIC + vault_id
            write_whole(path, start)
            end = len(start)
        self.path = path
        self._vault_id = vault_id
        self._key = key
        self._entropy = entropy
        self._cut_pending = False
        with disk_errors():
            self._file = os.open(path, os.O_CREAT | os.O_RDWR | _BINARY, FILE_MODE)
            try:
                os.ftruncate(self._file, end)
                os.lseek(self._file, end, os.SEEK_SET)
            except BaseException:
                os.close(self._file)
                raise
        self.size_bytes = end
        self._before = self.size_bytes

    def append(
        self,
        sequence: int,
        at_ms: int,
        subject: str,
        statements: Sequence[Statement],
    ) -> None:
        """Write one record.

        Raises:
            VaultError: the disk refuses; the file is as it was before.
        """
        body = msgspec.msgpack.encode(_Body(at_ms, subject, list(statements)))
        box = secret_box.seal(
            self._key, body, _context(self._vault_id, sequence), self._entropy
        )
        if len(box) > MAX_RECORD_BYTES:
            raise LocalProtocolError("journal record too large")
        frame = _FRAME.pack(len(box), sequence) + box
        with disk_errors():
            if self._cut_pending:
                self._cut()
            try:
                self._write(frame)
            except OSError:
                self.take_back()
                raise
        self._before = self.size_bytes
        self.size_bytes += len(frame)

    def take_back(self, *, last_record: bool = False) -> None:
        """Cut off what was not finished, or the last record (its commit failed)."""
        if last_record:
            self.size_bytes = self._before
        try:
            self._cut()
        except OSError:
            self._cut_pending = True  # nothing is appended before it has worked

    def _cut(self) -> None:
        os.ftruncate(self._file, self.size_bytes)
        os.lseek(self._file, self.size_bytes, os.SEEK_SET)
        self._cut_pending = False

    def flush(self) -> None:
        """Make everything so far durable."""
        with disk_errors():
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]


def read_journal(path: Path, vault_id: bytes, key: bytes) -> JournalContent:
    """Read a journal as far as it goes; never raises over its content.

    A record that is there twice (its first commit failed) counts as the later one.

    Raises:
        VaultError: the file cannot be read at all.
    """
    with disk_errors():
        untrusted = path.read_bytes()
    offset = end = len(MAGIC) + _ID_BYTES
    if untrusted[:offset] != MAGIC + vault_id:
        return JournalContent(torn=True)
    records: dict[int, Record] = {}
    bad = bad_at_end = 0
    torn = False
    while offset < len(untrusted):
        frame = _framed(untrusted, offset)
        if frame is None:
            torn = True
            break
        sequence, box, offset = frame
        record = _open(box, sequence, vault_id, key)
        if record is None:
            bad, bad_at_end = bad + 1, bad_at_end + 1
            continue
        records.pop(sequence, None)
        records[sequence] = record
        bad_at_end = 0
        if not bad:
            end = offset
    return JournalContent(tuple(records.values()), bad, bad_at_end, torn, end)


def _framed(untrusted: bytes, offset: int) -> tuple[int, bytes, int] | None:
    """Return the record at `offset`: its number, its box, where the next begins."""
    if len(untrusted) - offset < _FRAME.size:
        return None
    length, sequence = _FRAME.unpack_from(untrusted, offset)
    start = offset + _FRAME.size
    if length > len(untrusted) - start:
        return None
    return sequence, untrusted[start : start + length], start + length


def _open(
    untrusted_box: bytes, sequence: int, vault_id: bytes, key: bytes
) -> Record | None:
    try:
        body = secret_box.unseal(key, untrusted_box, _context(vault_id, sequence))
        typed = msgspec.msgpack.decode(body, type=_Body)
    except (secret_box.BoxError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return Record(sequence, typed.at_ms, typed.subject, tuple(typed.statements))


def _context(vault_id: bytes, sequence: int) -> bytes:
    return lv(b"journal", vault_id, sequence.to_bytes(8, "big"))
