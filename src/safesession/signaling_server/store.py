"""The durable store: SQLite in WAL mode, one writer thread, group commit.

Operations queue up; the thread takes what is there (at most 512), commits it as
one transaction and hands the results back to the loop together. Nothing is ever
reported as stored before COMMIT has returned.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safesession.errors import StateError
from safesession.signaling_server.operations import (
    AddEnrolment,
    CloseInvite,
    CreateRoom,
    DeleteRoom,
    Done,
    ExtendRoom,
    FetchEnvelopes,
    ForgetEnvelopes,
    FreeSeat,
    KeepSeat,
    Operation,
    Probe,
    PutEnvelope,
    ReadAccounts,
    RedeemEnrolment,
    SaveFloor,
    Stored,
    StoredEnvelope,
    StoredRoom,
    StoredSeat,
    TakeSeat,
)
from safesession.signaling_server.schema import open_database


GROUP_LIMIT = 512
_ID_BYTES = 8
_TICKET_BYTES = 4
_DAY_S = 86_400
_Job = tuple[Operation, Done | None]


def _key(id_: int) -> bytes:
    """Ids are unsigned 64-bit; as big-endian bytes they sort and fit SQLite."""
    return id_.to_bytes(_ID_BYTES, "big")


class SqliteStore:
    """The store of one server process. Made, used and closed on one loop."""

    def __init__(self, path: Path) -> None:
        """Open (or make) the file in an existing directory.

        Raises:
            StateError: the file cannot be used.
        """
        self._connection = open_database(str(path))
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._poisoned: dict[tuple[bytes, int], int] = {}
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write, name="safesession-store")
        self._healthy = True
        self._version = 0  # changes when another program commits
        self.commits = 0
        self.commit_s = 0.0  # spent in them, all together
        self.envelopes_stored = 0

    @property
    def healthy(self) -> bool:
        """Whether the last group was committed."""
        return self._healthy

    def start(self) -> None:
        """Begin to carry out operations."""
        self._thread.start()

    def submit(self, operation: Operation, done: Done | None = None) -> None:
        """Queue an operation; `done` is called on the loop with its result."""
        self._jobs.put((operation, done))

    async def run(self, operation: Operation) -> Any:
        """Carry out one operation and return its result."""
        result: asyncio.Future[Any] = self._loop.create_future()

        def done(value: Any) -> None:
            if not result.done():  # the caller may have given up
                result.set_result(value)

        self.submit(operation, done)
        return await result

    async def close(self) -> None:
        """Carry out what is queued, check point, close."""
        self._jobs.put(None)
        await self._loop.run_in_executor(None, self._thread.join)
        self._connection.close()

    def abandon(self) -> None:
        """Close a store that was never started."""
        self._connection.close()

    def load(self) -> Stored:
        """Read everything a server starts from (before `start`).

        Raises:
            StateError: the file is damaged.
        """
        try:
            self._version = self._data_version()
            return load(self._connection)
        except (sqlite3.Error, ValueError, IndexError):
            raise StateError("the server's database is damaged") from None

    # --- the writer thread --------------------------------------------------------------

    def _write(self) -> None:
        while True:
            job = self._jobs.get()
            group: list[_Job] = []
            while job is not None:
                group.append(job)
                if len(group) == GROUP_LIMIT:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            if group:
                self._commit(group)
            if job is None:
                self._checkpoint()
                return

    def _commit(self, group: list[_Job]) -> None:
        results: list[Any]
        # Looking is no proof that the disk takes anything.
        looking = all(isinstance(operation, ReadAccounts) for operation, _ in group)
        began = time.monotonic()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            results = [self._carry_out(operation) for operation, _ in group]
            self._connection.execute("COMMIT")
            healthy = self._healthy if looking else True
            self.envelopes_stored += sum(
                isinstance(operation, PutEnvelope) for operation, _ in group
            )
        except sqlite3.Error:
            self._roll_back()
            for operation, _ in group:
                if isinstance(operation, PutEnvelope):
                    place = (operation.room, operation.seat)
                    self._poisoned[place] = operation.generation
            results = [None] * len(group)
            healthy = False
        if not looking:
            self.commits += 1
            self.commit_s += time.monotonic() - began
        report = [
            (done, result)
            for (_, done), result in zip(group, results, strict=True)
            if done
        ]
        try:
            self._loop.call_soon_threadsafe(self._report, report, healthy)
        except RuntimeError:
            return  # the loop is gone; what was committed stays committed

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            return  # SQLite rolled back by itself

    def _checkpoint(self) -> None:
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            return  # the next start does it

    def _report(self, report: list[tuple[Done, Any]], healthy: bool) -> None:
        self._healthy = healthy
        for done, result in report:
            done(result)

    def _carry_out(self, operation: Operation) -> Any:
        if isinstance(operation, PutEnvelope):
            place = (operation.room, operation.seat)
            if operation.generation <= self._poisoned.get(place, -1):
                return None
        if isinstance(operation, ReadAccounts):
            version = self._data_version()
            if version == self._version:
                return False
            self._version = version
            return load_accounts(self._connection.execute)
        return carry_out(self._connection.execute, operation)

    def _data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


Execute = Callable[..., sqlite3.Cursor]


def carry_out(execute: Execute, operation: Operation) -> Any:
    """Translate one operation into SQL inside the caller's transaction."""
    match operation:
        case PutEnvelope():
            execute(
                "INSERT OR IGNORE INTO env VALUES (?, ?, ?, ?, ?)",
                (
                    operation.room,
                    operation.seat,
                    _key(operation.id),
                    operation.expires_at,
                    operation.body,
                ),
            )
        case ForgetEnvelopes():
            execute(
                "DELETE FROM env WHERE mailbox = ? AND seat = ? AND id <= ?",
                (operation.room, operation.seat, _key(operation.up_to)),
            )
        case FetchEnvelopes():
            return _fetch(execute, operation)
        case RedeemEnrolment():
            return _redeem(execute, operation)
        case AddEnrolment():
            execute(
                "INSERT INTO enrol(token_hash, exp, account) VALUES (?, ?, ?)",
                (operation.token_hash, operation.expires_at, operation.account),
            )
        case ReadAccounts():
            return load_accounts(execute)
        case Probe():
            execute("DELETE FROM enrol WHERE exp < 0")
        case _:
            _change_room(execute, operation)
    return True


def _change_room(execute: Execute, operation: Operation) -> None:
    match operation:
        case CreateRoom():
            execute(
                "INSERT INTO mailbox(id, owner, exp) VALUES (?, ?, ?)",
                (operation.room, operation.owner, operation.room_expires_at),
            )
            execute(
                "INSERT INTO invite VALUES (?, ?, ?, ?, 'open')",
                (
                    operation.room,
                    operation.number_hash,
                    operation.owner,
                    operation.invite_expires_at,
                ),
            )
            execute(
                "INSERT INTO seat VALUES (?, 0, ?, ?, 1)",
                (operation.room, operation.token_hash, _key(0)),
            )
        case TakeSeat():
            _free_seat(execute, operation)
            execute(
                "INSERT INTO seat VALUES (?, 1, ?, ?, 0)",
                (operation.room, operation.token_hash, _key(operation.floor)),
            )
        case KeepSeat():
            execute("UPDATE seat SET kept = 1 WHERE mailbox = ?", (operation.room,))
            _extend(execute, operation.room, operation.room_expires_at)
        case FreeSeat():
            later = execute(
                "SELECT 1 FROM mailbox WHERE id = ? AND attempt >= ?",
                (operation.room, operation.attempt),
            ).fetchall()
            if not later:
                _free_seat(execute, operation)
        case CloseInvite():
            execute(
                "UPDATE invite SET state = 'closed' WHERE mailbox = ?",
                (operation.room,),
            )
        case ExtendRoom():
            _extend(execute, operation.room, operation.room_expires_at)
        case SaveFloor():
            execute(
                "UPDATE seat SET acc = ? WHERE mailbox = ? AND n = ?",
                (_key(operation.floor), operation.room, operation.seat),
            )
        case DeleteRoom():
            execute("DELETE FROM env WHERE mailbox = ?", (operation.room,))
            execute("DELETE FROM mailbox WHERE id = ?", (operation.room,))
        case _:
            raise TypeError("unknown operation")


def _free_seat(execute: Execute, operation: FreeSeat | TakeSeat) -> None:
    execute("DELETE FROM seat WHERE mailbox = ? AND n = 1", (operation.room,))
    for seat, up_to in enumerate(operation.up_to):
        execute(
            "DELETE FROM env WHERE mailbox = ? AND seat = ? AND id <= ?",
            (operation.room, seat, _key(up_to)),
        )
    execute(
        "UPDATE mailbox SET attempt = ? WHERE id = ?",
        (operation.attempt, operation.room),
    )


def _extend(execute: Execute, room: bytes, expires_at: int) -> None:
    execute("UPDATE mailbox SET exp = ? WHERE id = ?", (expires_at, room))


def _fetch(execute: Execute, operation: FetchEnvelopes) -> list[tuple[int, bytes]]:
    cursor = execute(
        "SELECT id, body FROM env WHERE mailbox = ? AND seat = ? AND id > ? "
        "ORDER BY id",
        (operation.room, operation.seat, _key(operation.after)),
    )
    rows: list[tuple[int, bytes]] = []
    size = 0
    for key, body in cursor:
        rows.append((int.from_bytes(key, "big"), body))
        size += len(body)
        if size >= operation.limit_bytes:
            break
    cursor.close()
    return rows


def _redeem(execute: Execute, operation: RedeemEnrolment) -> str | bool:
    used = execute(
        "UPDATE enrol SET used = 1 WHERE token_hash = ? AND used = 0 AND exp > ? "
        "RETURNING account",
        (operation.token_hash, operation.unix),
    ).fetchall()
    if not used:
        return False
    renewed = str(used[0][0])
    ticket, day = ticket_of(operation.token_hash), operation.unix // _DAY_S
    if renewed:
        changed = execute(
            "UPDATE account SET key = ?, ticket = ?, enrolled = ? "
            "WHERE id = ? AND disabled = 0 RETURNING 1",
            (operation.key, ticket, day, renewed),
        ).fetchall()
        return renewed if changed else False
    execute(
        "INSERT INTO account(id, key, ticket, enrolled) VALUES (?, ?, ?, ?)",
        (operation.account, operation.key, ticket, day),
    )
    return operation.account


def ticket_of(token_hash: bytes) -> str:
    """Return what a token and its account are called on an institution's list.

    It tells nothing about the token: the hash is keyed.
    """
    text = token_hash[:_TICKET_BYTES].hex().upper()
    return f"{text[:4]}-{text[4:]}"


def load_accounts(execute: Execute) -> dict[str, bytes]:
    """Read who may sign in."""
    return dict(execute("SELECT id, key FROM account WHERE disabled = 0").fetchall())


def load(connection: sqlite3.Connection) -> Stored:
    """Read rooms, seats, accounts and what is known of the envelopes."""
    envelopes: dict[tuple[bytes, int], list[StoredEnvelope]] = {}
    for room, seat, key, size, expires_at in connection.execute(
        "SELECT mailbox, seat, id, length(body), exp FROM env "
        "ORDER BY mailbox, seat, id"
    ):
        envelope = StoredEnvelope(int.from_bytes(key, "big"), size, expires_at)
        envelopes.setdefault((room, seat), []).append(envelope)
    seats: dict[tuple[bytes, int], StoredSeat] = {}
    for room, n, token_hash, floor, kept in connection.execute(
        "SELECT mailbox, n, token_hash, acc, kept FROM seat"
    ):
        found = tuple(envelopes.get((room, n), ()))
        floor_id = int.from_bytes(floor, "big")
        seats[room, n] = StoredSeat(token_hash, floor_id, bool(kept), found)
    rooms = [
        StoredRoom(
            room,
            owner,
            attempt,
            expires_at,
            number_hash,
            invite_expires_at,
            state == "open",
            (seats[room, 0], seats.get((room, 1))),
        )
        for room, owner, attempt, expires_at, number_hash, invite_expires_at, state in (
            connection.execute(
                "SELECT mailbox.id, mailbox.owner, attempt, mailbox.exp, number_hash, "
                "invite.exp, state FROM mailbox JOIN invite ON invite.mailbox = "
                "mailbox.id ORDER BY mailbox.id"
            )
        )
        if (room, 0) in seats
    ]
    return Stored(tuple(rooms), load_accounts(connection.execute))
