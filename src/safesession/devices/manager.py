"""Every device of one call: lists, choice, capture, playback, demo sources.

`DeviceManager` lives in the GUI thread; sound runs in a thread of its own, and
so does the camera where Qt would otherwise deliver pictures to the GUI thread.
After `close` no thread, timer or open device of it is left.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtMultimedia import QMediaDevices

from safesession.core.ports import AudioPort, VideoInPort
from safesession.core.status import CaptureState
from safesession.devices.audio_thread import MicrophoneWorker, SpeakerWorker
from safesession.devices.camera import CameraWorker
from safesession.devices.demo import (
    Demo,
    GatedAudio,
    GatedVideo,
    StartDemoCamera,
    StartDemoMicrophone,
)
from safesession.devices.formats import qt_audio_format
from safesession.devices.gate import Gate
from safesession.devices.line import Line
from safesession.devices.listing import DeviceInfo, DeviceKind, DeviceList
from safesession.devices.meter import FLOOR_DBFS
from safesession.devices.pcm import ENGINE_FORMAT
from safesession.devices.sound_server import ServerWatch, prime
from safesession.devices.threads import DeviceThread


# V4L2 pictures come through an event loop, and a GUI stall of 150 ms is one of
# the picture too. On Windows and macOS Qt captures in threads of its own.
_CAMERA_THREAD = sys.platform.startswith("linux")


class DeviceManager(QObject):
    """The camera, microphone and speaker of this endpoint."""

    capture_changed = Signal(object, object)
    """Microphone and camera, each a `CaptureState`."""

    speaker_changed = Signal(object)
    """A `CaptureState`: ON, MISSING, BUSY, LOST, STARTING or OFF."""

    devices_changed = Signal()
    """A list, a default or a choice changed."""

    microphone_level = Signal(float)
    """Peak of the last 100 ms in dBFS, ten times a second, after mute."""

    # A demo voice may run on any thread; this brings its level to ours.
    _demo_level = Signal(float)

    def __init__(
        self,
        audio: AudioPort,
        video: VideoInPort,
        *,
        allow_demo: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._audio = audio
        self._video = video
        self._allow_demo = allow_demo
        self._demo_camera: Demo | None = None
        self._demo_microphone: Demo | None = None
        self._media = QMediaDevices(self)
        self._lists = {kind: DeviceList(kind, self._media) for kind in DeviceKind}
        for devices in self._lists.values():
            devices.changed.connect(self.devices_changed)
        prime(qt_audio_format(ENGINE_FORMAT))
        server = ServerWatch()
        microphone_gate, camera_gate = Gate(), Gate()
        microphone = MicrophoneWorker(audio, microphone_gate, server)
        microphone.level.connect(self._on_level)
        self._demo_level.connect(self._on_level)
        speaker = self._speaker_worker = SpeakerWorker(audio, server)
        camera = CameraWorker(video, camera_gate)
        self._microphone = self._line(
            DeviceKind.MICROPHONE, microphone, microphone_gate
        )
        self._speaker = self._line(DeviceKind.SPEAKER, speaker, Gate())
        self._camera = self._line(DeviceKind.CAMERA, camera, camera_gate)
        self._microphone.state_changed.connect(self._refresh)
        self._camera.state_changed.connect(self._refresh)
        self._speaker.state_changed.connect(self.speaker_changed)
        self._shown = (self._microphone.state, self._camera.state)
        # Linux ignores the priority; Windows and macOS keep sound going by it.
        urgent = QThread.Priority.TimeCriticalPriority
        sound = (microphone, speaker)
        self._threads = [DeviceThread("safesession-audio", sound, urgent)]
        self._camera_worker = camera
        if _CAMERA_THREAD:
            self._threads.append(DeviceThread("safesession-camera", (camera,)))
        self._closed = False

    def cameras(self) -> tuple[DeviceInfo, ...]:
        """Cameras the system lists now."""
        return self._lists[DeviceKind.CAMERA].infos()

    def microphones(self) -> tuple[DeviceInfo, ...]:
        """Microphones the system lists now."""
        return self._lists[DeviceKind.MICROPHONE].infos()

    def speakers(self) -> tuple[DeviceInfo, ...]:
        """Speakers and headphones the system lists now."""
        return self._lists[DeviceKind.SPEAKER].infos()

    def chosen(self, kind: DeviceKind) -> str | None:
        """The id the person chose; None follows the system's default."""
        return self._lists[kind].chosen

    def select(self, kind: DeviceKind, identity: str | None) -> None:
        """Use this device whenever it is there, else the system's default."""
        self._lists[kind].choose(identity)

    @property
    def microphone_state(self) -> CaptureState:
        """What the microphone is doing."""
        return self._state_of(self._microphone, self._demo_microphone)

    @property
    def camera_state(self) -> CaptureState:
        """What the camera is doing."""
        return self._state_of(self._camera, self._demo_camera)

    @property
    def speaker_state(self) -> CaptureState:
        """What the speaker is doing."""
        return self._speaker.state

    @property
    def playback_underruns(self) -> int:
        """How often the speaker ran dry while playing since this was made."""
        return self._speaker_worker.underruns

    def start_camera(self) -> None:
        """Capture pictures from now on, also after the camera was away."""
        self._switch(self._camera, wanted=True)

    def stop_camera(self) -> None:
        """Stop capturing; nothing is handed on after this returns."""
        self._switch(self._camera, wanted=False)

    def set_microphone_enabled(self, enabled: bool) -> None:
        """Capture sound, or stop capturing: then nothing more is handed on."""
        self._switch(self._microphone, wanted=enabled)
        if not enabled:
            self.microphone_level.emit(FLOOR_DBFS)

    def start_speaker(self) -> None:
        """Play what `AudioPort.pull` returns."""
        self._switch(self._speaker, wanted=True)

    def stop_speaker(self) -> None:
        """Stop pulling and playing."""
        self._switch(self._speaker, wanted=False)

    def use_demo_camera(self, start: StartDemoCamera) -> None:
        """Install the player used when demo is allowed and no camera is free.

        `start` gets a port for its pictures, must return at once, and returns
        what stops it. It may call the port on any thread.
        """
        self._demo_camera = Demo(lambda gate: start(GatedVideo(self._video, gate)))
        self._refresh()

    def use_demo_microphone(self, start: StartDemoMicrophone) -> None:
        """Install the voice used when demo is allowed and no microphone exists."""
        self._demo_microphone = Demo(
            lambda gate: start(GatedAudio(self._audio, gate, self._demo_level.emit)),
        )
        self._refresh()

    def close(self) -> None:
        """Stop everything and end the threads. Idempotent."""
        if self._closed:
            return
        self._closed = True
        for line in (self._microphone, self._camera, self._speaker):
            line.switch_off()
        for demo in (self._demo_microphone, self._demo_camera):
            if demo is not None:
                demo.stop()
        if not _CAMERA_THREAD:
            self._camera_worker.close()
        for thread in self._threads:
            thread.finish()
        self._threads.clear()

    def _line(
        self,
        kind: DeviceKind,
        worker: MicrophoneWorker | SpeakerWorker | CameraWorker,
        gate: Gate,
    ) -> Line:
        line = Line(kind, self._lists[kind], gate, self)
        line.open_requested.connect(worker.open)
        line.close_requested.connect(worker.close)
        worker.cue.connect(line.on_cue)
        return line

    def _switch(self, line: Line, *, wanted: bool) -> None:
        if self._closed:
            return
        if wanted:
            line.switch_on()
        else:
            line.switch_off()
        self._refresh()

    def _on_level(self, level_dbfs: float) -> None:
        if self._microphone.wanted:
            self.microphone_level.emit(level_dbfs)

    def _state_of(self, line: Line, demo: Demo | None) -> CaptureState:
        # The demo's two windows may share one machine's only camera: the second
        # one finds it busy.
        absent = line.state in (CaptureState.MISSING, CaptureState.BUSY)
        if demo is None or not absent or not self._allow_demo:
            return line.state
        return CaptureState.DEMO if line.wanted else CaptureState.OFF

    def _refresh(self) -> None:
        if self._closed:
            return
        self._drive(self._demo_microphone, self.microphone_state)
        self._drive(self._demo_camera, self.camera_state)
        shown = (self.microphone_state, self.camera_state)
        if shown != self._shown:
            self._shown = shown
            self.capture_changed.emit(*shown)

    @staticmethod
    def _drive(demo: Demo | None, state: CaptureState) -> None:
        if demo is None:
            return
        if state is CaptureState.DEMO:
            demo.start()
        else:
            demo.stop()
