"""A camera without a camera: a small C library that answers V4L2's calls.

Needs gcc, and root for the device node; elsewhere the test is skipped with the
reason. Everything above the kernel, Qt's camera code included, is the real one.
"""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support.children import need_programs


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_SOURCE = Path(__file__).with_name("pretended_camera.c")
_NODES = range(40, 64)  # /dev/video40 … are free on any desk
_V4L2_MAJOR = 81
_BLOCK_PX = 8  # one bit of the picture's number
_BITS = 16
_WHITE, _BLACK = 235, 16


@dataclass(frozen=True)
class PretendedCamera:
    """A camera that plays a clip of numbered pictures."""

    node: Path
    width_px: int
    height_px: int
    fps: int
    library: Path
    clip: Path
    fault: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which a program sees this camera."""
        return {
            **os.environ,
            "LD_PRELOAD": str(self.library),
            "PRETENDED_CAMERA": str(self.node),
            "PRETENDED_CAMERA_CLIP": str(self.clip),
            "PRETENDED_CAMERA_MODE": f"{self.width_px}x{self.height_px}@{self.fps}",
            "PRETENDED_CAMERA_FAULT": str(self.fault),
        }

    def set_fault(self, word: str) -> None:
        """Make it "busy", "denied" or "gone" from now on; "" heals it."""
        self.fault.write_text(word)

    def plug_in(self) -> None:
        """Let the device node appear."""
        os.mknod(self.node, 0o666 | stat.S_IFCHR, os.makedev(_V4L2_MAJOR, 0))

    def pull_out(self) -> None:
        """Let the device node vanish and reading end, as unplugging does."""
        self.node.unlink(missing_ok=True)
        self.set_fault("gone")


def number_of(luma: NDArray[np.uint8]) -> int:
    """Read the number out of a picture's brightness (height x width)."""
    half = _BLOCK_PX // 2
    row = luma[half, half : _BLOCK_PX * _BITS : _BLOCK_PX]
    return sum(int(value > 128) << bit for bit, value in enumerate(row))


def write_clip(file: Path, width_px: int, height_px: int, count: int) -> Path:
    """Write pictures 0 … count-1 as raw YUYV: a moving bar under a number."""
    import numpy as np

    with file.open("wb") as clip:
        for number in range(count):
            luma = np.full((height_px, width_px), 90, np.uint8)
            left = number * 4 % width_px
            luma[:, left : left + 24] = 200
            bits = np.arange(_BITS) >> 0
            blocks = np.where(number >> bits & 1, _WHITE, _BLACK).astype(np.uint8)
            luma[:_BLOCK_PX, : _BLOCK_PX * _BITS] = np.repeat(blocks, _BLOCK_PX)
            picture = np.full((height_px, width_px, 2), 128, np.uint8)
            picture[:, :, 0] = luma
            clip.write(picture.tobytes())
    return file


@pytest.fixture(scope="session")
def camera_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the library once a run."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the pretended camera speaks V4L2, which is Linux's")
    need_programs("gcc")
    library = tmp_path_factory.mktemp("camera") / "pretended_camera.so"
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    command = ["gcc", *flags, "-o", str(library), str(_SOURCE), "-ldl", "-lpthread"]
    subprocess.run(command, check=True)
    return library


@pytest.fixture
def pretended_camera(camera_library: Path, tmp_path: Path) -> Iterator[PretendedCamera]:
    """Return a plugged-in camera of 640x360 pictures, 30 a second."""
    width_px, height_px = 640, 360
    clip = write_clip(tmp_path / "clip.yuyv", width_px, height_px, 90)
    for index in _NODES:
        camera = PretendedCamera(
            node=Path(f"/dev/video{index}"),
            width_px=width_px,
            height_px=height_px,
            fps=30,
            library=camera_library,
            clip=clip,
            fault=tmp_path / "camera-fault",
        )
        with contextlib.suppress(FileExistsError):
            try:
                camera.plug_in()
            except PermissionError:
                pytest.skip("only root may make a device node for the camera")
            break
    else:
        pytest.skip("every device node for a camera is taken")
    yield camera
    camera.node.unlink(missing_ok=True)
