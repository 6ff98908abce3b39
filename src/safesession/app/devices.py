"""This machine's devices at work for one person: the core's policy, the real parts.

Starts and stops capture as the session's phase allows; decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from safesession.core import inputs
from safesession.core.capture_policy import capture_wanted
from safesession.core.effects import FrontEvent, StatusChanged
from safesession.core.ports import AudioPort, SoundProcessing, VideoInPort
from safesession.core.status import CaptureState, Phase, Role, SessionStatus
from safesession.devices.listing import DeviceKind as RealKind
from safesession.devices.manager import DeviceManager
from safesession.devices.notices import Notice, NoticePort
from safesession.engine.host import EngineHost
from safesession.engine.media.demo_devices import (
    start_demo_camera,
    start_demo_microphone,
)
from safesession.settings_file import SettingsFile
from safesession.ui.devices import DeviceChoice, DeviceKind


SOUND_OFF_KEY = "sound/off"
NOTICES_KEY = "sound/notices"
# What the speaker still has to play after the last sample was handed to it.
_SPEAKER_DRAINS_MS = 400
_NOTICES = {
    (Phase.IN_CALL, Phase.RECONNECTING): Notice.LOST,
    (Phase.RECONNECTING, Phase.IN_CALL): Notice.BACK,
}


class SoundMemory:
    """What the person wants done to the own voice, as the settings remember it."""

    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings

    @property
    def choice(self) -> SoundProcessing:
        """Everything, but for what was switched off."""
        off = self._settings.get(SOUND_OFF_KEY, "").split()
        stages = [stage.name for stage in fields(SoundProcessing)]
        return SoundProcessing(**{stage: stage not in off for stage in stages})

    @choice.setter
    def choice(self, choice: SoundProcessing) -> None:
        off = [stage for stage, on in asdict(choice).items() if not on]
        self._settings.set(SOUND_OFF_KEY, " ".join(off))

    @property
    def notices(self) -> bool:
        """Whether soft sounds tell of a lost line and its return."""
        return self._settings.get(NOTICES_KEY, "") != "off"

    @notices.setter
    def notices(self, on: bool) -> None:
        self._settings.set(NOTICES_KEY, "" if on else "off")


class Devices(QObject):
    """Runs this machine's devices as the core's capture policy says."""

    status_arrived = Signal(object)

    def __init__(
        self, engine: EngineHost, role: Role, sound: SoundMemory, *, allow_demo: bool
    ) -> None:
        super().__init__()
        self._engine = engine
        self._sound = sound
        self._microphone_on = True
        self._camera_on = True
        self._phase = Phase.IDLE
        self._notices = NoticePort(engine.audio)
        # A notice of the loss sounds although the call's own sound has stopped.
        self._sounding = QTimer(self)
        self._sounding.setSingleShot(True)
        self._sounding.timeout.connect(self._follow)
        self.manager = DeviceManager(
            self._notices, engine.camera, allow_demo=allow_demo, parent=self
        )
        if allow_demo:
            self.manager.use_demo_camera(_demo_camera(role))
            self.manager.use_demo_microphone(_demo_microphone(role))
        self.manager.capture_changed.connect(self._report)
        self.status_arrived.connect(self._on_status, Qt.ConnectionType.QueuedConnection)
        engine.subscribe(self._from_engine)

    def set_microphone(self, on: bool) -> None:
        """The person's own switch; off really stops capture."""
        self._microphone_on = on
        self._follow()

    def set_camera(self, on: bool) -> None:
        """The person's own switch; off really stops capture."""
        self._camera_on = on
        self._follow()

    def close(self) -> None:
        """Stop every device and thread."""
        self._sounding.stop()
        self.manager.close()

    # --- ui.devices.DevicesPort --------------------------------------------------------

    def choices(self, kind: DeviceKind) -> tuple[DeviceChoice, ...]:
        """Return the devices present now."""
        real = RealKind(kind.value)
        listed = {
            RealKind.CAMERA: self.manager.cameras,
            RealKind.MICROPHONE: self.manager.microphones,
            RealKind.SPEAKER: self.manager.speakers,
        }[real]()
        chosen = self.manager.chosen(real)
        return tuple(
            DeviceChoice(
                info.id,
                info.name,
                info.id == chosen if chosen else info.is_default,
            )
            for info in listed
        )

    def select(self, kind: DeviceKind, device_id: str) -> None:
        """Use another device; a running capture moves over to it."""
        self.manager.select(RealKind(kind.value), device_id)
        # An echo canceller has learned the old device's room.
        self._engine.process_sound(self._sound.choice)

    def sound_processing(self) -> SoundProcessing | None:
        """Return what is done to the own voice; None where nothing can be."""
        return self._sound.choice if self._engine.processes_sound else None

    def process_sound(self, choice: SoundProcessing) -> None:
        """Do something else from now on, and remember it."""
        self._sound.choice = choice
        self._engine.process_sound(choice)

    def notice_sounds(self) -> bool:
        """Return whether soft sounds tell of a lost line and its return."""
        return self._sound.notices

    def use_notice_sounds(self, on: bool) -> None:
        """Let them sound or not from now on, and remember it."""
        self._sound.notices = on

    # --- inside -------------------------------------------------------------------------

    def _from_engine(self, event: FrontEvent) -> None:
        if isinstance(event, StatusChanged):
            self.status_arrived.emit(event.status)

    def _on_status(self, status: SessionStatus) -> None:
        if status.phase is not self._phase:
            before, self._phase = self._phase, status.phase
            self._notify(_NOTICES.get((before, self._phase)))
            self._follow()

    def _notify(self, notice: Notice | None) -> None:
        self._sounding.stop()
        if notice is not None and self._sound.notices:
            self._notices.play(notice)
            self._sounding.start(notice.duration_ms + _SPEAKER_DRAINS_MS)

    def _follow(self) -> None:
        wanted = capture_wanted(
            self._phase,
            microphone_on=self._microphone_on,
            camera_on=self._camera_on,
        )
        manager = self.manager
        manager.set_microphone_enabled(wanted.microphone)
        if wanted.camera:
            manager.start_camera()
        else:
            manager.stop_camera()
        if self._phase is Phase.IN_CALL or self._sounding.isActive():
            manager.start_speaker()
        else:
            manager.stop_speaker()

    def _report(self, microphone: CaptureState, camera: CaptureState) -> None:
        self._engine.submit(inputs.CaptureChanged(microphone, camera))


def _demo_camera(role: Role) -> Callable[[VideoInPort], Callable[[], None]]:
    return lambda port: start_demo_camera(role, port)


def _demo_microphone(role: Role) -> Callable[[AudioPort], Callable[[], None]]:
    return lambda port: start_demo_microphone(role, port)
