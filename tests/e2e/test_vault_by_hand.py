"""A counselor sets up the vault, locks, comes back and unlocks, with own hands.

The product's own Argon2 cost, a real keyboard, the controls as a screen reader finds
them. The app is killed in between, as a power cut would.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.children import need_programs, running, wait_until
from tests.support.display import open_display
from tests.support.person import Person, sit_down
from tests.support.server_process import ServerProcess
from tests.support.source_tree import ROOT


APP = "SafeSession"
PASSPHRASE = "quiet river under seven lamps"

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@dataclass
class Seat:
    """A person before a screen, and where the app keeps its state."""

    person: Person
    folder: Path

    @contextmanager
    def app(self) -> Iterator[int]:
        """Run the app; return its process id."""
        environment = {
            **self.person.environment,
            "PYTHONPATH": str(ROOT / "src"),
            "LANG": "C.UTF-8",
        }
        command = [sys.executable, "-m", "safesession.cli", "app"]
        command += ["--state", str(self.folder / "state")]
        log = self.folder / "app.log"
        with running(*command, environment=environment, log=log) as process:
            yield process.pid

    def click(self, name: str) -> None:
        self.person.click(APP, name, role="push button")

    def fill(self, name: str, text: str) -> None:
        self.person.click(APP, name, role="text")
        self.person.hands.type_text(text)

    def sees(self, text: str) -> None:
        self.person.sees(APP, text, timeout_s=40)

    def type_at_the_keyboard(self, text: str) -> None:
        """Type where the keyboard is: a hidden field has no text to find."""
        self.person.hands.type_text(text)

    def labels(self) -> list[str]:
        found = self.person.controls(APP)
        return [c.name for c in found if c.role == "label" and "showing" in c.states]


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    need_programs("setxkbmap", "gnome-keyring-daemon")
    with ExitStack() as stack:
        display = stack.enter_context(open_display(tmp_path))
        person = stack.enter_context(sit_down(display, tmp_path))
        stack.enter_context(open_keyring(person.environment, tmp_path))
        yield Seat(person, tmp_path)


@contextmanager
def open_keyring(environment: dict[str, str], folder: Path) -> Iterator[None]:
    """Put an unlocked keyring on the person's bus: none then asks for a password."""
    home = folder / "home"
    (home / ".local" / "share" / "keyrings").mkdir(parents=True)
    command = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
    daemon = subprocess.Popen(
        [*command, "--foreground"],
        env={**environment, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        daemon.stdin.write(b"a password")
        daemon.stdin.close()
        yield
    finally:
        daemon.terminate()
        daemon.wait(10)


def sheet_groups(seat: Seat) -> dict[int, str]:
    """The eight groups as they stand on the screen."""
    found = (re.fullmatch(r"(\d) +([0-9A-Z]{4})", name) for name in seat.labels())
    return {int(match[1]): match[2] for match in found if match}


def asked_groups(seat: Seat) -> list[int]:
    found = (re.fullmatch(r"Group (\d) on the sheet", name) for name in seat.labels())
    return [int(match[1]) for match in found if match]


def test_set_up_kill_unlock_and_lock(seat: Seat, tmp_path: Path) -> None:
    keys = seat.person.hands
    with ServerProcess(tmp_path / "server") as server:
        with seat.app() as pid:
            seat.sees("I am a counselor")
            seat.click("I am a counselor")
            seat.fill("Server address", server.origin)
            seat.fill("Enrolment token", server.enrol_token())
            seat.fill("Your name", "Dr. Wang")
            seat.click("Continue")
            seat.sees("Set up your vault")
            seat.type_at_the_keyboard(PASSPHRASE)
            seat.sees("Very strong.")
            keys.key("Tab", "Tab")
            seat.type_at_the_keyboard(PASSPHRASE)
            keys.key("Return")
            seat.sees("Your recovery sheet")
            groups = sheet_groups(seat)
            assert sorted(groups) == list(range(1, 9))
            seat.click("It is on paper")
            seat.sees("Check the sheet")
            one, two = asked_groups(seat)
            seat.type_at_the_keyboard(groups[one].lower())
            keys.key("Tab")
            seat.type_at_the_keyboard(groups[two])
            keys.key("Return")
            seat.sees("Your vault is ready and open.")
            keys.key("space")
            seat.click("Create invite")
            seat.sees("Copy code only")
            status = Path(f"/proc/{pid}/limits").read_text()
            assert re.search(r"Max core file size +0 +0 ", status)
            signal_now(pid)
        with seat.app():
            seat.sees("The vault is locked")
            assert not any("Dr. Wang" in name for name in seat.labels())
            seat.type_at_the_keyboard("not it")
            keys.key("Return")
            seat.sees("This passphrase does not open it.")
            seat.type_at_the_keyboard(PASSPHRASE)
            keys.key("Return")
            seat.sees("Failed tries to open the vault")
            keys.key("space")
            seat.sees("Create invite")
            keys.key("ctrl+l")
            seat.sees("The vault is locked")
            seat.type_at_the_keyboard(PASSPHRASE)
            keys.key("Return")
            seat.sees("Create invite")
    stored = tmp_path / "state"
    assert not (stored / "device.json").exists()
    assert (stored / "vault" / "vault.header").stat().st_mode & 0o077 == 0


def signal_now(pid: int) -> None:
    """Kill at once: nothing can be tidied up."""
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not _alive(pid), "the app is gone")


def _alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
