"""The cameras, microphones and speakers this machine has now, and which to use.

One `DeviceList` per kind: it knows the list, the person's choice and the system's
default, and tells when any of them changes. It must never open a device.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal
from PySide6.QtMultimedia import QAudioDevice, QCameraDevice, QMediaDevices


AnyDevice = QAudioDevice | QCameraDevice


class DeviceKind(Enum):
    """What a device is for."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device as a person chooses it: stable id, the system's name for it."""

    id: str
    name: str
    is_default: bool


def device_id(device: AnyDevice) -> str:
    """Return Qt's stable id as text (ids are UTF-8 on all systems; others survive)."""
    return bytes(device.id().data()).decode("utf-8", "backslashreplace")


class DeviceList(QObject):
    """The devices of one kind; lives in the GUI thread."""

    changed = Signal()
    """The list, the default or the device in use changed."""

    def __init__(self, kind: DeviceKind, media: QMediaDevices) -> None:
        super().__init__(media)
        self._kind = kind
        self._chosen: str | None = None
        self._known = self._read()
        match kind:
            case DeviceKind.CAMERA:
                media.videoInputsChanged.connect(self._reread)
            case DeviceKind.MICROPHONE:
                media.audioInputsChanged.connect(self._reread)
            case DeviceKind.SPEAKER:
                media.audioOutputsChanged.connect(self._reread)

    def infos(self) -> tuple[DeviceInfo, ...]:
        """Return all devices of this kind, as the person may choose among them."""
        return self._known

    @property
    def chosen(self) -> str | None:
        """The person's choice; None follows the system's default."""
        return self._chosen

    def choose(self, identity: str | None) -> None:
        """Prefer the device with this id whenever it is there."""
        if identity == self._chosen:
            return
        self._chosen = identity
        self.changed.emit()

    def current(self) -> AnyDevice | None:
        """Return the device to use: chosen, else default, else first, else None."""
        devices = self._devices()
        by_id = {device_id(device): device for device in devices}
        if self._chosen in by_id:
            return by_id[self._chosen]
        return next((d for d in devices if d.isDefault()), next(iter(devices), None))

    def _devices(self) -> list[AnyDevice]:
        match self._kind:
            case DeviceKind.CAMERA:
                return [*QMediaDevices.videoInputs()]
            case DeviceKind.MICROPHONE:
                return [*QMediaDevices.audioInputs()]
            case DeviceKind.SPEAKER:
                return [*QMediaDevices.audioOutputs()]

    def _read(self) -> tuple[DeviceInfo, ...]:
        return tuple(
            DeviceInfo(device_id(device), device.description(), device.isDefault())
            for device in self._devices()
        )

    def _reread(self) -> None:
        known = self._read()
        # The system repeats itself: one change arrives two or three times.
        if known != self._known:
            self._known = known
            self.changed.emit()
