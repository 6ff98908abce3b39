"""The vault as windows see it: opened, locking, locked, on the GUI thread.

Whoever shows something of the vault connects `locking` and forgets everything
there, at once: the signal is synchronous, and after it the vault is closed. Nothing
here keeps a passphrase, a key or a note.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from safesession import freed_memory
from safesession.core.vault_port import Outcome, VaultPort
from safesession.core.vault_types import VaultState
from safesession.errors import SafeSessionError


_T = TypeVar("_T")
Failed = Callable[[SafeSessionError], None]


class DoorState(Enum):
    """Whether the vault is open for windows."""

    SHUT = "shut"
    OPENING = "opening"
    LOCK_AFTER_OPENING = "lock_after_opening"
    OPEN = "open"
    LOCKING = "locking"


@dataclass(slots=True)
class _Waiting:
    """Who waits for an outcome. Emptied when it was told."""

    outcome: Outcome[Any]
    done: Callable[[Any], None] = field(repr=False)
    failed: Failed = field(repr=False)


class VaultSession(QObject):
    """Opens and locks a vault and says so.

    Signals: `opened` (what unlocking, making or restoring said), `locking`
    (synchronous: forget now), `locked`, `state_changed`.
    """

    opened = Signal(object)
    locking = Signal()
    locked = Signal()
    state_changed = Signal()
    _arrived = Signal(object)

    def __init__(self, port: VaultPort, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.port = port
        open_now = port.state is VaultState.OPEN
        self._state = DoorState.OPEN if open_now else DoorState.SHUT
        self._arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> DoorState:
        """Whether the vault is open for windows."""
        return self._state

    @property
    def is_open(self) -> bool:
        """Whether notes may be shown."""
        return self._state is DoorState.OPEN

    def ask(
        self,
        outcome: Outcome[_T],
        done: Callable[[_T], None],
        failed: Failed,
    ) -> None:
        """Call `done` or `failed` on the GUI thread when the outcome is there."""
        waiting = _Waiting(outcome, done, failed)
        outcome.add_done_callback(lambda _outcome: self._arrive(waiting))

    def open_by(
        self,
        begin: Callable[[], Outcome[_T]],
        done: Callable[[_T], None],
        failed: Failed,
    ) -> None:
        """Open the vault by one of the port's ways; `opened` comes after `done`."""
        if self._state is not DoorState.SHUT:
            return

        def opened(report: _T) -> None:
            lock_now = self._state is DoorState.LOCK_AFTER_OPENING
            self._set(DoorState.OPEN)
            done(report)
            self.opened.emit(report)
            if lock_now:
                self.lock()

        def refused(error: SafeSessionError) -> None:
            self._set(DoorState.SHUT)
            failed(error)

        self._set(DoorState.OPENING)
        self.ask(begin(), opened, refused)

    def lock(self) -> None:
        """Have everybody forget, then close the vault. Harmless when it is shut."""
        if self._state is DoorState.OPENING:
            self._set(DoorState.LOCK_AFTER_OPENING)
        if self._state is not DoorState.OPEN:
            return
        self._set(DoorState.LOCKING)
        self.locking.emit()
        self.ask(
            self.port.lock(), lambda _none: self._shut(), lambda _error: self._shut()
        )

    def _shut(self) -> None:
        self._set(DoorState.SHUT)
        self.locked.emit()
        freed_memory.overwrite()

    def _set(self, state: DoorState) -> None:
        self._state = state
        self.state_changed.emit()

    def _arrive(self, waiting: _Waiting) -> None:
        try:
            self._arrived.emit(waiting)
        except RuntimeError:  # the window is gone; nobody is to be told
            return

    def _tell(self, waiting: _Waiting) -> None:
        asker = getattr(waiting.done, "__self__", None)
        if isinstance(asker, QObject) and not isValid(asker):
            return  # its window was closed meanwhile
        try:
            result = waiting.outcome.result()
        except SafeSessionError as error:
            waiting.failed(error)
        except Exception:  # noqa: BLE001 - a busy window must come to rest
            waiting.failed(SafeSessionError("unexpected"))
        else:
            waiting.done(result)
