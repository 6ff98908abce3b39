"""Sound in any format a device offers, to and from 48 kHz mono signed 16 bit.

Pure arithmetic on samples. It must never drop or invent time: what goes in
comes out at the other rate, to the sample, whatever the sizes of the pieces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from safesession.core.ports import AUDIO_BLOCK_BYTES, AUDIO_RATE_HZ


Floats = NDArray[np.float32]

_ZERO_CROSSINGS = 16  # per side; with beta 8.6 the stop band is below -80 dB
_KAISER_BETA = 8.6
_PASS_BAND = 0.92  # of the lower Nyquist frequency


class SampleKind(Enum):
    """How one sample is written (native byte order)."""

    U8 = "u8"
    S16 = "s16"
    S32 = "s32"
    F32 = "f32"


_TYPES: dict[SampleKind, tuple[type[np.generic], float, float]] = {
    # numpy type, offset, full scale
    SampleKind.U8: (np.uint8, 128.0, 128.0),
    SampleKind.S16: (np.int16, 0.0, 32_768.0),
    SampleKind.S32: (np.int32, 0.0, 2_147_483_648.0),
    SampleKind.F32: (np.float32, 0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """Rate, interleaved channels and sample type of a stream."""

    rate_hz: int = AUDIO_RATE_HZ
    channels: int = 1
    kind: SampleKind = SampleKind.S16

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * np.dtype(_TYPES[self.kind][0]).itemsize


ENGINE_FORMAT = PcmFormat()


class Resampler:
    """Streaming rational resampler: polyphase Kaiser-windowed sinc, mono.

    (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983, ch. 4.)
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        divisor = math.gcd(from_hz, to_hz)
        self._up = to_hz // divisor
        self._down = from_hz // divisor
        # Cut off below the lower of the two Nyquist frequencies, in input units.
        cutoff = min(1.0, to_hz / from_hz) * _PASS_BAND
        reach = math.ceil(_ZERO_CROSSINGS / cutoff)
        self._taps = 2 * reach
        self._bank = _polyphase_bank(self._up, reach, cutoff)
        # Silence before the first sample, so that output begins at once.
        self._history: Floats = np.zeros(self._taps - 1, np.float32)
        self._phase = 0  # of the next output, in 1/up of an input sample

    def push(self, samples: Floats) -> Floats:
        """Return the output samples that `samples` make computable."""
        if not len(samples):
            return samples
        signal = np.concatenate((self._history, samples))
        windows = len(signal) - self._taps + 1
        # Output k sits at phase + k*down; its window starts at that // up.
        count = max(0, -((self._phase - windows * self._up) // self._down))
        at = self._phase + self._down * np.arange(count)
        start, phase = at // self._up, at % self._up
        gathered = np.lib.stride_tricks.sliding_window_view(signal, self._taps)
        output = np.einsum("ij,ij->i", gathered[start], self._bank[phase])
        self._phase += count * self._down - windows * self._up
        self._history = signal[windows:].copy()
        result: Floats = output.astype(np.float32)
        return result


def _polyphase_bank(up: int, reach: int, cutoff: float) -> Floats:
    """Row p: the taps for an output p/up of a sample after the window's middle."""
    tap = np.arange(2 * reach) - (reach - 1)
    distance = tap[None, :] - np.arange(up)[:, None] / up
    window = np.i0(
        _KAISER_BETA * np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, None)),
    ) / np.i0(_KAISER_BETA)
    bank = cutoff * np.sinc(cutoff * distance) * window
    bank /= bank.sum(axis=1, keepdims=True)  # unity gain at 0 Hz for every phase
    result: Floats = bank.astype(np.float32)
    return result


def decode_mono(data: bytes, fmt: PcmFormat) -> Floats:
    """Whole frames of `fmt` as mono floats -1..1 (channels averaged)."""
    dtype, offset, scale = _TYPES[fmt.kind]
    values = (np.frombuffer(data, dtype).astype(np.float32) - offset) / scale
    mono: Floats = values.reshape(-1, fmt.channels).mean(axis=1, dtype=np.float32)
    return mono


def encode_mono(samples: Floats, fmt: PcmFormat) -> bytes:
    """Mono floats as frames of `fmt`, the same in every channel, clipped."""
    dtype, offset, scale = _TYPES[fmt.kind]
    wide = samples.astype(np.float64) * scale + offset
    if fmt.kind is not SampleKind.F32:
        limits = np.iinfo(dtype)  # type: ignore[type-var]
        wide = np.clip(np.rint(wide), limits.min, limits.max)
    return np.repeat(wide.astype(dtype), fmt.channels).tobytes()


class Converter:
    """A stream in one format as the same stream in another."""

    def __init__(self, source: PcmFormat, target: PcmFormat) -> None:
        self._source = source
        self._target = target
        self._rest = b""  # bytes of an incomplete frame
        self._resampler = (
            Resampler(source.rate_hz, target.rate_hz)
            if source.rate_hz != target.rate_hz
            else None
        )

    def push(self, data: bytes) -> bytes:
        """Return what `data` (pieces of any size) becomes."""
        if self._source == self._target:
            return data
        data = self._rest + data
        whole = len(data) - len(data) % self._source.frame_bytes
        self._rest = data[whole:]
        samples = decode_mono(data[:whole], self._source)
        if self._resampler is not None:
            samples = self._resampler.push(samples)
        return encode_mono(samples, self._target)


class BlockCutter:
    """Cuts a byte stream into blocks of 20 ms."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def push(self, data: bytes) -> list[bytes]:
        """Return the blocks completed by `data`, each AUDIO_BLOCK_BYTES long."""
        self._rest += data
        end = len(self._rest) - len(self._rest) % AUDIO_BLOCK_BYTES
        blocks = [
            bytes(self._rest[at : at + AUDIO_BLOCK_BYTES])
            for at in range(0, end, AUDIO_BLOCK_BYTES)
        ]
        del self._rest[:end]
        return blocks
