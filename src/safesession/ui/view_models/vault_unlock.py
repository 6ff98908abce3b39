"""Unlocking: the passphrase or the sheet, the pause after wrong tries, the report.

Keeps no secret: what was typed goes straight to the vault.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from safesession.core.vault_port import Secret
from safesession.crypto.recovery_key import RecoveryKey, RecoveryKeyTypingError
from safesession.errors import SafeSessionError
from safesession.ui.i18n import translate
from safesession.ui.vault_errors import SET_ASIDE_HELPS
from safesession.ui.vault_session import DoorState, VaultSession
from safesession.ui.vault_texts import Notice, report_notices, vault_problem_text


class UnlockWay(Enum):
    """What is asked for."""

    PASSPHRASE = "passphrase"  # noqa: S105 - a way
    SHEET = "sheet"


class UnlockStep(Enum):
    """Where the page stands."""

    ASK = "ask"
    BUSY = "busy"
    PAUSE = "pause"  # after wrong tries
    REPORT = "report"  # open; what happened is to be read


class VaultUnlockViewModel(QObject):
    """One try at a time. `finished`: open, and the person knows what happened."""

    changed = Signal()
    finished = Signal()
    ready = Signal()  # a try that came while the vault was still locking may come now

    def __init__(self, session: VaultSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._step = UnlockStep.ASK
        self._way = UnlockWay.PASSPHRASE
        self._code = ""
        self._empty = False
        self._came_early = False
        self._pause_s = 0
        self.notices: tuple[Notice, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count_down)
        session.locked.connect(self._shut)

    @property
    def step(self) -> UnlockStep:
        """Where the page stands."""
        return self._step

    @property
    def way(self) -> UnlockWay:
        """What is asked for."""
        return self._way

    @property
    def pause_s(self) -> int:
        """How many seconds the next try has to wait."""
        return self._pause_s

    @property
    def problem(self) -> str:
        """Why it did not open, or empty."""
        if self._empty:
            return translate("VaultUnlock", "Type it first.")
        return vault_problem_text(self._code).joined() if self._code else ""

    @property
    def can_set_aside(self) -> bool:
        """Whether this vault can only be put aside and replaced by a backup."""
        return self._code in SET_ASIDE_HELPS

    def look(self) -> None:
        """Begin anew: ask, or go on with a pause that is not over."""
        self._code, self._empty, self._came_early = "", False, False
        self._step = UnlockStep.ASK
        self.notices = ()
        self.changed.emit()
        self._ask_for_pause()

    def use(self, way: UnlockWay) -> None:
        """Ask for the other secret."""
        self._way = way
        self._code, self._empty = "", False
        self.changed.emit()

    def submit(self, text: str) -> None:
        """Try to open with what was typed."""
        if self._step is not UnlockStep.ASK:
            return
        if self._session.state is not DoorState.SHUT:
            self._came_early = self._session.state is DoorState.LOCKING
            return
        self._code, self._empty = "", not text.strip()
        if self._empty:
            self.changed.emit()
            return
        secret: Secret = text
        if self._way is UnlockWay.SHEET:
            try:
                secret = RecoveryKey.parse(text)
            except RecoveryKeyTypingError as error:
                self._code = error.code
                self.changed.emit()
                return
        self._step = UnlockStep.BUSY
        self.changed.emit()
        port = self._session.port
        self._session.open_by(lambda: port.unlock(secret), self._opened, self._refused)

    def go_on(self) -> None:
        """The person has read what happened."""
        if self._step is UnlockStep.REPORT:
            self.finished.emit()

    def _shut(self) -> None:
        if self._came_early:
            self._came_early = False
            self.ready.emit()

    def _opened(self, report: object) -> None:
        self.notices = report_notices(report)
        self._step = UnlockStep.REPORT
        self.changed.emit()
        if not self.notices:
            self.finished.emit()

    def _refused(self, error: SafeSessionError) -> None:
        self._code = error.code
        self._step = UnlockStep.ASK
        self.changed.emit()
        self._ask_for_pause()

    def _ask_for_pause(self) -> None:
        self._session.ask(
            self._session.port.waiting_s(), self._pause, lambda _error: None
        )

    def _pause(self, seconds: int) -> None:
        if seconds <= 0 or self._step is not UnlockStep.ASK:
            return
        self._pause_s = seconds
        self._step = UnlockStep.PAUSE
        self._timer.start()
        self.changed.emit()

    def _count_down(self) -> None:
        self._pause_s -= 1
        if self._pause_s <= 0:
            self._timer.stop()
            self._step = UnlockStep.ASK
            self._code = ""
        self.changed.emit()
