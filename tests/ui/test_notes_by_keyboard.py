"""Everything about a note without a mouse: files, versions, previous, addenda, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget
from tests.support.notes import shown_words

from safesession.core.note_types import NewNote, NoteKind
from safesession.core.status import Role
from safesession.ui.gallery_notebook import StillNotebook
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.shell import SessionWindow
from safesession.ui.view_models.notebook import Desk
from safesession.ui.views import note_papers


NOW_S = 1_773_300_310.0
OLD, NEW = "写了很久的一段话，不能丢", "短"
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def book() -> StillNotebook:
    """One client: a signed record, then an open one with a version and a file."""
    made = StillNotebook(lambda: NOW_S)
    made.add_client("A-017", "林小雨")
    for day, title in ((1, "第1次"), (2, "第2次")):
        at_ms = int(NOW_S * 1000) + day
        made.begin_note(NewNote(1, NoteKind.RECORD, "soap", at_ms, title, OLD))
    made.sign_note(1, 1)
    made.save_note(2, 1, "第2次", NEW)
    made.attach(2, "日记.pdf", "application/pdf", b"%PDF")
    return made


@pytest.fixture
def window(open_window) -> SessionWindow:
    return open_window(Role.COUNSELOR)


@pytest.fixture
def corner(window, book, qtbot) -> NotesCorner:
    """The notes, opened by their key."""
    made = NotesCorner(window, book, StillDoor(window))
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL_SHIFT)
    qtbot.waitUntil(lambda: bool(made.room.model.list.rows))
    return made


@pytest.fixture
def key(window, qtbot) -> Callable[[Qt.Key], None]:
    """Return a function that presses a key where the keyboard is."""
    return lambda pressed: qtbot.keyClick(window.focusWidget(), pressed)


@pytest.fixture
def go_to(window, qtbot) -> Callable[[str], QWidget]:
    """Return a function that presses Tab until a widget has the keyboard."""

    def went(name: str) -> QWidget:
        for _ in range(60):
            here = window.focusWidget()
            if here is not None and here.objectName() == name:
                return here
            qtbot.keyClick(here, Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never comes to {name}")

    return went


@pytest.fixture
def open_file(corner, go_to, key, qtbot) -> NotesCorner:
    """A client's file, chosen in the list."""
    go_to("notes_list")
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: corner.room.model.client is not None)
    return corner


@pytest.fixture
def open_note(open_file, go_to, key, qtbot) -> Callable[[int], None]:
    """Return a function that opens a line of the timeline."""

    def opened(line: int) -> None:
        go_to("notes_list")
        key(Qt.Key.Key_Home)
        for _ in range(line):
            key(Qt.Key.Key_Down)
        key(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: open_file.room.model.desk is Desk.NOTE)

    return opened


def test_the_timeline_and_back(open_file, window, go_to, key, qtbot) -> None:
    titles = [row.title for row in open_file.room.model.list.rows]
    assert titles == ["第2次", "第1次", "File opened"]
    assert "林小雨" not in shown_words(window)
    qtbot.keyClick(window, Qt.Key.Key_B, CTRL_SHIFT)
    assert "A-017 林小雨" in shown_words(window)
    go_to("all_clients")
    key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: open_file.room.model.client is None)


def test_the_previous_note_beside(open_note, window, go_to, key, qtbot) -> None:
    open_note(0)
    go_to("note_previous")
    key(Qt.Key.Key_Space)
    beside = window.findChild(QPlainTextEdit, "note_beside")
    qtbot.waitUntil(beside.isVisible)
    assert beside.toPlainText() == OLD
    assert go_to("note_beside") is beside, "it can be read and copied from"


def test_versions_are_compared_and_brought_back(
    open_note, corner, window, go_to, key, qtbot
) -> None:
    open_note(0)
    go_to("note_versions")
    key(Qt.Key.Key_Space)
    text = window.findChild(QTextEdit, "versions_text")
    qtbot.waitUntil(lambda: OLD in text.toPlainText())
    go_to("versions_list")
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    go_to("restore_version")
    key(Qt.Key.Key_Space)
    writing = corner.room.page.editor.writing
    qtbot.waitUntil(lambda: writing.toPlainText() == OLD)


def test_a_file_is_saved_elsewhere_and_removed(
    open_note, corner, go_to, key, qtbot, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(
        note_papers, "ask_where", lambda _p, _n, _s, chosen: chosen(tmp_path / "x")
    )
    open_note(0)
    go_to("attachment_1")
    key(Qt.Key.Key_Space)
    qtbot.waitUntil((tmp_path / "x").exists)
    go_to("remove_attachment_1")
    key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not corner.room.editor_model.attachments)


def test_a_signed_note_is_read_and_added_to(
    open_note, book, corner, window, go_to, key, ime, qtbot
) -> None:
    open_note(1)
    reading = window.findChild(QPlainTextEdit, "note_text")
    assert window.focusWidget() is reading
    assert reading.isReadOnly()
    ime(go_to("note_addendum"), "后来补充")
    go_to("add_addendum")
    key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(book.read_note(1).result().addenda) == 1)
    qtbot.waitUntil(lambda: "后来补充" in shown_words(window))


def test_esc_closes_a_card_and_leads_back(open_note, window, go_to, key) -> None:
    open_note(0)
    for name in ("note_versions", "export_note", "sign_note"):
        opener = go_to(name)
        key(Qt.Key.Key_Space)
        assert window.focusWidget() is not opener
        key(Qt.Key.Key_Escape)
        assert window.focusWidget() is opener
