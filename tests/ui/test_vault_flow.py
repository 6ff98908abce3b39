"""The counselor's real vault through its real pages: the whole life of a door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from tests.support.notes import left_behind, settle
from tests.support.vault_door import FakeDoor, real_door, started
from tests.support.vaults import Desk, write_note

from safesession.core.vault_types import VaultState
from safesession.ui.door import DoorWindow
from safesession.ui.vault_session import DoorState, VaultSession
from safesession.ui.view_models.vault_page import VaultPageViewModel
from safesession.ui.view_models.vault_setup import SetupStep
from safesession.ui.view_models.vault_unlock import UnlockStep, UnlockWay


# Of this file alone: other files keep theirs in memory, where one is looked for.
PASSPHRASE = "grey heron above nine mills"
OTHER = "窗外的雨下了一整夜没停"


class Hands:
    """Types into and presses what a window shows, by object name."""

    def __init__(self, qtbot, window: QWidget) -> None:
        self.bot = qtbot
        self.window = window

    def type(self, name: str, text: str) -> None:
        edit = self.window.findChild(QLineEdit, name)
        assert edit is not None
        assert edit.isVisible(), name
        edit.setFocus()
        edit.selectAll()
        edit.insert(text)  # keyClicks knows Latin letters only

    def press(self, name: str) -> None:
        button = self.window.findChild(QPushButton, name)
        assert button is not None
        assert button.isVisible(), name
        assert button.isEnabled(), name
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def door_window(qtbot, plain_look) -> Iterator[Callable[[], DoorWindow]]:
    """Return a function that opens a door window."""
    opened: list[DoorWindow] = []

    def make() -> DoorWindow:
        window = DoorWindow()
        opened.append(window)
        window.show()
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()


def set_up(hands: Hands, window: DoorWindow, passphrase: str) -> str:
    """Go through the pages from the passphrase on; return the sheet's text."""
    model = window.page.view_model
    hands.type("passphrase", passphrase)
    hands.type("passphrase_again", passphrase)
    hands.press("vault_setup_next")
    assert model.step is SetupStep.SHEET
    sheet = model.sheet
    hands.press("vault_setup_next")
    one, two = model.retype
    hands.type("sheet_group_one", sheet.groups[one].lower())
    hands.type("sheet_group_two", sheet.groups[two])
    hands.press("vault_setup_next")
    assert model.step is SetupStep.BUSY
    hands.bot.waitUntil(lambda: model.step is SetupStep.DONE)
    assert model.sheet is None
    with hands.bot.waitSignal(window.entered):
        hands.press("vault_setup_next")
    return sheet.text


def lock(qtbot, session: VaultSession) -> None:
    with qtbot.waitSignal(session.locked):
        session.lock()
    assert session.port.state is VaultState.LOCKED


def test_create_close_unlock_lock_recover_and_restore(
    qtbot, door_window, tmp_path: Path
) -> None:
    home = Desk(tmp_path / "home")
    backup = tmp_path / "backup.ssbak"

    with started(real_door(home)) as door:
        session, window = VaultSession(door), door_window()
        hands = Hands(qtbot, window)
        window.show_setup(session, restoring=False)
        sheet = set_up(hands, window, PASSPHRASE)
        assert session.is_open
        write_note(door.vault, "她谈到焦虑")
        door.back_up(str(backup), None).result()
        lock(qtbot, session)
        settle()
        for secret in (PASSPHRASE, sheet):
            assert left_behind(secret) == []

    with started(real_door(home)) as door:
        session, window = VaultSession(door), door_window()
        hands = Hands(qtbot, window)
        model = window.show_unlock(session).view_model
        hands.type("vault_secret", "not the passphrase at all")
        hands.press("vault_open")
        assert model.step is UnlockStep.BUSY
        qtbot.waitUntil(lambda: model.step is UnlockStep.ASK)
        assert "does not open it" in model.problem
        hands.type("vault_secret", PASSPHRASE)
        hands.press("vault_open")
        qtbot.waitUntil(lambda: model.step is UnlockStep.REPORT)
        assert "last here: 1, " in model.notices[0].text
        with qtbot.waitSignal(window.entered):
            hands.press("vault_open")
        lock(qtbot, session)
        model.look()
        hands.press("vault_other_way")
        assert model.way is UnlockWay.SHEET
        hands.type("vault_secret", sheet.lower().replace("-", " "))
        with qtbot.waitSignal(window.entered):
            hands.press("vault_open")
        door.change_passphrase(PASSPHRASE, OTHER).result()
        lock(qtbot, session)

    elsewhere = Desk(tmp_path / "elsewhere")
    with started(real_door(elsewhere)) as door:
        session, window = VaultSession(door), door_window()
        hands = Hands(qtbot, window)
        window.show_setup(session, restoring=True)
        hands.type("backup_file", str(backup))
        hands.type("backup_secret", sheet)
        hands.press("vault_setup_next")
        new_sheet = set_up(hands, window, OTHER)
        assert new_sheet != sheet
        found = door.vault.run(lambda v: v.search.find("焦虑")).result()
        assert len(found) == 1
        lock(qtbot, session)


def test_a_lock_asked_for_while_opening_comes_right_after(
    qtbot, door_window, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    with desk.made():
        pass
    with started(real_door(desk)) as door:
        session, window = VaultSession(door), door_window()
        model = window.show_unlock(session).view_model
        with qtbot.waitSignal(session.locked):
            model.submit("correct horse 电池")
            session.lock()
            assert session.state is DoorState.LOCK_AFTER_OPENING
        assert door.state is VaultState.LOCKED


def test_an_answer_after_its_page_is_gone_reaches_nobody(qtbot) -> None:
    """A window closed while the vault is busy: nothing may speak to a dead page."""
    door = FakeDoor(VaultState.OPEN)
    door.state = VaultState.OPEN
    session = VaultSession(door)
    page = VaultPageViewModel(session)
    door.hold = True
    page.look()
    shiboken6.delete(page)
    with qtbot.captureExceptions() as raised:
        door.let_go()
        QCoreApplication.sendPostedEvents(session)
    assert raised == []
