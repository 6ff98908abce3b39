"""The counselor's notes in the real window over the real vault."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from tests.support.notes import left_behind, settle
from tests.support.vault_door import real_door, started
from tests.support.vaults import PASSPHRASE, Desk
from tests.support.window_states import press, words_of

from safesession.app.vault import VaultDoor
from safesession.core.note_types import NewNote, NoteKind
from safesession.core.status import Role
from safesession.ui.gallery import StillEngine
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.settings import MemorySettings
from safesession.ui.shell import SessionWindow
from safesession.ui.vault_corner import VaultCorner
from safesession.ui.vault_session import DoorState, VaultSession
from safesession.ui.view_models.note_papers import (
    ExportForm,
    ExportWish,
    PaperState,
)
from safesession.vault.notebook import VaultNotebook


MARKER = "标记" + "marker" + str(7391)  # whole in no line of source


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path / "home")


@pytest.fixture
def door(desk) -> Iterator[VaultDoor]:
    desk.home.mkdir()
    with started(real_door(desk)) as made:
        made.create(PASSPHRASE, desk.recovery).result()
        yield made


@pytest.fixture
def session(door) -> VaultSession:
    return VaultSession(door)


@pytest.fixture
def corner(door, session, qtbot) -> Iterator[NotesCorner]:
    window = SessionWindow(StillEngine(), Role.COUNSELOR, settings=MemorySettings())
    VaultCorner(window, session, MemorySettings())
    made = NotesCorner(window, VaultNotebook(lambda: door.vault), session)
    window.show()
    yield made
    window.hide()
    window.close()
    window.deleteLater()


def begin(door: VaultDoor, body: str) -> int:
    def job(v) -> int:
        client = v.clients.add("A-017", f"{MARKER}名").id
        new = NewNote(client, NoteKind.RECORD, "soap", 1_000, f"{MARKER}题", body)
        return v.notes.begin(new).note_id

    return door.vault.run(job).result()


def begin_another(door: VaultDoor, body: str) -> int:
    """A later note of the first client."""

    def job(v) -> int:
        new = NewNote(1, NoteKind.RECORD, "soap", 2_000, f"{MARKER}题二", body)
        return v.notes.begin(new).note_id

    return door.vault.run(job).result()


def show(corner: NotesCorner, note_id: int, qtbot) -> QPlainTextEdit:
    corner.toggle()
    qtbot.waitUntil(lambda: bool(corner.room.model.list.rows))
    corner.room.model.open_note(note_id)
    qtbot.waitUntil(lambda: corner.room.editor_model.note is not None)
    return corner.room.page.editor.writing


def unlock(session: VaultSession, door: VaultDoor, desk: Desk, qtbot) -> None:
    qtbot.waitUntil(lambda: session.state is DoorState.SHUT)
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open_by(
            lambda: door.unlock(desk.recovery), lambda _report: None, pytest.fail
        )


def files_holding(folder: Path, words: str) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and any(
            words.encode(code) in path.read_bytes() for code in ("utf-8", "utf-16-le")
        )
    ]


def test_a_lock_in_the_middle_of_a_sentence_loses_no_word(
    corner, door, session, desk, ime, qtbot
) -> None:
    note_id = begin(door, "开头。")
    writing = show(corner, note_id, qtbot)
    ime(writing, "半句话就锁")
    ime(writing, "了")
    session.lock()
    assert writing.toPlainText() == ""
    unlock(session, door, desk, qtbot)
    body = door.vault.run(lambda v: v.notes.read(note_id).body).result()
    assert body == "开头。半句话就锁了"


def test_after_a_lock_no_object_holds_a_word(
    corner, door, session, desk, ime, qtbot, monkeypatch
) -> None:
    # The offscreen platform never says whose the clipboard is.
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: True)
    note_id = begin(door, f"{MARKER}正文")
    writing = show(corner, note_id, qtbot)
    corner.room.model.set_private(False)
    ime(writing, f"{MARKER}新")
    writing.selectAll()
    writing.copy()
    assert MARKER in QGuiApplication.clipboard().text()
    ime(corner.room.page.findChild(QLineEdit, "notes_search"), MARKER)
    qtbot.waitUntil(lambda: bool(corner.room.model.list.rows))
    qtbot.waitUntil(lambda: not corner.room.editor_model.has_unsaved_words)
    assert left_behind(MARKER)
    with qtbot.waitSignal(session.locked, timeout=20_000):
        session.lock()
    settle()
    assert left_behind(MARKER) == []


def test_after_everything_was_shown_no_object_holds_a_word(
    corner, door, session, desk, ime, qtbot, monkeypatch, tmp_path
) -> None:
    """Versions, the note beside, files, both exports, every field: all of it goes."""
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: True)
    room, page = corner.room, corner.room.page
    window, editor, papers = page.window(), room.editor_model, room.papers
    begin(door, f"{MARKER}先前")
    note_id = begin_another(door, f"{MARKER}后来")
    writing = show(corner, note_id, qtbot)
    room.model.set_private(False)
    report = tmp_path / "report.txt"
    report.write_text(f"{MARKER}附件", encoding="utf-8")
    papers.attach(report)
    qtbot.waitUntil(lambda: bool(editor.attachments))
    writing.selectAll()
    ime(writing, f"{MARKER}全部改写，前面的话都不要了")
    qtbot.waitUntil(lambda: not editor.has_unsaved_words)
    press(qtbot, window, "note_versions")
    qtbot.waitUntil(lambda: bool(room.versions.pieces))
    page.dismiss_overlay()
    press(qtbot, window, "note_previous")
    qtbot.waitUntil(lambda: editor.beside is not None)
    for wish, name in (
        (ExportWish(1), "out.pdf"),
        (ExportWish(1, form=ExportForm.ARCHIVE, passphrase=f"{MARKER}口令"), "o.ssrec"),
    ):
        papers.take_out(wish, tmp_path / name)
        qtbot.waitUntil(lambda: papers.state is PaperState.WRITTEN, timeout=20_000)
    del wish
    papers.take_attachment(editor.attachments[0].id, tmp_path / "again.txt")
    qtbot.waitUntil((tmp_path / "again.txt").exists)
    press(qtbot, window, "export_note")
    for field in page.findChildren(QLineEdit):
        if field.echoMode() is QLineEdit.EchoMode.Password:
            ime(field, "")
            field.insert(f"{MARKER}口令")
    page.dismiss_overlay()
    press(qtbot, window, "sign_note")
    press(qtbot, window, "confirm_yes")
    qtbot.waitUntil(lambda: not editor.may_edit)
    ime(page.findChild(QWidget, "note_addendum"), f"{MARKER}未签的补充")
    writing.selectAll()
    writing.copy()
    ime(page.findChild(QLineEdit, "notes_search"), MARKER)
    qtbot.waitUntil(lambda: bool(room.model.list.rows))
    page.grab()
    shown = len(left_behind(MARKER))
    assert shown > 10
    with qtbot.waitSignal(session.locked, timeout=20_000):
        session.lock()
    settle()
    assert left_behind(MARKER) == []


@pytest.mark.parametrize("where", ["tuple", "table", "bytes", "widget", "thread"])
def test_the_walk_finds_what_is_hidden(where, qapp) -> None:
    """The control: containers that the collector does not even track."""
    words, hidden = f"{MARKER}留下", Hiding()
    go_on = threading.Event()

    def wait_with(held: str) -> None:
        go_on.wait(20)
        assert held

    thread = threading.Thread(target=wait_with, args=(words,))
    match where:
        case "tuple":
            hidden.place = ("a", ("b", words))
        case "table":
            hidden.place = {"a": words}
        case "bytes":
            hidden.place = words.encode("utf-16-le")
        case "widget":
            hidden.place = QPlainTextEdit(words)
        case "thread":
            thread.start()
    try:
        del words
        assert left_behind(MARKER)
    finally:
        go_on.set()
        if thread.ident is not None:
            thread.join()


class Hiding:
    """Holds something for a while."""

    place: object = None


def test_write_find_sign_add_and_take_out(
    corner, door, desk, ime, qtbot, tmp_path
) -> None:
    note_id = begin(door, "她说：")
    writing = show(corner, note_id, qtbot)
    window = corner.room.page.window()
    ime(writing, f"{MARKER}焦虑")
    editor = corner.room.editor_model
    qtbot.waitUntil(lambda: not editor.has_unsaved_words)
    ime(corner.room.page.findChild(QLineEdit, "notes_search"), "焦虑")
    rows = corner.room.model.list
    qtbot.waitUntil(lambda: len(rows.rows) == 1 and bool(rows.rows[0].marks))
    press(qtbot, window, "sign_note")
    press(qtbot, window, "confirm_yes")
    qtbot.waitUntil(lambda: not editor.may_edit)
    signed = words_of(window, "note_signature")
    assert "unchanged since" in signed or "此后未改动" in signed
    ime(corner.room.page.findChild(QWidget, "note_addendum"), "补充")
    press(qtbot, window, "add_addendum")
    qtbot.waitUntil(lambda: len(editor.addenda) == 1)
    target = tmp_path / "out.pdf"
    corner.room.papers.take_out(ExportWish(editor.client.id), target)
    qtbot.waitUntil(
        lambda: corner.room.papers.state is PaperState.WRITTEN, timeout=20_000
    )
    assert target.read_bytes().startswith(b"%PDF-")
    assert files_holding(desk.home, MARKER) == [], "nothing readable in the home"
    log = door.vault.run(lambda v: [e.event.value for e in v.custody.entries()])
    assert {"opened", "signed", "addended", "exported"} <= set(log.result())
