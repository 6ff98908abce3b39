"""What looking at the windows showed to be clumsy, and must not come back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QFileIconProvider,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from tests.support.notes import shown_words
from tests.support.window_states import IN_CALL, press

from safesession.core.note_types import NewNote, NoteKind
from safesession.core.status import Role
from safesession.crypto.recovery_key import KEY_BYTES, RecoveryKey
from safesession.ui.gallery import settle
from safesession.ui.gallery_notebook import StillNotebook
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.i18n import language_controller
from safesession.ui.note_templates import note_content
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.shell import SessionWindow
from safesession.ui.theme.controller import theme
from safesession.ui.views.first_run import FirstRunView
from safesession.ui.views.sheet_panel import SheetPanel
from safesession.ui.widgets.fields import Field
from safesession.ui.widgets.file_question import file_dialog
from safesession.ui.widgets.row_list import _laid


NOW_S = 1_773_300_310.0
LINES = "\n".join(f"Line {n} of a long record." for n in range(60))


@pytest.fixture
def book() -> StillNotebook:
    made = StillNotebook(lambda: NOW_S)
    made.add_client("A-017", "林小雨")
    body = f"{LINES}\nShe speaks of 焦虑 today.\n{LINES}"
    new = NewNote(1, NoteKind.RECORD, "free", int(NOW_S * 1000), "第1次", body)
    made.begin_note(new)
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
def open_file(corner, qtbot) -> Callable[[], None]:
    def opened() -> None:
        corner.room.model.open_client(1)
        qtbot.waitUntil(lambda: corner.room.model.client is not None)

    return opened


def child(window: QWidget, name: str, kind: type = QWidget) -> QWidget:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def in_sight(widget: QWidget) -> bool:
    """Whether the whole widget can be seen and nothing around it cuts it."""
    area, node = place_of(widget), widget.parentWidget()
    while node is not None and not node.isWindow():
        if not place_of(node).contains(area):
            return False
        node = node.parentWidget()
    return widget.isVisible()


def place_of(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def has_colour(widget: QWidget, colour: str) -> bool:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = QColor(colour).rgb()
    return any(
        image.pixel(x, y) == wanted
        for x in range(image.width())
        for y in range(image.height())
    )


# --- notes -----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_new_note_in_a_call_begins_without_scrolling(
    window, corner, open_file, qtbot, language
) -> None:
    language_controller().set_language(language)
    window.show_status(replace(IN_CALL, role=Role.COUNSELOR))
    open_file()
    if not window.call.notes_open:
        corner.toggle()
    press(qtbot, window, "new_record")
    begin = child(window, "new_note_yes")
    settle(window)
    qtbot.waitUntil(lambda: in_sight(begin))
    assert begin.hasFocus()


def test_the_focus_ring_stays_inside_what_scrolls(window, corner, qtbot) -> None:
    window.show_status(replace(IN_CALL, role=Role.COUNSELOR))
    if not window.call.notes_open:
        corner.toggle()
    # Something below the drawer's edge, where Leave stands.
    leave, page = child(window, "call_leave"), child(window, "page_notes")
    place = place_of(leave)
    field = QLineEdit(page)
    field.setGeometry(place.translated(-page.mapTo(window, QPoint(0, 0))))
    field.show()
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(field.hasFocus)
    ring = child(window, "focus_ring")
    assert not ring.isVisible() or not ring.geometry().intersects(place)


def test_writing_begins_below_the_first_heading(
    window, corner, open_file, book, qtbot, ime
) -> None:
    open_file()
    corner.room.model.begin_note(NoteKind.RECORD, "soap", int(NOW_S * 1000), "en")
    qtbot.waitUntil(lambda: corner.room.editor_model.head is not None)
    ime(child(window, "note_text", QPlainTextEdit), "她说")
    lines = child(window, "note_text", QPlainTextEdit).toPlainText().splitlines()
    first = note_content().template("soap").fields[0].en
    assert lines[:2] == [f"■ {first}", "她说"]


def test_what_was_found_is_in_sight_and_not_overwritten(
    window, corner, qtbot, ime
) -> None:
    corner.room.model.search.set_query("焦虑")
    corner.room.model.search.search_now()
    qtbot.waitUntil(lambda: bool(corner.room.model.list.rows))
    corner.room.model.choose(1)
    text = child(window, "note_text", QPlainTextEdit)
    qtbot.waitUntil(lambda: "焦虑" in text.toPlainText())
    (mark,) = text.extraSelections()
    assert mark.cursor.selectedText() == "焦虑"
    qtbot.waitUntil(
        lambda: text.viewport().rect().contains(text.cursorRect(mark.cursor))
    )
    ime(text, "感")
    assert "焦虑感 today" in text.toPlainText()
    corner.room.empty()
    assert text.extraSelections() == []


def test_a_signed_note_does_not_look_like_one_to_write_in(
    window, corner, book, open_file, qtbot
) -> None:
    open_file()
    corner.room.model.open_note(1)
    text = child(window, "note_text", QPlainTextEdit)
    qtbot.waitUntil(lambda: bool(text.toPlainText()))
    tokens = theme().tokens_for(text)
    assert has_colour(text, tokens.surface)
    corner.room.editor_model.sign()
    qtbot.waitUntil(text.isReadOnly)
    for field in (text, child(window, "note_title")):
        assert has_colour(field, tokens.surface_2)
        assert not has_colour(field, tokens.surface)


def test_a_broken_signature_is_said_in_its_colour(
    window, corner, book, open_file, qtbot
) -> None:
    book.sign_note(1, 1)
    book.broken.add(1)
    open_file()
    corner.room.model.open_note(1)
    said = child(window, "note_signature")
    qtbot.waitUntil(lambda: "does not fit" in said.text())
    assert has_colour(said, theme().tokens_for(said).error)


def test_signing_is_not_asked_like_a_danger(window, corner, open_file, qtbot) -> None:
    open_file()
    corner.room.model.open_note(1)
    qtbot.waitUntil(lambda: corner.room.editor_model.head is not None)
    press(qtbot, window, "sign_note")
    (yes,) = [
        one
        for one in window.findChildren(QPushButton, "confirm_yes")
        if one.isVisible()
    ]
    assert yes.property("role") == "primary"


def test_the_keyboard_begins_on_what_a_file_is_opened_for(
    window, corner, open_file
) -> None:
    open_file()
    assert corner.room.page.first_focus() is child(window, "new_record")


def test_chinese_has_its_own_colon(window, corner, open_file) -> None:
    language_controller().set_language("zh_CN")
    open_file()
    assert "正式记录：属于" in shown_words(window)


def test_a_long_detail_ends_with_an_ellipsis(qapp) -> None:
    font = QFont()
    width = round(QFontMetricsF(font).horizontalAdvance("m") * 12)
    layout, _ = _laid("many words " * 20, font, width, 2)
    assert layout.lineCount() == 2
    assert layout.text().endswith("…")
    layout, _ = _laid("few", font, width, 2)
    assert layout.text() == "few"


# --- the lock --------------------------------------------------------------------


def test_no_way_to_the_notes_while_they_are_locked(window, corner, door) -> None:
    notes = child(window, "open_notes")
    assert notes.isVisible()
    door.lock()
    assert not notes.isVisible()
    door.unlock()
    assert notes.isVisible()


# --- fields ----------------------------------------------------------------------


def test_one_word_of_help_at_a_time(window) -> None:
    field = Field("some", window)
    field.show()
    field.set_hint("Four or five words.")
    assert field.hint.isVisible()
    field.set_error("Choose a longer one")
    assert not field.hint.isVisible()
    field.set_hint("Too easy.")
    assert not field.hint.isVisible()
    field.set_error("")
    assert field.hint.isVisible()


def test_a_button_beside_a_line_is_as_high(window) -> None:
    field, button = Field("some", window), QPushButton("Choose")
    field.add_beside(button)
    field.resize(400, 100)
    field.show()
    assert field.edit.height() == button.height()


def test_the_sheets_last_characters_are_explained(qtbot, plain_look) -> None:
    panel = SheetPanel()
    qtbot.addWidget(panel)
    key = RecoveryKey(bytes(range(KEY_BYTES)))
    panel.set_key(key)
    words = [one.text() for one in panel.findChildren(QLabel)]
    assert f"and at the end: {key.text[-2:]}" in words
    panel.set_key(None)
    assert not any(key.text[-2:] in one.text() for one in panel.findChildren(QLabel))


# --- files -----------------------------------------------------------------------


def test_a_question_for_a_file_is_all_chinese_and_begins_at_home(window) -> None:
    language_controller().set_language("zh_CN")
    dialog = file_dialog(window)
    labels = QFileDialog.DialogLabel
    words = [
        dialog.labelText(one)
        for one in (labels.LookIn, labels.FileName, labels.FileType, labels.Reject)
    ]
    kinds = QFileIconProvider()
    words += [kinds.type(QFileInfo(place)) for place in ("/", str(Path.home()))]
    assert not any(re.search(r"[A-Za-z]{2}", one) for one in words), words
    assert Path(dialog.directory().path()) != Path.cwd()
    dialog.deleteLater()


# --- the first page --------------------------------------------------------------


def test_the_keyboard_begins_on_the_first_choice_and_field(qtbot, plain_look) -> None:
    view = FirstRunView()
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    try:
        qtbot.waitUntil(child(view, "choose_client").hasFocus)
        press(qtbot, view, "choose_counselor")
        qtbot.waitUntil(child(view, "server_address").hasFocus)
        press(qtbot, view, "first_run_back")
        qtbot.waitUntil(child(view, "choose_client").hasFocus)
    finally:
        view.close()
        view.deleteLater()
