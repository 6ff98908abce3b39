"""Build and control the fake V4L2 webcam of `fakecam.c`.

Needs Linux, gcc and root (for the device node, which is removed again). Only the
process under test gets the library preloaded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage


_SOURCE = Path(__file__).with_name("fakecam.c")
_REAL_NODES = 32  # more than a real machine has
_NODES = range(64, 96)  # not the ones of camera.py
_VIDEO4LINUX_MAJOR = 81
FRAMES = 8


def why_not() -> str:
    """Return what this machine lacks, or an empty string."""
    if not sys.platform.startswith("linux"):
        return "V4L2 exists on Linux only"
    if os.geteuid() != 0:
        return "a device node needs root"
    if shutil.which("gcc") is None:
        return "needs gcc"
    if any(Path(f"/dev/video{number}").exists() for number in range(_REAL_NODES)):
        return "a real camera is present"
    return ""


@dataclass(frozen=True)
class Mode:
    """What the camera offers: its only mode."""

    name: str = "mjpeg"  # mjpeg, yuyv or nv12
    width: int = 1280
    height: int = 720
    fps: int = 30


class FakeCamera:
    """One webcam; `plug` makes its node, faults are switched while it runs."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        self._control = folder / "control"
        self._control.mkdir(parents=True)
        self._mode = mode
        self._library = folder / "fakecam.so"
        command = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(self._library)]
        subprocess.run([*command, str(_SOURCE), "-ldl", "-lpthread"], check=True)
        self._clip = folder / "clip"
        self.frames = clip_frames(mode)
        self._frame_bytes = max(len(frame) for frame in self.frames)
        self._clip.write_bytes(
            b"".join(frame.ljust(self._frame_bytes, b"\0") for frame in self.frames),
        )
        self.node = Path(f"/dev/video{_NODES[0]}")

    @property
    def environment(self) -> dict[str, str]:
        """Variables that make a program see this camera."""
        mode = self._mode
        return {
            "LD_PRELOAD": str(self._library),
            "FAKECAM_NODE": str(self.node),
            "FAKECAM_CLIP": str(self._clip),
            "FAKECAM_MODE": f"{mode.name}:{mode.width}x{mode.height}:{mode.fps}",
            "FAKECAM_FRAME_BYTES": str(self._frame_bytes),
            "FAKECAM_CONTROL": str(self._control),
        }

    @property
    def light(self) -> bool:
        """Whether the camera streams at the moment."""
        return (self._control / "light").exists()

    def wait_for_light(self, on: bool, timeout_s: float = 3) -> None:
        """Wait until the camera streams, or no longer does."""
        deadline = time.monotonic() + timeout_s
        while self.light is not on:
            assert time.monotonic() < deadline, f"the light is not {on}"
            time.sleep(0.01)

    def plug_into_free_node(self) -> None:
        """Make the first free device node appear; later it is this one again."""
        for number in _NODES:
            self.node = Path(f"/dev/video{number}")
            with contextlib.suppress(FileExistsError):  # another test run has it
                self.plug()
                return
        raise RuntimeError("every device node for a camera is taken")

    def plug(self) -> None:
        """Make the device node appear."""
        device = os.makedev(_VIDEO4LINUX_MAJOR, 0)
        os.mknod(self.node, stat.S_IFCHR | 0o600, device)

    def unplug(self) -> None:
        """Remove the device node (also what clean-up does)."""
        self.node.unlink(missing_ok=True)

    def fault(self, name: str, on: bool) -> None:
        """Switch a fault of fakecam.c: busy, stream-busy, denied, gone, frozen."""
        path = self._control / name
        if on:
            path.touch()
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def fake_camera(folder: Path, mode: Mode) -> Iterator[FakeCamera]:
    """Plug a camera in for the duration of the block."""
    camera = FakeCamera(folder, mode)
    camera.plug_into_free_node()
    try:
        yield camera
    finally:
        camera.unplug()


def clip_frames(mode: Mode) -> list[bytes]:
    """Return FRAMES pictures of rising brightness in the mode's pixel format."""
    frames = []
    for number in range(FRAMES):
        luma = luma_of(mode, number)
        match mode.name:
            case "nv12":
                chroma = np.full((mode.height // 2, mode.width), 128, np.uint8)
                frames.append(luma.tobytes() + chroma.tobytes())
            case "yuyv":
                packed = np.full((mode.height, mode.width, 2), 128, np.uint8)
                packed[:, :, 0] = luma
                frames.append(packed.tobytes())
            case _:
                frames.append(_jpeg(luma))
    return frames


def luma_of(mode: Mode, number: int) -> np.ndarray:
    """Brightness of picture `number`: a ramp to the right plus 16 per picture."""
    ramp = np.arange(mode.width) * 100 // mode.width
    row = (ramp + 16 * number).astype(np.uint8)
    return np.tile(row, (mode.height, 1))


def _jpeg(luma: np.ndarray) -> bytes:
    height, width = luma.shape
    image = QImage(
        luma.tobytes(), width, height, width, QImage.Format.Format_Grayscale8
    )
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB32).save(buffer, "JPEG", 90)
    buffer.close()
    return bytes(data.data())
