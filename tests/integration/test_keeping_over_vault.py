"""Deleting, new keys and the log in the real window over the real vault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit
from tests.support.notes import settle, shown_words
from tests.support.vault_door import real_door, started
from tests.support.vaults import PASSPHRASE, Desk
from tests.support.window_states import press

from safesession.app.vault import VaultDoor
from safesession.core.note_types import NewNote, NoteKind
from safesession.core.status import Role
from safesession.crypto.recovery_key import RecoveryKey
from safesession.ui.gallery import Look, StillEngine, looking
from safesession.ui.keeping_corner import KeepingCorner
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.settings import MemorySettings
from safesession.ui.shell import SessionWindow
from safesession.ui.theme.controller import SchemeChoice
from safesession.ui.vault_corner import VaultCorner
from safesession.ui.vault_session import VaultSession
from safesession.ui.view_models.notebook import Desk as Shown
from safesession.ui.view_models.vault_page import VaultStep
from safesession.vault.keeping import VaultKeeping
from safesession.vault.notebook import VaultNotebook


YEAR_S = 366 * 86_400


@dataclass
class Rooms:
    """A counselor's window with everything about the vault in it."""

    window: SessionWindow
    door: VaultDoor
    desk: Desk
    session: VaultSession
    vault: VaultCorner
    notes: NotesCorner
    keeping: KeepingCorner

    def run(self, job):
        return self.door.vault.run(job).result()


@pytest.fixture
def rooms(qtbot, tmp_path) -> Iterator[Rooms]:
    desk = Desk(tmp_path)
    with looking(Look("en", SchemeChoice.LIGHT)), started(real_door(desk)) as door:
        door.create(PASSPHRASE, desk.recovery).result()
        session = VaultSession(door)
        window = SessionWindow(StillEngine(), Role.COUNSELOR, settings=MemorySettings())
        vault = VaultCorner(window, session, MemorySettings())
        notes = NotesCorner(window, VaultNotebook(lambda: door.vault), session)
        keeping = KeepingCorner(
            window,
            VaultKeeping(lambda: door.vault),
            session,
            back=vault.show_page,
            open_client=notes.open_client,
        )
        window.show()
        yield Rooms(window, door, desk, session, vault, notes, keeping)
        window.hide()
        window.close()
        window.deleteLater()


def begin(rooms: Rooms, code: str, body: str) -> int:
    def job(v) -> int:
        client = v.clients.add(code).id
        new = NewNote(client, NoteKind.RECORD, "soap", 1_000, f"{code} title", body)
        return v.notes.begin(new).note_id

    return rooms.run(job)


def show_note(rooms: Rooms, note_id: int, qtbot) -> None:
    rooms.notes.toggle()
    qtbot.waitUntil(lambda: bool(rooms.notes.room.model.list.rows))
    rooms.notes.room.model.open_note(note_id)
    qtbot.waitUntil(lambda: rooms.notes.room.editor_model.note is not None)


def test_a_deleted_file_is_gone_from_every_page(rooms, qtbot) -> None:
    note_id = begin(rooms, "A-1", "焦虑")
    begin(rooms, "A-2", "stays")
    rooms.run(lambda v: v.retention.set_client_years(2, 100))
    show_note(rooms, note_id, qtbot)
    rooms.desk.now_s += 11 * YEAR_S
    window = rooms.window
    rooms.keeping.show_retention()
    qtbot.waitUntil(lambda: len(rooms.keeping.retention.view_model.due) == 1)
    press(qtbot, window, "retention_erase_1")
    window.findChild(QLineEdit, "retention_code").setText("A-1")
    press(qtbot, window, "retention_delete")
    press(qtbot, window, "confirm_yes")
    erased = rooms.keeping.retention.view_model.erased
    with qtbot.waitSignal(erased, timeout=20_000):
        pass
    assert rooms.run(lambda v: [c.code for c in v.clients.all()]) == ["A-2"]
    assert rooms.run(lambda v: v.search.find("焦虑")) == ()
    rooms.notes.toggle()
    model = rooms.notes.room.model
    qtbot.waitUntil(lambda: [row.title for row in model.list.rows] == ["A-2"])
    assert model.desk is Shown.NOTHING
    assert "A-1" not in shown_words(rooms.notes.room.page)
    rooms.keeping.show_log()
    log = rooms.keeping.log.view_model
    qtbot.waitUntil(lambda: log.chain is not None and log.chain.finished)
    assert log.chain.broken_at is None
    qtbot.waitUntil(lambda: "File deleted; notes in it: 1" in _titles(rooms))


def _titles(rooms: Rooms) -> list[str]:
    return [row.title for row in rooms.keeping.log.view_model.list.rows]


def test_a_file_that_is_due_is_opened_from_its_review(rooms, qtbot) -> None:
    begin(rooms, "A-1", "x")
    rooms.desk.now_s += 11 * YEAR_S
    rooms.keeping.due_counted.connect(rooms.vault.set_due)
    with qtbot.waitSignal(rooms.keeping.due_counted) as counted:
        rooms.keeping.count_due()
    assert counted.args == [1]
    assert rooms.vault._due == 1
    rooms.keeping.show_retention()
    qtbot.waitUntil(lambda: len(rooms.keeping.retention.view_model.due) == 1)
    press(qtbot, rooms.window, "retention_open_1")
    model = rooms.notes.room.model
    qtbot.waitUntil(lambda: model.client is not None and model.client.code == "A-1")
    assert rooms.notes.room.page.isVisible()


def test_new_keys_for_a_vault_that_is_written_in(rooms, ime, qtbot) -> None:
    note_id = begin(rooms, "A-1", "before。")
    show_note(rooms, note_id, qtbot)
    ime(rooms.notes.room.page.editor.writing, "last words ")
    window, model = rooms.window, rooms.vault.page.view_model
    rooms.vault.show_page()
    model.begin(VaultStep.PASSPHRASE)
    fields = ("vault_proof", "vault_passphrase", "vault_passphrase_again")
    new = "quiet river under seven lamps"
    for name, text in zip(fields, (PASSPHRASE, new, new), strict=True):
        window.findChild(QLineEdit, name).setText(text)
    qtbot.keyClick(window.findChild(QCheckBox, "vault_rekey"), Qt.Key.Key_Space)
    press(qtbot, window, "vault_next")
    sheet = model.sheet
    assert isinstance(sheet, RecoveryKey)
    model.sheet_kept()
    told: list[str] = []
    model.changed.connect(lambda: told.append(model.progress_text()))
    model.change_sheet(*(sheet.groups[index] for index in model.retype))
    qtbot.waitUntil(lambda: model.step is VaultStep.OVERVIEW, timeout=30_000)
    assert "nothing older does" in model.results[0].text
    assert "97 % done" in told
    rooms.notes.toggle()
    ime(rooms.notes.room.page.editor.writing, "and more ")
    editor = rooms.notes.room.editor_model
    qtbot.waitUntil(lambda: not editor.has_unsaved_words, timeout=5000)
    body = rooms.run(lambda v: v.notes.read(note_id).body)
    assert "before。last words and more " in body
    with qtbot.waitSignal(rooms.session.locked, timeout=20_000):
        rooms.session.lock()
    settle()
    rooms.door.unlock(sheet).result()
    assert rooms.run(lambda v: v.check_everything().well)


def test_a_lock_in_the_middle_of_new_keys_waits_and_is_whole(rooms, qtbot) -> None:
    begin(rooms, "A-1", "x")
    model = rooms.vault.page.view_model
    rooms.vault.show_page()
    model.begin(VaultStep.PASSPHRASE)
    new = "quiet river under seven lamps"
    model.change_passphrase(PASSPHRASE, new, new, rekeys=True)
    sheet = model.sheet
    model.sheet_kept()
    model.change_sheet(*(sheet.groups[index] for index in model.retype))
    with qtbot.waitSignal(rooms.session.locked, timeout=30_000):
        rooms.session.lock()
    settle()
    assert model.step is VaultStep.OVERVIEW
    assert (model.sheet, model._passphrase, model.results) == (None, "", ())
    rooms.door.unlock(sheet).result()
    assert len(rooms.run(lambda v: v.notes.newest())) == 1
