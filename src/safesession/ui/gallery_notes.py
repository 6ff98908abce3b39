"""The notes' pages for the gallery: invented people, a notebook in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QRadioButton

from safesession.core.note_types import NewNote, NoteKind, Order
from safesession.core.template_file import TemplateFault, TemplateRefusal
from safesession.ui.gallery_notebook import StillNotebook
from safesession.ui.i18n import language_controller
from safesession.ui.note_templates import note_content
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.shell import SessionWindow
from safesession.ui.template_texts import refusal_words
from safesession.ui.vault_texts import Notice
from safesession.ui.view_models.note_papers import PaperState


_NOW_S: Final = 1_773_300_310.0  # 12 March 2026
_NOW_MS: Final = int(_NOW_S * 1000)
_DAY_MS: Final = 86_400_000
_FIRST, _SECOND, _PROCESS, _THIRD = range(1, 5)
_WRITTEN: Final = (
    "■ 主诉与求助诉求\n“最近睡不好，一想到考试就焦虑。”\n\n"
    "■ 情绪、言行与状态观察\n语速平稳；提到父亲时停顿较长。网络中断 1 次，42 秒。\n\n"
    "■ 安全评估与处理\n否认自伤想法。已再次说明紧急联系方式。\n\n"
    "■ 下次计划\nBreathing exercise daily; bring the sleep diary."
)


class StillDoor(QObject):
    """A vault's door that is open, until it is told to lock."""

    opened = Signal(object)
    locking = Signal()
    locked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_open = True

    def lock(self) -> None:
        """Say what a vault's door says when it locks."""
        self.locking.emit()
        self.is_open = False
        self.locked.emit()

    def unlock(self) -> None:
        """Open again."""
        self.is_open = True
        self.opened.emit(None)


_Step = Callable[[NotesCorner], None]


@dataclass(frozen=True, slots=True)
class NotesScene:
    """One state of the notes."""

    name: str
    build: Callable[[SessionWindow], object]
    in_call: bool = False


def furnish(window: SessionWindow, notebook: StillNotebook) -> NotesCorner:
    """Open the notes in a window, with outcomes delivered at once."""
    corner = NotesCorner(window, notebook, StillDoor(window))
    deliver()
    corner.toggle()
    deliver()
    return corner


def deliver() -> None:
    """Let what was asked for arrive; no event loop runs here."""
    for _ in range(6):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)


def filled_notebook() -> StillNotebook:
    """Return a notebook with three clients and a few notes."""
    now = [_NOW_S - 20 * 86_400]
    book = StillNotebook(lambda: now[0])
    for code, name in (("A-017", "林小雨"), ("A-018", "Sam Carter"), ("A-019", "")):
        book.add_client(code, name)
    book.close_client(2, closed=True)
    language = language_controller().language
    chinese = language.startswith("zh")
    first = note_content().template("zh_first")
    body = first.body(language) if first else ""
    for days, kind, title, text in (
        (14, NoteKind.RECORD, "首次会谈" if chinese else "First session", body),
        (7, NoteKind.RECORD, "第2次" if chinese else "Session 2", _WRITTEN),
        (7, NoteKind.PROCESS, "印象" if chinese else "Impressions", "我自己的紧张…"),
        (0, NoteKind.RECORD, "第3次" if chinese else "Session 3", _WRITTEN),
    ):
        at_ms = _NOW_MS - days * _DAY_MS
        now[0] = at_ms / 1000
        book.begin_note(NewNote(1, kind, "zh_case", at_ms, title, text))
    book.sign_note(_FIRST, 1)
    book.sign_note(_SECOND, 1)
    book.addend(_SECOND, "补充：来访者后来来电，改约下周四 10:00。Nothing urgent.")
    book.attach(_THIRD, "sleep diary 睡眠日记.pdf", "application/pdf", bytes(31_000))
    return book


_OWN_TEMPLATES: Final = """\
templates:
  - key: intake
    name: {zh: 晴川大学首次登记, en: Intake of Qingchuan University}
    fields: [{zh: 来源, en: Source}, {zh: 期待, en: Hopes}]
  - key: closing
    name: {zh: 结案小结, en: Closing summary}
    fields: [{zh: 变化, en: Changes}, {zh: 建议, en: Advice}, {zh: 随访, en: Follow-up}]
"""


def notes_scenes() -> tuple[NotesScene, ...]:
    """Return all states of the notes."""
    return (
        NotesScene("notes_empty", lambda w: furnish(w, StillNotebook(lambda: _NOW_S))),
        NotesScene("notes_clients", _opened()),
        NotesScene("notes_names", _opened(_names)),
        NotesScene("notes_client", _opened(_client)),
        NotesScene("notes_new_client", _opened(_press("new_client"))),
        NotesScene("notes_new_note", _opened(_client, _press("new_record"))),
        NotesScene("notes_own_templates", _templates(_client, _press("new_record"))),
        NotesScene("notes_templates_none", _opened(*_managing())),
        NotesScene("notes_templates", _templates(*_managing())),
        NotesScene("notes_template_refused", _opened(*_managing(), _bad_file)),
        NotesScene("notes_editor", _opened(_note(_THIRD))),
        NotesScene("notes_beside", _opened(_note(_THIRD), _press("note_previous"))),
        NotesScene("notes_process", _opened(_note(_PROCESS))),
        NotesScene("notes_not_saved", _not_saved),
        NotesScene("notes_sign", _opened(_note(_THIRD), _press("sign_note"))),
        NotesScene("notes_signed", _opened(_note(_SECOND))),
        NotesScene("notes_broken", _broken),
        NotesScene("notes_versions", _versions),
        NotesScene("notes_export", _opened(_note(_THIRD), _press("export_note"))),
        NotesScene(
            "notes_export_process", _opened(_note(_PROCESS), _press("export_note"))
        ),
        NotesScene(
            "notes_archive",
            _opened(_client, _press("export_client"), _tick("export_archive")),
        ),
        NotesScene("notes_composing", _opened(_client, _composing)),
        NotesScene("notes_found", _opened(_looked_for("焦虑"))),
        NotesScene("notes_found_narrowed", _opened(_looked_for("焦虑"), _narrowed)),
        NotesScene("notes_nothing_found", _opened(_looked_for("xyz"))),
        NotesScene("notes_in_call", _opened(_client), in_call=True),
        NotesScene("notes_in_call_note", _opened(_note(_THIRD)), in_call=True),
    )


def _opened(*steps: _Step) -> Callable[[SessionWindow], object]:
    def build(window: SessionWindow) -> None:
        corner = furnish(window, filled_notebook())
        for step in steps:
            step(corner)
            deliver()

    return build


def _client(corner: NotesCorner) -> None:
    corner.room.model.open_client(1)


def _note(note_id: int) -> _Step:
    def step(corner: NotesCorner) -> None:
        _client(corner)
        deliver()
        corner.room.model.open_note(note_id)

    return step


def _names(corner: NotesCorner) -> None:
    box = corner.room.page.findChild(QCheckBox, "privacy_view")
    if box is not None:
        box.setChecked(False)


def _press(name: str) -> _Step:
    def step(corner: NotesCorner) -> None:
        button = corner.room.page.findChild(QPushButton, name)
        if button is not None:
            button.click()

    return step


def _not_saved(window: SessionWindow) -> None:
    book = filled_notebook()
    corner = furnish(window, book)
    _note(_THIRD)(corner)
    deliver()
    book.refuse("disk_full")
    corner.room.page.editor.writing.appendPlainText("还没有存下来的一句话")
    corner.room.editor_model.when_saved(_nothing)
    deliver()


def _versions(window: SessionWindow) -> None:
    book = filled_notebook()
    changed = _WRITTEN.replace("最近睡不好，", "").replace("daily", "twice a day")
    book.save_note(_THIRD, 1, "第3次", changed)
    corner = furnish(window, book)
    for step in (_note(_THIRD), _press("note_versions")):
        step(corner)
        deliver()


def _tick(name: str) -> _Step:
    def step(corner: NotesCorner) -> None:
        button = corner.room.page.findChild(QRadioButton, name)
        if button is not None:
            button.setChecked(True)

    return step


def _templates(*steps: _Step) -> Callable[[SessionWindow], object]:
    """Open the notes of somebody whose institution has templates of its own."""

    def build(window: SessionWindow) -> None:
        book = filled_notebook()
        book.take_templates(_OWN_TEMPLATES.encode())
        corner = furnish(window, book)
        for step in steps:
            step(corner)
            deliver()

    return build


def _bad_file(corner: NotesCorner) -> None:
    words = refusal_words(TemplateRefusal(TemplateFault.UNKNOWN_NAME, 12))
    templates = corner.room.model.templates
    templates.said = (Notice("warn", words),)
    templates.changed.emit()


def _composing(corner: NotesCorner) -> None:
    papers = corner.room.papers
    papers.state, papers.share = PaperState.WRITING, 0.37
    papers.changed.emit()


def _narrowed(corner: NotesCorner) -> None:
    search = corner.room.model.search
    search.set_client(1)
    search.set_kind(NoteKind.RECORD)
    search.set_order(Order.RELEVANCE)


def _broken(window: SessionWindow) -> None:
    book = filled_notebook()
    book.broken.add(_SECOND)
    _note(_SECOND)(furnish(window, book))
    deliver()


def _looked_for(query: str) -> _Step:
    def step(corner: NotesCorner) -> None:
        field = corner.room.page.findChild(QLineEdit, "notes_search")
        if field is not None:
            field.setText(query)
        corner.room.model.search.search_now()

    return step


def _nothing() -> None:
    """Go on with nothing."""


def _managing() -> tuple[_Step, ...]:
    return (_client, _press("new_record"), _press("manage_templates"))
