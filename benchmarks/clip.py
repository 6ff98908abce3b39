"""A ten-second 720p30 scene and a voice-like sound, the same for every peer.

Made once into the user's cache folder, from nothing but a seed: a head that
sways and speaks before a detailed wall, with sensor noise, as raw I420 (so that
no peer pays for decoding its camera). Both end where they begin.
"""

from __future__ import annotations

import os
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


WIDTH, HEIGHT, FPS, SECONDS = 1280, 720, 30, 10
RATE_HZ = 48_000
SEED = 720
NOISE_FIELDS = 24
VERSION = 1  # count up when the content changes: the cache is by name

Plane = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clip:
    """Where the clip lies: Y4M and 48 kHz mono WAV."""

    video: Path
    audio: Path


def cache_dir() -> Path:
    """Return the folder for what is made once; `XDG_CACHE_HOME` moves it."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "safesession" / "benchmarks"


def clip(folder: Path | None = None) -> Clip:
    """Return the clip, made first where it is missing (some 415 MB, 10 s)."""
    folder = folder or cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    made = Clip(
        folder / f"scene-{WIDTH}x{HEIGHT}-v{VERSION}.y4m",
        folder / f"voice-v{VERSION}.wav",
    )
    if not made.video.exists():
        part = made.video.with_suffix(f".{os.getpid()}.part")
        write_y4m(part, Scene(WIDTH, HEIGHT).frames(FPS * SECONDS))
        part.replace(made.video)
    if not made.audio.exists():
        part = made.audio.with_suffix(f".{os.getpid()}.part")
        write_wav(part, voice(SECONDS))
        part.replace(made.audio)
    return made


def write_y4m(path: Path, frames: Iterator[tuple[Plane, Plane, Plane]]) -> None:
    """Write I420 planes as YUV4MPEG2 at 30 pictures a second."""
    with path.open("wb") as file:
        for index, (luma, blue, red) in enumerate(frames):
            if index == 0:
                height, width = luma.shape
                head = f"YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420jpeg\n"
                file.write(head.encode("ascii"))
            file.write(b"FRAME\n")
            for plane in (luma, blue, red):
                file.write(plane.tobytes())


def write_wav(path: Path, samples: npt.NDArray[np.int16]) -> None:
    """Write 16-bit mono sound at 48 kHz."""
    with path.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.astype("<i2").tobytes())


class Scene:
    """A moving head before a wall; `frames` are periodic over the clip."""

    def __init__(self, width: int, height: int, seed: int = SEED) -> None:
        self._width, self._height = width, height
        rng = np.random.default_rng(seed)
        wall = (110 + 30 * _texture(rng, height, width)).astype(np.int16)
        self._skin = (150 + 18 * _texture(rng, height, width)).astype(np.int16)
        self._noise = [
            rng.normal(0, 2, (height, width)).round().astype(np.int16)
            for _ in range(NOISE_FIELDS)
        ]
        self._walls = [_luma(wall + noise) for noise in self._noise]
        self._x = ((np.arange(width) + 0.5) / width).astype(np.float32)[None, :]
        self._y = ((np.arange(height) + 0.5) / height).astype(np.float32)[:, None]

    def frames(self, count: int) -> Iterator[tuple[Plane, Plane, Plane]]:
        """Yield `count` pictures as Y, U and V planes; the last leads to the first."""
        for index in range(count):
            yield self._frame(index, 2 * np.pi * index / count)

    def _frame(self, index: int, turn: float) -> tuple[Plane, Plane, Plane]:
        dx = 0.04 * np.sin(2 * turn) + 0.012 * np.sin(7 * turn)
        dy = 0.02 * np.sin(5 * turn)
        head = self._oval(0.5 + dx, 0.42 + dy, 0.17, 0.30)
        body = self._oval(0.5 + 0.4 * dx, 1.08, 0.38, 0.36)
        opened = 0.012 + 0.04 * abs(np.sin(25 * turn))
        dark = self._oval(0.5 + dx, 0.56 + dy, 0.06, opened)
        dark |= self._oval(0.44 + dx, 0.36 + dy, 0.02, 0.015)
        dark |= self._oval(0.56 + dx, 0.36 + dy, 0.02, 0.015)
        noise = self._noise[index % NOISE_FIELDS]
        shift = (round(dy * self._height), round(dx * self._width))
        person = np.roll(self._skin, shift, (0, 1)) + noise
        np.copyto(person, 50 + noise, where=dark)
        luma = self._walls[index % NOISE_FIELDS].copy()
        np.copyto(luma, _luma(person), where=head | body)
        return luma, _chroma(head, body, 112, 138), _chroma(head, body, 150, 120)

    def _oval(self, cx: float, cy: float, rx: float, ry: float) -> Mask:
        across, down = ((self._x - cx) / rx) ** 2, ((self._y - cy) / ry) ** 2
        inside: Mask = across + down < 1
        return inside


def voice(seconds: int, seed: int = SEED) -> npt.NDArray[np.int16]:
    """Return a buzz with formants in syllables of 4 Hz and a pause: voice-like."""
    rng = np.random.default_rng(seed)
    t = np.arange(RATE_HZ * seconds) / RATE_HZ
    pitch_hz = 120 + 15 * np.sin(2 * np.pi * 0.4 * t)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    sound = np.zeros_like(t)
    for harmonic in range(1, 30):
        at_hz = 120.0 * harmonic
        gain = sum(
            np.exp(-(((at_hz - formant) / width) ** 2))
            for formant, width in ((500, 200), (1500, 300), (2500, 400))
        )
        sound += gain * np.sin(harmonic * phase)
    syllables = np.clip(np.sin(2 * np.pi * 4 * t), 0, 1) ** 0.5
    speaking = (t % 5) < 3.8
    sound = sound / np.abs(sound).max() * syllables * speaking
    sound += rng.normal(0, 0.001, t.size)
    samples: npt.NDArray[np.int16]
    samples = (np.clip(sound * 0.4, -1, 1) * 32767).astype(np.int16)
    return samples


def _luma(light: npt.NDArray[np.int16]) -> Plane:
    return np.clip(light, 16, 235).astype(np.uint8)


def _chroma(head: Mask, body: Mask, skin: int, cloth: int) -> Plane:
    plane = np.full((head.shape[0] // 2, head.shape[1] // 2), 128, np.uint8)
    plane[body[::2, ::2]] = cloth
    plane[head[::2, ::2]] = skin
    return plane


def _texture(
    rng: np.random.Generator, height: int, width: int
) -> npt.NDArray[np.float32]:
    """Return 1/f noise of mean 0 and deviation 1: detail at every scale."""
    frequency = (
        np.fft.fftfreq(height)[:, None] ** 2 + np.fft.rfftfreq(width)[None, :] ** 2
    )
    frequency[0, 0] = 1
    spectrum = rng.normal(size=frequency.shape) + 1j * rng.normal(size=frequency.shape)
    made = np.fft.irfft2(spectrum / frequency**0.55, (height, width))
    texture: npt.NDArray[np.float32]
    texture = ((made - made.mean()) / made.std()).astype(np.float32)
    return texture
