"""The store keeps what it said it kept, across restarts and failures."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from safesession.errors import StateError
from safesession.signaling_server import schema
from safesession.signaling_server.operations import (
    AddEnrolment,
    CloseInvite,
    CreateRoom,
    DeleteRoom,
    FetchEnvelopes,
    ForgetEnvelopes,
    FreeSeat,
    KeepSeat,
    Probe,
    PutEnvelope,
    ReadAccounts,
    RedeemEnrolment,
    SaveFloor,
    StoredEnvelope,
    TakeSeat,
)
from safesession.signaling_server.pepper import load_pepper
from safesession.signaling_server.store import SqliteStore


ROOM = b"r" * 16
CREATE = CreateRoom(ROOM, "owner", b"n" * 32, 2_000, 2_060, b"k" * 32)
HIGH = (1 << 63) + 5  # beyond SQLite's signed integers: after the year 2038


def put(id_: int, body: bytes = b"x", generation: int = 0, seat: int = 0):
    return PutEnvelope(ROOM, seat, generation, id_, body, 9_000)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.sqlite3")
    opened.start()
    yield opened
    await opened.close()


async def reopened(store: SqliteStore, tmp_path: Path):
    again = SqliteStore(tmp_path / "store.sqlite3")
    try:
        return again.load()
    finally:
        again.abandon()


async def test_what_was_committed_is_there_after_a_restart(store, tmp_path) -> None:
    for operation in (
        CREATE,
        TakeSeat(ROOM, 0, (0, 0), b"c" * 32, 7),
        put(3, b"abc"),
        put(HIGH, b"d"),
        SaveFloor(ROOM, 1, HIGH),
        KeepSeat(ROOM, 5_000),
        CloseInvite(ROOM),
    ):
        assert await store.run(operation) is True
    (room,) = (await reopened(store, tmp_path)).rooms
    assert (room.room, room.owner, room.expires_at) == (ROOM, "owner", 5_000)
    assert not room.invite_open
    counselor, client = room.seats
    assert counselor.envelopes == (
        StoredEnvelope(3, 3, 9_000),
        StoredEnvelope(HIGH, 1, 9_000),
    )
    assert client.kept
    assert client.floor == HIGH


async def test_envelopes_come_back_in_order_and_go_when_forgotten(store) -> None:
    for id_ in (HIGH, 2, 10):
        await store.run(put(id_, b"%d" % id_))
    rows = await store.run(FetchEnvelopes(ROOM, 0, 2, 10**6))
    assert rows == [(10, b"10"), (HIGH, b"%d" % HIGH)]
    assert len(await store.run(FetchEnvelopes(ROOM, 0, 0, 1))) == 1
    await store.run(ForgetEnvelopes(ROOM, 0, 10))
    assert [id_ for id_, _ in await store.run(FetchEnvelopes(ROOM, 0, 0, 99))] == [HIGH]


async def test_a_dropped_claimant_takes_what_was_theirs(store, tmp_path) -> None:
    await store.run(CREATE)
    await store.run(TakeSeat(ROOM, 0, (0, 0), b"c" * 32, 0))
    for operation in (put(1), put(5), put(2, seat=1)):
        await store.run(operation)
    await store.run(FreeSeat(ROOM, 1, (1, 2)))
    (room,) = (await reopened(store, tmp_path)).rooms
    assert room.attempt == 1
    assert room.seats[1] is None
    assert [e.id for e in room.seats[0].envelopes] == [5]
    # A late repetition must not hit the next claimant.
    await store.run(TakeSeat(ROOM, 1, (1, 2), b"d" * 32, 2))
    await store.run(FreeSeat(ROOM, 1, (9, 9)))
    (room,) = (await reopened(store, tmp_path)).rooms
    assert room.seats[1].token_hash == b"d" * 32
    assert [e.id for e in room.seats[0].envelopes] == [5]


async def test_a_deleted_room_leaves_nothing(store, tmp_path) -> None:
    await store.run(CREATE)
    await store.run(put(1))
    await store.run(DeleteRoom(ROOM))
    assert (await reopened(store, tmp_path)).rooms == ()
    assert await store.run(FetchEnvelopes(ROOM, 0, 0, 99)) == []


async def test_an_enrolment_is_redeemed_once_and_in_time(store, tmp_path) -> None:
    await store.run(AddEnrolment(b"t" * 32, 100))
    await store.run(AddEnrolment(b"u" * 32, 100))
    redeem = RedeemEnrolment(b"t" * 32, "a" * 32, b"k" * 32, 99)
    assert await store.run(redeem) == "a" * 32
    again = RedeemEnrolment(b"t" * 32, "b" * 32, b"k" * 32, 99)
    assert await store.run(again) is False
    late = RedeemEnrolment(b"u" * 32, "c" * 32, b"k" * 32, 100)
    assert await store.run(late) is False
    unknown = RedeemEnrolment(b"v" * 32, "d" * 32, b"k" * 32, 1)
    assert await store.run(unknown) is False
    assert set((await reopened(store, tmp_path)).accounts) == {"a" * 32}


async def test_many_operations_share_few_commits(store) -> None:
    before = store.commits
    results = await asyncio.gather(*(store.run(put(id_)) for id_ in range(1, 2001)))
    assert results == [True] * 2000
    assert store.commits - before < 100


async def test_a_failed_group_accepts_nothing_and_poisons_what_follows(
    store, tmp_path
) -> None:
    await store.run(put(1))
    # Somebody else holds the write lock for longer than the busy timeout.
    store._connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await store.run(put(2)) is None
    assert not store.healthy
    other.execute("ROLLBACK")
    other.close()
    # 3 follows 2 in the same generation: taking it would lose 2.
    assert await store.run(put(3)) is None
    assert await store.run(put(3, seat=1)) is True
    assert await store.run(put(2, generation=1)) is True
    assert await store.run(put(3, generation=1)) is True
    assert store.healthy
    rows = await store.run(FetchEnvelopes(ROOM, 0, 0, 99))
    assert [id_ for id_, _ in rows] == [1, 2, 3]


async def test_closing_carries_out_what_is_queued(tmp_path) -> None:
    store = SqliteStore(tmp_path / "store.sqlite3")
    store.start()
    results: list[object] = []
    for id_ in range(1, 50):
        store.submit(put(id_), results.append)
    await store.close()
    await asyncio.sleep(0)
    assert results == [True] * 49


async def test_other_peoples_files_are_refused(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"no database" * 200)
    newer = tmp_path / "newer"
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for path in (garbage, newer, tmp_path / "no" / "such" / "place"):
        with pytest.raises(StateError):
            SqliteStore(path)


async def test_the_file_is_private_and_durable(store, tmp_path) -> None:
    await store.run(Probe())
    for path in tmp_path.iterdir():
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    pragma = store._connection.execute
    assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
    assert pragma("PRAGMA synchronous").fetchone() == (2,)
    assert pragma("PRAGMA secure_delete").fetchone() == (1,)


def test_migrations_run_from_every_older_version() -> None:
    for version in range(len(schema.MIGRATIONS) + 1):
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for script in schema.MIGRATIONS[:version]:
            connection.executescript(script)
        connection.execute(f"PRAGMA user_version = {version}")
        schema.migrate(connection)
        found = connection.execute("PRAGMA user_version").fetchone()
        assert found == (len(schema.MIGRATIONS),)
        names = connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        assert {"account", "enrol", "invite", "mailbox", "seat", "env", "log"} <= {
            name for (name,) in names
        }
        connection.close()


def test_the_pepper_is_made_once_and_private(tmp_path: Path) -> None:
    first = load_pepper(tmp_path / "data", lambda n: b"p" * n)
    assert first == b"p" * 32
    assert load_pepper(tmp_path / "data", lambda n: b"q" * n) == first
    path = tmp_path / "data" / "pepper"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"short")
    with pytest.raises(StateError):
        load_pepper(tmp_path / "data", bytes)


def test_a_pepper_half_made_when_the_power_went_is_no_obstacle(tmp_path) -> None:
    """In a container the next server has the same process id."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / f"pepper.{os.getpid()}").write_bytes(b"half")
    assert len(load_pepper(data_dir, secrets.token_bytes)) == 32


def test_two_programs_may_make_the_file_at_once(tmp_path: Path) -> None:
    """`run` and `enrol` on an empty folder: whoever is second finds it made."""
    path = tmp_path / "store.sqlite3"
    first, second = (
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for _ in range(2)
    )
    at_the_lock = threading.Event()

    def trace(statement: str) -> None:
        if statement.startswith("BEGIN"):
            at_the_lock.set()

    second.set_trace_callback(trace)
    first.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        migrating = pool.submit(schema.migrate, second)
        assert at_the_lock.wait(5)
        for statement in schema.MIGRATIONS[0].split(";"):
            first.execute(statement)
        first.execute("PRAGMA user_version = 1")
        first.execute("COMMIT")
        migrating.result(10)
    assert not second.in_transaction
    assert second.execute("SELECT count(*) FROM mailbox").fetchone() == (0,)
    first.close()
    second.close()


async def test_accounts_are_read_again_only_after_another_program_wrote(
    tmp_path,
) -> None:
    store_ = SqliteStore(tmp_path / "other.sqlite3")
    store_.load()
    store_.start()
    try:
        await store_.run(AddEnrolment(b"t" * 32, 100))
        redeem = RedeemEnrolment(b"t" * 32, "a" * 32, b"k" * 32, 99)
        assert await store_.run(redeem) == "a" * 32
        assert await store_.run(ReadAccounts()) is False  # it wrote that itself
        with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as other:
            other.execute("INSERT INTO account(id, key) VALUES ('b', x'00')")
            other.commit()
            expected = {"a" * 32: b"k" * 32, "b": bytes(1)}
            assert await store_.run(ReadAccounts()) == expected
            assert await store_.run(ReadAccounts()) is False
            other.execute("UPDATE account SET disabled = 1 WHERE id = 'b'")
            other.commit()
            assert await store_.run(ReadAccounts()) == {"a" * 32: b"k" * 32}
    finally:
        await store_.close()


async def test_looking_does_not_make_a_failed_store_healthy(store) -> None:
    await store.run(CREATE)
    assert await store.run(CREATE) is None  # it is there already
    assert not store.healthy
    commits = store.commits
    assert await store.run(ReadAccounts()) is not None
    assert not store.healthy
    assert store.commits == commits
    assert await store.run(Probe()) is True
    assert store.healthy


async def test_a_token_that_renews_a_key_makes_no_second_account(store) -> None:
    await store.run(AddEnrolment(b"t" * 32, 100))
    await store.run(RedeemEnrolment(b"t" * 32, "a" * 32, b"k" * 32, 99))
    await store.run(AddEnrolment(b"u" * 32, 100, "a" * 32))
    again = RedeemEnrolment(b"u" * 32, "c" * 32, b"n" * 32, 99)
    assert await store.run(again) == "a" * 32
    assert store.load().accounts == {"a" * 32: b"n" * 32}
    await store.run(AddEnrolment(b"v" * 32, 100, "gone"))
    late = RedeemEnrolment(b"v" * 32, "d" * 32, b"n" * 32, 99)
    assert await store.run(late) is False
