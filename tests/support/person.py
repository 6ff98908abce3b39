"""A person in front of a screen: sees controls by name, clicks, types, pastes.

Controls are found as a screen reader finds them (AT-SPI), so a control that a
person with a screen reader could not find is not found here either; the clicks
are real clicks (xdotool) at the place where the control really is.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support.children import need_programs, running, wait_until
from tests.support.display import Display, Hands


_SYSTEM_PYTHON = "/usr/bin/python3"
_BUS_LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
_TREE = Path(__file__).with_name("accessible_tree.py")


@dataclass(frozen=True)
class Control:
    """One thing in a window; the area is in screen pixels."""

    role: str
    name: str
    text: str
    left: int
    top: int
    width: int
    height: int
    states: frozenset[str] = field(default_factory=frozenset)

    @property
    def center(self) -> tuple[int, int]:
        """Where to click."""
        return self.left + self.width // 2, self.top + self.height // 2

    @property
    def usable(self) -> bool:
        """Whether it is on the screen and can be used."""
        return {"showing", "enabled"} <= self.states and self.width > 0


Wanted = str | re.Pattern[str]  # a part of a name, or what it must fit


def _fits(wanted: Wanted, shown: str) -> bool:
    if isinstance(wanted, str):
        return wanted in shown
    return wanted.search(shown) is not None


class Person:
    """Eyes and hands on one display, for one application at a time."""

    def __init__(
        self,
        display: Display,
        bus_address: str,
        tree: subprocess.Popen[str],
        log: Path,
    ) -> None:
        self.display = display
        self.hands = Hands(display)
        self._bus_address = bus_address
        self._tree = tree
        self._log = log
        self._clipboard: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment for the programs that this person uses."""
        return {
            **self.display.environment,
            "DBUS_SESSION_BUS_ADDRESS": self._bus_address,
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }

    def controls(self, application: str) -> list[Control]:
        """Everything the windows of an application contain, parents first.

        `application` is a part of the application's name as Qt gives it.
        """
        assert self._tree.stdin is not None
        assert self._tree.stdout is not None
        self._tree.stdin.write(json.dumps(application) + "\n")
        self._tree.stdin.flush()
        answer = self._tree.stdout.readline()
        assert answer, self._log.read_text()
        return [
            Control(
                each["role"],
                each["name"],
                each["text"],
                *each["area"],
                frozenset(each["states"]),
            )
            for each in json.loads(answer)
        ]

    def find(
        self,
        application: str,
        name: Wanted,
        *,
        role: str | None = None,
        timeout_s: float = 20.0,
    ) -> Control:
        """Wait for a usable control whose name contains `name`, or fits it."""
        found: list[Control] = []

        def look() -> bool:
            found[:] = [
                control
                for control in self.controls(application)
                if _fits(name, control.name)
                and (role is None or control.role == role)
                and control.usable
            ]
            return bool(found)

        what = f"{role or 'control'} {name!r} of {application}"
        wait_until(look, what, timeout_s=timeout_s)
        return found[0]

    def sees(self, application: str, text: Wanted, *, timeout_s: float = 20.0) -> None:
        """Wait until a name or text on the screen contains `text`, or fits it."""

        def look() -> bool:
            return any(
                (_fits(text, control.name) or _fits(text, control.text))
                and "showing" in control.states
                for control in self.controls(application)
            )

        wait_until(look, f"{application} shows {text!r}", timeout_s=timeout_s)

    def click(self, application: str, name: Wanted, *, role: str | None = None) -> None:
        """Click a control in its middle."""
        self.click_at(*self.find(application, name, role=role).center)

    def click_at(self, x_px: int, y_px: int) -> None:
        """Click at a point of the screen."""
        self._run("xdotool", "mousemove", "--sync", str(x_px), str(y_px), "click", "1")

    def write(self, application: str, name: str, text: str) -> None:
        """Click into a field and fill it; Chinese is pasted."""
        self.click(application, name)
        if text.isascii():
            self.hands.type_text(text)
        else:
            self.paste(text)

    def paste(self, text: str) -> None:
        """Put text on the clipboard and press Ctrl+V.

        Typing Chinese by xdotool loses characters on a busy machine.
        """
        self._drop_clipboard()
        # The owner of a selection must live as long as somebody may paste it.
        self._clipboard = subprocess.Popen(
            ["xclip", "-quiet", "-selection", "clipboard", "-in"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._clipboard.stdin is not None
        self._clipboard.stdin.write(text.encode())
        self._clipboard.stdin.close()
        wait_until(lambda: self.clipboard() == text, "the clipboard holds the text")
        self.hands.key("ctrl+v")

    def clipboard(self) -> str:
        """Return what is on the clipboard ("" when nothing is)."""
        return self._run("xclip", "-selection", "clipboard", "-out")

    def screenshot(self, file: Path) -> None:
        """Save what the screen shows as a PNG."""
        self._run("import", "-window", "root", str(file))
        assert file.exists()

    def close(self) -> None:
        """Let go of the clipboard."""
        self._drop_clipboard()

    def _drop_clipboard(self) -> None:
        if self._clipboard is not None:
            self._clipboard.terminate()
            self._clipboard.wait()
            self._clipboard = None

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=30,
        )
        return done.stdout.decode() if done.returncode == 0 else ""


def _need_accessibility() -> None:
    need_programs("dbus-daemon", "xdotool", "xclip", "import")
    if not _BUS_LAUNCHER.exists():
        pytest.skip("not installed: at-spi2-core (`make setup` brings it)")
    has = subprocess.run(
        [_SYSTEM_PYTHON, "-c", "import pyatspi"], capture_output=True, check=False
    )
    if has.returncode:
        pytest.skip("not installed: python3-pyatspi (`make setup` brings it)")


@pytest.fixture
def person(display: Display, tmp_path: Path) -> Iterator[Person]:
    """Return a person in front of the display, with an accessibility bus."""
    with sit_down(display, tmp_path) as someone:
        yield someone


@contextmanager
def sit_down(display: Display, tmp_path: Path) -> Iterator[Person]:
    """Put a person with an accessibility bus of their own before a display."""
    _need_accessibility()
    log = tmp_path / "person.log"
    socket = tmp_path / "bus"
    address = f"unix:path={socket}"
    environment = {**display.environment, "DBUS_SESSION_BUS_ADDRESS": address}
    with ExitStack() as stack:
        bus = ["dbus-daemon", "--session", f"--address={address}", "--nofork"]
        stack.enter_context(running(*bus, environment=environment, log=log))
        wait_until(socket.exists, "the session bus")
        launcher = [_BUS_LAUNCHER, "--launch-immediately"]
        stack.enter_context(running(*launcher, environment=environment, log=log))
        errors = stack.enter_context(log.open("a"))
        tree = stack.enter_context(
            subprocess.Popen(
                [_SYSTEM_PYTHON, str(_TREE)],
                env={
                    name: value
                    for name, value in environment.items()
                    if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        )
        stack.callback(tree.terminate)
        someone = Person(display, address, tree, log)
        stack.callback(someone.close)
        yield someone
