"""The institution's templates: taken from a file, offered beside the others, removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QRadioButton
from tests.support.notes import settle, shown_words
from tests.support.window_states import press

from safesession.core.status import Role
from safesession.core.template_file import (
    MAX_FILE_BYTES,
    TemplateFault,
    TemplateRefusal,
    read_templates,
)
from safesession.ui.gallery import Look, looking
from safesession.ui.gallery_notebook import StillNotebook
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.template_texts import refusal_words
from safesession.ui.theme.controller import SchemeChoice
from safesession.ui.views import note_templates


NOW_S = 1_773_300_310.0
OWN = """\
templates:
  - key: intake
    name: {zh: 登记表, en: Intake & more}
    fields: [{zh: 来源, en: Source}, {zh: 期待, en: Hopes}]
"""


@pytest.fixture
def book() -> StillNotebook:
    made = StillNotebook(lambda: NOW_S)
    made.add_client("A-017", "林小雨")
    return made


@pytest.fixture
def door() -> StillDoor:
    return StillDoor()


@pytest.fixture
def corner(open_window, book, door, qtbot) -> NotesCorner:
    made = NotesCorner(open_window(Role.COUNSELOR), book, door)
    made.toggle()
    qtbot.waitUntil(lambda: bool(made.room.model.list.rows))
    made.room.model.open_client(1)
    qtbot.waitUntil(lambda: made.room.model.client is not None)
    return made


@pytest.fixture
def give(monkeypatch, tmp_path) -> Callable[[bytes], None]:
    """Return a function that says which file a person will choose."""
    path = tmp_path / "file.yaml"
    monkeypatch.setattr(
        note_templates, "ask_which", lambda _parent, chosen: chosen(path)
    )
    return path.write_bytes


def managing(corner: NotesCorner, qtbot):
    window = corner.room.page.window()
    press(qtbot, window, "new_process")
    press(qtbot, window, "manage_templates")
    return window


def test_a_file_is_taken_offered_used_and_removed(corner, book, give, qtbot) -> None:
    window = managing(corner, qtbot)
    assert "There are none yet." in shown_words(window)
    give(OWN.encode())
    press(qtbot, window, "take_templates")
    qtbot.waitUntil(lambda: "New templates: 1; replaced: 0" in shown_words(window))
    press(qtbot, window, "close_templates")
    own = window.findChild(QRadioButton, "template_own:intake")
    assert own.isVisible(), "back where the note is begun"
    assert own.text() == "Intake && more"
    process = window.findChild(QRadioButton, "kind_process")
    assert process.isChecked(), "and with the kind that was chosen"
    press(qtbot, window, "template_own:intake")
    press(qtbot, window, "note_language_zh_CN")
    press(qtbot, window, "new_note_yes")
    text = window.findChild(QPlainTextEdit, "note_text")
    qtbot.waitUntil(lambda: text.toPlainText() == "■ 来源\n\n\n■ 期待\n\n")
    assert corner.room.editor_model.head.template == "own:intake"

    press(qtbot, window, "to_client_file")
    qtbot.waitUntil(lambda: corner.room.editor_model.note is None)
    managing(corner, qtbot)
    press(qtbot, window, "remove_own:intake")
    qtbot.waitUntil(lambda: book.templates().result() == ())
    press(qtbot, window, "close_templates")
    settle()
    assert window.findChild(QRadioButton, "template_own:intake") is None
    assert book.read_note(1).result().body.startswith("■ 来源")


def test_a_refusal_names_the_line_and_takes_nothing(corner, book, give, qtbot) -> None:
    window = managing(corner, qtbot)
    give(OWN.replace("fields", "feilds").encode())
    press(qtbot, window, "take_templates")
    qtbot.waitUntil(lambda: "Line 4: This name is not known" in shown_words(window))
    assert "Nothing was taken" in shown_words(window)
    assert book.templates().result() == ()
    press(qtbot, window, "close_templates")
    press(qtbot, window, "manage_templates")
    assert "Line 4" not in shown_words(window), "an old refusal is not shown again"


def test_a_large_or_missing_file_is_not_even_asked_about(
    corner, book, give, qtbot, tmp_path: Path, monkeypatch
) -> None:
    window = managing(corner, qtbot)
    give(b"#" * (MAX_FILE_BYTES + 1))
    monkeypatch.setattr(book, "take_templates", None)
    press(qtbot, window, "take_templates")
    assert "larger than 64 KB" in shown_words(window)
    (tmp_path / "file.yaml").unlink()
    press(qtbot, window, "take_templates")
    assert "could not be read" in shown_words(window)


def test_the_example_is_a_file_that_can_be_taken(
    corner, qtbot, tmp_path: Path, monkeypatch
) -> None:
    window = managing(corner, qtbot)
    target = tmp_path / "example.yaml"
    monkeypatch.setattr(
        note_templates, "ask_where", lambda _p, _n, _s, chosen: chosen(target)
    )
    press(qtbot, window, "save_example")
    assert isinstance(read_templates(target.read_bytes()), tuple)


def test_a_lock_forgets_templates_and_opens_nothing(corner, door, give, qtbot) -> None:
    window = managing(corner, qtbot)
    give(OWN.encode())
    press(qtbot, window, "take_templates")
    qtbot.waitUntil(lambda: "Intake & more" in shown_words(window))
    door.lock()
    settle()
    assert "Intake" not in shown_words(window)
    assert not corner.room.page._note_overlay.isVisibleTo(corner.room.page)
    door.unlock()
    qtbot.waitUntil(lambda: len(corner.room.model.templates.own) == 1)


def test_esc_leads_back_by_the_keyboard(corner, qtbot) -> None:
    window = managing(corner, qtbot)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert corner.room.page._note_overlay.isVisible()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not corner.room.page._note_overlay.isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_fault_has_a_sentence_of_its_own(qapp, language) -> None:
    with looking(Look(language, SchemeChoice.LIGHT)):
        said = {refusal_words(TemplateRefusal(fault, 3)) for fault in TemplateFault}
    assert len(said) == len(TemplateFault)
    assert all("3" in words for words in said)
