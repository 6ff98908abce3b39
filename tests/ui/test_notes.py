"""The notes under a person's hands: writing, saving, signing, finding, locking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from tests.support.notes import left_behind, settle, shown_words
from tests.support.window_states import BASE, IN_CALL, LOST, press, words_of

from safesession.core.edit_burst import LONGEST_S, SaveState
from safesession.core.note_types import NewNote, NoteKind
from safesession.core.status import EndReason, Phase, Role, SafetyCodeView
from safesession.ui.gallery_notebook import StillNotebook
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.shell import SessionWindow
from safesession.ui.view_models.notebook import Desk
from safesession.ui.widgets.choice_button import ChoiceButton


NOW_S = 1_773_300_310.0
BODY = "她说最近睡不好。Sleep diary."


@pytest.fixture
def book() -> StillNotebook:
    """Two clients; the first has a signed record, a process note, an open record."""
    made = StillNotebook(lambda: NOW_S)
    made.add_client("A-017", "林小雨")
    made.add_client("A-018", "Sam Carter")
    for kind, title in (
        (NoteKind.RECORD, "第1次"),
        (NoteKind.PROCESS, "印象"),
        (NoteKind.RECORD, "第2次"),
    ):
        made.begin_note(NewNote(1, kind, "soap", int(NOW_S * 1000), title, BODY))
    made.sign_note(1, 1)
    return made


@pytest.fixture
def door() -> StillDoor:
    return StillDoor()


@pytest.fixture
def window(open_window) -> SessionWindow:
    return open_window(Role.COUNSELOR)


@pytest.fixture
def corner(window, book, door, qtbot) -> NotesCorner:
    made = NotesCorner(window, book, door)
    made.toggle()
    qtbot.waitUntil(lambda: bool(made.room.model.list.rows))
    return made


@pytest.fixture
def open_note(corner, qtbot) -> Callable[[int], None]:
    """Return a function that opens a note of the first client."""

    def opened(note_id: int) -> None:
        corner.room.model.open_note(note_id)
        head = lambda: corner.room.editor_model.head  # noqa: E731
        qtbot.waitUntil(lambda: head() is not None and head().id == note_id)

    return opened


def body_in(book: StillNotebook, note_id: int) -> str:
    return book.read_note(note_id).result().body


# --- the way in -------------------------------------------------------------------


def test_the_notes_open_from_every_page(open_window, book, door, qtbot) -> None:
    window = open_window(Role.COUNSELOR)
    corner = NotesCorner(window, book, door)
    page = corner.room.page
    press(qtbot, window, "open_notes")
    assert page.isVisible()
    press(qtbot, window, "leave_notes")
    assert window.invite.isVisible()
    qtbot.keyClick(
        window,
        Qt.Key.Key_N,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert page.isVisible()

    in_call = replace(IN_CALL, role=Role.COUNSELOR, safety_code=SafetyCodeView())
    window.show_status(in_call)
    assert window.call.notes_open, "a call begins: the notes move beside it"
    assert page.isVisible()
    press(qtbot, window, "call_notes")
    assert not page.isVisible()

    ended = replace(BASE, role=Role.COUNSELOR, phase=Phase.ENDED)
    window.show_status(ended)
    press(qtbot, window, "ended_note")
    assert page.isVisible()
    window.show_status(in_call)
    assert window.call.notes_open
    window.show_status(ended)
    assert page.isVisible(), "whoever is writing goes on writing"
    assert not window.call.notes_open
    assert window.findChild(QWidget, "page_notes") is page


def test_a_client_has_no_notes(open_window) -> None:
    window = open_window(Role.CLIENT)
    assert not window.findChild(QPushButton, "open_notes").isVisible()


def test_while_locked_the_way_leads_to_unlocking(window, book, door, qtbot) -> None:
    corner = NotesCorner(window, book, door)
    door.lock()
    with qtbot.waitSignal(window.notice_chosen) as asked:
        corner.toggle()
    assert asked.args == ["unlock"]
    assert not corner.shown


# --- files ------------------------------------------------------------------------


def test_a_new_file_gets_the_next_code_and_a_record(corner, window, qtbot) -> None:
    press(qtbot, window, "new_client")
    assert window.findChild(QLineEdit, "client_code").text() == "A-019"
    press(qtbot, window, "client_yes")
    qtbot.waitUntil(lambda: words_of(window, "client_title") == "A-019")
    press(qtbot, window, "new_record")
    press(qtbot, window, "template_soap")
    press(qtbot, window, "note_language_zh_CN")
    press(qtbot, window, "new_note_yes")
    qtbot.waitUntil(lambda: corner.room.model.desk is Desk.NOTE)
    text = window.findChild(QPlainTextEdit, "note_text")
    assert "■ 客观观察 O" in text.toPlainText()
    assert words_of(window, "note_kind") == "Formal record"
    assert text.hasFocus()


def test_a_code_that_is_taken_is_said(corner, window, qtbot) -> None:
    press(qtbot, window, "new_client")
    window.findChild(QLineEdit, "client_code").setText("A-017")
    press(qtbot, window, "client_yes")
    qtbot.waitUntil(lambda: "has this code" in words_of(window, "notes_problem"))


def test_names_appear_only_outside_the_privacy_view(corner, window, qtbot) -> None:
    corner.room.model.open_client(1)
    qtbot.waitUntil(lambda: corner.room.model.client is not None)
    assert "林小雨" not in shown_words(window)
    press(qtbot, window, "privacy_view")
    assert words_of(window, "client_title") == "A-017 林小雨"
    qtbot.keyClick(
        window,
        Qt.Key.Key_B,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert "林小雨" not in shown_words(window)


# --- writing ----------------------------------------------------------------------


def test_chinese_is_typed_and_saved_within_a_second(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(3)
    text = window.findChild(QPlainTextEdit, "note_text")
    ime(text, "今天提到了父亲")
    assert words_of(window, "note_saved") == "Saving…"
    qtbot.waitUntil(
        lambda: "今天提到了父亲" in body_in(book, 3),
        timeout=int(LONGEST_S * 1000) + 500,
    )
    qtbot.waitUntil(lambda: words_of(window, "note_saved").startswith("Saved "))


def test_saved_is_said_only_when_it_is(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(3)
    book.hold()
    editor = corner.room.editor_model
    ime(window.findChild(QPlainTextEdit, "note_text"), "一")
    qtbot.waitUntil(lambda: editor.save_state is SaveState.SAVING)
    ime(window.findChild(QPlainTextEdit, "note_text"), "二")
    assert words_of(window, "note_saved") == "Saving…"
    book.release()
    qtbot.waitUntil(lambda: editor.save_state is SaveState.SAVED)
    assert body_in(book, 3).endswith("一二"), "what was typed meanwhile as well"


def test_a_dropout_touches_nothing_of_what_is_being_written(
    corner, window, book, open_note, ime, qtbot
) -> None:
    there = replace(IN_CALL, role=Role.COUNSELOR, safety_code=SafetyCodeView())
    lost, over = replace(LOST, role=Role.COUNSELOR), EndReason.DROPOUT
    window.show_status(there)
    open_note(3)
    text = window.findChild(QPlainTextEdit, "note_text")
    text.setFocus()
    ime(text, "断线前")
    cursor = text.textCursor()
    cursor.setPosition(2, cursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    where = cursor.position(), cursor.anchor()
    for status in (lost, lost, there, lost):
        window.show_status(status)
        window._tick()
        assert window.call.notes_open
        assert text.hasFocus()
        now = text.textCursor()
        assert (now.position(), now.anchor()) == where
        assert text.toPlainText().endswith("断线前")
    ime(text, "断线时")
    window.show_status(replace(lost, phase=Phase.ENDED, ended=over))
    assert text.isVisible(), "whoever is writing goes on writing"
    qtbot.waitUntil(
        lambda: "断线时" in body_in(book, 3), timeout=int(LONGEST_S * 1000) + 500
    )
    text.undo()
    assert "断线时" not in text.toPlainText()


def test_what_the_disk_refused_stays_and_is_tried_again(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(3)
    editor = corner.room.editor_model
    book.refuse("disk_full")
    ime(window.findChild(QPlainTextEdit, "note_text"), "不能丢")
    qtbot.waitUntil(lambda: editor.save_state is SaveState.NOT_SAVED)
    said = words_of(window, "note_problem")
    assert "not saved yet" in said
    assert "disk is full" in said
    assert "不能丢" not in body_in(book, 3)
    qtbot.waitUntil(lambda: editor.save_state is SaveState.SAVED, timeout=5000)
    assert "不能丢" in body_in(book, 3)
    assert words_of(window, "note_saved").startswith("Saved ")
    assert not window.findChild(QWidget, "note_problem").isVisible()


def test_a_note_is_not_left_before_it_is_saved(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(3)
    book.refuse("disk_full")
    ime(window.findChild(QPlainTextEdit, "note_text"), "还在")
    corner.room.model.to_clients()
    qtbot.waitUntil(lambda: corner.room.editor_model.save_state is SaveState.NOT_SAVED)
    assert corner.room.model.desk is Desk.NOTE
    corner.room.model.to_clients()
    qtbot.waitUntil(lambda: corner.room.model.desk is Desk.NOTHING)
    assert "还在" in body_in(book, 3)


def test_a_lost_answer_does_not_stop_saving(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(3)
    book.save_note(3, 1, "elsewhere", BODY)
    ime(window.findChild(QPlainTextEdit, "note_text"), "继续")
    qtbot.waitUntil(lambda: "继续" in body_in(book, 3), timeout=6000)


# --- signing ----------------------------------------------------------------------


def test_finish_and_sign_then_add(corner, window, book, open_note, ime, qtbot) -> None:
    open_note(3)
    text = window.findChild(QPlainTextEdit, "note_text")
    ime(text, "末句")
    press(qtbot, window, "sign_note")
    press(qtbot, window, "confirm_yes")
    qtbot.waitUntil(lambda: "Signed" in words_of(window, "note_signature"))
    assert "末句" in body_in(book, 3), "signed with the last words"
    assert text.isReadOnly()
    ime(window.findChild(QPlainTextEdit, "note_addendum"), "后来补充")
    press(qtbot, window, "add_addendum")
    qtbot.waitUntil(lambda: len(book.read_note(3).result().addenda) == 1)
    qtbot.waitUntil(lambda: "Addendum 1, signed" in shown_words(window))
    assert window.findChild(QPlainTextEdit, "note_addendum").toPlainText() == ""


def test_signing_needs_a_yes(corner, window, book, open_note, qtbot) -> None:
    open_note(3)
    press(qtbot, window, "sign_note")
    press(qtbot, window, "confirm_no")
    assert book.read_note(3).result().head.signed_at_ms is None


def test_a_broken_signature_is_said(corner, window, book, open_note) -> None:
    book.broken.add(1)
    open_note(1)
    assert "does not fit" in words_of(window, "note_signature")


def test_an_addendum_in_writing_is_kept_as_an_open_note(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(1)
    ime(window.findChild(QPlainTextEdit, "note_addendum"), "还没签的补充")
    corner.room.model.to_clients()
    qtbot.waitUntil(lambda: bool(book.find("还没签的补充").result()))
    (found,) = book.find("还没签的补充").result()
    assert found.head.signed_at_ms is None


def test_the_previous_note_lies_beside(corner, window, open_note, qtbot) -> None:
    open_note(3)
    press(qtbot, window, "note_previous")
    beside = window.findChild(QPlainTextEdit, "note_beside")
    qtbot.waitUntil(beside.isVisible)
    assert beside.toPlainText() == BODY
    assert beside.isReadOnly()


# --- finding ----------------------------------------------------------------------


@pytest.mark.parametrize("words", ["睡不好", "diary"])
def test_search_shows_where_it_was_found(corner, window, ime, qtbot, words) -> None:
    field = window.findChild(QLineEdit, "notes_search")
    ime(field, words)
    model = corner.room.model
    qtbot.waitUntil(lambda: len(model.list.rows) == 3, timeout=3000)
    row = model.list.rows[0]
    start, end = row.marks[0]
    assert row.detail[start:end] == words
    window.findChild(QWidget, "notes_list").setFocus()
    qtbot.keyClick(window.findChild(QWidget, "notes_list"), Qt.Key.Key_Down)
    qtbot.keyClick(window.findChild(QWidget, "notes_list"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.desk is Desk.NOTE)


def choose_from(qtbot, window, name: str, words: str) -> None:
    """Open a filter by the keyboard and pick one of its choices."""
    button = window.findChild(ChoiceButton, name)
    assert button.isVisible()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    menu = button.menu_shown
    qtbot.waitUntil(menu.isVisible)
    for action in menu.actions():
        if action.text() == words:
            menu.setActiveAction(action)
            qtbot.keyClick(menu, Qt.Key.Key_Return)
            break
    qtbot.waitUntil(lambda: words in button.text())
    qtbot.waitUntil(lambda: not menu.actions())


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_search_is_narrowed_by_kind_client_and_order(
    corner, window, book, ime, qtbot
) -> None:
    book.begin_note(
        NewNote(2, NoteKind.RECORD, "", int(NOW_S * 1000), "第1次", "睡不好" * 9)
    )
    book.begin_note(NewNote(2, NoteKind.RECORD, "", int(NOW_S * 1000), "第2次", BODY))
    field = window.findChild(QLineEdit, "notes_search")
    assert not window.findChild(ChoiceButton, "search_kind").isVisible()
    ime(field, "睡不好")
    keys = lambda: [row.key for row in corner.room.model.list.rows]  # noqa: E731
    qtbot.waitUntil(lambda: keys() == [5, 4, 3, 2, 1], timeout=3000)
    choose_from(qtbot, window, "search_order", "Best match first")
    qtbot.waitUntil(lambda: keys()[0] == 4)
    choose_from(qtbot, window, "search_order", "Newest first")
    choose_from(qtbot, window, "search_kind", "Process note")
    qtbot.waitUntil(lambda: keys() == [2])
    choose_from(qtbot, window, "search_kind", "Both kinds")
    choose_from(qtbot, window, "search_client", "A-018")
    qtbot.waitUntil(lambda: keys() == [5, 4])
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.focusWidget() is window.findChild(QWidget, "notes_list")


def test_a_lock_widens_the_search_again(corner, window, door, ime, qtbot) -> None:
    search = corner.room.model.search
    corner.room.model.set_private(False)
    ime(window.findChild(QLineEdit, "notes_search"), "睡不好")
    search.set_client(2)
    assert "Sam Carter" in shown_words(window)
    door.lock()
    assert (search.query, search.client_id, search.found) == ("", None, ())
    assert "Sam Carter" not in shown_words(window)


def test_many_results_say_that_there_are_more(corner, book, qtbot) -> None:
    for number in range(60):
        book.begin_note(NewNote(2, NoteKind.RECORD, "", number, "t", "同一句话"))
    search = corner.room.model.search
    search.set_query("同一句话")
    search.search_now()
    qtbot.waitUntil(lambda: len(search.found) == 50)
    assert "first 50" in search.rest_words()


def test_search_finds_clients_by_code_and_names_only_when_shown(
    corner, window, ime, qtbot
) -> None:
    model = corner.room.model
    field = window.findChild(QLineEdit, "notes_search")
    ime(field, "a-018")
    assert [row.title for row in model.list.rows] == ["A-018"]
    field.setText("Sam")
    assert model.list.rows == ()
    press(qtbot, window, "privacy_view")
    assert [row.title for row in model.list.rows] == ["A-018 Sam Carter"]
    model.choose(model.list.rows[0].key)
    qtbot.waitUntil(lambda: words_of(window, "client_title") == "A-018 Sam Carter")
    assert field.text() == ""


def test_a_long_timeline_is_shown_in_parts(corner, book, qtbot) -> None:
    for number in range(450):
        book.begin_note(NewNote(2, NoteKind.RECORD, "", number, f"第{number}次"))
    model = corner.room.model
    model.open_client(2)
    qtbot.waitUntil(lambda: len(model.list.rows) == 201)
    model.choose(model.list.rows[-1].key)
    assert len(model.list.rows) == 401
    model.choose(model.list.rows[-1].key)
    assert len(model.list.rows) == 451, "and the line that says when it was opened"


# --- locking ----------------------------------------------------------------------


def test_locking_hands_over_the_last_words_in_order(
    corner, window, book, door, open_note, ime, qtbot
) -> None:
    open_note(3)
    book.hold()
    text = window.findChild(QPlainTextEdit, "note_text")
    ime(text, "一")
    editor = corner.room.editor_model
    qtbot.waitUntil(lambda: editor.save_state is SaveState.SAVING)
    ime(text, "二")
    door.lock()
    assert text.toPlainText() == ""
    book.release()
    assert body_in(book, 3).endswith("一二")


def test_after_a_lock_nothing_is_left(
    corner, window, door, book, open_note, ime, qtbot, monkeypatch
) -> None:
    # The offscreen platform never says whose the clipboard is.
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: True)
    marker = "标记marker" + str(7391)  # whole in no line of source
    note_id = (
        book.begin_note(
            NewNote(1, NoteKind.RECORD, "", int(NOW_S * 1000) + 5, f"{marker}t", "空")
        )
        .result()
        .note_id
    )
    open_note(note_id)
    text = window.findChild(QPlainTextEdit, "note_text")
    ime(text, f"{marker}正文")
    ime(window.findChild(QLineEdit, "note_title"), f"{marker}题")
    text.selectAll()
    text.copy()
    assert marker in QGuiApplication.clipboard().text()
    press(qtbot, window, "note_previous")
    qtbot.waitUntil(lambda: corner.room.editor_model.beside is not None)
    ime(window.findChild(QLineEdit, "notes_search"), f"{marker}查")
    qtbot.waitUntil(lambda: not corner.room.editor_model.has_unsaved_words)
    assert left_behind(marker)

    door.lock()
    # The notebook in memory stands for the encrypted file: empty it.
    book.__init__(lambda: NOW_S)
    settle()
    assert left_behind(marker) == []
    assert corner.room.model.list.rows == ()
    for name in ("client_title", "note_signature"):
        assert window.findChild(QLabel, name).text() == ""


def test_what_was_asked_before_a_lock_is_told_to_nobody(
    corner, book, door, qtbot
) -> None:
    book.hold()
    corner.room.model.open_note(3)
    door.lock()
    book.release()
    settle()
    assert corner.room.editor_model.note is None


def test_after_unlocking_the_files_are_read_again(corner, door, qtbot) -> None:
    door.lock()
    assert corner.room.model.list.rows == ()
    door.unlock()
    qtbot.waitUntil(lambda: len(corner.room.model.list.rows) == 2)
    assert corner.room.model.private


def test_closing_the_window_saves_the_last_words(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(3)
    ime(window.findChild(QPlainTextEdit, "note_text"), "关窗前")
    window.close()
    assert "关窗前" in body_in(book, 3)


def test_closing_asks_before_refused_words_are_lost(
    corner, window, book, open_note, ime, qtbot
) -> None:
    open_note(3)
    book.refuse(*["disk_full"] * 50)
    ime(window.findChild(QPlainTextEdit, "note_text"), "磁盘不要")
    qtbot.waitUntil(lambda: corner.room.has_unsaved_words)
    window.close()
    assert window.isVisible()
    press(qtbot, window, "confirm_no")
    assert window.isVisible()
    window.close()
    press(qtbot, window, "confirm_yes")
    assert not window.isVisible()


# --- the editor never waits -------------------------------------------------------


def test_typing_asks_the_vault_for_nothing(
    corner, window, book, open_note, ime, qtbot, monkeypatch
) -> None:
    open_note(3)
    asked = []
    monkeypatch.setattr(book, "save_note", lambda *a: asked.append(a))
    text = window.findChild(QPlainTextEdit, "note_text")
    for _ in range(50):
        ime(text, "字")
    assert asked == []
    corner.room.editor_model.forget()
