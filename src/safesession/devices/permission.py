"""Whether the system lets this program use the camera or the microphone.

macOS asks the person (Qt's permission API); Windows has a switch in its privacy
settings; Linux decides by file permissions, seen when a camera cannot be opened.
It must never ask before the person wants the device.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from PySide6.QtCore import (
    QCameraPermission,
    QCoreApplication,
    QMicrophonePermission,
    QObject,
    Qt,
)

from safesession.devices.lifecycle import Absence
from safesession.devices.listing import DeviceKind


class Consent(Enum):
    """The system's answer so far."""

    GRANTED = "granted"
    DENIED = "denied"
    NOT_ASKED = "not_asked"


_ANSWERS = {
    Qt.PermissionStatus.Granted: Consent.GRANTED,
    Qt.PermissionStatus.Denied: Consent.DENIED,
    Qt.PermissionStatus.Undetermined: Consent.NOT_ASKED,
}
_WINDOWS_SWITCH = (
    r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager"
    r"\ConsentStore" + "\\"
)
_WINDOWS_NAMES = {DeviceKind.CAMERA: "webcam", DeviceKind.MICROPHONE: "microphone"}


def consent_for(kind: DeviceKind) -> Consent:
    """Return what the system says now, without asking anybody."""
    if kind is DeviceKind.SPEAKER:
        return Consent.GRANTED
    if sys.platform == "win32" and _windows_switch_is_off(kind):
        return Consent.DENIED
    return _ANSWERS[_application().checkPermission(_permission(kind))]


def ask(kind: DeviceKind, context: QObject, answered: Callable[[], None]) -> None:
    """Let the system ask the person; `answered` is called in the GUI thread.

    It is not called once `context` is gone. Read the answer by `consent_for`.
    """
    # One branch per type: the binding picks the overload by the static type.
    if kind is DeviceKind.CAMERA:
        _application().requestPermission(QCameraPermission(), context, answered)
    else:
        _application().requestPermission(QMicrophonePermission(), context, answered)


def camera_absence() -> Absence:
    """Say why Qt lists no camera: on Linux it leaves out one it could not open."""
    if not sys.platform.startswith("linux"):
        return Absence.NONE_EXISTS
    found = {_open_error(node) for node in Path("/dev").glob("video*")}
    if errno.EBUSY in found:
        return Absence.IN_USE
    if found & {errno.EACCES, errno.EPERM}:
        return Absence.FORBIDDEN
    return Absence.NONE_EXISTS


def _open_error(node: Path) -> int:
    try:
        os.close(os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        return error.errno or 0
    return 0


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    if application is None:
        raise RuntimeError("devices need a running Qt application")
    return application


def _permission(kind: DeviceKind) -> QCameraPermission | QMicrophonePermission:
    if kind is DeviceKind.CAMERA:
        return QCameraPermission()
    return QMicrophonePermission()


if sys.platform == "win32":
    import winreg

    def _windows_switch_is_off(kind: DeviceKind) -> bool:
        """Read Settings > Privacy > Camera or Microphone (also for desktop apps)."""
        base = _WINDOWS_SWITCH + _WINDOWS_NAMES[kind]
        return any(
            _registry_value(root, path) == "Deny"
            for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE)
            for path in (base, base + r"\NonPackaged")
        )

    def _registry_value(root: int, path: str) -> str:
        try:
            with winreg.OpenKey(root, path) as key:
                value, _ = winreg.QueryValueEx(key, "Value")
        except OSError:
            return ""
        return str(value)
