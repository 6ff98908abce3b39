"""The counselor's desk with its real vault: first run, lock, the next start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from tests.support.server_process import ServerProcess
from tests.support.window_states import press

from safesession.app.desk import AppOptions, Desk
from safesession.core import inputs
from safesession.core.ports import Keeping
from safesession.core.status import Phase, Role
from safesession.core.vault_types import VaultState
from safesession.crypto.argon2 import LEAST
from safesession.ui.door import DoorWindow
from safesession.ui.shell import SessionWindow
from safesession.ui.view_models.vault_setup import SetupStep
from safesession.ui.views.first_run import FirstRunView
from safesession.ui.views.vault_unlock import VaultUnlockView
from safesession.vault import vault as vault_module


PASSPHRASE = "quiet river under seven lamps"


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch) -> None:
    monkeypatch.setattr(vault_module.argon2, "DEFAULT", LEAST)
    defaults = dict(vault_module.Vault.__init__.__kwdefaults__, cost=LEAST)
    monkeypatch.setattr(vault_module.Vault.__init__, "__kwdefaults__", defaults)


def shown(desk: Desk, kind: type) -> bool:
    window = desk.window
    return isinstance(window, kind) and window.isVisible()


def leave(desk: Desk) -> None:
    """Close the window, then everything behind it."""
    if desk.window is not None:
        desk.window.hide()
        desk.window.close()
        desk.window.deleteLater()
    desk.close()


def middle(window: QWidget) -> QPoint:
    return window.frameGeometry().center()


def about_the_same(one: QPoint, other: QPoint) -> bool:
    return (one - other).manhattanLength() <= 2


def invite(qtbot, window: SessionWindow) -> None:
    """Make an invite: the server knows the key that is in the vault."""
    window.bridge.submit(inputs.CreateInvite(3600))
    invited = Phase.INVITED
    qtbot.waitUntil(lambda: window.shell.status.phase is invited, timeout=10_000)


def open_vault_pages(qtbot, window: SessionWindow) -> None:
    """Go through the pages beyond the vault's own, and back."""
    menu = QMenu()
    for build in window._menu._extras:
        build(menu)
    menu.actions()[0].trigger()
    for button, page, back in (
        ("vault_log", "custody_log", "log_back"),
        ("vault_retention", "retention", "retention_back"),
    ):
        press(qtbot, window, button)
        assert window.findChild(QWidget, page).isVisible()
        press(qtbot, window, back)
        assert window.findChild(QWidget, "vault_page").isVisible()
    press(qtbot, window, "vault_back")
    assert not window.covered


def keep(desk: Desk, text: str) -> None:
    """What the message field leaves word of."""
    desk._keeper.keep((text,), at_once=True)


@pytest.mark.qt_log_ignore("PulseAudioService")
def test_first_run_locks_and_opens_again(qtbot, tmp_path: Path) -> None:
    app = QApplication.instance()
    state = tmp_path / "state"
    with ServerProcess(tmp_path / "server") as server:
        desk = Desk(app, AppOptions(state_dir=state))
        try:
            desk.open()
            assert shown(desk, FirstRunView)
            model = desk.window.view_model
            model.choose(Role.COUNSELOR)
            model.server, model.name = server.origin, "Dr. Wang"
            model.token = server.enrol_token()
            desk.window.move(120, 110)
            middle_before = middle(desk.window)
            model.submit()

            assert shown(desk, DoorWindow)
            # The windows follow each other in one place.
            assert about_the_same(middle(desk.window), middle_before)
            setup = desk.window.setup_model()
            setup.submit_passphrase(PASSPHRASE, PASSPHRASE)
            one, two = setup.retype
            groups = setup.sheet.groups
            setup.sheet_kept()
            setup.submit_groups(groups[one], groups[two])
            qtbot.waitUntil(lambda: setup.step is SetupStep.DONE, timeout=15_000)
            setup.go_on()
            qtbot.waitUntil(lambda: shown(desk, SessionWindow), timeout=15_000)
            window, session = desk.window, desk.vault_session
            invite(qtbot, window)
            code = window.shell.status.invite.code
            assert not (state / "device.json").exists()
            unsent = window.unsent_model
            qtbot.waitUntil(lambda: unsent.keeping is Keeping.SEALED, timeout=15_000)
            keep(desk, "offen geschrieben")

            with qtbot.waitSignal(session.locked):
                session.lock()
            assert window.covered
            keep(desk, "gesperrt geschrieben")
            letter = state / "vault" / "unsent.letter"
            qtbot.waitUntil(letter.exists, timeout=15_000)
            qtbot.waitUntil(lambda: window.findChild(VaultUnlockView).isVisible())
            unlock = window.findChild(VaultUnlockView).view_model
            unlock.submit(PASSPHRASE)
            qtbot.waitUntil(lambda: not window.covered, timeout=15_000)
            assert session.is_open
            open_vault_pages(qtbot, window)
        finally:
            leave(desk)

        desk = Desk(app, AppOptions(state_dir=state))
        try:
            desk.open()
            assert shown(desk, DoorWindow)
            view = desk.window.page
            assert isinstance(view, VaultUnlockView)
            view.view_model.submit(PASSPHRASE)
            qtbot.waitUntil(lambda: shown(desk, SessionWindow), timeout=15_000)
            invited = Phase.INVITED
            qtbot.waitUntil(
                lambda: desk.window.shell.status.phase is invited, timeout=10_000
            )
            assert desk.window.shell.status.invite.code == code, "it waited"
            unsent = desk.window.unsent_model
            qtbot.waitUntil(lambda: unsent.last_time != (), timeout=15_000)
            assert unsent.last_time == ("gesperrt geschrieben",)
        finally:
            leave(desk)
    assert not (state / "unsent.sealed").exists()
    settings = json.loads((state / "settings.json").read_text("utf-8"))
    assert "seed" not in json.dumps(settings)
    assert VaultState.CLOSED is desk.vault_session.port.state


@pytest.mark.qt_log_ignore("PulseAudioService")
def test_a_refused_token_leads_back_and_the_vault_is_not_made_twice(
    qtbot, tmp_path: Path
) -> None:
    with ServerProcess(tmp_path / "server") as server:
        desk = Desk(QApplication.instance(), AppOptions(state_dir=tmp_path / "state"))
        try:
            desk.open()
            first = desk.window
            first.view_model.choose(Role.COUNSELOR)
            first.view_model.server, first.view_model.name = server.origin, "Wang"
            first.view_model.token = "0000-0000"
            first.view_model.submit()
            setup = desk.window.setup_model()
            setup.submit_passphrase(PASSPHRASE, PASSPHRASE)
            groups = [setup.sheet.groups[index] for index in setup.retype]
            setup.sheet_kept()
            setup.submit_groups(*groups)
            qtbot.waitUntil(lambda: setup.step is SetupStep.DONE, timeout=15_000)
            desk.entrance.idle.idle.emit()  # nobody reads what is there to read
            door = desk.window
            unlocks = VaultUnlockView
            qtbot.waitUntil(lambda: isinstance(door.page, unlocks), timeout=15_000)
            door.page.view_model.submit(PASSPHRASE)
            qtbot.waitUntil(lambda: shown(desk, FirstRunView), timeout=15_000)
            assert desk.window is first
            first.view_model.token = server.enrol_token()
            first.view_model.submit()
            qtbot.waitUntil(lambda: shown(desk, SessionWindow), timeout=15_000)
            invite(qtbot, desk.window)
        finally:
            leave(desk)
