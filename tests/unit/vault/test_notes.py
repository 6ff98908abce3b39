"""Notes: saved when they say so, never overwritten in silence, fixed once signed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.vaults import add_client, write_note

from safesession.core.note_types import (
    ChangeKind,
    NewNote,
    NoteKind,
    Order,
    Saved,
    SignatureState,
    TimelineKind,
)
from safesession.vault import errors
from safesession.vault.custody import CustodyEvent
from safesession.vault.note_versions import compare, deserves_version, removed_chars


def run(vault, job):
    return vault.run(job).result()


def save(vault, saved: Saved, body: str, title: str = "t") -> Saved:
    return run(
        vault, lambda v: v.notes.save(saved.note_id, saved.revision, title, body)
    )


# --- saving ---------------------------------------------------------------------------


def test_a_save_is_read_back_by_another_connection(vault) -> None:
    saved = save(vault, write_note(vault, "一"), "一二")
    found = run(
        vault,
        lambda v: v.store._witness.rows("SELECT body, revision FROM note"),
    )
    assert found == [("一二", 2)]
    assert saved.revision == 2


def test_what_was_not_written_is_not_called_saved(vault) -> None:
    """A row that is not there afterwards is an error, not a time of saving."""
    saved = write_note(vault, "first")

    def job(v):
        real = v.store._witness

        class Forgetful:
            def rows(self, sql, values=()):
                return real.rows(f"SELECT * FROM ({sql}) WHERE 0", values)  # noqa: S608

            def close(self):
                real.close()

        v.store._witness = Forgetful()
        try:
            return v.notes.save(saved.note_id, 1, "t", "second")
        finally:
            v.store._witness = real

    with pytest.raises(errors.NotVerifiedError):
        run(vault, job)


def test_half_a_character_costs_nothing_but_itself(vault) -> None:
    saved = write_note(vault, "before \ud83d after")
    saved = save(vault, saved, "smile \ud83d\ude42, half \ude42")
    note = run(vault, lambda v: v.notes.read(saved.note_id))
    assert note.body == "smile \U0001f642, half \ufffd"
    (kept,) = run(vault, lambda v: v.notes.versions(saved.note_id))
    text = run(vault, lambda v: v.notes.version_text(saved.note_id, kept.revision))
    assert text == "before \ufffd after"


def test_saving_the_same_again_changes_nothing(vault) -> None:
    saved = save(vault, write_note(vault, "x"), "y")
    assert save(vault, saved, "y") == saved


def test_two_windows_never_overwrite_each_other(vault) -> None:
    first = write_note(vault, "begin")
    save(vault, first, "from one window")
    with pytest.raises(errors.NoteConflictError):
        save(vault, first, "from the other")
    with pytest.raises(errors.NoteConflictError):
        run(vault, lambda v: v.notes.sign(first.note_id, first.revision))


def test_a_note_needs_a_client(vault) -> None:
    new = NewNote(99, NoteKind.RECORD, "soap", 0)
    with pytest.raises(errors.NoSuchRecordError):
        run(vault, lambda v: v.notes.begin(new))
    with pytest.raises(errors.NoSuchRecordError):
        run(vault, lambda v: v.notes.read(99))


def test_lists_and_the_note_before(vault) -> None:
    client = add_client(vault)
    other = add_client(vault, "B-001")
    days = [write_note(vault, f"day {n}", client=client, at_ms=n) for n in (3, 1, 2)]
    mine = write_note(vault, "private", client=client, at_ms=2, kind=NoteKind.PROCESS)
    write_note(vault, "elsewhere", client=other, at_ms=9)
    order = [h.id for h in run(vault, lambda v: v.notes.of_client(client))]
    assert order == [days[0].note_id, mine.note_id, days[2].note_id, days[1].note_id]
    newest = run(vault, lambda v: v.notes.newest(2))
    assert [head.session_at_ms for head in newest] == [9, 3]
    before = run(vault, lambda v: v.notes.previous(days[0].note_id))
    assert before.id == days[2].note_id, "of the same kind"
    assert run(vault, lambda v: v.notes.previous(days[1].note_id)) is None


# --- versions -------------------------------------------------------------------------


def test_what_was_taken_out_can_be_found_compared_and_brought_back(vault) -> None:
    saved = write_note(vault, "来访者说：我很难过，睡不着，不想上班。")
    shorter = save(vault, saved, "来访者说：不想上班。")
    (version,) = run(vault, lambda v: v.notes.versions(saved.note_id))
    assert (version.revision, version.characters) == (1, 19)
    pieces = run(vault, lambda v: v.notes.compare(saved.note_id, 1, 2))
    gone = [p.text for p in pieces if p.kind is ChangeKind.REMOVED]
    assert "".join(gone) == "我很难过，睡不着，"
    back = run(vault, lambda v: v.notes.restore(saved.note_id, 1, shorter.revision))
    note = run(vault, lambda v: v.notes.read(saved.note_id))
    assert note.body == "来访者说：我很难过，睡不着，不想上班。"
    assert note.head.revision == back.revision == 3
    kept = run(vault, lambda v: v.notes.versions(saved.note_id))
    assert [v.revision for v in kept] == [2, 1], "the shorter text is kept too"


def test_a_version_is_kept_every_minute(vault, desk) -> None:
    saved = write_note(vault, "a")
    for n in range(2, 200):
        desk.now_s += 1
        saved = save(vault, saved, "a" * n)
    kept = run(vault, lambda v: v.notes.versions(saved.note_id))
    assert 3 <= len(kept) <= 5


def test_versions_that_do_not_exist(vault) -> None:
    saved = write_note(vault, "a")
    with pytest.raises(errors.NoSuchRecordError):
        run(vault, lambda v: v.notes.version_text(saved.note_id, 7))


TEXTS = st.text(alphabet="ab 焦虑。\n", max_size=40)


@given(TEXTS, TEXTS)
def test_a_comparison_holds_both_texts_whole(old, new) -> None:
    pieces = compare(old, new)
    assert "".join(p.text for p in pieces if p.kind is not ChangeKind.ADDED) == old
    assert "".join(p.text for p in pieces if p.kind is not ChangeKind.REMOVED) == new


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_removed_counts_at_most_what_was_cut(start, cut, put, end) -> None:
    removed = removed_chars(start + cut + end, start + put + end)
    assert 0 <= removed <= len(cut)
    long = "x" * 12
    assert deserves_version(start + long + end, start + end, 0, 1) or (
        removed_chars(start + long + end, start + end) < 12
    )


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_every_word_that_was_saved_and_removed_is_kept(vault, texts) -> None:
    """Whatever twelve characters once were saved stand in the note or a version."""
    saved = write_note(vault, "")
    before = ""
    for text in texts:
        saved = save(vault, saved, text)
        kept = run(
            vault,
            lambda v, s=saved: [
                v.notes.version_text(s.note_id, head.revision)
                for head in v.notes.versions(s.note_id)
            ],
        )
        if removed_chars(before, text) >= 12:
            assert before in kept
        before = text


# --- signing --------------------------------------------------------------------------


def test_a_signed_note_is_fixed_and_takes_addenda(vault) -> None:
    saved = write_note(vault, "final")
    head = run(vault, lambda v: v.notes.sign(saved.note_id, 1))
    assert head.signed_at_ms is not None
    for job in (
        lambda v: v.notes.save(saved.note_id, 1, "t", "changed"),
        lambda v: v.notes.sign(saved.note_id, 1),
        lambda v: v.notes.restore(saved.note_id, 1, 1),
        lambda v: v.attachments.add(saved.note_id, "a.txt", "text/plain", b"x"),
    ):
        with pytest.raises(errors.NoteSignedError):
            run(vault, job)
    run(vault, lambda v: v.notes.addend(saved.note_id, "来访者来电更正"))
    run(vault, lambda v: v.notes.addend(saved.note_id, "second"))
    note = run(vault, lambda v: v.notes.read(saved.note_id))
    assert [a.number for a in note.addenda] == [1, 2]
    assert note.body == "final"
    state = run(vault, lambda v: v.notes.check_signature(saved.note_id))
    assert state is SignatureState.GOOD
    events = [e.event for e in run(vault, lambda v: v.custody.entries())]
    assert events[:3] == [
        CustodyEvent.ADDENDED,
        CustodyEvent.ADDENDED,
        CustodyEvent.SIGNED,
    ]


def test_an_open_note_takes_no_addendum(vault) -> None:
    saved = write_note(vault, "open")
    with pytest.raises(errors.NoteNotSignedError):
        run(vault, lambda v: v.notes.addend(saved.note_id, "x"))
    state = run(vault, lambda v: v.notes.check_signature(saved.note_id))
    assert state is SignatureState.OPEN


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE note SET body = 'other'",
        "UPDATE note SET session_at_ms = 5",
        "UPDATE note SET kind = 'process'",
        "UPDATE note SET signed_at_ms = signed_at_ms + 1",
        "UPDATE note SET signer = zeroblob(32)",
        "UPDATE addendum SET body = 'other'",
        "UPDATE addendum SET written_at_ms = 1",
        "UPDATE attachment SET digest = zeroblob(64)",
        "DELETE FROM attachment",
    ],
)
def test_whoever_goes_around_the_triggers_breaks_the_signature(vault, forgery) -> None:
    saved = write_note(vault, "final")
    run(
        vault,
        lambda v: v.attachments.add(saved.note_id, "a.txt", "text/plain", b"bytes"),
    )
    run(vault, lambda v: v.notes.sign(saved.note_id, 1))
    run(vault, lambda v: v.notes.addend(saved.note_id, "more"))

    def job(v):
        with pytest.raises(Exception, match="fixed"):
            v.store.connection.execute(forgery)
        for (name,) in v.store.rows(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ):
            v.store.connection.execute(f"DROP TRIGGER {name}")
        v.store.connection.execute(forgery)
        return v.notes.check_signature(saved.note_id), v.check_everything()

    state, health = run(vault, job)
    assert state is SignatureState.BROKEN
    assert health.bad_signatures == (saved.note_id,)
    assert not health.well


# --- around notes ---------------------------------------------------------------------


def test_opening_is_written_down_once_per_unlocking(vault) -> None:
    saved = write_note(vault, "x")
    run(vault, lambda v: v.notes.open(saved.note_id))
    run(vault, lambda v: v.notes.open(saved.note_id))
    lines = run(vault, lambda v: v.custody.entries())
    assert [e.subject for e in lines if e.event is CustodyEvent.OPENED] == [
        f"note:{saved.note_id}"
    ]


def test_attachments_come_back_as_they_went_in(vault) -> None:
    saved = write_note(vault, "x")
    content = bytes(range(256)) * 5000

    def add(name="扫描.pdf", data=content):
        return run(
            vault,
            lambda v: v.attachments.add(saved.note_id, name, "application/pdf", data),
        )

    made = add()
    assert run(vault, lambda v: v.attachments.content(made.id)) == content
    assert run(vault, lambda v: v.attachments.of_note(saved.note_id)) == (made,)
    assert "扫描" not in repr(made)
    for bad in ("", "a/b", "..\\x", "x" * 201, "a\nb"):
        with pytest.raises(errors.AttachmentError):
            add(name=bad)
    with pytest.raises(errors.AttachmentError):
        add(data=b"")
    run(vault, lambda v: v.attachments.remove(made.id))
    assert run(vault, lambda v: v.attachments.of_note(saved.note_id)) == ()
    with pytest.raises(errors.NoSuchRecordError):
        run(vault, lambda v: v.attachments.content(made.id))
    with pytest.raises(errors.NoSuchRecordError):
        run(vault, lambda v: v.attachments.add(99, "a", "b", b"c"))


def test_process_notes_leave_only_when_named(vault) -> None:
    client = add_client(vault)
    formal = write_note(vault, "formal", client=client)
    private = write_note(vault, "private", client=client, kind=NoteKind.PROCESS)
    export = run(vault, lambda v: v.exports.client_file(client, "pdf"))
    assert [n.note.head.id for n in export.notes] == [formal.note_id]
    both = [formal.note_id, private.note_id]
    with pytest.raises(errors.ExportForbiddenError):
        run(vault, lambda v: v.exports.notes(both, "pdf"))
    export = run(vault, lambda v: v.exports.notes(both, "pdf", process_notes=True))
    assert len(export.notes) == 2
    assert "formal" not in repr(export)
    stranger = write_note(vault, "x")
    with pytest.raises(errors.ExportForbiddenError):
        run(vault, lambda v: v.exports.notes([formal.note_id, stranger.note_id], "pdf"))
    lines = run(vault, lambda v: v.custody.entries())
    exported = [e.detail for e in lines if e.event is CustodyEvent.EXPORTED]
    assert exported == ["pdf 1 records 1 process notes", "pdf 1 records"]


def test_clients_have_one_code_each_and_a_private_label(vault) -> None:
    client = add_client(vault)
    with pytest.raises(errors.DuplicateCodeError):
        add_client(vault)
    other = add_client(vault, "B-1", "")
    with pytest.raises(errors.DuplicateCodeError):
        run(vault, lambda v: v.clients.rename(other, "A-017", "x"))
    found = run(vault, lambda v: v.clients.get(client))
    assert found.label(private=True) == "A-017"
    assert found.label(private=False) == "A-017 王小明"
    assert "王" not in repr(found)
    assert run(vault, lambda v: v.clients.by_code("B-1")).id == other
    assert run(vault, lambda v: v.clients.by_code("C")) is None
    renamed = run(vault, lambda v: v.clients.rename(other, "B-2", "李"))
    assert renamed.label(private=False) == "B-2 李"
    assert len(run(vault, lambda v: v.clients.all())) == 2
    with pytest.raises(errors.NoSuchRecordError):
        run(vault, lambda v: v.clients.get(77))


def test_the_timeline_tells_everything_in_order(vault, desk) -> None:
    client = add_client(vault)
    start = int(desk.now_s * 1000)
    saved = write_note(vault, "x", client=client, at_ms=start + 1)
    run(vault, lambda v: v.notes.sign(saved.note_id, 1))
    desk.now_s += 10
    run(vault, lambda v: v.notes.addend(saved.note_id, "y"))
    desk.now_s += 10
    run(vault, lambda v: v.exports.client_file(client, "pdf"))
    desk.now_s += 10
    assert run(vault, lambda v: v.clients.close(client)).closed_at_ms
    lines = run(vault, lambda v: v.timeline(client))
    assert [line.kind for line in lines] == [
        TimelineKind.FILE_CLOSED,
        TimelineKind.EXPORTED,
        TimelineKind.ADDENDUM,
        TimelineKind.NOTE,
        TimelineKind.FILE_OPENED,
    ]
    assert lines[3].signed
    assert run(vault, lambda v: v.clients.reopen(client)).closed_at_ms is None


# --- search ---------------------------------------------------------------------------


def found(vault, query, **options) -> list[int]:
    results = run(vault, lambda v: v.search.find(query, **options))
    return [result.head.id for result in results]


def test_chinese_and_english_are_found_with_snippets(vault) -> None:
    client = add_client(vault)
    one = write_note(vault, "最近焦虑明显，Panic attacks at night", client=client)
    two = write_note(vault, "焦点在虑事", client=client, kind=NoteKind.PROCESS)
    three = write_note(vault, "nothing here", title="关于焦虑")
    assert found(vault, "焦虑") == [three.note_id, one.note_id]
    assert found(vault, "焦") == [three.note_id, two.note_id, one.note_id]
    assert found(vault, "panic 焦虑") == [one.note_id]
    assert found(vault, "pan") == [one.note_id]
    assert found(vault, "ＰＡＮＩＣ") == [one.note_id]
    assert found(vault, "焦虑", order=Order.RELEVANCE)
    assert found(vault, "焦", client_id=client, kind=NoteKind.PROCESS) == [two.note_id]
    assert found(vault, "") == found(vault, " !?* ") == []
    (result,) = run(vault, lambda v: v.search.find("panic"))
    start, end = result.snippet.marks[0]
    assert result.snippet.text[start:end] == "Panic"


def test_what_was_edited_out_is_no_longer_found(vault) -> None:
    saved = write_note(vault, "焦虑")
    save(vault, saved, "平静")
    assert found(vault, "焦虑") == []
    assert found(vault, "平静") == [saved.note_id]


def test_addenda_are_found_with_their_snippet(vault) -> None:
    saved = write_note(vault, "x")
    run(vault, lambda v: v.notes.sign(saved.note_id, 1))
    run(vault, lambda v: v.notes.addend(saved.note_id, "补充：失眠好转"))
    (result,) = run(vault, lambda v: v.search.find("失眠"))
    assert "失眠" in result.snippet.text


@given(st.text(max_size=30))
def test_no_query_is_ever_read_as_syntax(vault, query) -> None:
    found(vault, query)


@given(st.text(alphabet="焦虑睡眠ab c,。", min_size=1, max_size=20), st.data())
def test_every_piece_of_a_note_is_found(vault, text, data) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : start + 4]
    saved = write_note(vault, text, title="")
    terms = [t for t in piece.replace(",", " ").replace("。", " ").split() if t]
    latin_cut = start and text[start - 1] in "abc" and piece[0] in "abc"
    if terms and not latin_cut:
        assert saved.note_id in found(vault, piece, limit=10_000)
    run(vault, lambda v: v.store.connection.execute("DELETE FROM note_search"))
