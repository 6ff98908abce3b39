"""The vault's pages over a vault that obeys: every step, refusal and way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu
from tests.support.vault_door import FakeDoor
from tests.support.window_states import words_of

from safesession.core.status import Phase, Role, SessionStatus
from safesession.core.vault_types import BackupStatus, VaultState
from safesession.crypto.recovery_key import RecoveryKey
from safesession.ui.clipboard import copy_public
from safesession.ui.gallery import Look, looking
from safesession.ui.settings import MemorySettings
from safesession.ui.theme.controller import SchemeChoice
from safesession.ui.vault_corner import VaultCorner
from safesession.ui.vault_session import DoorState, VaultSession
from safesession.ui.view_models.vault_page import (
    VaultField,
    VaultPageViewModel,
    VaultStep,
)
from safesession.ui.view_models.vault_setup import (
    SetupField,
    SetupStep,
    VaultSetupViewModel,
)
from safesession.ui.view_models.vault_unlock import UnlockStep, VaultUnlockViewModel
from safesession.vault import errors


PASSPHRASE = "quiet river under seven lamps"


@pytest.fixture
def door() -> FakeDoor:
    """A vault that is there and locked."""
    door = FakeDoor(VaultState.LOCKED)
    door.start()
    return door


@pytest.fixture
def opened(qtbot, plain_look, door) -> VaultSession:
    """A session whose vault is open."""
    session = VaultSession(door)
    with qtbot.waitSignal(session.opened):
        session.open_by(lambda: door.unlock(door.passphrase), lambda _: None, fail)
    return session


def fail(error: Exception) -> None:
    raise AssertionError(error)


@pytest.fixture
def absent(plain_look) -> Iterator[FakeDoor]:
    door = FakeDoor()
    door.start()
    return door


# --- set up ----------------------------------------------------------------------


def test_weak_and_unequal_passphrases_are_named(absent) -> None:
    model = VaultSetupViewModel(VaultSession(absent))
    model.submit_passphrase("12345678", "12345678")
    assert set(model.errors) == {SetupField.FIRST}
    model.submit_passphrase(PASSPHRASE, PASSPHRASE + "!")
    assert set(model.errors) == {SetupField.AGAIN}
    assert model.step is SetupStep.PASSPHRASE
    assert model.sheet is None


def test_nothing_is_made_before_two_groups_are_retyped(absent) -> None:
    model = VaultSetupViewModel(VaultSession(absent), pick=lambda: (1, 6))
    model.submit_passphrase(PASSPHRASE, PASSPHRASE)
    groups = model.sheet.groups
    model.submit_groups(groups[1], groups[6])  # not asked for yet
    assert model.step is SetupStep.SHEET
    model.sheet_kept()
    model.submit_groups(groups[1], groups[5])
    assert set(model.errors) == {SetupField.GROUP_TWO}
    assert absent.state is VaultState.ABSENT


def test_a_refusal_leaves_everything_to_try_again(qtbot, absent) -> None:
    model = VaultSetupViewModel(VaultSession(absent), pick=lambda: (1, 6))
    model.submit_passphrase(PASSPHRASE, PASSPHRASE)
    groups = model.sheet.groups
    model.sheet_kept()
    absent.refuse = errors.DiskFullError("full")
    model.submit_groups(groups[1], groups[6])
    qtbot.waitUntil(lambda: model.step is SetupStep.RETYPE)
    assert "disk is full" in model.problem
    absent.refuse = None
    model.submit_groups(groups[1], groups[6])
    qtbot.waitUntil(lambda: model.step is SetupStep.DONE)
    assert absent.passphrase == PASSPHRASE


def test_one_mistyped_sign_of_a_sheet_is_no_passphrase(absent) -> None:
    model = VaultSetupViewModel(VaultSession(absent), restoring=True)
    text = RecoveryKey(bytes(20)).text
    model.submit_backup("some.ssbak", "1" + text[1:])
    assert set(model.errors) == {SetupField.SECRET}
    model.submit_backup("some.ssbak", text)
    assert model.step is SetupStep.PASSPHRASE


# --- unlock ----------------------------------------------------------------------


def test_the_window_lives_on_while_it_unlocks(qtbot, plain_look, door) -> None:
    model = VaultUnlockViewModel(VaultSession(door))
    door.hold = True
    model.submit(door.passphrase)
    assert model.step is UnlockStep.BUSY
    door.let_go()
    with qtbot.waitSignal(model.finished):
        pass


def test_a_pause_is_counted_down(qtbot, plain_look, door) -> None:
    model = VaultUnlockViewModel(VaultSession(door))
    door.wrong = 4
    model.submit("wrong")
    qtbot.waitUntil(lambda: model.step is UnlockStep.PAUSE)
    assert model.pause_s == 2
    model.submit(door.passphrase)
    assert model.step is UnlockStep.PAUSE
    qtbot.waitUntil(lambda: model.step is UnlockStep.ASK)
    with qtbot.waitSignal(model.finished):
        model.submit(door.passphrase)


@pytest.mark.parametrize(
    ("error", "aside"),
    [
        (errors.NewerVersionError("x"), False),
        (errors.VaultReadOnlyError("x"), False),
        (errors.DeviceSecretMissingError("x"), False),
        (errors.HeaderDamagedError("x"), True),
        (errors.NothingToRestoreError("x"), True),
    ],
)
def test_each_refusal_has_its_words(qtbot, plain_look, door, error, aside) -> None:
    model = VaultUnlockViewModel(VaultSession(door))
    door.refuse = error
    model.submit("anything")
    qtbot.waitUntil(lambda: model.step is UnlockStep.ASK and bool(model.problem))
    assert "did not do what was asked" not in model.problem
    assert model.can_set_aside is aside


# --- the vault's page -------------------------------------------------------------


def test_backups_and_rehearsals(qtbot, opened, door) -> None:
    model = VaultPageViewModel(opened)
    model.look()
    qtbot.waitUntil(lambda: model.drill_due)
    assert "no backup" in model.backup_text()
    model.begin(VaultStep.BACK_UP)
    model.back_up("", "", "")
    assert set(model.errors) == {VaultField.FILE}
    model.back_up("b.ssbak", "short", "short")
    assert set(model.errors) == {VaultField.FIRST}
    model.back_up("b.ssbak", PASSPHRASE, PASSPHRASE)
    qtbot.waitUntil(lambda: model.step is VaultStep.OVERVIEW)
    assert "read back whole" in model.results[0].text
    model.begin(VaultStep.REHEARSE)
    model.rehearse("b.ssbak", "something else")
    qtbot.waitUntil(lambda: bool(model.results))
    assert model.step is VaultStep.REHEARSE
    model.rehearse("b.ssbak", PASSPHRASE)
    qtbot.waitUntil(lambda: model.step is VaultStep.OVERVIEW)
    assert "can be restored" in model.results[0].text
    qtbot.waitUntil(lambda: not model.drill_due)


def test_a_new_sheet_counts_when_retyped(qtbot, opened, door) -> None:
    model = VaultPageViewModel(opened, pick=lambda: (0, 7))
    old = door.sheet
    model.begin(VaultStep.SHEET_ASK)
    model.begin_sheet(door.passphrase)
    sheet = model.sheet
    model.sheet_kept()
    model.change_sheet(sheet.groups[0], "AAAA")
    assert set(model.errors) == {VaultField.GROUP_TWO}
    assert door.sheet == old
    model.change_sheet(sheet.groups[0], sheet.groups[7])
    qtbot.waitUntil(lambda: model.step is VaultStep.OVERVIEW)
    assert door.sheet == sheet
    assert model.sheet is None


def test_the_passphrase_changes_with_the_old_one(qtbot, opened, door) -> None:
    model = VaultPageViewModel(opened)
    model.begin(VaultStep.PASSPHRASE)
    model.change_passphrase("wrong", PASSPHRASE, PASSPHRASE)
    qtbot.waitUntil(lambda: bool(model.results))
    model.change_passphrase(door.passphrase, PASSPHRASE, PASSPHRASE)
    qtbot.waitUntil(lambda: door.passphrase == PASSPHRASE)


def test_new_keys_take_a_new_sheet_and_tell_how_far_they_are(
    qtbot, opened, door
) -> None:
    model = VaultPageViewModel(opened, pick=lambda: (0, 7))
    model.look()
    qtbot.waitUntil(lambda: "40 MB" in model.rekey_text())
    assert "a few seconds" in model.rekey_text()
    model.begin(VaultStep.PASSPHRASE)
    model.change_passphrase(door.passphrase, PASSPHRASE, PASSPHRASE, rekeys=True)
    assert model.step is VaultStep.SHEET_SHOW
    old, sheet = door.passphrase, model.sheet
    model.sheet_kept()
    model.change_sheet(sheet.groups[0], "AAAA")
    assert set(model.errors) == {VaultField.GROUP_TWO}
    assert door.passphrase == old, "nothing before two groups are retyped"
    told: list[str] = []
    model.changed.connect(lambda: told.append(model.progress_text()))
    door.hold = True
    model.change_sheet(sheet.groups[0], sheet.groups[7])
    assert model.step is VaultStep.BUSY
    door.let_go()
    qtbot.waitUntil(lambda: model.step is VaultStep.OVERVIEW)
    assert "20 % done" in told
    assert (door.passphrase, door.sheet) == (PASSPHRASE, sheet)
    assert "nothing older does" in model.results[0].text
    assert (model.sheet, model._passphrase, model._secret) == (None, "", "")


def test_a_refused_rekeying_asks_for_the_passphrase_again(qtbot, opened, door) -> None:
    model = VaultPageViewModel(opened, pick=lambda: (0, 7))
    model.begin(VaultStep.PASSPHRASE)
    model.change_passphrase("wrong", PASSPHRASE, PASSPHRASE, rekeys=True)
    sheet = model.sheet
    model.sheet_kept()
    model.change_sheet(sheet.groups[0], sheet.groups[7])
    qtbot.waitUntil(lambda: bool(model.results))
    assert model.step is VaultStep.PASSPHRASE
    assert (model.sheet, model._passphrase, model._secret) == (None, "", "")
    model.change_passphrase(door.passphrase, PASSPHRASE, PASSPHRASE)
    qtbot.waitUntil(lambda: door.passphrase == PASSPHRASE)


def test_a_lock_forgets_what_waits_for_new_keys(qtbot, corner) -> None:
    corner.show_page()
    model = corner.page.view_model
    model.begin(VaultStep.PASSPHRASE)
    secret = corner.session.port.passphrase
    model.change_passphrase(secret, PASSPHRASE, PASSPHRASE, rekeys=True)
    lock(qtbot, corner.session)
    assert (model.sheet, model._passphrase, model._secret) == (None, "", "")


# --- the corner of the session window ----------------------------------------------


@pytest.fixture
def corner(qtbot, open_window, opened) -> VaultCorner:
    return VaultCorner(open_window(Role.COUNSELOR), opened, MemorySettings())


def lock(qtbot, session: VaultSession) -> None:
    with qtbot.waitSignal(session.locked):
        session.lock()


def test_locking_covers_the_window_and_unlocking_uncovers_it(qtbot, corner) -> None:
    window = corner._window
    lock(qtbot, corner.session)
    assert window.covered
    assert corner.unlock.isVisible()
    corner.unlock.view_model.submit(corner.session.port.passphrase)
    qtbot.waitUntil(lambda: not window.covered)
    assert window.invite.isVisible()


def test_enter_while_the_vault_still_locks_is_not_lost(qtbot, corner, door) -> None:
    window = corner._window
    door.hold = True
    corner.session.lock()
    field = corner.unlock.first_focus()
    field.setText(door.passphrase)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert corner.session.state is DoorState.LOCKING
    door.hold = False
    door.let_go()
    qtbot.waitUntil(lambda: not window.covered)
    assert field.text() == ""


def test_the_locked_page_needs_no_second_window(qtbot, corner) -> None:
    window = corner._window
    lock(qtbot, corner.session)
    window.header.notes.setFocus()
    window.notice_chosen.emit("unlock")
    assert corner._beside is None
    assert corner.unlock.first_focus().hasFocus()
    assert "session goes on" not in words_of(window, "vault_unlock")


def test_a_call_goes_on_uncovered(qtbot, corner) -> None:
    window = corner._window
    window.show_status(SessionStatus(role=Role.COUNSELOR, phase=Phase.IN_CALL))
    lock(qtbot, corner.session)
    assert window.call.isVisible()
    assert window._notice.isVisible()
    window.notice_chosen.emit("unlock")
    beside = corner._beside
    assert beside.isVisible()
    assert "session goes on" in words_of(beside, "vault_unlock")
    beside.page.view_model.submit(corner.session.port.passphrase)
    qtbot.waitUntil(lambda: corner._beside is None)
    assert not window._notice.isVisible()
    lock(qtbot, corner.session)
    window.show_status(SessionStatus(role=Role.COUNSELOR))
    assert corner.unlock.isVisible()


def test_a_window_may_be_made_while_the_vault_is_locked(
    qtbot, open_window, opened
) -> None:
    lock(qtbot, opened)
    corner = VaultCorner(open_window(Role.COUNSELOR), opened, MemorySettings())
    assert corner._window.covered
    assert corner.unlock.isVisible()


def test_listeners_forget_before_the_vault_is_closed(qtbot, opened, door) -> None:
    seen: list[tuple[DoorState, VaultState]] = []
    opened.locking.connect(lambda: seen.append((opened.state, door.state)))
    lock(qtbot, opened)
    assert seen == [(DoorState.LOCKING, VaultState.OPEN)]


def test_locking_empties_the_vaults_page(qtbot, corner) -> None:
    corner.show_page()
    corner.page.view_model.begin(VaultStep.SHEET_ASK)
    edit = corner.page.findChild(QLineEdit, "vault_proof")
    edit.insert("a secret")
    corner.page.view_model.begin_sheet("a secret")
    assert corner.page.view_model.sheet is not None
    lock(qtbot, corner.session)
    assert corner.page.view_model.sheet is None
    assert corner.page.view_model._secret == ""
    assert edit.text() == ""
    edit.undo()
    assert edit.text() == ""


def test_locking_empties_the_clipboard_of_ours(qtbot, corner, monkeypatch) -> None:
    # The offscreen platform does not know whose content it is.
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: True)
    board = QGuiApplication.clipboard()
    copy_public("an invite")
    lock(qtbot, corner.session)
    assert board.text() == "an invite"
    board.setText("from a note")
    session = corner.session
    with qtbot.waitSignal(session.opened):
        corner.unlock.view_model.submit(session.port.passphrase)
    lock(qtbot, session)
    assert board.text() == ""


def test_nobody_there_locks(qtbot, corner) -> None:
    corner.idle.set_after_min(1)
    assert corner.idle.after_min == 1
    with qtbot.waitSignal(corner.session.locked):
        corner.idle._timer.start(10)
    assert not corner.idle._timer.isActive()


def test_touching_the_window_counts_anew(qtbot, corner) -> None:
    handle = corner._window.windowHandle()
    corner.idle._watch(handle)
    corner.idle._timer.start(1_000_000_000)
    qtbot.mouseMove(corner._window)
    QGuiApplication.sendEvent(handle, _key_press())
    assert corner.idle._timer.interval() == 5 * 60_000


def _key_press():
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent

    none = Qt.KeyboardModifier.NoModifier
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, none)


def test_the_system_going_away_locks(qtbot, corner) -> None:
    with qtbot.waitSignal(corner.session.locked):
        corner.system.away.emit()


def test_the_menu_offers_the_vault_only_while_open(qtbot, corner) -> None:
    menu = QMenu()
    corner._add_entries(menu)
    words = [action.text() for action in menu.actions()]
    assert "Vault and backups" in words
    lock(qtbot, corner.session)
    empty = QMenu()
    corner._add_entries(empty)
    assert not empty.actions()


def test_a_reminder_leads_to_the_rehearsal(qtbot, corner) -> None:
    window = corner._window
    qtbot.waitUntil(window._notice.isVisible)
    window.notice_chosen.emit("rehearse")
    assert corner.page.view_model.step is VaultStep.REHEARSE
    assert corner.page.isVisible()
    corner.page.view_model.back()
    corner.page.view_model.back()
    window.notice_chosen.emit("later")
    assert not window._notice.isVisible()


def test_no_reminder_when_rehearsed(qtbot, open_window, opened, door) -> None:
    door.status = BackupStatus(1, 1, drill_due=False)
    corner = VaultCorner(open_window(Role.COUNSELOR), opened, MemorySettings())
    qtbot.waitUntil(lambda: bool(corner.page.view_model.backup_text()))
    assert not corner._window._notice.isVisible()


def test_files_that_are_due_are_brought_to_mind_once(
    qtbot, open_window, opened, door
) -> None:
    door.status = BackupStatus(1, 1, drill_due=False)
    corner = VaultCorner(open_window(Role.COUNSELOR), opened, MemorySettings())
    window = corner._window
    corner.set_due(2)
    assert window._notice.isVisible()
    assert "(2)" in window._notice.text
    with qtbot.waitSignal(corner.review_wanted):
        window.notice_chosen.emit("review")
    window.show_status(SessionStatus(role=Role.COUNSELOR, phase=Phase.IN_CALL))
    assert not window._notice.isVisible(), "never while two people are together"
    window.show_status(SessionStatus(role=Role.COUNSELOR))
    assert window._notice.isVisible()
    window.notice_chosen.emit("review_later")
    assert not window._notice.isVisible()
    corner.set_due(3)
    assert not window._notice.isVisible()


def test_pages_change_language_with_what_was_typed(qtbot, corner) -> None:
    corner.show_page()
    corner.page.view_model.begin(VaultStep.BACK_UP)
    edit = corner.page.findChild(QLineEdit, "vault_file")
    edit.setText("x.ssbak")
    with looking(Look("zh_CN", SchemeChoice.LIGHT)):
        qtbot.waitUntil(lambda: corner.page._title.text() == "立即备份")
        assert edit.text() == "x.ssbak"
