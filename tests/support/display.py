"""A screen of its own for real windows: Xvfb with a window manager, and hands.

The program under test runs in its own process with `display.environment`; the
test's own Qt stays offscreen.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support.children import need_programs, running, wait_until


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


WIDTH_PX, HEIGHT_PX = 1440, 900


@dataclass(frozen=True)
class Display:
    """A running X server; `name` is like ":99"."""

    name: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which a program shows its windows here."""
        changed = {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}
        kept = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        return {**kept, **changed}

    def picture(self) -> NDArray[np.uint8]:
        """Return what the screen shows: height x width x RGB."""
        import av

        size = {"video_size": f"{WIDTH_PX}x{HEIGHT_PX}"}
        with av.open(self.name, format="x11grab", options=size) as screen:
            return next(screen.decode(video=0)).to_ndarray(format="rgb24")

    def save_picture(self, file: Path) -> None:
        """Write what the screen shows as a PNG."""
        from PySide6.QtGui import QImage

        rows = self.picture()
        height, width, _ = rows.shape
        image = QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        assert image.save(str(file))


@dataclass(frozen=True)
class Hands:
    """Mouse and keyboard of the person in front of a display (xdotool)."""

    display: Display

    def _do(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.display.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return done.stdout.decode().strip() if done.returncode == 0 else ""

    def window(self, title: str, *, timeout_s: float = 20.0) -> str:
        """Wait for a window whose title matches a regular expression."""
        found: list[str] = []

        def look() -> bool:
            answer = self._do("search", "--onlyvisible", "--name", title)
            found[:] = answer.split()
            return bool(found)

        wait_until(look, f"a window named {title!r}", timeout_s=timeout_s)
        return found[-1]

    def focus(self, window: str) -> None:
        """Bring a window to the front and give it the keyboard."""
        self._do("windowactivate", "--sync", window)

    def click(self, window: str, x_px: int, y_px: int) -> None:
        """Click at a point counted from the window's top left."""
        self._do("mousemove", "--window", window, "--sync", str(x_px), str(y_px))
        self._do("click", "1")

    def key(self, *keys: str) -> None:
        """Press keys one after another, as xdotool spells them: "ctrl+a", "Tab"."""
        self._do("key", "--delay", "30", *keys)

    def type_text(self, text: str) -> None:
        """Type; slowly where the keyboard map has to change for Chinese."""
        self._do("type", "--delay", "20" if text.isascii() else "250", "--", text)


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    """Start an X server on a free number, with openbox."""
    with open_display(tmp_path) as shown:
        yield shown


@contextmanager
def open_display(tmp_path: Path) -> Iterator[Display]:
    """Run a screen of its own; its files lie in `tmp_path`."""
    need_programs("Xvfb", "openbox")
    log, ready = tmp_path / "display.log", tmp_path / "openbox-is-ready"
    screen = f"{WIDTH_PX}x{HEIGHT_PX}x24"
    with ExitStack() as stack:
        number = tmp_path / "display-number"
        # The server writes its number when it is ready, into a file the shell opened.
        command = (
            f'exec Xvfb -displayfd 3 -screen 0 {screen} -dpi 96 -nolisten tcp 3>"$0"'
        )
        server = stack.enter_context(running("sh", "-c", command, number, log=log))
        wait_until(
            lambda: (
                server.poll() is not None
                or (number.exists() and number.read_text().endswith("\n"))
            ),
            "Xvfb says its number",
        )
        assert server.poll() is None, log.read_text()
        shown = Display(":" + number.read_text().strip())
        stack.enter_context(
            running(
                *("openbox", "--startup", f"touch {ready}"),
                environment=shown.environment,
                log=log,
            )
        )
        wait_until(ready.exists, "openbox manages the windows")
        yield shown


@pytest.fixture
def hands(display: Display) -> Hands:
    """Return mouse and keyboard of the display."""
    need_programs("xdotool")
    return Hands(display)
