"""A private PulseAudio per test: microphone, room and speakers without hardware.

Sink `room` feeds source `mic` (what is played into the room is spoken into the
microphone); what is written to sink `spk` is heard at `spk.monitor`. It must
never touch the PulseAudio of the person who runs the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray


RATE_HZ = 48_000
NEEDED = ("pulseaudio", "pactl", "paplay", "parec")
_START_TIMEOUT_S = 10.0

Samples = NDArray[np.int16]


def missing_tools() -> list[str]:
    """Programs this needs and the machine does not have."""
    return [tool for tool in NEEDED if shutil.which(tool) is None]


class Pulse:
    """One PulseAudio daemon with its own folder, socket and devices."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A short path: Unix sockets have 108 bytes.
        self._socket = folder / "s"
        self._daemon: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Variables that make a program use this daemon and no other."""
        return {
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_RUNTIME_PATH": str(self._folder / "runtime"),
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "XDG_RUNTIME_DIR": str(self._folder),
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the daemon and wait until it answers."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        script = self._folder / "default.pa"
        script.write_text(
            f"load-module module-native-protocol-unix socket={self._socket}"
            " auth-anonymous=1\n"
            + _null_sink("spk", "Test_Speaker")
            + _null_sink("room", "Room", awake=True)
            + _microphone("mic", "room", "Test_Microphone")
            + "set-default-sink spk\nset-default-source mic\n",
        )
        environment = {
            **os.environ,
            **self.environment,
            "HOME": str(self._folder),
            # Two daemons on one bus: the second exits because the name is taken.
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        del environment["PULSE_SERVER"]
        log = self._folder / "log"
        self._daemon = subprocess.Popen(
            [
                "pulseaudio", "-n", "-F", str(script), "--daemonize=no",
                "--exit-idle-time=-1", "--use-pid-file=no", f"--log-target=file:{log}",
            ],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + _START_TIMEOUT_S
        while self.control("info", check=False) is None:
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"pulseaudio did not start: {log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the daemon; everything it played or recorded ends with it."""
        if self._daemon is None:
            return
        self._daemon.terminate()
        self._daemon.wait(timeout=5)
        self._daemon = None
        self._socket.unlink(missing_ok=True)

    def control(self, *arguments: str, check: bool = True) -> str | None:
        """Run pactl; return its output, or None when it failed and may."""
        done = self._run(["pactl", *arguments])
        if done.returncode == 0:
            return done.stdout.decode()
        if check:
            raise RuntimeError(f"pactl {arguments}: {done.stderr.decode()}")
        return None

    def add_sink(self, name: str, label: str) -> int:
        """Plug in a speaker; returns the number to unplug it with."""
        return self._load(_null_sink(name, label))

    def add_microphone(self, name: str, label: str, room: str = "room") -> int:
        """Plug in a microphone that hears what is played into sink `room`."""
        return self._load(_microphone(name, room, label))

    def unplug(self, module: int) -> None:
        """Take a device away again."""
        self.control("unload-module", str(module))

    def module_of(self, device: str) -> int:
        """Return the module number that made a device (its name, exactly)."""
        listing = self.control("list", "short", "modules") or ""
        for line in listing.splitlines():
            number, _, arguments = line.split("\t")[:3]
            if f"_name={device} " in f"{arguments} ":
                return int(number)
        raise LookupError(device)

    def streams(self, kind: str) -> int:
        """Count streams of programs: kind "sink-inputs" or "source-outputs"."""
        listing = self.control("list", "short", kind) or ""
        # The daemon's own (a remapped microphone has one) belong to no client.
        return sum(line.split("\t")[2] != "-" for line in listing.splitlines())

    def play(self, wav: Path, sink: str = "room") -> subprocess.Popen[bytes]:
        """Play a WAV file into a sink (the caller waits for the process)."""
        return subprocess.Popen(
            ["paplay", f"--device={sink}", str(wav)],
            env={**os.environ, **self.environment},
        )

    @contextmanager
    def record(self, wav: Path, source: str = "spk.monitor") -> Iterator[None]:
        """Record a source into a WAV file while the block runs."""
        before = self.streams("source-outputs")
        recorder = subprocess.Popen(
            [
                "parec", f"--device={source}", f"--rate={RATE_HZ}", "--channels=1",
                "--format=s16le", "--file-format=wav", "--latency-msec=20", str(wav),
            ],
            env={**os.environ, **self.environment},
        )  # fmt: skip
        try:
            deadline = time.monotonic() + _START_TIMEOUT_S
            while self.streams("source-outputs") == before:
                if time.monotonic() > deadline:
                    raise RuntimeError("parec did not start recording")
                time.sleep(0.02)
            yield
        finally:
            recorder.terminate()
            recorder.wait(timeout=5)

    def _load(self, line: str) -> int:
        arguments = line.split()
        return int(self.control(*arguments) or "")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            env={**os.environ, **self.environment, "LC_ALL": "C"},
            capture_output=True,
            timeout=10,
            check=False,
        )


def _null_sink(name: str, label: str, *, awake: bool = False) -> str:
    # Asleep, it works 2 s at a time until somebody plays; awake, always 50 ms at
    # a time, which a microphone on its monitor needs.
    return (
        f"load-module module-null-sink sink_name={name} rate={RATE_HZ}"
        f" norewinds={int(awake)} sink_properties=device.description={label}\n"
    )


def _microphone(name: str, room: str, label: str) -> str:
    return (
        f"load-module module-remap-source source_name={name} master={room}.monitor"
        f" source_properties=device.description={label}\n"
    )


def speak(text: str, wav: Path, voice: str = "en") -> Samples:
    """Say `text` by espeak-ng into a 48 kHz mono WAV; returns its samples."""
    raw = wav.with_suffix(".22k.wav")
    subprocess.run(["espeak-ng", "-v", voice, "-w", str(raw), text], check=True)
    subprocess.run(
        ["sox", str(raw), "-r", str(RATE_HZ), "-c", "1", "-b", "16", str(wav)],
        check=True,
    )
    return read_wav(wav)


def read_wav(path: Path) -> Samples:
    """Samples of a mono 16-bit WAV file (also one whose header was cut short)."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(1 << 30), np.int16)


def piece_correlations(sent: Samples, received: Samples) -> list[float]:
    """Correlate each half second of `sent` that is not silent, worst first.

    One slip of a few milliseconds spoils the correlation of the whole, but only
    one of these.
    """
    half = RATE_HZ // 2
    pieces = [sent[at : at + half] for at in range(0, len(sent) - half + 1, half)]
    loud = [piece for piece in pieces if np.std(piece) > np.std(sent) / 10]
    return sorted(best_correlation(piece, received) for piece in loud)


def best_correlation(sent: Samples, received: Samples) -> float:
    """Correlate `sent` with `received` at the offset where they fit best: -1..1."""
    a = sent.astype(np.float64)
    b = received.astype(np.float64)
    length = 1 << int(np.ceil(np.log2(len(a) + len(b))))
    spectrum = np.fft.rfft(b, length) * np.conj(np.fft.rfft(a, length))
    offset = int(np.argmax(np.fft.irfft(spectrum, length)))
    if offset > length // 2:
        offset -= length
    start = max(0, -offset)
    piece = b[max(0, offset) : offset + len(a)]
    reference = a[start : start + len(piece)]
    if len(reference) < len(a) // 2:
        return 0.0
    energy = np.sqrt(np.dot(a, a) * np.dot(piece, piece))
    return float(np.dot(reference, piece[: len(reference)]) / energy) if energy else 0.0
