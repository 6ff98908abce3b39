"""Opus as it lies in the PyAV wheel, with what FFmpeg's wrapper hides.

Concealment, recovery from the next packet's in-band copy, and a bit rate that
changes while it runs (RFC 6716, RFC 7587). Mono, 48 kHz, signed 16-bit. It must
never be handed to two threads at once; the callers hold their own lock.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import av
import cffi
import numpy as np
import numpy.typing as npt

from safesession.errors import MediaError


RATE_HZ = 48_000
Samples = npt.NDArray[np.int16]

MAX_PACKET_BYTES = 1275  # one frame, RFC 6716 section 3.4
MAX_PACKET_SAMPLES = 5760  # 120 ms, the longest packet there is
_STEP_SAMPLES = 120  # libopus conceals in steps of 2.5 ms
_APPLICATION_VOIP = 2048
_SET_BITRATE = 4002
_SET_VBR = 4006
_SET_COMPLEXITY = 4010
_SET_INBAND_FEC = 4012
_SET_PACKET_LOSS_PERC = 4014
_SET_DTX = 4016
_SET_SIGNAL = 4024
_SIGNAL_VOICE = 3001
_COMPLEXITY = 8

_DECLARATIONS = """
typedef struct OpusEncoder OpusEncoder;
typedef struct OpusDecoder OpusDecoder;
OpusEncoder *opus_encoder_create(int32_t rate, int channels, int app, int *error);
int32_t opus_encode(OpusEncoder *st, const int16_t *pcm, int frame_size,
                    unsigned char *data, int32_t max_bytes);
int opus_encoder_ctl(OpusEncoder *st, int request, ...);
void opus_encoder_destroy(OpusEncoder *st);
OpusDecoder *opus_decoder_create(int32_t rate, int channels, int *error);
int opus_decode(OpusDecoder *st, const unsigned char *data, int32_t len,
                int16_t *pcm, int frame_size, int decode_fec);
void opus_decoder_destroy(OpusDecoder *st);
int opus_packet_has_lbrr(const unsigned char *packet, int32_t len);
int opus_packet_get_nb_samples(const unsigned char *packet, int32_t len, int32_t rate);
"""
# Where wheels keep what they bundle: Linux and Windows beside, macOS inside.
_PLACES = (
    ("..", "av.libs", "libopus*"),
    ("..", "av.libs", "opus*.dll"),
    (".dylibs", "libopus*"),
)


class OpusError(MediaError):
    """libopus is not there or refused; `code` of the class names it."""

    code = "opus"


@functools.cache
def _opus() -> tuple[Any, Any]:
    """Return cffi's interface and the library.

    cffi and not ctypes: `opus_encoder_ctl` is variadic, which ctypes gets wrong
    on arm64 macOS.
    """
    root = Path(av.__file__).resolve().parent
    found = [
        path
        for *folders, pattern in _PLACES
        for path in sorted(root.joinpath(*folders).glob(pattern))
    ]
    if not found:
        raise OpusError("PyAV's wheel holds no libopus")
    ffi = cffi.FFI()
    ffi.cdef(_DECLARATIONS)
    try:
        return ffi, ffi.dlopen(str(found[0].resolve()))
    except OSError:
        raise OpusError("libopus cannot be loaded") from None


def check() -> None:
    """Raise OpusError unless libopus is there and does what we need."""
    encoder, decoder = OpusEncoder(), OpusDecoder()
    packet = encoder.encode(bytes(2 * RATE_HZ // 50))
    if packet_samples(packet) != RATE_HZ // 50 or len(decoder.decode(packet)) != 960:  # noqa: PLR2004 - 20 ms
        raise OpusError("libopus does not give back what it took")


def packet_samples(untrusted_packet: bytes) -> int:
    """Return how many samples a packet holds.

    Raises:
        ValueError: it is no Opus packet.
    """
    _, library = _opus()
    samples = int(
        library.opus_packet_get_nb_samples(
            untrusted_packet, len(untrusted_packet), RATE_HZ
        )
    )
    if not 0 < samples <= MAX_PACKET_SAMPLES:
        raise ValueError("no Opus packet")
    return samples


def has_copy(untrusted_packet: bytes) -> bool:
    """Tell whether a packet remembers the one before it (in-band FEC)."""
    _, library = _opus()
    try:
        ask = library.opus_packet_has_lbrr
    except AttributeError:  # libopus before 1.4
        return False
    return int(ask(untrusted_packet, len(untrusted_packet))) == 1


class OpusEncoder:
    """Speech at a constant bit rate: sizes must not tell what is said (RFC 6562)."""

    def __init__(self, bitrate_bps: int = 32_000) -> None:
        ffi, library = _opus()
        error = ffi.new("int *")
        state = library.opus_encoder_create(RATE_HZ, 1, _APPLICATION_VOIP, error)
        if error[0]:
            raise OpusError(f"no encoder ({error[0]})")
        self._ffi, self._library = ffi, library
        self._state = ffi.gc(state, library.opus_encoder_destroy)
        self._packet = ffi.new("unsigned char[]", MAX_PACKET_BYTES)
        for request, value in (
            (_SET_VBR, 0),
            (_SET_DTX, 0),  # silence must look like speech
            (_SET_SIGNAL, _SIGNAL_VOICE),
            (_SET_COMPLEXITY, _COMPLEXITY),
            (_SET_INBAND_FEC, 1),
        ):
            self._set(request, value)
        self.bitrate_bps = 0
        self.set_bitrate(bitrate_bps)
        self.set_expected_loss(0)

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Encode at another rate from the next packet on."""
        if bitrate_bps != self.bitrate_bps:
            self._set(_SET_BITRATE, bitrate_bps)
            self.bitrate_bps = bitrate_bps

    def set_expected_loss(self, percent: int) -> None:
        """Put copies of the last packet into the next; they cost quality."""
        self._set(_SET_PACKET_LOSS_PERC, percent)

    def encode(self, pcm: bytes) -> bytes:
        """Encode 20, 40 or 60 ms into one packet."""
        source = self._ffi.from_buffer("int16_t[]", pcm)
        size = int(
            self._library.opus_encode(
                self._state, source, len(pcm) // 2, self._packet, MAX_PACKET_BYTES
            )
        )
        if size < 0:
            raise OpusError(f"encoding failed ({size})")
        return bytes(self._ffi.buffer(self._packet, size))

    def _set(self, request: int, value: int) -> None:
        given = self._ffi.cast("int32_t", value)
        code = int(self._library.opus_encoder_ctl(self._state, request, given))
        if code:
            raise OpusError(f"setting {request} refused ({code})")


class OpusDecoder:
    """Packets of the peer to samples; holes to a plausible continuation."""

    def __init__(self) -> None:
        ffi, library = _opus()
        error = ffi.new("int *")
        state = library.opus_decoder_create(RATE_HZ, 1, error)
        if error[0]:
            raise OpusError(f"no decoder ({error[0]})")
        self._ffi, self._library = ffi, library
        self._state = ffi.gc(state, library.opus_decoder_destroy)

    def decode(self, untrusted_packet: bytes) -> Samples:
        """Return the samples of a packet.

        Raises:
            ValueError: it is not decodable.
        """
        return self._run(untrusted_packet, MAX_PACKET_SAMPLES, copy=False)

    def recover(self, untrusted_next_packet: bytes, samples: int) -> Samples:
        """Return what the next packet remembers of a lost one.

        Without such a copy libopus conceals instead, as `conceal` does.

        Raises:
            ValueError: the packet is not decodable.
        """
        return self._run(untrusted_next_packet, samples, copy=True)

    def conceal(self, samples: int) -> Samples:
        """Return a continuation of what was heard last, fading by itself."""
        whole = -(-samples // _STEP_SAMPLES) * _STEP_SAMPLES
        return self._run(None, whole, copy=False)[:samples]

    def _run(self, packet: bytes | None, samples: int, *, copy: bool) -> Samples:
        out = np.empty(samples, np.int16)
        target = self._ffi.from_buffer("int16_t[]", out)
        data = self._ffi.NULL if packet is None else packet
        size = 0 if packet is None else len(packet)
        got = int(
            self._library.opus_decode(
                self._state, data, size, target, samples, int(copy)
            )
        )
        if got < 0:
            raise ValueError("no Opus packet")
        return out[:got]
