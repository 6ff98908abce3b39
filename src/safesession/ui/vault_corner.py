"""The vault's corner of the session window: lock, unlock, and the vault's page.

Locks on Ctrl+L, when nobody touches the app, and when the system locks or sleeps.
Two people together are never covered: the call and Leave stay in reach.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QActionGroup, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from safesession.ui import clipboard
from safesession.ui.door import DoorWindow
from safesession.ui.i18n import translate
from safesession.ui.idle_watch import IDLE_CHOICES_MIN, IdleWatch
from safesession.ui.settings import SettingsPort
from safesession.ui.shell import SessionWindow
from safesession.ui.system_watch import SystemWatch
from safesession.ui.vault_session import VaultSession
from safesession.ui.view_models.vault_page import VaultPageViewModel, VaultStep
from safesession.ui.view_models.vault_unlock import VaultUnlockViewModel
from safesession.ui.views.vault_page import VaultPageView
from safesession.ui.views.vault_unlock import VaultUnlockView


class VaultCorner(QObject):
    """Belongs to one session window and lives as long."""

    review_wanted = Signal()  # of the files whose time is over

    def __init__(
        self, window: SessionWindow, session: VaultSession, settings: SettingsPort
    ) -> None:
        super().__init__(window)
        self._window = window
        self.session = session
        self._beside: DoorWindow | None = None
        self._later = self._review_later = False
        self._due = 0
        app = QGuiApplication.instance()
        if not isinstance(app, QGuiApplication):
            raise TypeError("windows need an application")
        self.idle = IdleWatch(app, settings, self)
        self.idle.idle.connect(session.lock)
        self.system = SystemWatch(window)
        self.system.away.connect(session.lock)
        self.unlock = VaultUnlockView(VaultUnlockViewModel(session, self))
        self.unlock.view_model.finished.connect(self._reveal)
        self.page = VaultPageView(VaultPageViewModel(session, parent=self))
        for hosted in (self.unlock, self.page):
            window.host(hosted)
        self.page.view_model.done.connect(lambda: window.cover(None))
        self.page.view_model.changed.connect(self._say)
        QShortcut(QKeySequence("Ctrl+L"), window).activated.connect(session.lock)
        window.add_menu_entries(self._add_entries)
        window.notice_chosen.connect(self._choose)
        window.shell.page_changed.connect(lambda _page: self._say())
        session.locking.connect(self._forget)
        session.locked.connect(self._say)
        session.opened.connect(lambda _report: self._opened())
        window.closed.connect(self._let_go)
        if session.is_open:
            self._opened()
        else:  # locked while the session was being made ready
            self._forget()

    def _add_entries(self, menu: QMenu) -> None:
        if not self.session.is_open:
            return
        page = menu.addAction(translate("VaultCorner", "Vault and backups"))
        page.setEnabled(not self._window.live)
        page.triggered.connect(self.show_page)
        lock = menu.addAction(translate("VaultCorner", "Lock the vault (Ctrl+L)"))
        lock.triggered.connect(self.session.lock)
        after = menu.addMenu(translate("VaultCorner", "Lock by itself after"))
        group = QActionGroup(after)
        for minutes in IDLE_CHOICES_MIN:
            words = translate("VaultCorner", "{n} min").format(n=minutes)
            action = after.addAction(words)
            action.setCheckable(True)
            action.setChecked(minutes == self.idle.after_min)
            group.addAction(action)
            action.triggered.connect(self._setter(minutes))
        menu.addSeparator()

    def show_page(self) -> None:
        """Show the vault's own page."""
        if self.session.is_open:
            self.page.view_model.look()
            self._window.cover(self.page)

    def set_due(self, files: int) -> None:
        """Know how many files wait for their review."""
        self._due = files
        self._say()

    def _setter(self, minutes: int) -> Callable[[], None]:
        return lambda: self.idle.set_after_min(minutes)

    def _opened(self) -> None:
        self.idle.start()
        self.page.view_model.look()
        self._say()

    def _forget(self) -> None:
        """Everything the vault had shown goes, before it is closed."""
        self._due = 0
        self.idle.stop()
        clipboard.forget_private()
        self.page.clear()
        self.page.view_model.forget()
        self.unlock.view_model.look()
        self._window.cover(self.unlock)

    def _reveal(self) -> None:
        self._window.cover(None)
        self._close_beside()
        self._say()

    def _say(self) -> None:
        locked = not self.session.is_open
        if locked and not self._window.covered:
            text = translate(
                "VaultCorner", "Your vault is locked. The session goes on as before."
            )
            unlock = translate("VaultCorner", "Unlock")
            self._window.set_notice(text, [("unlock", unlock)])
        elif self._reminds():
            text = translate(
                "VaultCorner",
                "More than 90 days without a rehearsed restoration: try whether your "
                "backup really opens.",
            )
            go = translate("VaultCorner", "Rehearse now")
            later = translate("VaultCorner", "Later")
            self._window.set_notice(text, [("rehearse", go), ("later", later)])
        elif self._due and self._calm and not self._review_later:
            text = translate(
                "VaultCorner",
                "The time of some files is over ({n}). Nothing is deleted by itself: "
                "please review them.",
            ).format(n=self._due)
            go = translate("VaultCorner", "Review them")
            later = translate("VaultCorner", "Later")
            self._window.set_notice(text, [("review", go), ("review_later", later)])
        else:
            self._window.set_notice("", [])

    @property
    def _calm(self) -> bool:
        return not self._window.live and not self._window.covered

    def _reminds(self) -> bool:
        due = self.page.view_model.drill_due and self.session.is_open
        return self._calm and due and not self._later

    def _choose(self, key: str) -> None:
        match key:
            case "unlock":
                self._unlock_beside()
            case "rehearse":
                self.show_page()
                self.page.view_model.begin(VaultStep.REHEARSE)
            case "later":
                self._later = True
                self._say()
            case "review":
                self.review_wanted.emit()
            case "review_later":
                self._review_later = True
                self._say()

    def _unlock_beside(self) -> None:
        """During a call the vault is unlocked in a window beside it."""
        if self._window.covered:
            self.unlock.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._beside is None:
            self._beside = DoorWindow()
            self._beside.entered.connect(self._reveal)
            self._beside.show_unlock(self.session, beside_call=True)
        self._beside.show()
        self._beside.activateWindow()

    def _close_beside(self) -> None:
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.close()
            beside.deleteLater()

    def _let_go(self) -> None:
        self.idle.stop()
        self._close_beside()
