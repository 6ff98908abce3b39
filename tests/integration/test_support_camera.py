"""The pretended camera, seen through Qt's real camera code."""

from __future__ import annotations

import json

from tests.support.camera import PretendedCamera, number_of
from tests.support.children import run_python


_PROGRAM = """
import json, sys
import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtMultimedia import (
    QCamera, QMediaCaptureSession, QMediaDevices, QVideoFrame, QVideoSink)
from tests.support.camera import number_of

app = QGuiApplication([])
cameras = QMediaDevices.videoInputs()
numbers, sizes = [], set()
if cameras:
    camera, session, sink = QCamera(cameras[0]), QMediaCaptureSession(), QVideoSink()
    session.setCamera(camera)
    session.setVideoSink(sink)

    def take(frame):
        copy = QVideoFrame(frame)
        if copy.map(QVideoFrame.MapMode.ReadOnly):
            width, height = copy.width(), copy.height()
            rows = np.frombuffer(copy.bits(0), np.uint8)[: width * height * 2]
            numbers.append(number_of(rows.reshape(height, width, 2)[:, :, 0]))
            sizes.add((width, height))
            copy.unmap()
        if len(numbers) == 20:
            app.quit()

    sink.videoFrameChanged.connect(take)
    camera.start()
    QTimer.singleShot(8000, app.quit)
    app.exec()
    camera.stop()
names = [camera.description() for camera in cameras]
print(json.dumps({"names": names, "numbers": numbers, "sizes": sorted(sizes)}))
"""


def seen(camera: PretendedCamera) -> dict[str, list[object]]:
    """Open the camera in a program of its own and return what it saw."""
    printed = run_python(_PROGRAM, camera.environment)
    answer: dict[str, list[object]] = json.loads(printed.splitlines()[-1])
    return answer


def test_pictures_arrive_in_order(pretended_camera: PretendedCamera) -> None:
    answer = seen(pretended_camera)
    assert answer["names"] == ["Pretended Camera"]
    assert answer["sizes"] == [[640, 360]]
    assert len(answer["numbers"]) == 20
    assert answer["numbers"] == sorted(set(answer["numbers"]))


def test_a_busy_camera_is_not_offered(pretended_camera: PretendedCamera) -> None:
    pretended_camera.set_fault("busy")
    assert seen(pretended_camera)["names"] == []


def test_a_number_survives_the_picture() -> None:
    import numpy as np

    luma = np.full((16, 640), 16, np.uint8)
    luma[:8, 8:16] = 235
    assert number_of(luma) == 2
