"""Attempts, journal, search terms, autosave, worker: the parts alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.errors import LocalProtocolError
from safesession.vault import errors
from safesession.vault.attempts import AttemptFile
from safesession.vault.files import (
    VaultPaths,
    copy_whole,
    disk_errors,
    remove_unfinished,
    set_aside,
    write_whole,
)
from safesession.vault.generations import Stage, superseded
from safesession.vault.journal import JournalWriter, Statement, read_journal
from safesession.vault.text_search import indexed, match_expression, snippet, terms_of
from safesession.vault.worker import Worker


# --- attempts -------------------------------------------------------------------------


def test_pauses_grow_and_end(tmp_path) -> None:
    file = AttemptFile(tmp_path / "attempts")
    now_ms, waited = 1_000_000, []
    for _ in range(14):
        try:
            file.begin(now_ms)
        except errors.UnlockTooSoonError as refusal:
            waited.append(refusal.wait_s)
            now_ms += refusal.wait_s * 1000
            file.begin(now_ms)
    assert waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    file.succeed()
    file.begin(now_ms)
    assert file.read().failed == 1


def test_a_try_is_counted_before_its_answer(tmp_path) -> None:
    path = tmp_path / "attempts"
    before = AttemptFile(path).begin(5)
    assert AttemptFile(path).read().failed == 1, "a kill here gives no free guess"
    AttemptFile(path).take_back(before)
    assert AttemptFile(path).read().failed == 0


def test_a_clock_set_back_waits_no_longer_than_the_pause(tmp_path) -> None:
    file = AttemptFile(tmp_path / "attempts")
    for _ in range(3):
        file.begin(10_000_000)
    assert file.read().wait_s(0) == 1


@given(st.binary(max_size=2100))
def test_any_bytes_are_a_count(tmp_path, junk) -> None:
    path = tmp_path / "attempts"
    path.write_bytes(junk)
    assert AttemptFile(path).read().damaged


# --- journal --------------------------------------------------------------------------

KEY, VAULT = bytes(32), bytes(16)
VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(max_size=20),
    st.binary(max_size=20),
)
RECORDS = st.lists(st.lists(VALUES, max_size=4), max_size=6)


def write(path, bodies, end: int = 0, start: int = 1) -> JournalWriter:
    writer = JournalWriter(path, VAULT, KEY, os.urandom, end)
    for number, values in enumerate(bodies, start):
        writer.append(number, number * 10, "s", [Statement("SQL", values, 1)])
    return writer


@given(RECORDS)
def test_a_journal_gives_back_what_it_got(tmp_path, bodies) -> None:
    path = tmp_path / "j"
    path.unlink(missing_ok=True)
    writer = write(path, bodies)
    writer.close()
    content = read_journal(path, VAULT, KEY)
    assert content.intact
    assert content.end == path.stat().st_size == writer.size_bytes
    assert [r.statements[0].values for r in content.records] == bodies
    assert [r.sequence for r in content.records] == list(range(1, len(bodies) + 1))


@given(RECORDS, st.integers(0), st.binary(min_size=1, max_size=30))
def test_a_mutated_journal_never_raises_and_never_lies(
    tmp_path, bodies, place, put
) -> None:
    path = tmp_path / "j"
    path.unlink(missing_ok=True)
    write(path, bodies).close()
    whole = path.read_bytes()
    at = place % (len(whole) + 1)
    mutated = whole[:at] + put + whole[at + len(put) :]
    path.write_bytes(mutated)
    content = read_journal(path, VAULT, KEY)
    for record in content.records:
        assert list(record.statements[0].values) == bodies[record.sequence - 1]
    if mutated != whole:
        assert not content.intact


@given(st.binary(max_size=200))
def test_any_bytes_are_read_as_no_journal(tmp_path, junk) -> None:
    path = tmp_path / "junk"
    path.write_bytes(junk)
    assert not read_journal(path, VAULT, KEY).records


def test_a_torn_end_is_cut_and_continued(tmp_path) -> None:
    path = tmp_path / "j"
    write(path, [["a"], ["b"]]).close()
    path.write_bytes(path.read_bytes()[:-3])
    content = read_journal(path, VAULT, KEY)
    assert content.torn
    assert [r.sequence for r in content.records] == [1]
    write(path, [["c"]], content.end, start=2).close()
    content = read_journal(path, VAULT, KEY)
    assert content.intact
    assert [r.statements[0].values for r in content.records] == [["a"], ["c"]]


def test_a_record_taken_back_is_not_there(tmp_path) -> None:
    path = tmp_path / "j"
    writer = write(path, [["a"], ["b"]])
    writer.take_back(last_record=True)
    writer.append(2, 1, "s", [Statement("SQL", ["c"], 1)])
    writer.close()
    values = [r.statements[0].values for r in read_journal(path, VAULT, KEY).records]
    assert values == [["a"], ["c"]]


# --- files and names ------------------------------------------------------------------


def test_unfinished_files_are_swept_and_damaged_ones_kept(tmp_path) -> None:
    (tmp_path / "a.unfinished").touch()
    (tmp_path / "a.unfinished-wal").touch()
    (tmp_path / "b").write_bytes(b"keep")
    remove_unfinished(tmp_path)
    remove_unfinished(tmp_path / "nowhere")
    assert [p.name for p in tmp_path.iterdir()] == ["b"]
    for _ in range(3):
        (tmp_path / "b").write_bytes(b"keep")
        assert set_aside(tmp_path / "b", tmp_path / "damaged", "7") is not None
    assert len(list((tmp_path / "damaged").iterdir())) == 3
    assert set_aside(tmp_path / "b", tmp_path / "damaged", "7") is None


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "x"
    write_whole(path, b"old")

    def full(descriptor):
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(errors.DiskFullError):
        write_whole(path, b"new")
    with pytest.raises(errors.DiskFullError):
        copy_whole(path, tmp_path / "y")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x": b"old"}


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (28, errors.DiskFullError),
        (30, errors.VaultReadOnlyError),
        (13, errors.VaultReadOnlyError),
        (5, errors.DiskFailedError),
    ],
)
def test_the_systems_words_become_ours(number, kind) -> None:
    with pytest.raises(kind) as refusal, disk_errors():
        raise OSError(number, "words", "/secret/path")
    assert "secret" not in str(refusal.value)


def test_what_no_repair_needs(tmp_path) -> None:
    paths = VaultPaths(tmp_path)
    for folder in (paths.snapshots, paths.journals):
        folder.mkdir()
    stages = [Stage(1, 3, 9), *(Stage(2, 3, n) for n in (0, 5, 10, 15))]
    for stage in stages:
        stage.snapshot(paths).touch()
        stage.journal(paths).touch()
    gone = {path.name for path in superseded(paths, 2)}
    expected = [stages[0], stages[1]]
    assert gone == {s.snapshot(paths).name for s in expected} | {
        s.journal(paths).name for s in expected
    }
    assert superseded(paths, 3) == []


# --- search terms ---------------------------------------------------------------------


def test_terms_and_expressions() -> None:
    assert terms_of("焦虑 panic，Panic 睡眠x") == ("焦虑", "panic", "睡眠", "x")
    assert match_expression('焦虑 "OR NEAR') == '"焦 虑" AND "or" * AND "near" *'
    assert match_expression(" -*() ") == ""
    for _ in range(2):  # the table is filled the first time
        assert indexed("a焦虑b　Ｃ").split() == ["a", "焦", "虑", "b", "C"]


@given(st.text(max_size=300), st.text(max_size=10))
def test_snippets_mark_what_stands_there(text, query) -> None:
    found = snippet(text, query)
    assert len(found.text) <= 82
    for start, end in found.marks:
        assert 0 <= start < end <= len(found.text)


def test_what_was_looked_for_stays_in_no_cache() -> None:
    """`re` would keep a pattern, and with it the words, beyond the lock."""
    snippet("最近焦虑明显, panic attacks", "焦虑明显 panic")
    kept = str([table for table in vars(re).values() if isinstance(table, dict)])
    assert "re.compile" in kept
    assert "焦虑明显" not in kept
    assert "panic" not in kept


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("panic, Panicky, not-panic, xpanic", "panic", [(0, 5), (7, 12), (20, 25)]),
        ("焦虑焦虑", "焦虑", [(0, 2), (2, 4)]),
        ("aab aaab", "aab", [(0, 3)]),
        ("a_b", "b", [(2, 3)]),
    ],
)
def test_latin_words_match_by_their_beginning(text, query, marks) -> None:
    assert snippet(text, query).marks == tuple(marks)


def test_a_snippet_shows_the_place() -> None:
    found = snippet("前" * 200 + "焦虑" + "后" * 200, "焦虑")
    ((start, end),) = found.marks
    assert found.text[start:end] == "焦虑"
    assert found.text.startswith("…")
    assert found.text.endswith("…")


# --- the thread -----------------------------------------------------------------------


def test_jobs_run_in_order_on_one_thread_and_errors_come_back() -> None:
    worker = Worker()
    seen: list[tuple[int, str]] = []

    def note(n: int) -> int:
        seen.append((n, threading.current_thread().name))
        return n

    futures = [worker.submit(lambda n=n: note(n)) for n in range(5)]

    def fail() -> None:
        secret = "a note's text"
        raise LocalProtocolError(f"{len(secret)}")

    failed = worker.submit(fail)
    assert [f.result() for f in futures] == list(range(5))
    error = failed.exception()
    assert isinstance(error, LocalProtocolError)
    frame = error.__traceback__
    while frame is not None:
        assert "secret" not in frame.tb_frame.f_locals
        frame = frame.tb_next
    worker.stop()
    assert {name for _, name in seen} == {"safesession-vault"}
    assert [n for n, _ in seen] == list(range(5))
    with pytest.raises(errors.VaultLockedError):
        worker.submit(lambda: 1).result()
    worker.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux's")
def test_the_process_hides_its_memory() -> None:
    code = (
        "import os, resource; from safesession.vault import process_privacy as p\n"
        "print(p.make_process_private(), resource.getrlimit(resource.RLIMIT_CORE),"
        " oct(os.umask(0)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    expected = "Privacy(no_core_dumps=True, not_dumpable=True) (0, 0) 0o77\n"
    assert done.stdout == expected
