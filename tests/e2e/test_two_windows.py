"""Two people at two computers hold a session with their own hands.

Two screens, two sound systems, two processes and the server's own: nothing is
shared but the network. Controls are found as a screen reader finds them.
"""

from __future__ import annotations

import time
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from tests.support.audio import samples, write_speech
from tests.support.children import need_programs, wait_until
from tests.support.server_process import ServerProcess
from tests.support.window_seats import APP, Room, Seat, meet, sit


SPEECH = "The quick brown fox jumps over the lazy dog, and then it rests a while."
ENVELOPE_HZ = 50

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def two_seats(tmp_path: Path) -> Iterator[Room]:
    need_programs("pulseaudio", "paplay", "parec", "espeak-ng", "setxkbmap")
    with ExitStack() as stack:
        server = stack.enter_context(ServerProcess(tmp_path / "server"))
        yield Room(
            sit(
                stack,
                tmp_path / "counselor",
                "counselor",
                server.origin,
                token=server.enrol_token(),
            ),
            sit(stack, tmp_path / "client", "client", server.origin),
        )


def compare(room: Room) -> None:
    for seat in room.both:
        seat.click("Start comparing")
    for seat in room.both:
        seat.sees("None of these")
    read = {seat: seat.words_to_read() for seat in room.both}
    counselor, client = room.both
    counselor.click(read[client])
    client.click(read[counselor])


def remote_picture(seat: Seat) -> np.ndarray:
    area = seat.person.find(APP, "Picture of")
    picture = seat.person.display.picture()
    return picture[
        area.top : area.top + area.height, area.left : area.left + area.width
    ]


def envelope(sound: np.ndarray) -> np.ndarray:
    step = 48_000 // ENVELOPE_HZ
    whole = sound[: len(sound) // step * step].astype(float).reshape(-1, step)
    return np.sqrt((whole**2).mean(axis=1))


def likeness(sent: np.ndarray, heard: np.ndarray) -> float:
    """Best correlation of the two loudness curves over all delays."""
    a, b = envelope(sent), envelope(heard)
    scores = [
        float(np.corrcoef(a, b[start : start + len(a)])[0, 1])
        for start in range(len(b) - len(a) + 1)
        if b[start : start + len(a)].std() > 0
    ]
    return max(scores, default=0.0)


def spoken_at_48_khz(file: Path) -> np.ndarray:
    with wave.open(str(file)) as speech:
        rate_hz = speech.getframerate()
        sound = np.frombuffer(speech.readframes(speech.getnframes()), np.int16)
    at_s = np.arange(len(sound) * 48_000 // rate_hz) / 48_000
    return np.interp(at_s * rate_hz, np.arange(len(sound)), sound)


def hear(speaker: Seat, listener: Seat, file: Path) -> np.ndarray:
    with listener.room.recording() as recorded:
        speaker.room.speak(file)
        time.sleep(0.8)  # the last words are still on their way
    return samples(recorded)


def understood(speaker: Seat, listener: Seat, file: Path) -> bool:
    """Whether the speech arrives; a busy machine may need it said again.

    Speech that was not this speech stays below 0.4.
    """
    spoken = spoken_at_48_khz(file)
    return any(likeness(spoken, hear(speaker, listener, file)) > 0.8 for _ in range(4))


def test_a_session_by_hand(two_seats: Room, tmp_path: Path) -> None:
    counselor, client = two_seats.both
    meet(two_seats)

    # Each sees the other's moving picture.
    for seat in two_seats.both:
        before = remote_picture(seat)

        def moved(seat: Seat = seat, before: np.ndarray = before) -> bool:
            now = remote_picture(seat)
            return now.shape == before.shape and (now != before).mean() > 0.001

        wait_until(moved, "the other person's picture moves")
        assert remote_picture(seat).std() > 20

    compare(two_seats)
    for seat in two_seats.both:
        seat.sees("Encrypted · verified")

    # Speech goes from one room's air to the other's loudspeaker.
    file = write_speech(tmp_path / "speech.wav", SPEECH)
    assert understood(counselor, client, file)

    # Mute stops it, and the other side is told.
    counselor.click("Mute the microphone")
    client.sees("Microphone off")
    silent = hear(counselor, client, file)
    assert np.abs(silent[len(silent) // 4 :]).max() < 200
    counselor.click("Switch the microphone on")
    assert understood(counselor, client, file)

    # Chinese text both ways.
    for writer, reader, text in (
        (client, counselor, "您好，我有点紧张。"),
        (counselor, client, "没关系，我们慢慢来。"),
    ):
        writer.click("Open text")
        writer.person.write(APP, "Write a message", text)
        writer.person.hands.key("Return")
        writer.sees("delivered")
        if reader is client:
            reader.sees(text)
    counselor.sees("您好，我有点紧张。")

    client.click("Leave the session")
    client.sees("End this session?")
    client.click("End session")
    client.sees("The session has ended")
    counselor.sees("The other person has ended the session")
    for seat in two_seats.both:
        assert "Traceback" not in seat.log.read_text()
