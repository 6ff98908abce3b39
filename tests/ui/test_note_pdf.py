"""A PDF is composed beside the windows: they live on, it can be stopped, a lock ends it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QTimer
from PySide6.QtPdf import QPdfDocument
from tests.support.notes import left_behind, settle
from tests.support.window_states import press, words_of

from safesession.core.note_types import NewNote, NoteKind
from safesession.core.status import Role
from safesession.ui.gallery_notebook import StillNotebook
from safesession.ui.gallery_notes import StillDoor
from safesession.ui.note_pdf import PdfScript, Piece, pdf_of, script_of
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.pdf_press import PdfError, PdfPress, PdfStoppedError
from safesession.ui.view_models.note_papers import ExportWish, PaperState


NOW_S = 1_773_300_310.0
LINE = "她说最近睡不好，一想到考试就焦虑。Sleep diary.\n"


@pytest.fixture
def book() -> StillNotebook:
    made = StillNotebook(lambda: NOW_S)
    made.add_client("A-017", "{林}小雨")
    now_ms = int(NOW_S * 1000)
    made.begin_note(NewNote(1, NoteKind.RECORD, "soap", now_ms, "第1次", LINE * 3000))
    return made


@pytest.fixture
def door() -> StillDoor:
    return StillDoor()


@pytest.fixture
def corner(open_window, book, door, qtbot) -> NotesCorner:
    made = NotesCorner(open_window(Role.COUNSELOR), book, door)
    made.toggle()
    qtbot.waitUntil(lambda: bool(made.room.model.list.rows))
    return made


class Endless:
    """Something to compose that ends only when it is stopped."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    def __call__(self, script: PdfScript, watch) -> bytes:
        self.begun.set()
        try:
            while True:
                watch(0.4)
                self.ended.wait(0.002)
        finally:
            self.ended.set()


def rendered(pdf: bytes, folder: Path) -> tuple[int, QPdfDocument]:
    path = folder / "x.pdf"
    path.write_bytes(pdf)
    document = QPdfDocument()
    document.load(str(path))
    return document.pageCount(), document


def test_the_window_lives_on_while_a_long_note_is_composed(
    corner, qtbot, tmp_path: Path
) -> None:
    beats: list[int] = []
    seen: set[str] = set()
    papers = corner.room.papers

    def beat() -> None:
        if papers.share is not None:
            beats.append(1)
            seen.add(words_of(corner.room.page, "papers_said"))

    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(1)
    target = tmp_path / "long.pdf"
    papers.take_out(ExportWish(1), target)
    qtbot.waitUntil(lambda: papers.state is PaperState.WRITTEN, timeout=60_000)
    timer.stop()
    assert len(beats) >= 5, "a window that stands still has none"
    assert len(seen) > 5, "the progress is told"
    pages, _ = rendered(target.read_bytes(), tmp_path)
    assert pages > 50


def test_stopping_writes_nothing(corner, qtbot, tmp_path: Path) -> None:
    endless = Endless()
    corner.room.pdf = PdfPress(endless)
    papers = corner.room.papers
    papers.take_out(ExportWish(1), tmp_path / "never.pdf")
    qtbot.waitUntil(lambda: papers.share == 0.4)
    window = corner.room.page.window()
    assert "40 %" in words_of(window, "papers_said")
    press(qtbot, window, "action_stop_writing")
    assert endless.ended.is_set(), "the thread is gone when the button comes back"
    settle()
    assert papers.state is PaperState.STOPPED
    assert "no file was written" in words_of(window, "papers_said")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_drops_the_page_and_every_word_of_it(
    corner, book, door, qtbot, tmp_path: Path
) -> None:
    marker = "标记marker" + str(7391)
    book.begin_note(NewNote(1, NoteKind.RECORD, "", 5, "t", f"{marker}正文"))
    endless = Endless()
    corner.room.pdf = PdfPress(endless)
    corner.room.papers.take_out(ExportWish(1), tmp_path / "never.pdf")
    qtbot.waitUntil(endless.begun.is_set)
    assert left_behind(marker)
    door.lock()
    book.__init__(lambda: NOW_S)  # it stands for the encrypted file
    settle()
    assert endless.ended.is_set()
    assert left_behind(marker) == []
    assert corner.room.papers.state is PaperState.NOTHING
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_is_done_as_the_vault_locks_is_not_written(
    corner, door, qtbot, tmp_path: Path
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def held(_script: PdfScript, _watch) -> bytes:
        begun.set()
        assert may_end.wait(5)
        return b"%PDF"

    corner.room.pdf = PdfPress(held)
    corner.room.papers.take_out(ExportWish(1), tmp_path / "never.pdf")
    qtbot.waitUntil(begun.is_set)
    may_end.set()  # no event is handled between this and the lock
    door.lock()
    settle()
    assert list(tmp_path.iterdir()) == []


def test_closing_the_window_ends_it(corner, qtbot, tmp_path: Path) -> None:
    endless = Endless()
    corner.room.pdf = PdfPress(endless)
    corner.room.papers.take_out(ExportWish(1), tmp_path / "never.pdf")
    qtbot.waitUntil(endless.begun.is_set)
    corner.room.page.window().close()
    assert endless.ended.is_set()


def test_whatever_goes_wrong_is_told_without_its_words(qtbot, plain_look) -> None:
    def broken(script: PdfScript, _watch) -> bytes:
        raise ValueError(script.label)

    script = PdfScript("secret label", "", (), ())
    error = PdfPress(broken).press(script, lambda _share: None).exception(10)
    assert isinstance(error, PdfError)
    assert "secret" not in repr(error)


def test_a_second_page_stops_the_first(qtbot, plain_look) -> None:
    endless = Endless()
    script = PdfScript("", "", (), ())
    presses = iter((endless, lambda _script, _watch: b"two"))

    def compose(script: PdfScript, watch) -> bytes:
        return next(presses)(script, watch)

    press_ = PdfPress(compose)
    first = press_.press(script, lambda _share: None)
    assert endless.begun.wait(10)
    second = press_.press(script, lambda _share: None)
    assert isinstance(first.exception(10), PdfStoppedError)
    assert second.result(10) == b"two"


@pytest.mark.parametrize(
    "text", ["", "a", "焦虑" * 9000, "word" * 4000, "\t\u2028😀 ", "{n} {all} {x}"]
)
def test_any_text_is_set(qapp, text, tmp_path: Path) -> None:
    pieces = (Piece("Title", 17.0, bold=True), Piece(text), Piece("end"))
    shares: list[float] = []
    script = PdfScript("A {n}", "A {n} · {n}/{all}", (), pieces)
    pages, document = rendered(pdf_of(script, shares.append), tmp_path)
    assert pages >= 1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    image = document.render(pages - 1, QSize(200, 283))
    assert not image.isNull()


def test_a_heading_is_not_left_alone_at_the_end_of_a_page(qapp) -> None:
    from safesession.ui import note_pdf

    seen: list[list[tuple[str, float]]] = []
    whole = note_pdf._pages

    def watched(*args):
        pages = whole(*args)
        seen.append([(p[-1].layout.text(), p[-1].y) for p in pages])
        return pages

    note_pdf._pages = watched
    try:
        for count in range(40, 48):
            pieces = [Piece(f"line {n}") for n in range(count)]
            pieces += [Piece("■ Heading", bold=True), Piece("under it"), Piece("x")]
            script = PdfScript("", "", (), tuple(pieces))
            pdf_of(script, lambda _share: None)
    finally:
        note_pdf._pages = whole
    last = [pages[0][0] for pages in seen if len(pages) > 1]
    assert last
    assert "■ Heading" not in last


def test_the_name_is_there_only_when_it_is_shown(qapp, book) -> None:
    export = book.export_client(1, "pdf").result()
    named = script_of(export, named=True, made_at_s=NOW_S)
    coded = script_of(export, named=False, made_at_s=NOW_S)
    assert named.label == "A-017 {林}小雨"
    assert "小雨" in named.foot
    assert "小雨" not in repr(coded.pieces[0].text) + coded.foot + coded.label
    assert "林" not in repr(named), "no word in what a log could quote"
