"""Secrets that must not turn up somewhere, searched for in every usual spelling.

A search that finds nothing proves something only if it would have found it: see
`tests/unit/test_canaries.py`.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import numpy as np


ANCHOR_BYTES = 4


class Canaries:
    """Named secrets; `found_in` tells the names of those that are in some bytes."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._by_anchor: dict[int, list[tuple[bytes, str]]] = {}

    def plant(self, name: str, value: str | bytes) -> None:
        """Search for `value` from now on. Short ones would turn up by chance."""
        assert len(value) >= ANCHOR_BYTES, name
        assert name not in self.names, name
        self.names.append(name)
        for needle in set(spellings(value)):
            anchor = int.from_bytes(needle[:ANCHOR_BYTES], "big")
            self._by_anchor.setdefault(anchor, []).append((needle, name))

    def found_in(self, haystacks: Iterable[bytes]) -> set[str]:
        """Return the names of all canaries that sing."""
        anchors = np.array(sorted(self._by_anchor), np.uint32)
        first, second = np.zeros(1 << 16, bool), np.zeros(1 << 16, bool)
        first[anchors >> 16] = True
        second[anchors & 0xFFFF] = True
        found: set[str] = set()
        for haystack in haystacks:
            # Thousands of needles, megabytes of memory: filter by four bytes first.
            octets = np.frombuffer(haystack, np.uint8).astype(np.uint16)
            pairs = octets[:-1] << 8 | octets[1:]
            places = np.flatnonzero(first[pairs[:-2]] & second[pairs[2:]])
            fours = pairs[places].astype(np.uint32) << 16 | pairs[places + 2]
            for place in places[np.isin(fours, anchors)].tolist():
                four = int.from_bytes(haystack[place : place + ANCHOR_BYTES], "big")
                for needle, name in self._by_anchor[four]:
                    if haystack.startswith(needle, place):
                        found.add(name)
        return found


def spellings(value: str | bytes) -> Iterator[bytes]:
    """Every way in which a program would write it down."""
    if isinstance(value, bytes):
        yield from _binary(value)
        return
    for charset in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030"):
        yield from _binary(value.encode(charset))
    yield json.dumps(value)[1:-1].encode()
    yield repr(value)[1:-1].encode()
    yield ascii(value)[1:-1].encode()
    yield quote(value).encode()


def _binary(value: bytes) -> Iterator[bytes]:
    yield value
    yield value.hex().encode()
    yield value.hex().upper().encode()
    yield value.hex(":").encode()
    yield value.hex(":").upper().encode()
    for skipped in range(3):  # wherever in a longer text it begins
        padded = bytes(skipped) + value
        whole = padded[: len(padded) // 3 * 3]
        start = (0, 2, 3)[skipped]
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            spelt = encode(whole)[start:]
            if len(spelt) >= ANCHOR_BYTES:
                yield spelt


def files_below(folder: Path) -> Iterator[bytes]:
    """The raw bytes of every file: databases, journals and all."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name.encode()
            yield path.read_bytes()


def cells_of(database: Path) -> Iterator[bytes]:
    """Every cell of every table as its bytes; texts and numbers as text."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (table,) in connection.execute(names).fetchall():
            # Names of our own schema.
            for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608
                for cell in row:
                    yield cell if isinstance(cell, bytes) else str(cell).encode()
    finally:
        connection.close()


def memory_of(pid: int) -> Iterator[bytes]:
    """What a process of ours can write to: heap, stacks, buffers (Linux)."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, access, *_ = line.split()
            if not access.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            with suppress(OSError, ValueError, OverflowError):  # [vvar] and the like
                memory.seek(start)
                yield memory.read(end - start)
