"""The camera worker: QCamera to `VideoInPort`, through the gate.

Qt tells nothing when a camera is unplugged or in use elsewhere (it stays
"active"), so only arriving pictures count. `close` really stops the camera:
its light goes off before the call returns.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QMediaCaptureSession,
    QVideoFrame,
    QVideoSink,
)

from safesession.core.ports import VideoInPort
from safesession.devices.formats import camera_format_for
from safesession.devices.frames import picture_of
from safesession.devices.gate import Gate
from safesession.devices.lifecycle import Cue


WATCH_INTERVAL_MS = 500
DRY_TICKS = 4  # 2 s without a picture while it was flowing
START_TICKS = 5  # 2.5 s for the first one: some cameras wake up slowly


class CameraWorker(QObject):
    """Opens one camera at a time and hands its pictures on, unchanged."""

    cue = Signal(int, object)

    _first_picture = Signal()

    def __init__(self, port: VideoInPort, gate: Gate) -> None:
        super().__init__()
        self._port = port
        self._gate = gate
        self._attempt = 0
        self._camera: QCamera | None = None
        self._session: QMediaCaptureSession | None = None
        self._sink: QVideoSink | None = None
        self._watch: QTimer | None = None
        self._pictures = 0
        self._first_picture.connect(self._on_first_picture)

    @Slot(int, object)
    def open(self, attempt: int, device: QCameraDevice) -> None:
        """Start capturing; reports FLOW, FAIL or SILENCE."""
        self.close()
        self._attempt = attempt
        self._pictures = 0
        self._seen = 0
        self._dry_ticks = 0
        self._camera = QCamera(device, self)
        chosen = camera_format_for(device)
        if chosen is not None:
            self._camera.setCameraFormat(chosen)
        self._camera.errorOccurred.connect(self._on_error)
        self._sink = QVideoSink(self)
        # Direct: pictures are taken in whatever thread brings them, so that a
        # busy event loop neither delays nor queues them.
        self._sink.videoFrameChanged.connect(
            self._on_frame,
            Qt.ConnectionType.DirectConnection,
        )
        self._session = QMediaCaptureSession(self)
        self._session.setCamera(self._camera)
        self._session.setVideoSink(self._sink)
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._on_watch)
        self._watch.start(WATCH_INTERVAL_MS)
        self._camera.start()

    @Slot()
    def close(self) -> None:
        """Stop the camera; its light goes off."""
        self._attempt = 0
        if self._watch is not None:
            self._watch.stop()
            self._watch.deleteLater()
            self._watch = None
        if self._sink is not None:
            self._sink.videoFrameChanged.disconnect(self._on_frame)
        if self._camera is not None:
            self._camera.errorOccurred.disconnect(self._on_error)
            self._camera.stop()
        if self._session is not None:
            self._session.setVideoSink(None)  # type: ignore[arg-type]
            self._session.setCamera(None)  # type: ignore[arg-type]
            self._session.deleteLater()
            self._session = None
        if self._sink is not None:
            self._sink.deleteLater()
            self._sink = None
        if self._camera is not None:
            self._camera.deleteLater()
            self._camera = None

    def _on_frame(self, frame: QVideoFrame) -> None:
        attempt = self._attempt
        picture = picture_of(frame)
        if picture is None or not self._gate.pass_picture(attempt, self._port, picture):
            return
        self._pictures += 1
        if self._pictures == 1:
            self._first_picture.emit()

    @Slot()
    def _on_first_picture(self) -> None:
        self._report(Cue.FLOW)

    @Slot(QCamera.Error, str)
    def _on_error(self, error: QCamera.Error, _text: str) -> None:
        if error is not QCamera.Error.NoError:
            self._report(Cue.FAIL)

    @Slot()
    def _on_watch(self) -> None:
        # Ticks of a live event loop are counted, not clock time: after a stall
        # of the whole program the camera is not to blame.
        if self._pictures != self._seen:
            self._seen = self._pictures
            self._dry_ticks = 0
            return
        self._dry_ticks += 1
        if self._dry_ticks == (DRY_TICKS if self._pictures else START_TICKS):
            self._report(Cue.SILENCE)

    def _report(self, cue: Cue) -> None:
        if self._attempt:
            self.cue.emit(self._attempt, cue)
