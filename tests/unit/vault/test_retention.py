"""Records are kept for their period, reviewed, then gone for good."""

from __future__ import annotations

import datetime as dt
import random
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.vaults import add_client, write_note

from safesession.errors import LocalProtocolError
from safesession.vault import errors
from safesession.vault.connection import connect
from safesession.vault.custody import CustodyEvent
from safesession.vault.header import decode
from safesession.vault.retention import add_years


YEAR_S = 366 * 86_400


def run(vault, job):
    return vault.run(job).result()


def test_ten_years_by_default_from_the_last_activity(vault, desk) -> None:
    client = add_client(vault)
    write_note(vault, "x", client=client)
    assert run(vault, lambda v: v.retention.years) == 10
    desk.now_s += 5 * YEAR_S
    run(vault, lambda v: v.clients.close(client))
    desk.now_s += 9 * YEAR_S
    assert run(vault, lambda v: v.retention.due()) == ()
    desk.now_s += 2 * YEAR_S
    (review,) = run(vault, lambda v: v.retention.due())
    assert (review.client_id, review.records, review.process_notes) == (client, 1, 0)


def test_institution_and_file_may_set_their_own_period(vault, desk) -> None:
    client = add_client(vault)
    run(vault, lambda v: v.retention.set_years(3))
    desk.now_s += 4 * YEAR_S
    assert len(run(vault, lambda v: v.retention.due())) == 1
    run(vault, lambda v: v.retention.set_client_years(client, 30))
    assert run(vault, lambda v: v.retention.due()) == ()
    run(vault, lambda v: v.retention.set_client_years(client, None))
    assert len(run(vault, lambda v: v.retention.due())) == 1
    for years in (0, -1, 101):
        with pytest.raises(LocalProtocolError):
            run(vault, lambda v, y=years: v.retention.set_years(y))
    events = [e.event for e in run(vault, lambda v: v.custody.entries())]
    assert events.count(CustodyEvent.RETENTION_SET) == 3


def test_nothing_goes_before_its_time_or_unreviewed(vault, desk) -> None:
    client = add_client(vault)
    review = run(vault, lambda v: v.retention.review(client))
    with pytest.raises(errors.StillRetainedError):
        vault.erase([review]).result()
    desk.now_s += 11 * YEAR_S
    write_note(vault, "something new", client=client)
    with pytest.raises(errors.ReviewStaleError):
        vault.erase([review]).result()
    assert len(run(vault, lambda v: v.clients.all())) == 1


def test_erasing_leaves_no_trace_but_the_custody_line(vault, desk) -> None:
    marker = "暗号MARKER"
    gone = add_client(vault, "GONE-1", "Name Gone")
    saved = write_note(vault, marker * 50, client=gone)
    run(vault, lambda v: v.notes.save(saved.note_id, 1, marker, "shorter"))
    run(vault, lambda v: v.attachments.add(saved.note_id, marker, "a/b", b"x" * 5000))
    run(vault, lambda v: v.take_snapshot())
    desk.now_s += 11 * YEAR_S
    stays = add_client(vault, "STAYS")
    kept = write_note(vault, "stays", client=stays)
    old_key = run(vault, lambda v: v.keys.database)
    (review,) = run(vault, lambda v: v.retention.due())
    assert review.attachments == 1
    vault.erase([review]).result()

    def look(v):
        tables = [
            name
            for (name,) in v.store.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        ]
        found = [
            (table, row)
            for table in tables
            for row in v.store.rows(f"SELECT * FROM {table}")  # noqa: S608
            if any("MARKER" in str(x) or "marker" in str(x) for x in row)
        ]
        return (
            found,
            v.keys.database,
            v.search.find("暗号"),
            v.clients.by_code("GONE-1"),
        )

    found, new_key, results, client = run(vault, look)
    assert (found, results, client) == ([], (), None)
    assert new_key != old_key, "what is left on the disk of the old file is noise now"
    after = {path.name for path in desk.folder.rglob("*") if path.is_file()}
    assert not [n for n in after if "-000001-" in n or n == "vault-000001.db"]
    assert run(vault, lambda v: v.notes.read(kept.note_id)).body == "stays"
    health = run(vault, lambda v: v.check_everything())
    assert health.well
    events = [e.event for e in run(vault, lambda v: v.custody.entries())]
    assert events[:2] == [CustodyEvent.ERASED, CustodyEvent.DELETED]
    vault.lock().result()
    vault.unlock_with_sheet(desk.recovery).result()


def test_a_signed_file_with_everything_in_it_goes_whole(vault, desk) -> None:
    """Triggers keep signed notes, their addenda and files fixed; a review lifts that."""
    gone = add_client(vault)
    saved = write_note(vault, "暗号MARKER", client=gone)
    run(vault, lambda v: v.attachments.add(saved.note_id, "a", "b/c", b"MARKER"))
    run(vault, lambda v: v.notes.sign(saved.note_id, 1))
    run(vault, lambda v: v.notes.addend(saved.note_id, "MARKER again"))
    desk.now_s += 11 * YEAR_S
    vault.erase(run(vault, lambda v: v.retention.due())).result()
    tables = ("note", "note_version", "addendum", "attachment", "client")
    counts = run(
        vault,
        lambda v: [
            v.store.value(f"SELECT count(*) FROM {table}")  # noqa: S608
            for table in tables
        ],
    )
    assert counts == [0] * len(tables)
    assert run(vault, lambda v: v.search.find("暗号")) == ()


def test_a_reason_lies_with_the_file_and_goes_with_it(vault, desk) -> None:
    client = add_client(vault)
    desk.now_s += 11 * YEAR_S
    (review,) = run(vault, lambda v: v.retention.due())
    run(vault, lambda v: v.retention.keep_longer(review, 1, "投诉\n MARKER"))
    assert run(vault, lambda v: v.retention.review(client)).kept_because == (
        "投诉 MARKER"
    )
    desk.now_s += 2 * YEAR_S
    vault.erase(run(vault, lambda v: v.retention.due())).result()
    lines = run(vault, lambda v: v.store.rows("SELECT * FROM custody"))
    assert "MARKER" not in str(lines)


def test_a_later_period_of_its_own_counts_more_than_the_reason(vault, desk) -> None:
    client = add_client(vault)
    desk.now_s += 11 * YEAR_S
    (review,) = run(vault, lambda v: v.retention.due())
    run(vault, lambda v: v.retention.keep_longer(review, 1, "x"))
    run(vault, lambda v: v.retention.set_client_years(client, 30))
    desk.now_s += 5 * YEAR_S
    assert run(vault, lambda v: v.retention.due()) == ()


def test_what_is_due_is_found_without_reading_every_file(
    vault, desk, monkeypatch
) -> None:
    dice = random.Random(7)
    for number in range(60):
        client = add_client(vault, f"C-{number:02}")
        ago_ms = dice.randrange(0, 3 * 366) * 86_400_000
        session_ms = int(desk.now_s * 1000) - ago_ms
        write_note(vault, "x", client=client, at_ms=session_ms)
        if dice.random() < 0.3:
            run(vault, lambda v, c=client: v.retention.set_client_years(c, 2))
        desk.now_s += dice.randrange(0, 30) * 86_400.0
    desk.now_s += 9 * YEAR_S
    now_ms = int(desk.now_s * 1000)

    def job(v):
        reviews = [v.retention.review(client.id) for client in v.clients.all()]
        asked = []
        whole = v.retention.review
        monkeypatch.setattr(
            v.retention, "review", lambda c: asked.append(c) or whole(c)
        )
        return reviews, v.retention.state(), len(asked)

    reviews, state, asked = run(vault, job)
    due = tuple(one for one in reviews if one.keep_until_ms <= now_ms)
    assert due
    assert state.due == due
    assert state.files == 60
    assert state.next_due_ms == min(
        one.keep_until_ms for one in reviews if one.keep_until_ms > now_ms
    )
    assert asked < 60


def test_a_copy_of_the_old_file_is_noise_for_whoever_opens_the_vault(
    vault, desk
) -> None:
    """Deleting is by key: the new key file, whole and opened, does not help."""
    gone = add_client(vault)
    write_note(vault, "暗号MARKER", client=gone)
    old_keys = run(vault, lambda v: v.keys)
    run(vault, lambda v: v.store.checkpoint())
    copy = desk.home / "remnant.db"
    shutil.copy(desk.folder / "vault-000001.db", copy)
    old_box = run(vault, lambda v: v.header.file_key_box)
    desk.now_s += 11 * YEAR_S
    vault.erase(run(vault, lambda v: v.retention.due())).result()
    keys = run(vault, lambda v: v.keys)
    assert keys.master == old_keys.master
    with pytest.raises(errors.DamagedError):
        connect(copy, keys.database)
    connect(copy, old_keys.database).close()  # the control
    for name in ("vault.header", "vault.header.copy"):
        header = decode((desk.folder / name).read_bytes())
        assert header.file_key_box != old_box


def test_the_index_keeps_no_piece_of_a_deleted_word(vault, desk) -> None:
    """FTS5 keeps deleted terms until its pieces are merged."""
    gone = add_client(vault)
    for n in range(20):
        write_note(vault, f"filler {n} xyzzyplugh", client=gone)
    desk.now_s += 11 * YEAR_S
    due = run(vault, lambda v: v.retention.due())

    def traces(v):
        rows = v.store.rows("SELECT block FROM note_search_data")
        return sum(b"xyzzyplugh" in bytes(block) for (block,) in rows)

    assert run(vault, traces)
    vault.erase(due).result()
    assert run(vault, traces) == 0


def test_an_interrupted_erasing_is_finished_at_the_next_unlocking(vault, desk) -> None:
    add_client(vault)
    desk.now_s += 11 * YEAR_S
    (review,) = run(vault, lambda v: v.retention.due())
    run(vault, lambda v: v.retention.delete(review))  # and then the power went
    old_key = run(vault, lambda v: v.keys.database)
    vault.lock().result()
    vault.unlock_with_sheet(desk.recovery).result()
    assert run(vault, lambda v: v.keys.database) != old_key
    events = [e.event for e in run(vault, lambda v: v.custody.entries())]
    assert CustodyEvent.ERASED in events


@given(
    st.dates(dt.date(1970, 1, 2), dt.date(2200, 1, 1)),
    st.integers(1, 100),
)
def test_years_are_calendar_years(day, years) -> None:
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    at_ms = int(noon.timestamp() * 1000)
    then = dt.datetime.fromtimestamp(add_years(at_ms, years) / 1000, dt.UTC)
    if (day.month, day.day) == (2, 29) and then.month == 3:
        assert (then.year, then.day) == (day.year + years, 1)
    else:
        assert (then.year, then.month, then.day) == (
            day.year + years,
            day.month,
            day.day,
        )
