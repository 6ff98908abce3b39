"""The way into the vault: from a folder to an open vault and a furnished window.

Keeps the door's window in step with what the vault says. Holds no note and no secret.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from safesession.app.vault import EngineMemory, VaultDoor, engine_memory, vault_door
from safesession.core.vault_types import VaultState
from safesession.errors import SafeSessionError
from safesession.ui.door import DoorWindow
from safesession.ui.idle_watch import IdleWatch
from safesession.ui.keeping_corner import KeepingCorner
from safesession.ui.notes_corner import NotesCorner
from safesession.ui.settings import SettingsPort
from safesession.ui.shell import SessionWindow
from safesession.ui.vault_corner import VaultCorner
from safesession.ui.vault_session import VaultSession
from safesession.vault.keeping import VaultKeeping
from safesession.vault.notebook import VaultNotebook
from safesession.vault.state_store import VaultUnsent


class Entrance(QObject):
    """`entered`: the vault is open, its person knows what happened."""

    entered = Signal()
    left = Signal()

    def __init__(
        self, app: QGuiApplication, folder: Path, settings: SettingsPort
    ) -> None:
        super().__init__()
        self._door: VaultDoor = vault_door(folder)
        self._settings = settings
        # Somebody may walk away from the page that tells what happened.
        self.idle = IdleWatch(app, settings, self)
        self.idle.idle.connect(self._lock_again)
        self.session: VaultSession | None = None
        self.unsent: VaultUnsent | None = None  # once `memory` was read
        self._restoring = False
        self._window: DoorWindow | None = None

    def open(self, *, restoring: bool = False) -> DoorWindow:
        """Return the door's window, on the page that fits the vault."""
        self._restoring = restoring
        window = DoorWindow()
        window.entered.connect(self.entered)
        window.leave_requested.connect(self.left)
        window.retry_requested.connect(self._go)
        window.set_aside_requested.connect(self._set_aside)
        self._window = window
        self._go()
        return window

    def memory(self) -> EngineMemory:
        """Read what the engine needs, and unsent text; not on the GUI thread."""
        memory = engine_memory(self._door)
        self.unsent = VaultUnsent(self._door.vault)
        return memory

    def furnish(self, window: SessionWindow) -> None:
        """Give the session window its lock, its vault page and the notes."""
        self.idle.stop()
        self._window = None
        if self.session is not None:
            # From here on the corner does this.
            self.session.opened.disconnect(self._count_idle_time)
            self.session.locked.disconnect(self._ask_again)
            vault = VaultCorner(window, self.session, self._settings)
            notebook = VaultNotebook(lambda: self._door.vault)
            notes = NotesCorner(window, notebook, self.session)
            keeping = KeepingCorner(
                window,
                VaultKeeping(lambda: self._door.vault),
                self.session,
                back=vault.show_page,
                open_client=notes.open_client,
            )
            vault.page.log_requested.connect(keeping.show_log)
            vault.page.retention_requested.connect(keeping.show_retention)
            vault.review_wanted.connect(keeping.show_retention)
            keeping.due_counted.connect(vault.set_due)
            if self.session.is_open:
                keeping.count_due()

    def close(self) -> None:
        """Lock and give the folder back."""
        self._door.close()

    def _go(self) -> None:
        try:
            if self._door.state is VaultState.CLOSED:
                self._door.start()
        except SafeSessionError as error:
            if self._window is not None:
                self._window.show_blocked(error.code)
            return
        if self.session is None:
            self.session = VaultSession(self._door, self)
            self.session.opened.connect(self._count_idle_time)
            self.session.locked.connect(self._ask_again)
        self._show_page(self.session)

    def _show_page(self, session: VaultSession) -> None:
        window = self._window
        if window is None:
            return
        match self._door.state:
            case VaultState.ABSENT:
                window.show_setup(session, restoring=self._restoring)
            case VaultState.LOCKED:
                window.show_unlock(session)
            case VaultState.OPEN:
                self.entered.emit()
            case VaultState.CLOSED:
                window.show_blocked("vault_locked")

    def _count_idle_time(self, _report: object) -> None:
        self.idle.start()

    def _lock_again(self) -> None:
        if self.session is not None:
            self.session.lock()

    def _ask_again(self) -> None:
        if self._window is not None and self.session is not None:
            self._window.setEnabled(True)
            self._window.show_unlock(self.session)

    def _set_aside(self) -> None:
        self._restoring = True
        try:
            self._door.set_aside()
        except SafeSessionError as error:
            if self._window is not None:
                self._window.show_blocked(error.code)
            return
        self._go()
