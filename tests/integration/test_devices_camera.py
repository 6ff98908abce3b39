"""The camera through Qt's real V4L2 code and a webcam that obeys the test."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from tests.support.device_process import DeviceProcess
from tests.support.fakecam import FakeCamera, Mode, fake_camera, luma_of, why_not


pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

# No sound in these tests: without a server Qt offers no microphone.
QUIET = {"PULSE_SERVER": "unix:/nonexistent"}
VGA = Mode("yuyv", 640, 480)
Plug = Callable[[Mode], FakeCamera]


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    with ExitStack() as stack:
        yield lambda mode: stack.enter_context(fake_camera(tmp_path / "cam", mode))


def process(camera: FakeCamera, *arguments: str) -> DeviceProcess:
    return DeviceProcess({**QUIET, **camera.environment}, *arguments)


@pytest.mark.parametrize(
    ("mode", "pixel_format", "stride"),
    [
        (Mode("mjpeg"), "mjpeg", 0),
        (Mode("nv12"), "nv12", 1280),
        (VGA, "yuyv422", 1280),
    ],
)
def test_pictures_arrive_at_30_fps_whatever_the_window_does(
    plug: Plug, tmp_path: Path, mode: Mode, pixel_format: str, stride: int
) -> None:
    camera = plug(mode)
    last = tmp_path / "last"
    with process(camera) as devices:
        assert not camera.light  # nobody asked yet
        devices.send("stall", 0.15, 0.5)
        devices.send("camera", True)
        devices.wait_for("capture", camera="on")
        devices.send("forget")
        devices.collect(1.2)
        frames = devices.ask("pictures", "pictures", str(last))["frames"]
        at_stop = devices.ask("frames", "camera", False)["count"]
        camera.wait_for_light(False)
        assert devices.ask("state", "state")["camera"] == "off"
        devices.collect(0.2)
        assert devices.ask("frames", "camera", False)["count"] == at_stop
    times = [frame[0] for frame in frames]
    gaps_ms = [1000 * (b - a) for a, b in itertools.pairwise(times)]
    assert len(frames) / (times[-1] - times[0]) > 29
    assert statistics.median(gaps_ms) == pytest.approx(33.3, abs=3)
    assert {tuple(frame[1:5]) for frame in frames} == {
        (pixel_format, mode.width, mode.height, stride)
    }
    data = last.read_bytes()
    if mode.name == "mjpeg":
        assert data in [frame.ljust(len(data), b"\0") for frame in camera.frames]
        return
    samples = np.frombuffer(data, np.uint8)
    step = 2 if mode.name == "yuyv" else 1
    luma = samples[: mode.width * mode.height * step : step]
    pictures = [luma_of(mode, number).ravel() for number in range(8)]
    assert any(np.array_equal(luma, picture) for picture in pictures)


def test_unplugged_means_lost_and_plugged_in_means_on_again(plug: Plug) -> None:
    camera = plug(VGA)
    with process(camera) as devices:
        devices.send("camera", True)
        devices.wait_for("capture", camera="on")
        camera.fault("gone", on=True)
        camera.unplug()
        devices.wait_for("devices", cameras=[])
        assert devices.ask("state", "state")["camera"] == "lost"
        camera.fault("gone", on=False)
        camera.plug()
        devices.wait_for("capture", camera="on")


def test_a_camera_that_falls_silent_is_lost_after_two_seconds(plug: Plug) -> None:
    camera = plug(VGA)
    with process(camera) as devices:
        devices.send("camera", True)
        devices.wait_for("capture", camera="on")
        camera.fault("frozen", on=True)
        frozen_at = devices.ask("state", "state")["t"]
        lost = devices.wait_for("capture", camera="lost")
        assert 1.4 < lost["t"] - frozen_at < 2.9
        camera.fault("frozen", on=False)
        devices.wait_for("capture", camera="on")


@pytest.mark.parametrize(
    ("fault", "state"),
    [("busy", "busy"), ("denied", "refused")],
)
def test_a_camera_qt_leaves_out_is_explained(
    plug: Plug, fault: str, state: str
) -> None:
    camera = plug(VGA)
    camera.fault(fault, on=True)
    with process(camera) as devices:
        assert devices.ask("state", "state")["camera"] == "missing"
        devices.send("camera", True)
        assert devices.ask("state", "state")["camera"] == state


def test_a_camera_in_use_elsewhere_is_busy_until_it_is_free(plug: Plug) -> None:
    camera = plug(VGA)
    camera.fault("stream-busy", on=True)
    with process(camera) as devices:
        devices.send("camera", True)
        devices.wait_for("capture", timeout_s=4, camera="busy")
        camera.fault("stream-busy", on=False)
        devices.wait_for("capture", timeout_s=4, camera="on")


def test_the_demo_clip_gives_way_to_a_camera(plug: Plug) -> None:
    camera = plug(VGA)
    camera.unplug()
    with process(camera, "--allow-demo") as devices:
        devices.send("demo", "camera")
        devices.send("camera", True)
        assert devices.ask("state", "state")["camera"] == "demo"
        devices.collect(0.2)
        assert devices.ask("frames", "camera", True)["count"] > 2
        camera.plug()
        devices.wait_for("capture", camera="on")
        assert devices.ask("census", "census")["demos"] == 0


def test_the_demo_clip_stands_in_while_the_other_window_has_the_camera(
    plug: Plug,
) -> None:
    camera = plug(VGA)
    camera.fault("stream-busy", on=True)
    with process(camera, "--allow-demo") as devices:
        devices.send("demo", "camera")
        devices.send("camera", True)
        devices.wait_for("capture", timeout_s=4, camera="demo")
        devices.collect(0.2)
        assert devices.ask("frames", "camera", True)["count"] > 2
        camera.fault("stream-busy", on=False)
        devices.wait_for("capture", timeout_s=4, camera="on")
        assert devices.ask("census", "census")["demos"] == 0


def test_nothing_is_left_after_close(plug: Plug) -> None:
    camera = plug(VGA)
    with process(camera) as devices:
        devices.send("reopen", 0.4)
        before = devices.ask("census", "census")
        for _ in range(5):
            devices.send("reopen", 0.2)
        after = devices.ask("census", "census")
        for count in ("threads", "files", "objects"):
            assert after[count] == before[count]
        devices.send("close")
        assert not camera.light
