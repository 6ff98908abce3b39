"""What leaves the vault and what comes in: on purpose, whole, and logged."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QRadioButton, QTextEdit
from tests.support.window_states import press, words_of

from safesession.core.note_archive import open_archive
from safesession.core.note_types import NewNote, NoteKind
from safesession.core.status import Role
from safesession.ui.gallery_notebook import StillNotebook
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.view_models.note_papers import (
    ExportForm,
    ExportWish,
    PaperState,
)
from safesession.ui.views import note_papers


NOW_S = 1_773_300_310.0
BODY = "■ 主诉\n她说最近睡不好，一想到考试就焦虑。\n" * 60
WORDS = "quiet river seven lamps"


@pytest.fixture
def book() -> StillNotebook:
    made = StillNotebook(lambda: NOW_S)
    made.add_client("A/017", "林小雨")
    for kind in (NoteKind.RECORD, NoteKind.PROCESS, NoteKind.RECORD):
        made.begin_note(NewNote(1, kind, "soap", int(NOW_S * 1000), kind.value, BODY))
    made.sign_note(1, 1)
    made.addend(1, "补充一句")
    return made


@pytest.fixture
def corner(open_window, book, qtbot) -> NotesCorner:
    window = open_window(Role.COUNSELOR)
    made = NotesCorner(window, book, StillDoor(window))
    made.toggle()
    qtbot.waitUntil(lambda: bool(made.room.model.list.rows))
    made.room.model.open_client(1)
    qtbot.waitUntil(lambda: made.room.model.client is not None)
    return made


@pytest.fixture
def place(monkeypatch, tmp_path) -> list[str]:
    """Answer every question for a place; returns the suggested names."""
    asked: list[str] = []

    def answer(_parent, name, _suffix, chosen) -> None:
        asked.append(name)
        chosen(tmp_path / "chosen")

    monkeypatch.setattr(note_papers, "ask_where", answer)
    return asked


def open_note(corner: NotesCorner, qtbot, note_id: int) -> None:
    corner.room.model.open_note(note_id)
    head = lambda: corner.room.editor_model.head  # noqa: E731
    qtbot.waitUntil(lambda: head() is not None and head().id == note_id)


def find(corner: NotesCorner, kind: type, name: str):
    found = corner.room.page.findChild(kind, name)
    assert found is not None
    return found


def written(corner: NotesCorner, qtbot) -> None:
    qtbot.waitUntil(lambda: corner.room.papers.state is PaperState.WRITTEN)


def streams(pdf: bytes) -> bytes:
    """Return the readable parts of a PDF and its inflated streams."""
    found = [pdf]
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(match.group(1)))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_a_clients_file_leaves_as_a_pdf_of_its_records(
    corner, book, place, tmp_path: Path, qtbot
) -> None:
    window = corner.room.page.window()
    press(qtbot, window, "export_client")
    press(qtbot, window, "export_yes")
    written(corner, qtbot)
    pdf = (tmp_path / "chosen").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    inside = streams(pdf)
    assert re.search(rb"/FontFile[23]", inside), "the Chinese font is inside"
    pages = len(re.findall(rb"/Type\s*/Page\b", inside))
    assert pages >= 3, "sixty times two lines, twice"
    assert place == ["A_017.pdf"], "a code and nothing else, and no path"
    assert list(tmp_path.iterdir()) == [tmp_path / "chosen"]
    assert book.exported == ["pdf 1"]
    assert "access log" in words_of(window, "papers_said")


def test_process_notes_need_their_own_yes(
    corner, book, place, tmp_path: Path, qtbot
) -> None:
    window = corner.room.page.window()
    open_note(corner, qtbot, 2)
    press(qtbot, window, "export_note")
    yes = find(corner, QPushButton, "export_yes")
    assert not yes.isEnabled()
    find(corner, QRadioButton, "export_all").setChecked(True)
    assert yes.isEnabled()
    find(corner, QRadioButton, "export_one").setChecked(True)
    assert not yes.isEnabled()
    find(corner, QCheckBox, "export_on_purpose").setChecked(True)
    press(qtbot, window, "export_yes")
    written(corner, qtbot)
    assert (tmp_path / "chosen").exists()


def test_a_wish_without_the_yes_is_refused_by_the_vault(
    corner, tmp_path: Path, qtbot
) -> None:
    wish = ExportWish(1, 2, NoteKind.RECORD, ExportForm.PDF)
    corner.room.papers.take_out(wish, tmp_path / "chosen")
    qtbot.waitUntil(lambda: corner.room.papers.state is PaperState.FAILED)
    assert not (tmp_path / "chosen").exists()
    window = corner.room.page.window()
    assert "only when you choose it" in words_of(window, "papers_said")


def test_an_archive_needs_a_passphrase_that_holds(
    corner, place, tmp_path: Path, qtbot
) -> None:
    window = corner.room.page.window()
    press(qtbot, window, "export_client")
    find(corner, QRadioButton, "export_archive").setChecked(True)
    yes = find(corner, QPushButton, "export_yes")
    secret = find(corner, QLineEdit, "export_passphrase")
    again = find(corner, QLineEdit, "export_passphrase_again")
    secret.setText("1234")
    again.setText("1234")
    assert not yes.isEnabled()
    secret.setText(WORDS)
    again.setText(WORDS[:-1])
    assert not yes.isEnabled()
    again.setText(WORDS)
    press(qtbot, window, "export_yes")
    written(corner, qtbot)
    assert secret.text() == again.text() == ""
    content = (tmp_path / "chosen").read_bytes()
    assert "焦虑".encode() not in content
    archive = open_archive(content, WORDS)
    assert [note.kind for note in archive.notes] == ["record", "record"]
    assert archive.notes[0].addenda[0][1] == "补充一句"


def test_a_place_that_refuses_is_said(corner, tmp_path: Path, qtbot) -> None:
    (tmp_path / "file").write_bytes(b"")
    corner.room.papers.take_out(ExportWish(1), tmp_path / "file" / "x.pdf")
    qtbot.waitUntil(lambda: corner.room.papers.state is PaperState.FAILED)
    window = corner.room.page.window()
    assert "could not be written there" in words_of(window, "papers_said")


def test_what_cannot_be_saved_does_not_leave(
    corner, book, tmp_path: Path, qtbot
) -> None:
    open_note(corner, qtbot, 3)
    book.refuse("disk_full")
    corner.room.page.editor.writing.appendPlainText("新的一句")
    wish = ExportWish(1, 3)
    corner.room.papers.take_out(wish, tmp_path / "chosen")
    qtbot.waitUntil(lambda: corner.room.papers.state is PaperState.FAILED)
    assert not (tmp_path / "chosen").exists()


def test_a_file_is_attached_and_saved_elsewhere(
    corner, book, place, tmp_path: Path, qtbot
) -> None:
    open_note(corner, qtbot, 3)
    source = tmp_path / "日记.pdf"
    source.write_bytes(b"%PDF-1.4 ...")
    corner.room.papers.attach(source)
    qtbot.waitUntil(lambda: bool(corner.room.editor_model.attachments))
    window = corner.room.page.window()
    press(qtbot, window, "attachment_1")
    written(corner, qtbot)
    assert place == ["日记.pdf"]
    assert (tmp_path / "chosen").read_bytes() == source.read_bytes()
    press(qtbot, window, "remove_attachment_1")
    qtbot.waitUntil(lambda: not corner.room.editor_model.attachments)
    source.write_bytes(b"")
    corner.room.papers.attach(source)
    qtbot.waitUntil(lambda: "25 MB" in words_of(window, "note_problem"))


def test_an_earlier_version_is_compared_and_brought_back(corner, book, qtbot) -> None:
    open_note(corner, qtbot, 3)
    window = corner.room.page.window()
    editor = corner.room.page.editor
    editor.writing.setPlainText("全都改掉了")
    press(qtbot, window, "note_versions")
    text = find(corner, QTextEdit, "versions_text")
    qtbot.waitUntil(lambda: "全都改掉了" in text.toPlainText())
    assert "焦虑" in text.toPlainText()
    press(qtbot, window, "restore_version")
    qtbot.waitUntil(lambda: editor.writing.toPlainText() == BODY)
    assert book.read_note(3).result().body == BODY
    assert "全都改掉了" not in text.toPlainText(), "the card forgets when it closes"
