"""A signal that behaves like speech where no speech is at hand: pitch, formants,
syllables, pauses, a quiet room."""

from __future__ import annotations

import numpy as np


RATE_HZ = 48_000


def speech_like(seconds: float, *, pitch_hz: float = 130.0, seed: int = 1):
    """Return mono samples, signed 16-bit."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    pitch = pitch_hz + 20 * np.sin(2 * np.pi * 0.7 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    voice = sum(np.sin(k * phase) / k for k in range(1, 12))
    rhythm = np.clip(np.sin(2 * np.pi * 2.2 * t) + 0.4, 0, 1)
    room = np.random.default_rng(seed).standard_normal(len(t)) * 30
    return (voice * rhythm * 5000 + room).astype(np.int16)


def blocks(samples, size: int = 960) -> list[bytes]:
    """Cut into whole blocks of 20 ms."""
    whole = len(samples) // size * size
    return [samples[at : at + size].tobytes() for at in range(0, whole, size)]
