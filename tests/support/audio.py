"""Ears and mouths without a sound card: one private PulseAudio per person.

A person's machine has a loudspeaker (`hear` listens to it) and a microphone
(what is `spoken` in the person's room goes into it).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support.children import need_programs, running, stop, wait_until


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


RATE_HZ = 48_000
_SCRIPT = """\
load-module module-native-protocol-unix socket={socket} auth-anonymous=1
load-module module-null-sink sink_name=speaker rate=48000 \
sink_properties=device.description=Loudspeaker
load-module module-null-sink sink_name=room rate=48000 \
sink_properties=device.description=Room
load-module module-remap-source source_name=microphone master=room.monitor \
source_properties=device.description=Microphone
set-default-sink speaker
set-default-source microphone
"""


@dataclass(frozen=True)
class SoundRoom:
    """One person's sound devices."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which a program uses these devices."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PULSE_")}
        return {
            **kept,
            "PULSE_SERVER": f"unix:{self.folder / 'native'}",
            "PULSE_RUNTIME_PATH": str(self.folder / "pulse"),
            "PULSE_COOKIE": str(self.folder / "cookie"),
        }

    def control(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run pactl, to plug devices in and out."""
        return subprocess.run(
            ["pactl", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=20,
        )

    def speak(self, file: Path) -> None:
        """Play a sound file in the room, into the microphone; returns at its end."""
        self._play(file, "room")

    def play(self, file: Path) -> None:
        """Play a sound file on the loudspeaker; returns at its end."""
        self._play(file, "speaker")

    def _play(self, file: Path, sink: str) -> None:
        subprocess.run(
            ["paplay", "--latency-msec=50", "--device", sink, str(file)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            check=True,
            timeout=120,
        )

    @contextmanager
    def recording(self, source: str = "speaker.monitor") -> Iterator[Path]:
        """Record one source (48 kHz mono s16le) while the block runs."""
        file = Path(tempfile.mkstemp(dir=self.folder, suffix=".s16")[1])
        with file.open("wb") as output:
            recorder = subprocess.Popen(
                [
                    *("parec", "--device", source, "--rate", str(RATE_HZ), "--raw"),
                    *("--channels=1", "--format=s16le", "--latency-msec=20"),
                ],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
            )
        try:
            wait_until(lambda: file.stat().st_size > 0, "the recording begins")
            yield file
        finally:
            stop(recorder)


def samples(file: Path) -> NDArray[np.int16]:
    """Return the samples of a recording or of a mono WAV file."""
    import numpy as np

    if file.suffix == ".wav":
        with wave.open(str(file)) as sound:
            return np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    data = file.read_bytes()
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2")


def write_tone(file: Path, *, hz: float = 440.0, seconds: float = 1.0) -> Path:
    """Write a sine as a mono 48 kHz WAV file."""
    import numpy as np

    at = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    tone = (12_000 * np.sin(2 * np.pi * hz * at)).astype("<i2")
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        sound.writeframes(tone.tobytes())
    return file


def write_speech(file: Path, text: str, *, voice: str = "en") -> Path:
    """Let espeak-ng read a text into a WAV file."""
    need_programs("espeak-ng")
    subprocess.run(["espeak-ng", "-v", voice, "-w", str(file), text], check=True)
    return file


def loudest_hz(sound: NDArray[np.int16]) -> float:
    """Return the frequency that carries most of a 48 kHz sound."""
    import numpy as np

    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * RATE_HZ / len(sound))


@contextmanager
def sound_room() -> Iterator[SoundRoom]:
    """Run one person's PulseAudio; its path is short, as socket names must be."""
    folder = Path(tempfile.mkdtemp(prefix="ssl-"))
    script, socket, log = folder / "devices.pa", folder / "native", folder / "log"
    script.write_text(_SCRIPT.format(socket=socket))
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder / "pulse"),
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
    room = SoundRoom(folder)
    try:
        with running(
            *("pulseaudio", "-n", "-F", script, "--daemonize=no", "--disallow-exit"),
            *("--exit-idle-time=-1", "--use-pid-file=no", "--log-target=stderr"),
            environment=environment,
            log=log,
        ) as server:
            wait_until(
                lambda: (
                    server.poll() is not None or room.control("info").returncode == 0
                ),
                "PulseAudio answers",
            )
            assert server.poll() is None, log.read_text()
            yield room
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sound_rooms() -> Iterator[Callable[[], SoundRoom]]:
    """Return a function that gives each person a room of their own."""
    need_programs("pulseaudio", "pactl", "paplay", "parec")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(sound_room())
