"""Windows' own messages about sleep and the locked session, for `system_watch`.

Imported on Windows only. It listens and never answers a message.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QAbstractNativeEventFilter, QCoreApplication


_POWER: Final = 0x0218  # WM_POWERBROADCAST
_SUSPEND: Final = 4  # PBT_APMSUSPEND
_SESSION: Final = 0x02B1  # WM_WTSSESSION_CHANGE
_AWAY: Final = (2, 4, 7)  # console or remote disconnect, lock


def is_away(message: int, detail: int) -> bool:
    """Tell whether a message says that the user is about to be away."""
    if message == _POWER:
        return detail == _SUSPEND
    return message == _SESSION and detail in _AWAY


class WindowsWatch(QAbstractNativeEventFilter):
    """Calls `away`; keep it as long as it is to listen."""

    def __init__(self, window_id: int, away: Callable[[], None]) -> None:
        super().__init__()
        self._away = away
        if sys.platform == "win32":
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(window_id, 0)
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self)

    def nativeEventFilter(  # noqa: N802 - Qt's name
        self, kind: Any, message: Any
    ) -> tuple[bool, int]:
        """Look at a message and leave it to Qt."""
        if sys.platform == "win32" and bytes(kind) == b"windows_generic_MSG":
            from ctypes import wintypes

            found = wintypes.MSG.from_address(int(message))
            if is_away(found.message, found.wParam):
                self._away()
        return False, 0
