"""The notebook in memory and the real vault's keep the same rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.vaults import Desk

from safesession.core.note_archive import open_archive
from safesession.core.note_types import (
    ChangeKind,
    NewNote,
    NoteKind,
    Order,
    Saved,
    SignatureState,
    TimelineKind,
)
from safesession.core.notebook_port import NotebookPort
from safesession.core.template_file import (
    TemplateFault,
    TemplateRefusal,
    TemplatesTaken,
    Worded,
)
from safesession.errors import SafeSessionError
from safesession.ui.gallery_notebook import StillNotebook
from safesession.vault.notebook import VaultNotebook


@pytest.fixture(params=["memory", "vault"])
def notebook(request, tmp_path) -> Iterator[NotebookPort]:
    desk = Desk(tmp_path)
    if request.param == "memory":
        yield StillNotebook(lambda: desk.now_s)
        return
    with desk.made() as vault:
        yield VaultNotebook(lambda: vault)


def code_of(outcome) -> str:
    with pytest.raises(SafeSessionError) as caught:
        outcome.result()
    return caught.value.code


def begin(
    notebook: NotebookPort,
    body: str = "一",
    *,
    kind: NoteKind = NoteKind.RECORD,
    client_id: int | None = None,
    at_ms: int = 1_000,
) -> Saved:
    if client_id is None:
        number = len(notebook.clients().result())
        client_id = notebook.add_client(f"A-{number:03}", "").result().id
    new = NewNote(client_id, kind, "soap", at_ms, "第1次", body)
    return notebook.begin_note(new).result()


def test_clients_have_codes_of_their_own(notebook) -> None:
    one = notebook.add_client("A-1", "王小明").result()
    two = notebook.add_client("A-2", "").result()
    assert code_of(notebook.add_client("A-1", "x")) == "duplicate_client_code"
    assert code_of(notebook.rename_client(two.id, "A-1", "x")) == (
        "duplicate_client_code"
    )
    notebook.rename_client(two.id, "A-0", "Sam").result()
    assert [c.code for c in notebook.clients().result()] == ["A-0", "A-1"]
    assert one.label(private=True) == "A-1"
    assert one.label(private=False) == "A-1 王小明"
    closed = notebook.close_client(one.id, closed=True).result()
    assert closed.closed_at_ms is not None
    again = notebook.close_client(one.id, closed=False).result()
    assert again.closed_at_ms is None


def test_a_note_is_begun_saved_and_read(notebook) -> None:
    saved = begin(notebook)
    later = notebook.save_note(saved.note_id, saved.revision, "标题", "二").result()
    assert later.revision > saved.revision
    opened = notebook.open_note(saved.note_id).result()
    assert (opened.note.head.title, opened.note.body) == ("标题", "二")
    assert opened.signature is SignatureState.OPEN
    assert opened.previous is None
    assert code_of(notebook.begin_note(NewNote(99, NoteKind.RECORD, "", 0))) == (
        "no_such_record"
    )
    assert code_of(notebook.open_note(99)) == "no_such_record"


def test_a_save_over_an_older_revision_changes_nothing(notebook) -> None:
    saved = begin(notebook)
    notebook.save_note(saved.note_id, saved.revision, "t", "二").result()
    late = notebook.save_note(saved.note_id, saved.revision, "t", "三")
    assert code_of(late) == "note_conflict"
    assert notebook.read_note(saved.note_id).result().body == "二"


def test_last_words_follow_a_save_under_way(notebook) -> None:
    saved = begin(notebook)
    note_id, revision = saved.note_id, saved.revision
    first = notebook.save_note(note_id, revision, "t", "二")
    notebook.save_note(note_id, revision, "t", "三", first).result()
    assert notebook.read_note(note_id).result().body == "三"


def test_last_words_follow_a_save_that_failed(notebook) -> None:
    saved = begin(notebook)
    note_id, revision = saved.note_id, saved.revision
    failed = notebook.save_note(note_id, revision + 7, "t", "二")
    notebook.save_note(note_id, revision, "t", "三", failed).result()
    assert code_of(failed) == "note_conflict"
    assert notebook.read_note(note_id).result().body == "三"


def test_a_signed_note_takes_addenda_only(notebook) -> None:
    saved = begin(notebook)
    note_id = saved.note_id
    assert code_of(notebook.addend(note_id, "x")) == "note_not_signed"
    head = notebook.sign_note(note_id, saved.revision).result()
    assert head.signed_at_ms is not None
    change = notebook.save_note(note_id, head.revision, "t", "x")
    assert code_of(change) == "note_signed"
    assert code_of(notebook.sign_note(note_id, head.revision)) == "note_signed"
    assert code_of(notebook.attach(note_id, "a", "b", b"c")) == "note_signed"
    notebook.addend(note_id, "补充一").result()
    assert notebook.addend(note_id, "补充二").result().number == 2
    opened = notebook.open_note(note_id).result()
    assert [one.body for one in opened.note.addenda] == ["补充一", "补充二"]
    assert opened.signature is SignatureState.GOOD


def test_the_previous_note_is_of_the_same_kind(notebook) -> None:
    client_id = notebook.add_client("A-1", "").result().id
    first = begin(notebook, client_id=client_id, at_ms=1)
    begin(notebook, client_id=client_id, at_ms=2, kind=NoteKind.PROCESS)
    third = begin(notebook, client_id=client_id, at_ms=3)
    previous = notebook.open_note(third.note_id).result().previous
    assert previous.id == first.note_id


@pytest.mark.parametrize("query", ["焦虑", "sleep", "补充"])
def test_search_finds_both_languages_and_marks_them(notebook, query) -> None:
    saved = begin(notebook, "睡前焦虑。Sleep diary.")
    begin(notebook, "别的")
    notebook.sign_note(saved.note_id, saved.revision).result()
    notebook.addend(saved.note_id, "后来的补充").result()
    (found,) = notebook.find(query).result()
    assert found.head.id == saved.note_id
    start, end = found.snippet.marks[0]
    assert found.snippet.text[start:end].casefold() == query
    assert notebook.find("不存在").result() == ()
    assert notebook.find("").result() == ()
    assert notebook.find(query, kind=NoteKind.PROCESS).result() == ()


def test_search_is_narrowed_and_sorted(notebook) -> None:
    one = notebook.add_client("A-1", "").result().id
    two = notebook.add_client("A-2", "").result().id
    best = begin(notebook, "焦虑" * 8, client_id=one, at_ms=1).note_id
    newer = begin(
        notebook, "焦虑，别的" * 3 + "话" * 99, client_id=one, at_ms=2
    ).note_id
    kind = NoteKind.PROCESS
    process = begin(notebook, "焦虑", client_id=two, kind=kind, at_ms=3).note_id

    def found(**how) -> list[int]:
        return [one.head.id for one in notebook.find("焦虑", **how).result()]

    assert found() == [process, newer, best]
    assert found(client_id=one) == [newer, best]
    assert found(kind=kind) == [process]
    assert found(client_id=one, kind=kind) == []
    assert found(client_id=one, order=Order.RELEVANCE) == [best, newer]


def test_earlier_texts_are_compared_and_come_back(notebook) -> None:
    old = "写了很久的一段话，不能丢"
    saved = begin(notebook, old)
    later = notebook.save_note(saved.note_id, saved.revision, "t", "短").result()
    (version,) = notebook.versions(saved.note_id).result()
    assert version.characters == len(old)
    pieces = notebook.compare(saved.note_id, version.revision, later.revision).result()
    for kind, text in ((ChangeKind.ADDED, old), (ChangeKind.REMOVED, "短")):
        assert "".join(p.text for p in pieces if p.kind is not kind) == text
    notebook.restore(saved.note_id, version.revision, later.revision).result()
    assert notebook.read_note(saved.note_id).result().body == old
    kept = {one.characters for one in notebook.versions(saved.note_id).result()}
    assert 1 in kept, "the text that was replaced can be found again"


def test_files_go_in_and_come_out(notebook) -> None:
    note_id = begin(notebook).note_id
    file = notebook.attach(note_id, "a.pdf", "application/pdf", b"%PDF").result()
    assert notebook.open_note(note_id).result().attachments == (file,)
    assert notebook.take_attachment(file.id).result() == b"%PDF"
    assert code_of(notebook.attach(note_id, "b", "c", b"")) == "attachment"
    notebook.remove_attachment(file.id).result()
    assert notebook.open_note(note_id).result().attachments == ()
    assert code_of(notebook.take_attachment(file.id)) == "no_such_record"


TEMPLATES = """\
templates:
  - {key: intake, name: {zh: 登记, en: Intake}, fields: [{zh: 一, en: One}]}
  - {key: more, name: {en: More}, fields: [{en: Two}]}
"""


def test_an_institution_brings_templates_of_its_own(notebook) -> None:
    assert notebook.templates().result() == ()
    taken = notebook.take_templates(TEMPLATES.encode()).result()
    assert taken == TemplatesTaken(2, 0)
    keys = [one.key for one in notebook.templates().result()]
    assert keys == ["own:intake", "own:more"]
    changed = TEMPLATES.replace("Intake", "First call").replace("key: more", "key: x")
    assert notebook.take_templates(changed.encode()).result() == TemplatesTaken(1, 1)
    first, *_ = notebook.templates().result()
    assert first.name == Worded("登记", "First call")
    notebook.remove_template("own:more").result()
    assert code_of(notebook.remove_template("own:more")) == "no_such_record"
    keys = [one.key for one in notebook.templates().result()]
    assert keys == ["own:intake", "own:x"]


def test_a_template_file_is_taken_whole_or_not_at_all(notebook) -> None:
    broken = TEMPLATES + "  - {key: bad}\n"
    refused = notebook.take_templates(broken.encode()).result()
    assert refused == TemplateRefusal(TemplateFault.MISSING, 4)
    assert notebook.templates().result() == ()
    entry = "  - {key: a%d, name: {en: b}, fields: [{en: c}]}\n"
    for start in (0, 40):
        numbers = range(start, start + 40)
        many = "templates:\n" + "".join(entry % n for n in numbers)
        notebook.take_templates(many.encode()).result()
    many = "templates:\n" + "".join(entry % n for n in range(80, 101))
    refused = notebook.take_templates(many.encode()).result()
    assert refused == TemplateRefusal(TemplateFault.TOO_MANY)
    assert len(notebook.templates().result()) == 80


def test_process_notes_leave_only_on_purpose(notebook) -> None:
    client_id = notebook.add_client("A-1", "").result().id
    record = begin(notebook, client_id=client_id)
    process = begin(notebook, client_id=client_id, kind=NoteKind.PROCESS)
    whole = notebook.export_client(client_id, "pdf").result()
    assert [one.note.head.id for one in whole.notes] == [record.note_id]
    refused = notebook.export_notes([process.note_id], "pdf")
    assert code_of(refused) == "export_forbidden"
    chosen = notebook.export_notes([process.note_id], "pdf", process_notes=True)
    assert [one.note.head.id for one in chosen.result().notes] == [process.note_id]


def test_the_timeline_is_newest_first(notebook) -> None:
    client_id = notebook.add_client("A-1", "").result().id
    one = begin(notebook, client_id=client_id, at_ms=10)
    begin(notebook, client_id=client_id, at_ms=20, kind=NoteKind.PROCESS)
    notebook.sign_note(one.note_id, one.revision).result()
    lines = notebook.client_file(client_id).result().timeline
    assert [line.at_ms for line in lines] == sorted(
        (line.at_ms for line in lines), reverse=True
    )
    notes = [line for line in lines if line.kind is TimelineKind.NOTE]
    assert [(n.note_kind, n.signed) for n in notes] == [
        (NoteKind.PROCESS, False),
        (NoteKind.RECORD, True),
    ]


def test_an_archive_keeps_the_same_rules(notebook) -> None:
    client_id = notebook.add_client("A-1", "王小明").result().id
    record = begin(notebook, "焦虑", client_id=client_id)
    process = begin(notebook, client_id=client_id, kind=NoteKind.PROCESS)
    notebook.attach(record.note_id, "a.pdf", "application/pdf", b"%PDF").result()
    sealed = notebook.archive_client(client_id, "five quiet words").result()
    (note,) = open_archive(sealed, "five quiet words").notes
    assert (note.body, note.files[0].content) == ("焦虑", b"%PDF")
    refused = notebook.archive_notes([process.note_id], "five quiet words")
    assert code_of(refused) == "export_forbidden"
