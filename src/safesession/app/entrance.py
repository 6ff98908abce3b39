"""The way into the vault: from a folder to an open vault and a furnished window.

Keeps the door's window in step with what the vault says. Holds no note and no secret.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from safesession.app.vault import EngineMemory, VaultDoor, engine_memory, vault_door
from safesession.core.vault_types import VaultState
from safesession.errors import SafeSessionError
from safesession.ui.door import DoorWindow
from safesession.ui.settings import SettingsPort
from safesession.ui.shell import SessionWindow
from safesession.ui.vault_corner import VaultCorner
from safesession.ui.vault_session import VaultSession


class Entrance(QObject):
    """`entered`: the vault is open, its person knows what happened."""

    entered = Signal()
    left = Signal()

    def __init__(
        self, folder: Path, parent: QObject | None = None, door: VaultDoor | None = None
    ) -> None:
        super().__init__(parent)
        self._door = door or vault_door(folder)
        self.session: VaultSession | None = None
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
        """Read what the engine needs; not on the GUI thread."""
        return engine_memory(self._door)

    def furnish(self, window: SessionWindow, settings: SettingsPort) -> None:
        """Give the session window its lock and its vault page."""
        if self.session is not None:
            VaultCorner(window, self.session, settings)

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

    def _set_aside(self) -> None:
        self._restoring = True
        try:
            self._door.set_aside()
        except SafeSessionError as error:
            if self._window is not None:
                self._window.show_blocked(error.code)
            return
        self._go()
