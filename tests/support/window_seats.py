"""Two people at two computers with the app before them: screens, sound, hands.

Nothing is shared but the network. Controls are found as a screen reader finds them,
in the language of whoever sits there.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.support.audio import SoundRoom, sound_room
from tests.support.children import running
from tests.support.display import open_display
from tests.support.person import Person, sit_down
from tests.support.source_tree import ROOT


APP = "SafeSession"
_TS = ROOT / "src/safesession/resources/i18n/safesession_zh_CN.ts"


def in_chinese(source: str) -> str:
    """Return the translation of a text, as the window shows it."""
    for message in ET.parse(_TS).getroot().iter("message"):  # noqa: S314 - our own
        if message.findtext("source") == source:
            return message.findtext("translation") or ""
    raise AssertionError(f"no such text: {source}")


@dataclass(frozen=True)
class Seat:
    """One person with a screen, a sound system and the app before them."""

    person: Person
    room: SoundRoom
    log: Path
    chinese: bool = False

    def words(self, source: str) -> str:
        """A text in this person's language."""
        return in_chinese(source) if self.chinese else source

    def click(self, name: str) -> None:
        self.person.click(APP, self.words(name), role="push button")

    def sees(self, text: str) -> None:
        self.person.sees(APP, text, timeout_s=40)

    def reads(self, source: str) -> None:
        """See a text in this person's language."""
        self.sees(self.words(source))

    def showing(self) -> list:
        found = self.person.controls(APP)
        return [control for control in found if "showing" in control.states]

    def words_to_read(self) -> str:
        """The two words on the cards: the labels between step one and step two."""
        labels = [c.name for c in self.showing() if c.role == "label"]
        first = next(i for i, name in enumerate(labels) if name.startswith("1."))
        second = next(i for i, name in enumerate(labels) if name.startswith("2."))
        words = labels[first + 1 : second]
        assert len(words) == 2, labels
        return ", ".join(words)


@dataclass(frozen=True)
class Room:
    counselor: Seat
    client: Seat

    @property
    def both(self) -> tuple[Seat, Seat]:
        return self.counselor, self.client


def sit(
    stack: ExitStack,
    folder: Path,
    role: str,
    server: str,
    *,
    token: str = "",
    chinese: bool = False,
    inside: Sequence[str] = (),
) -> Seat:
    """Start a screen, a sound system and the app; `inside` as in `netlab.Host`."""
    folder.mkdir()
    display = stack.enter_context(open_display(folder))
    person = stack.enter_context(sit_down(display, folder))
    room = stack.enter_context(sound_room())
    pulse = {k: v for k, v in room.environment.items() if k.startswith("PULSE_")}
    environment = {
        **person.environment,
        **pulse,
        "PYTHONPATH": str(ROOT / "src"),
        "LANG": "zh_CN.UTF-8" if chinese else "C.UTF-8",
        "SAFESESSION_ENROL_TOKEN": token,
    }
    log = folder / "app.log"
    command = [*inside, sys.executable, "-m", "safesession.cli", "app", "--demo-media"]
    command += ["--role", role, "--server", server]
    command += ["--state", str(folder / "state")]
    stack.enter_context(running(*command, environment=environment, log=log))
    return Seat(person, room, log, chinese)


def meet(room: Room) -> None:
    """Invite, hand the code over, join."""
    counselor, client = room.both
    counselor.click("Create invite")
    counselor.click("Copy code only")
    code = counselor.person.clipboard()
    assert re.fullmatch(r"(\d{4} ){3}\d{4}", code)
    client.person.click(
        APP, client.words("Invite code, 16 digits, or a link"), role="text"
    )
    client.person.hands.type_text(code.replace(" ", "-"))
    client.click("Continue")
    for seat in room.both:
        seat.reads("Encrypted · not yet compared")
