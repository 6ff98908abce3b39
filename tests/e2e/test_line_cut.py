"""Two windows lose the network between them and get it back, in both languages.

The counselor's window speaks Chinese, the client's English; each runs on a host of
its own, and the client's host is cut off as by a dead hotspot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from tests.support.audio import RATE_HZ, samples
from tests.support.children import need_programs, wait_until
from tests.support.headless import TOKEN_VARIABLE, start_server
from tests.support.netlab import NetLab, why_not
from tests.support.window_seats import Room, Seat, meet, sit


COUNTER = re.compile(r"\d+:\d\d")
TONES_HZ = (392.0, 523.25)
TYPED, REST = "I am still here, I only lost ", "the line."

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.netns,
    pytest.mark.soak,  # a minute long
    pytest.mark.timeout(240),
]


@pytest.fixture
def lab() -> Iterator[NetLab]:
    if reason := why_not():
        pytest.skip(reason)
    with NetLab("counselor", "client", "server") as made:
        yield made


@pytest.fixture
def room(lab: NetLab, tmp_path: Path) -> Iterator[Room]:
    need_programs("pulseaudio", "parec", "pactl", "setxkbmap")
    with ExitStack() as stack:
        server = lab["server"]
        listen = f"{server.address}:8470"
        relay = start_server(tmp_path / "relay", listen=listen, inside=server.inside)
        stack.enter_context(relay.program)
        yield Room(
            sit(
                stack,
                tmp_path / "counselor",
                "counselor",
                "zh_CN",
                relay.origin,
                token=relay.enrolment()[TOKEN_VARIABLE],
                inside=lab["counselor"].inside,
            ),
            sit(
                stack,
                tmp_path / "client",
                "client",
                "en",
                relay.origin,
                inside=lab["client"].inside,
            ),
        )


def captures(seat: Seat) -> bool:
    """Whether any program listens to this person's microphone."""
    sources, streams = (
        seat.room.control("list", "short", kind).stdout.decode().splitlines()
        for kind in ("sources", "source-outputs")
    )
    (microphone,) = [
        number for number, name, *_ in map(str.split, sources) if name == "microphone"
    ]
    return any(source == microphone for _, source, *_ in map(str.split, streams))


def counter_s(seat: Seat) -> int:
    """The counter of the banner, which no accessible name holds."""
    (found,) = [
        control.text or control.name
        for control in seat.showing()
        if control.role == "label" and COUNTER.fullmatch(control.text or control.name)
    ][-1:]
    minutes, seconds = found.split(":")
    return int(minutes) * 60 + int(seconds)


def texts_like(seat: Seat, text: str) -> int:
    """How many bubbles hold a text."""
    return sum(
        control.role == "label" and text in control.name for control in seat.showing()
    )


def both_tones(sound: np.ndarray) -> bool:
    """Whether the two tones of a notice stand out of everything else."""
    spectrum = np.abs(np.fft.rfft(sound.astype(float)))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    quiet = np.median(spectrum[(hz > 200) & (hz < 1000)]) + 1.0
    return all(spectrum[np.abs(hz - tone) < 8].max() > 20 * quiet for tone in TONES_HZ)


def test_the_line_breaks_and_comes_back(lab: NetLab, room: Room) -> None:
    counselor, client = room.both
    meet(room)
    for seat in room.both:
        wait_until(lambda seat=seat: captures(seat), "the microphone is open")
    counselor.click("Mute the microphone, it is on (Ctrl+D)")
    wait_until(lambda: not captures(counselor), "muting closes the microphone")
    client.click("Open text (Ctrl+Shift+C)")
    client.fill("Write a message", TYPED)

    with client.room.recording() as heard:
        lab["client"].cut()
        for seat in room.both:
            seat.sees("If it is not back within a minute")
        wait_until(lambda: both_tones(samples(heard)), "a soft sound tells of it")
    for seat, words in (
        (counselor, "对方此刻看不到也听不到您"),
        (client, "cannot see or hear you right now"),
    ):
        seat.reads(words)
    counselor.reads("由您拨打来访者登记过的电话")
    client.reads("Your counselor calls you on the number they have on file")
    for seat in room.both:
        wait_until(lambda seat=seat: not captures(seat), "nobody is heard unknowingly")
        begun = counter_s(seat)
        assert begun >= 5, "it counts from the last sign of life"
        wait_until(lambda seat=seat, at=begun: counter_s(seat) > at, "it counts on")
    assert abs(counter_s(counselor) - counter_s(client)) <= 2, "one clock"

    client.put(REST)
    client.keys("Return")
    client.reads("waiting for the line")
    client.reads("1 message is waiting")
    for seat in room.both:
        seat.keep_picture("lost")

    lab["client"].mend()
    counselor.reads("已重新接通，中断了")
    # The client's banner says the same; it may be gone before both are looked at.
    client.reads("delivered")
    for seat in room.both:
        seat.keep_picture("back")
    wait_until(lambda: captures(client), "the microphone is as it was")
    assert not captures(counselor), "and a muted one stays muted"
    counselor.keys("ctrl+shift+c")
    counselor.reads(TYPED + REST)
    assert texts_like(counselor, TYPED + REST) == 1
    assert texts_like(client, TYPED + REST) == 1

    client.click("Leave the session")
    client.click("End session")
    client.reads("The line was gone once")
    counselor.reads("中断 1 次")
    for seat in room.both:
        assert "Traceback" not in seat.log.read_text()
