"""Two people at two computers with the app before them: screens, sound, hands.

Nothing is shared but the network. Controls are found as a screen reader finds them,
in the language of whoever sits there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.support.app_seat import APP, AppSeat
from tests.support.audio import SoundRoom, sound_room
from tests.support.display import open_display
from tests.support.person import sit_down
from tests.support.words import Words


@dataclass(frozen=True)
class Seat(AppSeat):
    """One person with a screen, a sound system and the app before them."""

    room: SoundRoom

    def words_to_read(self) -> str:
        """The two words on the cards: the labels between step one and step two."""
        labels = self.labels()
        one = self.words.whole("1. Read these two aloud")
        two = self.words.whole("2. What did you hear?")
        first = next(i for i, name in enumerate(labels) if one.search(name))
        second = next(i for i, name in enumerate(labels) if two.search(name))
        words = labels[first + 1 : second]
        assert len(words) == 2, labels
        return ", ".join(words)

    def click_words(self, words: str) -> None:
        """Click the words that were heard."""
        self.person.click(APP, words, role="push button")


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
    language: str,
    origin: str,
    *,
    token: str = "",
    inside: Sequence[str] = (),
) -> Seat:
    """Start a screen, a sound system and the app; `inside` as in `netlab.Host`."""
    folder.mkdir()
    display = stack.enter_context(open_display(folder))
    person = stack.enter_context(sit_down(display, folder))
    room = stack.enter_context(sound_room())
    seat = Seat(person, Words(language), folder, room)
    environment = {k: v for k, v in room.environment.items() if k.startswith("PULSE_")}
    environment["SAFESESSION_ENROL_TOKEN"] = token
    arguments = ("--demo-media", "--role", role, "--server", origin)
    home = folder / "home"
    stack.enter_context(seat.app(*arguments, home=home, inside=inside, **environment))
    return seat


def meet(room: Room) -> None:
    """Invite, hand the code over, join."""
    counselor, client = room.both
    counselor.click("Create invite")
    counselor.click("Copy code only")
    code = counselor.person.clipboard()
    assert re.fullmatch(r"(\d{4} ){3}\d{4}", code)
    client.click("Invite code, 16 digits, or a link", role="text")
    client.put(code.replace(" ", "-"))
    client.click("Continue")
    for seat in room.both:
        seat.sees("Encrypted · not yet compared")
