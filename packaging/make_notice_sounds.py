"""Make the two notice sounds: `python packaging/make_notice_sounds.py`.

Two soft sine tones each, falling when the line is lost and rising when it is back,
48 kHz mono, into the package's resources. Equal input gives equal files.
"""

from __future__ import annotations

import io
import sys
import wave
from pathlib import Path

import numpy as np


RATE_HZ = 48_000
PEAK = 0.06  # of full scale: about -24 dB, well below speech
TONE_S = 0.28
OVERLAP_S = 0.08
LOW_HZ, HIGH_HZ = 392.0, 523.25  # G4 and C5
NOTES = {"lost": (HIGH_HZ, LOW_HZ), "back": (LOW_HZ, HIGH_HZ)}
TARGET = Path(__file__).parents[1] / "src" / "safesession" / "resources" / "sounds"


def tone(hz: float) -> np.ndarray:
    """Return one tone that swells and fades without a click."""
    at = np.arange(round(TONE_S * RATE_HZ)) / RATE_HZ
    envelope = np.sin(np.pi * at / TONE_S) ** 2
    soft = np.sin(2 * np.pi * hz * at) + 0.2 * np.sin(4 * np.pi * hz * at)
    return soft * envelope


def sound(name: str) -> bytes:
    """Return one sound as a WAV file."""
    step = round((TONE_S - OVERLAP_S) * RATE_HZ)
    tones = [tone(hz) for hz in NOTES[name]]
    track = np.zeros(step * (len(tones) - 1) + len(tones[0]))
    for number, one in enumerate(tones):
        track[number * step : number * step + len(one)] += one
    samples = np.round(track / np.abs(track).max() * PEAK * 32_767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        written.writeframes(samples.tobytes())
    return file.getvalue()


def main() -> None:
    """Write both and say how large they are."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in NOTES:
        data = sound(name)
        (TARGET / f"{name}.wav").write_bytes(data)
        sys.stdout.write(f"{name}.wav: {len(data)} bytes\n")


if __name__ == "__main__":
    main()
