"""A person before the app in a language: its sentences found, its keys pressed.

Sentences are named in English, as they stand in the source (`words`). Pictures of
the screen are kept beside the logs, for whoever wants to look at them.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.children import running, wait_until
from tests.support.person import Control, Person
from tests.support.source_tree import ROOT
from tests.support.words import Words


if TYPE_CHECKING:
    import numpy as np


APP = "SafeSession"
PATIENCE_S = 40.0
_LOCALES = {"en": "en_US.UTF-8", "zh_CN": "zh_CN.UTF-8"}
_NOT_INHERITED = ("LC_", "LANGUAGE", "XDG_", "SAFESESSION_")


@dataclass(frozen=True)
class AppSeat:
    """One person, one screen, one language."""

    person: Person
    words: Words
    folder: Path

    @property
    def log(self) -> Path:
        """What the app wrote to stderr, all runs together."""
        return self.folder / "app.log"

    @contextmanager
    def app(
        self,
        *arguments: str | Path,
        home: Path,
        inside: Sequence[str] = (),
        **environment: str,
    ) -> Iterator[int]:
        """Run the app on the computer whose home this is; yields the process id.

        `inside` is that of a host of `netlab`.
        """
        run = home / ".run"
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        inherited = self.person.environment.items()
        surroundings = {
            **{k: v for k, v in inherited if not k.startswith(_NOT_INHERITED)},
            "PYTHONPATH": str(ROOT / "src"),
            "LANG": _LOCALES[self.words.language],
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            **environment,
        }
        program = [sys.executable, "-m", "safesession.cli", "app"]
        command = [*inside, *program, *arguments]
        with running(*command, environment=surroundings, log=self.log) as process:
            yield process.pid

    # --- hands -------------------------------------------------------------------

    def click(self, *sources: str, role: str = "push button", **known: object) -> None:
        """Click what is called one of these sentences."""
        self.person.click(APP, self.words.whole(*sources, **known), role=role)

    def keys(self, *keys: str) -> None:
        """Press keys."""
        self.person.hands.key(*keys)

    def put(self, text: str) -> None:
        """Write where the keyboard is; Chinese is pasted."""
        if text.isascii():
            self.person.hands.type_text(text)
        else:
            self.person.paste(text)

    def fill(
        self, source: str, text: str, *, hidden: bool = False, **known: object
    ) -> None:
        """Click into the field of this name and write."""
        self.click(source, role="password text" if hidden else "text", **known)
        self.put(text)

    def choose_first_in_menu(self) -> None:
        """Open the window's menu and take its first entry.

        Qt leaves menus out of the tree of controls; the keyboard is their way.
        """
        before = self.person.display.picture()
        self.click("Devices, text size and appearance")
        wait_until(
            lambda: (self.person.display.picture() != before).mean() > 0.005,
            "the menu opens",
        )
        self.keep_picture("menu")
        self.keys("Down", "Return")

    # --- eyes --------------------------------------------------------------------

    def sees(self, *sources: str, **known: object) -> None:
        """Wait until one of these sentences is on the screen."""
        wanted = self.words(*sources, **known)
        self.person.sees(APP, wanted, timeout_s=PATIENCE_S)

    def reads(self, text: str) -> None:
        """Wait until somebody's own words are on the screen."""
        self.person.sees(APP, text, timeout_s=PATIENCE_S)

    def showing(self) -> list[Control]:
        """Everything on the screen."""
        found = self.person.controls(APP)
        return [control for control in found if "showing" in control.states]

    def labels(self) -> list[str]:
        """The words of all labels, in their order."""
        return [one.name for one in self.showing() if one.role == "label"]

    def text_in(self, source: str) -> str:
        """What stands in the field of this name."""
        return self.person.find(APP, self.words.whole(source), role="text").text

    def picture_of(self, source: str) -> np.ndarray:
        """What the screen shows where this control is."""
        area = self.person.find(APP, self.words.whole(source))
        down = slice(area.top, area.top + area.height)
        across = slice(area.left, area.left + area.width)
        return self.person.display.picture()[down, across]

    def sees_it_move(self, source: str) -> None:
        """Wait until the picture in a control changes, and is one."""
        before = self.picture_of(source)

        def moved() -> bool:
            now = self.picture_of(source)
            return now.shape != before.shape or (now != before).mean() > 0.001

        wait_until(moved, f"{source} moves")
        assert self.picture_of(source).std() > 20

    def keep_picture(self, name: str) -> None:
        """Keep what the screen shows now."""
        folder = self.folder / "pictures"
        folder.mkdir(exist_ok=True)
        self.person.display.save_picture(folder / f"{name}.png")


def kill_at_once(pid: int) -> None:
    """Kill a program as a power cut would: nothing can be tidied up."""
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), "the program is gone")


def is_alive(pid: int) -> bool:
    """Whether a process still runs."""
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
