"""The vault against plain SQLite: writing, searching, opening, unlocking.

Both databases hold the same 100,000 notes in the same schema and are used turn
about in one process. Plain is the same SQLite without a key: Python's own is often
too old for the index. Figures (medians; ratios are ours over plain):

  insert_ratio          one note with its index, committed: the same statements
  save_ratio            ours as the app saves (journal, number of the change, read
                        back by another connection) over plain's bare commit
  bulk_insert_ratio     2,000 notes in one transaction
  warm_search_ratio     newest 50 of a word, two characters, two terms, a prefix;
                        the worst of the four
  open_list_ratio, _ms  open and list the newest 50
  ranked_zh_ms          two Chinese characters by relevance, 95th percentile
  key_to_paint_ms_p99   typing into a note in the app's own window (`vault_typing`)
  unlock_s              key file, Argon2id, open, custody line; argon2_s of it
  memory_residual_*     what stays in the app's memory after a lock (`vault_memory`)

    python -m benchmarks.vault [--quick] [--json]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


if not __package__:  # started as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.report import (
    Figure,
    Goal,
    Report,
    Sense,
    finish,
    machine,
    median,
    parser,
)
from benchmarks.vault_memory import memory_figures
from benchmarks.vault_text import CHINESE, QUERIES, note_text
from benchmarks.vault_typing import key_to_paint_ms_p99
from safesession.core.note_types import NewNote, NoteKind, Order
from safesession.crypto import argon2
from safesession.keyring_store import DeviceKeyring
from safesession.vault.connection import PRAGMAS, Connection, connect
from safesession.vault.migrations import migrate
from safesession.vault.note_search import NoteSearch
from safesession.vault.open_vault import OpenVault
from safesession.vault.text_search import indexed, match_expression
from safesession.vault.vault import Vault


PLAIN = "sqlite"
PASSPHRASE = "a passphrase to measure with"  # noqa: S105
_HEADS = (
    "SELECT id, client_id, kind, session_at_ms, saved_at_ms, title FROM note "
    "ORDER BY session_at_ms DESC, id DESC LIMIT 50"
)
_INSERT = (
    "INSERT INTO note(client_id, kind, template, session_at_ms, created_at_ms, "
    "saved_at_ms, revision, title, body) VALUES (1, 'record', 'soap', ?, 1, 1, 1, 't', ?)"
)
_INDEX = "INSERT INTO note_search(rowid, body) VALUES ((SELECT max(id) FROM note), ?)"
_SEARCH = (
    "SELECT note.id, note.title, note.body FROM note_search JOIN note "
    "ON note.id = note_search.rowid WHERE note_search MATCH ? "
    "ORDER BY note_search.rowid DESC LIMIT 50"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    notes: int
    chunk: int
    rounds: int
    unlocks: int
    keys: int


FULL = Plan(100_000, 2_000, 200, 7, 1_500)
QUICK = Plan(4_000, 1_000, 20, 2, 200)


@dataclass(slots=True)
class Times:
    """Seconds of one thing, ours and plain."""

    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Median over median."""
        return median(self.ours) / median(self.plain)


def timed(what: Callable[[], object]) -> float:
    """Return how long one call took."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def in_turn(
    rounds: int, ours: Callable[[], object], plain: Callable[[], object]
) -> Times:
    """Measure both, in changing order."""
    found = Times()
    for number in range(rounds):
        pairs = [(found.ours, ours), (found.plain, plain)]
        for times, what in pairs if number % 2 else reversed(pairs):
            times.append(timed(what))
    return found


def open_plain(path: Path, *, create: bool = False) -> Connection:
    """Open the database without a key, with the same settings."""
    connection = Connection(path)
    for pragma in PRAGMAS:
        connection.rows(f"PRAGMA {pragma}")
    if create:
        migrate(connection)
        connection.execute(
            "INSERT INTO client(id, code, name, created_at_ms) VALUES (1, 'A', '', 1)"
        )
    return connection


class Bench:
    """Two databases with the same notes."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan = plan
        self._dice = random.Random(5)
        self._session_ms = 0
        self._texts = deque(note_text(self._dice) for _ in range(50))
        self._vault = Vault(folder / "v", keyring=DeviceKeyring(lambda: None))
        self._vault.start()
        sheet = self._vault.new_recovery_key()
        self._vault.create(PASSPHRASE, sheet).result()
        self._vault.run(lambda v: v.clients.add("A")).result()
        self._plain_path = folder / "plain.db"
        self._plain = self._vault.run(
            lambda _: open_plain(self._plain_path, create=True)
        ).result()

    def close(self) -> None:
        """Close both."""
        self._vault.run(lambda _: self._plain.close()).result()
        self._vault.close()

    def engine(self) -> str:
        """Return the versions of both."""
        versions = "SELECT sqlite_version()", "PRAGMA cipher_version"
        asked = self._vault.run(lambda _: [self._plain.value(v) for v in versions])
        return "SQLite {}, SQLCipher {}".format(*asked.result())

    def figures(self) -> list[Figure]:
        """Measure everything."""
        run = self._vault.run
        bulk = run(self._bulk).result()
        run(lambda v: v.take_snapshot()).result()
        insert = run(self._insert).result()
        save = run(self._save).result()
        searches = run(self._searches).result()
        opened = run(self._open_list).result()
        ranked_s = run(self._ranked).result()
        unlocks, argon2_s = self._unlocks()
        typed_ms, saves = key_to_paint_ms_p99(
            self._vault, self._plan.keys, note_text(self._dice)
        )
        name, worst = max(searches.items(), key=lambda item: item[1].ratio)
        return [
            _ratio("insert_ratio", insert, 1.4),
            _milliseconds("insert_ms", insert),
            _ratio("save_ratio", save, None),
            _milliseconds("save_ms", save),
            _ratio("bulk_insert_ratio", bulk, 1.4),
            _ratio("warm_search_ratio", worst, 1.1, f"the worst: {name}"),
            *(_milliseconds(f"search_{n}_ms", times) for n, times in searches.items()),
            _ratio("open_list_ratio", opened, 2),
            _milliseconds("open_list_ms", opened),
            Figure("ranked_zh_ms", "ms", ranked_s * 1000, {}, _at_most(60)),
            Figure(
                "key_to_paint_ms_p99",
                "ms",
                typed_ms,
                {},
                _at_most(16),
                f"{self._plan.keys} keys, saved {saves} times meanwhile",
            ),
            Figure("unlock_s", "s", median(unlocks), {}, _at_most(0.8)),
            Figure("argon2_s", "s", argon2_s),
            Figure("notes", "1", self._plan.notes),
        ]

    # --- on the vault's thread -------------------------------------------------------

    def _write(self, connection: Connection, texts: Sequence[str]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for text in texts:
            self._session_ms += 1  # as in life: the newest sessions are written last
            connection.execute(_INSERT, (self._session_ms, text))
            connection.execute(_INDEX, (indexed(f"t\n{text}"),))
        connection.execute("COMMIT")

    def _bulk(self, v: OpenVault) -> Times:
        found = Times()
        for number in range(self._plan.notes // self._plan.chunk):
            texts = [note_text(self._dice) for _ in range(self._plan.chunk)]
            pairs = [(found.ours, v.store.connection), (found.plain, self._plain)]
            for times, connection in pairs if number % 2 else reversed(pairs):
                times.append(timed(lambda c=connection, t=texts: self._write(c, t)))
        return found

    def _insert(self, v: OpenVault) -> Times:
        def write(connection: Connection) -> Callable[[], None]:
            return lambda: self._write(connection, [self._next_text()])

        return in_turn(self._plan.rounds, write(v.store.connection), write(self._plain))

    def _save(self, v: OpenVault) -> Times:
        def ours() -> None:
            self._session_ms += 1
            text = self._next_text()
            new = NewNote(1, NoteKind.RECORD, "soap", self._session_ms, "t", text)
            v.notes.begin(new)

        return in_turn(
            self._plan.rounds,
            ours,
            lambda: self._write(self._plain, [self._next_text()]),
        )

    def _next_text(self) -> str:
        self._texts.append(self._texts.popleft())
        return self._texts[0]

    def _searches(self, v: OpenVault) -> dict[str, Times]:
        found = {}
        for query in QUERIES:
            values = (match_expression(query.text),)
            for connection in (v.store.connection, self._plain):
                connection.rows(_SEARCH, values)  # warm
            found[query.name] = in_turn(
                self._plan.rounds,
                lambda q=values: v.store.connection.rows(_SEARCH, q),
                lambda q=values: self._plain.rows(_SEARCH, q),
            )
        return found

    def _open_list(self, v: OpenVault) -> Times:
        database = v.around.paths.database(v.keys.data_generation)

        def list_and_close(connection: Connection) -> None:
            assert len(connection.rows(_HEADS)) == 50  # noqa: S101
            connection.close()

        key = v.keys.database
        return in_turn(
            self._plan.rounds,
            lambda: list_and_close(connect(database, key)),
            lambda: list_and_close(open_plain(self._plain_path)),
        )

    def _ranked(self, v: OpenVault) -> float:
        search = NoteSearch(v.store)
        sql_times = []
        for number in range(max(self._plan.rounds // 2, 20)):
            word = CHINESE[number % len(CHINESE)]
            sql_times.append(
                timed(lambda w=word: search.find(w, order=Order.RELEVANCE))
            )
        return statistics.quantiles(sql_times, n=20)[-1]

    def _unlocks(self) -> tuple[list[float], float]:
        times = []
        for _ in range(self._plan.unlocks):
            self._vault.lock().result()
            times.append(timed(lambda: self._vault.unlock(PASSPHRASE).result()))
        salt = bytes(argon2.SALT_BYTES)
        secret = argon2.passphrase_bytes(PASSPHRASE)
        hashing = [
            timed(lambda: argon2.derive(secret, salt, argon2.DEFAULT))
            for _ in range(self._plan.unlocks)
        ]
        return times, median(hashing)


def _at_most(bound: float) -> Goal:
    return Goal(Sense.AT_MOST, bound)


def _ratio(name: str, times: Times, bound: float | None, reason: str = "") -> Figure:
    goal = None if bound is None else _at_most(bound)
    return Figure(name, "1", times.ratio, {}, goal, reason)


def _milliseconds(name: str, times: Times) -> Figure:
    plain = {PLAIN: median(times.plain) * 1000}
    return Figure(name, "ms", median(times.ours) * 1000, plain)


def main() -> int:
    """Run from the command line; 0 only if everything was measured."""
    options = parser("the vault against plain SQLite").parse_args()
    plan = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(prefix="safesession-bench-") as scratch:
        bench = Bench(plan, Path(scratch))
        try:
            figures = bench.figures()
            engine = bench.engine()
        finally:
            bench.close()
    figures += memory_figures()
    where = machine(("sqlcipher3", "pynacl", "keyring"), engine=engine)
    report = Report("vault", where, plan.rounds, figures)
    return finish(report, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
