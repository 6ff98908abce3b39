"""Tells when the system locks its screen, goes to sleep or changes the user.

Linux: signals of logind and of the desktop's screen saver, over D-Bus. Windows:
session and power messages. macOS: nothing is listened to; the idle time locks there.
A forged signal can only lock, never open.
"""

from __future__ import annotations

import os
import string
import sys
from typing import Any, Final, cast

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget


_LOGIN: Final = "org.freedesktop.login1"
_LOGIN_PATH: Final = "/org/freedesktop/login1"
_SAVERS: Final = (
    ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
)
_PLAIN: Final = frozenset(string.ascii_letters + string.digits)


class SystemWatch(QObject):
    """Emits `away` when this computer's user is about to be away."""

    away = Signal()

    def __init__(self, window: QWidget | None = None) -> None:
        super().__init__(window)
        if sys.platform == "linux":
            self._listen_to_logind()
        elif sys.platform == "win32" and window is not None:
            from safesession.ui.windows_watch import WindowsWatch

            self._windows = WindowsWatch(int(window.winId()), self.away.emit)

    def _listen_to_logind(self) -> None:
        from PySide6.QtDBus import QDBusConnection

        system = QDBusConnection.systemBus()
        if system.isConnected():
            # No sender is named, so that a restarted logind is heard as well.
            manager = f"{_LOGIN}.Manager"
            asleep = _slot("_on_sleep(bool)")
            system.connect("", _LOGIN_PATH, manager, "PrepareForSleep", self, asleep)
            path = session_path(os.environ.get("XDG_SESSION_ID", ""))
            if path:
                session, lock = f"{_LOGIN}.Session", _slot("_on_lock()")
                system.connect("", path, session, "Lock", self, lock)
                system.connect(
                    "",
                    path,
                    "org.freedesktop.DBus.Properties",
                    "PropertiesChanged",
                    self,
                    _slot("_on_changed(QString,QVariantMap,QStringList)"),
                )
        desktop = QDBusConnection.sessionBus()
        if desktop.isConnected():
            active = _slot("_on_saver(bool)")
            for path, name in _SAVERS:
                desktop.connect("", path, name, "ActiveChanged", self, active)

    @Slot(bool)
    def _on_sleep(self, begins: bool) -> None:
        if begins:
            self.away.emit()

    @Slot()
    def _on_lock(self) -> None:
        self.away.emit()

    @Slot(bool)
    def _on_saver(self, active: bool) -> None:
        if active:
            self.away.emit()

    @Slot("QString", "QVariantMap", "QStringList")
    def _on_changed(
        self, interface: str, changed: dict[str, Any], gone: list[str]
    ) -> None:
        if interface == f"{_LOGIN}.Session" and changed.get("Active") is False:
            self.away.emit()  # another user has the screen


def _slot(signature: str) -> bytes:
    # The stub says bytes; given bytes, the library refuses.
    return cast("bytes", SLOT(signature))


def session_path(session_id: str) -> str:
    """Return logind's object for a session id, in D-Bus's spelling; empty for none."""
    if not session_id:
        return ""
    spelled = "".join(
        c if c in _PLAIN and not (index == 0 and c.isdigit()) else f"_{ord(c):02x}"
        for index, c in enumerate(session_id)
    )
    return f"{_LOGIN_PATH}/session/{spelled}"
