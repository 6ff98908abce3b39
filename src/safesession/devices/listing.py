"""The cameras, microphones and speakers this machine has now, and which to use.

One `DeviceList` per kind: it knows the list, the person's choice and the system's
default, and tells when any of them changes. It must never open a device.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtMultimedia import QAudioDevice, QCameraDevice, QMediaDevices


# One plug sends two or three signals; the list is read when they have passed.
SETTLE_MS = 150

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
    """The list, the default or the choice changed."""

    shuffled = Signal()
    """The sound server may have moved running streams to other devices."""

    def __init__(self, kind: DeviceKind, media: QMediaDevices) -> None:
        super().__init__(media)
        self._kind = kind
        self._chosen: str | None = None
        # Qt goes on listing devices that PulseAudio no longer has; these are the
        # ones that turned out to be gone.
        self._ghosts: set[str] = set()
        self._known = self._read()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._reread)
        match kind:
            case DeviceKind.CAMERA:
                media.videoInputsChanged.connect(self._settle.start)
            case DeviceKind.MICROPHONE:
                media.audioInputsChanged.connect(self._settle.start)
            case DeviceKind.SPEAKER:
                media.audioOutputsChanged.connect(self._settle.start)

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

    def forget(self, identity: str) -> None:
        """Take a device off the list that turned out to be gone."""
        self._ghosts.add(identity)
        self._update()

    def revive(self) -> None:
        """Believe the system's list again: the person asks for a fresh try."""
        self._ghosts.clear()
        self._update()

    def _devices(self) -> list[AnyDevice]:
        # After a reconnection PulseAudio's devices are listed twice.
        unique = {device_id(device): device for device in self._listed()}
        return [unique[identity] for identity in unique if identity not in self._ghosts]

    def _listed(self) -> list[AnyDevice]:
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
        self._ghosts.clear()
        default = self._default()
        changed = self._update()
        # PulseAudio moves streams when the default changes, even of those who
        # chose their device; and a list as before means: gone and back again.
        if not changed or self._default() != default:
            self.shuffled.emit()

    def _default(self) -> str | None:
        return next((info.id for info in self._known if info.is_default), None)

    def _update(self) -> bool:
        known = self._read()
        if known == self._known:
            return False
        self._known = known
        self.changed.emit()
        return True
