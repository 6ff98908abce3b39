"""A counselor's work with the vault in one process, one step per line of input.

The app's own entrance, windows, notes and vault, at the product's own cost; only the
engine holds still. What the person types comes in masked and is unmasked as it is
typed, so that whatever a search finds in here is the app's own doing.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtGui import QClipboard, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from tests.support.notes import settle

from safesession.app.entrance import Entrance
from safesession.core.note_types import NoteKind
from safesession.core.status import Role
from safesession.settings_file import SettingsFile
from safesession.ui.gallery import StillDevices, StillEngine
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.shell import SessionWindow, prepare_application
from safesession.ui.vault_corner import VaultCorner
from safesession.ui.vault_session import DoorState, VaultSession
from safesession.ui.view_models.note_papers import ExportForm, ExportWish, PaperState
from safesession.ui.view_models.vault_page import VaultStep
from safesession.ui.view_models.vault_setup import SetupStep
from safesession.vault.process_privacy import make_process_private
from safesession.vault.vault import Vault


_PR_SET_DUMPABLE = 4
_MASK = 0x5A
_LONGEST_S = 60.0
_LATIN_END = 128


def masked(text: str) -> str:
    """Return a text so that none of its spellings is in the result."""
    return bytes(octet ^ _MASK for octet in text.encode()).hex()


def unmasked(text: str) -> str:
    """Return what `masked` took."""
    return bytes(octet ^ _MASK for octet in bytes.fromhex(text)).decode()


class Workday:
    """One person at one app."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.settings = SettingsFile(folder)
        prepare_application(app, self.settings)
        self.entrance = Entrance(app, folder, self.settings)
        self.window: SessionWindow
        self.notes: NotesCorner
        self.corner: VaultCorner
        self.planted: object = None

    # --- hands -------------------------------------------------------------------

    def wait(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + _LONGEST_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(what)
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            settle()

    def type(self, place: QWidget, text: str) -> None:
        """Latin by keys, the rest by an input method."""
        place.setFocus()
        if all(ord(sign) < _LATIN_END for sign in text):
            QTest.keyClicks(place, text)
            return
        commit = QInputMethodEvent("", [])
        commit.setCommitString(text)
        QApplication.sendEvent(place, commit)

    def field(self, name: str, inside: QWidget | None = None) -> QWidget:
        found = (inside or self.window).findChild(QWidget, name)
        assert found is not None, name
        return found

    def press(self, name: str, inside: QWidget | None = None) -> None:
        places = (inside or self.window).findChildren(QAbstractButton, name)
        (button,) = [one for one in places if one.isVisible()]
        assert button.isEnabled(), name
        button.click()

    @property
    def vault(self) -> Vault:
        return self.entrance._door.vault

    @property
    def session(self) -> VaultSession:
        session = self.entrance.session
        assert session is not None
        return session

    # --- the vault ---------------------------------------------------------------

    def set_up(self, passphrase: str, backup: str = "", opens: str = "") -> str:
        """Make the vault through its pages; return the sheet, masked."""
        entered: list[bool] = []
        self.entrance.entered.connect(lambda: entered.append(True))
        door = self.entrance.open(restoring=bool(backup))
        door.show()
        model = door.setup_model()
        if backup:
            self.type(self.field("backup_file", door), backup)
            self.type(self.field("backup_secret", door), opens)
            self.press("vault_setup_next", door)
        self.type(self.field("passphrase", door), passphrase)
        self.type(self.field("passphrase_again", door), passphrase)
        self.press("vault_setup_next", door)
        assert model.step is SetupStep.SHEET, model.errors
        sheet = masked(model.sheet.text)
        self.press("vault_setup_next", door)
        for name, index in zip(
            ("sheet_group_one", "sheet_group_two"), model.retype, strict=True
        ):
            self.type(self.field(name, door), model.sheet.groups[index])
        self.press("vault_setup_next", door)
        self.wait(lambda: model.step is not SetupStep.BUSY, "made")
        assert model.step is SetupStep.DONE, model.problem
        self.press("vault_setup_next", door)
        self.wait(lambda: bool(entered), "entered")
        self.window = SessionWindow(
            StillEngine(pictures=False),
            Role.COUNSELOR,
            settings=self.settings,
            devices=StillDevices(),
        )
        self.entrance.furnish(self.window)
        self.notes = self.window.findChild(NotesCorner)
        self.corner = self.window.findChild(VaultCorner)
        self.window.show()
        door.close()
        door.deleteLater()
        settle()
        return sheet

    def lock(self) -> None:
        self.session.lock()
        self.wait(lambda: self.session.state is DoorState.SHUT, "locked")
        settle()

    def unlock(self, passphrase: str) -> None:
        page = self.corner.unlock
        self.type(self.field("vault_secret", page), passphrase)
        self.press("vault_open", page)
        self.wait(lambda: self.session.is_open, "unlocked")
        if page.isVisible():
            self.press("vault_open", page)
        settle()

    def back_up(self, path: str, passphrase: str) -> None:
        model = self.corner.page.view_model
        model.begin(VaultStep.BACK_UP)
        model.back_up(path, passphrase, passphrase)
        self.wait(lambda: model.step is VaultStep.OVERVIEW, "backed up")
        assert model.results[0].tone == "ok", model.results

    def rehearse(self, path: str, opens: str) -> None:
        model = self.corner.page.view_model
        model.begin(VaultStep.REHEARSE)
        model.rehearse(path, opens)
        self.wait(lambda: model.step is VaultStep.OVERVIEW, "rehearsed")
        assert model.results[0].tone == "ok", model.results

    def change_passphrase(self, old: str, new: str) -> None:
        model = self.corner.page.view_model
        model.begin(VaultStep.PASSPHRASE)
        model.change_passphrase(old, new, new)
        self.wait(lambda: model.step is VaultStep.OVERVIEW, "changed")
        assert model.results[0].tone == "ok", model.results

    def snapshot(self) -> None:
        self.vault.run(lambda v: v.take_snapshot()).result()

    def rekey(self, passphrase: str) -> str:
        """Put everything under new keys; return the new sheet, masked."""
        sheet = self.vault.new_recovery_key()
        self.vault.rekey(passphrase, passphrase, sheet).result()
        return masked(sheet.text)

    # --- the notes ---------------------------------------------------------------

    def add_client(self, code: str, name: str) -> None:
        room = self.notes.room
        if not self.notes.shown:
            self.notes.toggle()
        room.model.to_clients()
        room.model.add_client(code, name)
        self.wait(lambda: room.model.client is not None, "the client's file")

    def reopen(self) -> None:
        """Open the first client's file again, with names."""
        room = self.notes.room
        if not self.notes.shown:
            self.notes.toggle()
        self.wait(lambda: room.model.list.rows, "the files")
        room.model.choose(room.model.list.rows[0].key)
        self.wait(lambda: room.model.client is not None, "the client's file")
        room.model.set_private(False)

    def write(self, title: str, body: str, kind: str = "record") -> None:
        """Begin a note and write it; returns once it is saved."""
        room = self.notes.room
        before = room.editor_model.head
        at_ms = int(time.time() * 1000)
        room.model.begin_note(NoteKind(kind), "soap", at_ms, "zh_CN")
        self.wait(
            lambda: (
                room.editor_model.head not in (None, before)
                and room.editor_model.may_edit
            ),
            "a new note",
        )
        self.field("note_title").selectAll()
        self.type(self.field("note_title"), title)
        self.add_words(body)

    def add_words(self, words: str) -> None:
        self.type(self.field("note_text"), words)
        self._saved()

    def rewrite(self, words: str) -> None:
        """Put other words in the place of all, so that a version is kept."""
        self.field("note_text").selectAll()
        self.add_words(words)
        self.press("note_versions")
        self.wait(lambda: self.notes.room.versions.pieces, "the difference")
        self.notes.room.page.dismiss_overlay()

    def half_a_sentence(self, words: str) -> None:
        """Type and do not wait for anything."""
        self.type(self.field("note_text"), words)

    def copy(self) -> None:
        writing = self.field("note_text")
        assert isinstance(writing, QPlainTextEdit)
        writing.selectAll()
        writing.copy()

    def undo(self) -> None:
        writing = self.field("note_text")
        assert isinstance(writing, QPlainTextEdit)
        writing.undo()
        writing.redo()
        self._saved()

    def beside(self) -> None:
        self.press("note_previous")
        self.wait(lambda: self.notes.room.editor_model.beside is not None, "beside")

    def attach(self, path: str) -> None:
        self.notes.room.papers.attach(Path(path))
        self.wait(lambda: self.notes.room.editor_model.attachments, "attached")

    def search(self, words: str) -> int:
        edit = self.field("notes_search")
        assert isinstance(edit, QLineEdit)
        self.type(edit, words)
        room = self.notes.room
        self.wait(lambda: room.model.list.rows, "found")
        self.window.grab()  # a screen draws what was found
        found = len(room.model.list.rows)
        edit.setText("")
        return found

    def sign(self, addendum: str) -> None:
        editor = self.notes.room.editor_model
        self.press("sign_note")
        self.press("confirm_yes")
        self.wait(lambda: not editor.may_edit, "signed")
        self.type(self.field("note_addendum"), addendum)
        self.press("add_addendum")
        self.wait(lambda: editor.addenda, "added")

    def take_out(self, path: str, passphrase: str = "") -> None:
        """Write a PDF, or with a passphrase an archive, of the client's records."""
        room = self.notes.room
        form = ExportForm.ARCHIVE if passphrase else ExportForm.PDF
        client = room.model.client
        assert client is not None
        wish = ExportWish(client.id, form=form, passphrase=passphrase)
        room.papers.take_out(wish, Path(path))
        self.wait(lambda: room.papers.state is not PaperState.WRITING, "written")
        assert room.papers.state is PaperState.WRITTEN, room.papers.problem

    def _saved(self) -> None:
        editor = self.notes.room.editor_model
        self.wait(lambda: editor.has_unsaved_words, "it was edited")
        self.wait(lambda: not editor.has_unsaved_words, "saved")
        self.window.grab()

    # --- controls and ends -------------------------------------------------------

    def leak(self, words: str, coding: str) -> None:
        """The control: what no app may do, written and deleted at once."""
        path = Path(os.environ["TMPDIR"]) / "thumbnail"
        path.write_bytes(words.encode(coding))
        path.unlink()

    def leak_mapped(self, words: str) -> None:
        """The control: through memory that is mapped onto a file."""
        with Path(os.environ["TMPDIR"], "mapped").open("w+b") as file:
            file.truncate(4096)
            with mmap.mmap(file.fileno(), 4096) as place:
                place.write(words.encode())

    def keep(self, words: str) -> None:
        """The control: an object that outlives the lock."""
        self.planted = {"kept": words + " kept"}

    def let_be_read(self) -> None:
        """Let the parent read this process's memory, which the product forbids."""
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)

    def crash(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(_LONGEST_S)


def _orders(line: str) -> tuple[str, dict[str, Any]]:
    order = json.loads(line)
    given = order.pop("masked", {})
    return order.pop("do"), order | {k: unmasked(v) for k, v in given.items()}


def main() -> None:
    make_process_private()
    # The offscreen platform never says whose the clipboard is.
    QClipboard.ownsClipboard = lambda _board: True
    app = QApplication(["SafeSession"])
    workday = Workday(app, Path(sys.argv[1]))
    QApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)
    while line := sys.stdin.readline():
        step, values = _orders(line)
        answer = getattr(workday, step)(**values)
        values.clear()
        print(json.dumps({"done": step, "answer": answer}), flush=True)
    workday.entrance.close()
    os._exit(0)


if __name__ == "__main__":
    main()
