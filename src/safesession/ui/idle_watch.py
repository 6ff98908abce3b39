"""Tells when nobody has touched the app for a while.

Listens to the few events of native windows, not to those of every widget: a Python
filter on the whole application would be asked thousands of times a second.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from safesession.ui.settings import SettingsPort


IDLE_CHOICES_MIN: Final = (1, 5, 15, 30)
_DEFAULT_MIN: Final = 5
_KEY: Final = "vault/lock_after_min"
_TOUCHES: Final = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    )
)


class IdleWatch(QObject):
    """Emits `idle` after the chosen time without a key, a click or a movement."""

    idle = Signal()

    def __init__(
        self, app: QGuiApplication, settings: SettingsPort, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        app.focusWindowChanged.connect(self._watch)
        for window in app.topLevelWindows():
            self._watch(window)

    @property
    def after_min(self) -> int:
        """After how many minutes it tells."""
        stored = self._settings.get(_KEY, "")
        known = {str(minutes): minutes for minutes in IDLE_CHOICES_MIN}
        return known.get(stored, _DEFAULT_MIN)

    def set_after_min(self, minutes: int) -> None:
        """Choose another time; remembered."""
        self._settings.set(_KEY, str(minutes))
        if self._timer.isActive():
            self.start()

    def start(self) -> None:
        """Count from now."""
        self._timer.start(self.after_min * 60_000)

    def stop(self) -> None:
        """Count no more."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin to count anew with every touch."""
        if event.type() in _TOUCHES and self._timer.isActive():
            self.start()
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # a second time replaces the first
