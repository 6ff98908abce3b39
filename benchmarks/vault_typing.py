"""From a key to its paint, while typing into a note of a large vault.

The app's own notes page on the offscreen platform, over the real vault, with autosave
on. A key is posted as the system would post it; its time ends when the editor has
drawn. Latin keys and Chinese commits of an input method take turns.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QObject,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication

from safesession.core.note_types import NewNote, NoteKind
from safesession.ui.notes_room import NotesRoom
from safesession.ui.settings import MemorySettings
from safesession.ui.shell import prepare_application
from safesession.ui.views import note_editor
from safesession.ui.widgets.note_edit import NoteEdit
from safesession.vault.notebook import VaultNotebook
from safesession.vault.vault import Vault


KEY_EVERY_MS = 40
_CHINESE = "今天谈到睡眠与焦虑，来访者说比上周平静一些。"
_LATIN = "sleep is better "
_LONGEST_S = 20.0


class _TimedEdit(NoteEdit):
    """Remembers when it has drawn."""

    painted: list[float]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw, then look at the clock."""
        super().paintEvent(event)
        if hasattr(self, "painted"):
            self.painted.append(time.perf_counter())


class _OpenDoor(QObject):
    """A door that stays open."""

    opened = Signal(object)
    locking = Signal()
    is_open = True


class _Typist(QTimer):
    """Posts one key after the other."""

    def __init__(self, writing: QObject) -> None:
        super().__init__()
        self._writing = writing
        self.posted: list[float] = []
        self.setInterval(KEY_EVERY_MS)
        self.timeout.connect(self._press)

    def _press(self) -> None:
        number = len(self.posted)
        event: QEvent
        if number % 2:
            event = QInputMethodEvent("", [])
            event.setCommitString(_CHINESE[number // 2 % len(_CHINESE)])
        else:
            letter = _LATIN[number // 2 % len(_LATIN)]
            plain = Qt.KeyboardModifier.NoModifier
            event = QKeyEvent(QEvent.Type.KeyPress, 0, plain, letter)
        self.posted.append(time.perf_counter())
        QCoreApplication.postEvent(self._writing, event)


def key_to_paint_ms_p99(vault: Vault, keys: int, body: str) -> tuple[float, int]:
    """Return the 99th percentile in milliseconds, and how often was saved meanwhile."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise TypeError("typing needs windows")
    prepare_application(app, MemorySettings())
    room = _room(vault)
    new = NewNote(1, NoteKind.RECORD, "soap", int(time.time() * 1000), "t", body)
    saved = vault.run(lambda v: v.notes.begin(new)).result()
    room.page.setFixedSize(1180, 700)
    room.page.show()
    room.model.open_note(saved.note_id)
    _until(lambda: room.editor_model.may_edit)
    writing = room.page.editor.writing
    if not isinstance(writing, _TimedEdit):
        raise TypeError("another editor")
    writing.painted = []
    typist = _Typist(writing)
    typist.start()
    longest_s = keys * KEY_EVERY_MS / 1000 + _LONGEST_S
    _until(lambda: len(typist.posted) >= keys, longest_s)
    typist.stop()
    _until(lambda: not room.editor_model.has_unsaved_words)
    saves = room.editor_model.revision - saved.revision
    if len(writing.toPlainText()) < len(body) + keys:
        raise RuntimeError("keys were lost")
    room.empty()
    room.page.close()
    room.page.deleteLater()
    QCoreApplication.sendPostedEvents(room.page, QEvent.Type.DeferredDelete.value)
    latencies = _latencies(typist.posted, writing.painted)
    return statistics.quantiles(latencies, n=100)[-1], saves


def _room(vault: Vault) -> NotesRoom:
    usual = note_editor.NoteEdit
    note_editor.NoteEdit = _TimedEdit  # type: ignore[misc]
    try:
        return NotesRoom(VaultNotebook(lambda: vault), _OpenDoor())
    finally:
        note_editor.NoteEdit = usual  # type: ignore[misc]


def _latencies(posted: list[float], painted: list[float]) -> list[float]:
    """Return for each key, in ms, when the next drawing was done."""
    found, place = [], 0
    for began in posted:
        while place < len(painted) and painted[place] < began:
            place += 1
        if place < len(painted):
            found.append((painted[place] - began) * 1000)
    return found


def _until(done: Callable[[], bool], longest_s: float = _LONGEST_S) -> None:
    loop, poll = QEventLoop(), QTimer()
    ends = time.monotonic() + longest_s

    def look() -> None:
        if done() or time.monotonic() > ends:
            loop.quit()

    poll.timeout.connect(look)
    poll.start(10)
    loop.exec()
    poll.stop()
    if not done():
        raise TimeoutError("the window did not come to rest")
