"""The custody log: who opened, exported or deleted what; it only ever grows.

    hash_i = H("custody", hash_(i-1), i, time, event, subject, detail)[:32], signed

Detects edits, deletions and, with an anchor kept elsewhere, a cut tail or a whole
older file put back. Entries name records by number and never quote them.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from safesession.core.keeping_types import ChainPart, CustodyEntry, CustodyEvent
from safesession.core.vault_types import AnchorVerdict, CustodyCheck
from safesession.crypto.encoding import H, lv
from safesession.crypto.identity import IdentityKey, verify
from safesession.crypto.key_schedule import equal, mac
from safesession.vault.connection import Row
from safesession.vault.store import Store, Transaction


HASH_BYTES = 32
_LABEL = b"SafeSession/1 custody signature"
_NUMBERS = struct.Struct(">QQ")
_ANCHOR = struct.Struct(">Q32s32s")
_COLUMNS = "number, at_ms, event, subject, detail, signer, hash, signature"
_PART = 2000  # lines checked at a time: nobody's saving waits longer than that

__all__ = ["Anchor", "CustodyEntry", "CustodyEvent", "CustodyLog", "check_chain"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """How long the log was, and its last hash: evidence to keep elsewhere."""

    count: int
    head: bytes


class CustodyLog:
    """The log in an open vault."""

    def __init__(self, store: Store, identity: IdentityKey) -> None:
        self._store = store
        self._identity = identity

    def append(
        self,
        change: Transaction,
        event: CustodyEvent,
        subject: str = "",
        detail: str = "",
    ) -> None:
        """Write a line within a change: both are saved or neither."""
        last = change.rows(
            "SELECT number, hash FROM custody ORDER BY number DESC LIMIT 1"
        )
        number, before = (
            (last[0][0] + 1, last[0][1]) if last else (1, bytes(HASH_BYTES))
        )
        entry = CustodyEntry(number, change.at_ms, event, subject, detail)
        digest = _hash(before, entry)
        change.execute(
            f"INSERT INTO custody({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            number,
            entry.at_ms,
            event.value,
            subject,
            detail,
            self._identity.public_key,
            digest,
            self._identity.sign(lv(_LABEL, digest)),
        )
        change.expect(
            "SELECT 1 FROM custody WHERE number = ? AND hash = ?", number, digest
        )

    def record(self, event: CustodyEvent, subject: str = "", detail: str = "") -> None:
        """Write a line of its own."""
        with self._store.transaction("custody") as change:
            self.append(change, event, subject, detail)

    def entries(
        self,
        *,
        newest: int = 100,
        before: int | None = None,
        events: Collection[CustodyEvent] = tuple(CustodyEvent),
    ) -> tuple[CustodyEntry, ...]:
        """Return lines of these kinds, newest first, older than number `before`."""
        marks = ", ".join("?" * len(events))
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM custody WHERE number < ? AND event IN ({marks}) "
            "ORDER BY number DESC LIMIT ?",
            before if before is not None else 1 << 62,
            *(event.value for event in events),
            newest,
        )
        return tuple(_entry(row) for row in rows)

    def check(self) -> CustodyCheck:
        """Follow the whole chain."""
        rows = self._store.rows(f"SELECT {_COLUMNS} FROM custody ORDER BY number")
        return check_chain(rows)

    def follow(self, part: ChainPart) -> ChainPart:
        """Follow some more of the chain: from where `part` ended."""
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM custody WHERE number > ? ORDER BY number LIMIT ?",
            part.followed,
            _PART,
        )
        return follow_chain(rows, part, finished=len(rows) < _PART)

    def anchor(self) -> Anchor:
        """Return the present end of the log."""
        row = self._store.row(
            "SELECT number, hash FROM custody ORDER BY number DESC LIMIT 1"
        )
        return Anchor(row[0], row[1]) if row else Anchor(0, bytes(HASH_BYTES))

    def judge(self, anchor: Anchor | None) -> AnchorVerdict:
        """Compare an earlier end of the log with the log."""
        if anchor is None or not anchor.count:
            return AnchorVerdict.NONE
        found = self._store.value(
            "SELECT hash FROM custody WHERE number = ?", anchor.count
        )
        if found is None:
            return AnchorVerdict.ROLLED_BACK
        if not equal(found, anchor.head):
            return AnchorVerdict.REWRITTEN
        return AnchorVerdict.CONFIRMED


def check_chain(rows: Iterable[Row]) -> CustodyCheck:
    """Follow a chain from its first entry."""
    part = follow_chain(rows, ChainPart(), finished=True)
    return CustodyCheck(part.broken_at or part.followed, part.broken_at)


def follow_chain(rows: Iterable[Row], part: ChainPart, *, finished: bool) -> ChainPart:
    """Follow a chain on from where `part` ended."""
    before, count = part.head, part.followed
    for row in rows:
        count += 1
        if not _fits(row, count, before):
            return ChainPart(count - 1, before, count, finished=True)
        before = row[-2]
    return ChainPart(count, before, None, finished=finished)


def _fits(row: Row, number: int, before: bytes) -> bool:
    *_, signer, digest, signature = row
    try:
        entry = _entry(row)
    except ValueError:
        return False
    fits = entry.number == number and equal(digest, _hash(before, entry))
    return fits and verify(signer, signature, lv(_LABEL, digest))


def seal_anchor(anchor: Anchor, key: bytes, vault_id: bytes) -> bytes:
    """Return an anchor that nobody without the key can make."""
    return _ANCHOR.pack(anchor.count, anchor.head, _anchor_mac(anchor, key, vault_id))


def open_anchor(untrusted: bytes, key: bytes, vault_id: bytes) -> Anchor | None:
    """Return a sealed anchor, or None if it is not one of this vault's."""
    if len(untrusted) != _ANCHOR.size:
        return None
    count, head, tag = _ANCHOR.unpack(untrusted)
    anchor = Anchor(count, head)
    return anchor if equal(tag, _anchor_mac(anchor, key, vault_id)) else None


def _anchor_mac(anchor: Anchor, key: bytes, vault_id: bytes) -> bytes:
    return mac(key, lv(vault_id, anchor.count.to_bytes(8, "big"), anchor.head))


def _entry(row: Row) -> CustodyEntry:
    number, at_ms, event, subject, detail, *_ = row
    return CustodyEntry(number, at_ms, CustodyEvent(event), subject, detail)


def _hash(before: bytes, entry: CustodyEntry) -> bytes:
    return H(
        b"custody",
        before,
        _NUMBERS.pack(entry.number, entry.at_ms),
        entry.event.value.encode(),
        entry.subject.encode(),
        entry.detail.encode(),
    )[:HASH_BYTES]
