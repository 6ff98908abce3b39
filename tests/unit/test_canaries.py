"""The search for canaries finds them, however they are written down."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
from pathlib import Path

import pytest
from tests.support.canaries import Canaries, cells_of, files_below, memory_of


NAME, KEY = "王老师 of the canaries", bytes(range(100, 132))


@pytest.fixture
def canaries() -> Canaries:
    made = Canaries()
    made.plant("name", NAME)
    made.plant("key", KEY)
    return made


@pytest.mark.parametrize(
    "written",
    [
        NAME.encode(),
        NAME.encode("utf-16-le"),
        NAME.encode("utf-16-be"),
        NAME.encode("gb18030"),
        NAME.encode().hex().encode(),
        json.dumps({"n": NAME}).encode(),
        json.dumps({"n": NAME}, ensure_ascii=False).encode(),
        *(base64.b64encode(b"x" * n + NAME.encode() + b"yz") for n in range(4)),
        *(base64.urlsafe_b64encode(b"x" * n + NAME.encode()) for n in range(4)),
    ],
)
def test_a_name_is_found_in_every_spelling(canaries, written: bytes) -> None:
    assert canaries.found_in([b"before", b"abc" + written + b"def"]) == {"name"}


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        KEY.hex().encode(),
        KEY.hex(":").upper().encode(),
        *(base64.b64encode(b"x" * n + KEY + b"yz") for n in range(4)),
    ],
)
def test_a_key_is_found_in_every_spelling(canaries, written: bytes) -> None:
    assert canaries.found_in([b"abc" + written + b"def"]) == {"key"}


def test_nothing_is_found_where_nothing_is(canaries) -> None:
    assert canaries.found_in([os.urandom(100_000)]) == set()


def test_files_and_cells_are_looked_through(canaries, tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite3"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE t(a TEXT, b BLOB)")
    connection.execute("INSERT INTO t VALUES (?, ?)", (NAME, KEY))
    connection.commit()
    assert canaries.found_in(cells_of(database)) == {"name", "key"}
    assert canaries.found_in(files_below(tmp_path)) == {"name", "key"}
    connection.close()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="reads /proc")
def test_our_own_memory_is_looked_through(canaries) -> None:
    assert canaries.found_in(memory_of(os.getpid())) >= {"name", "key"}
