"""Blocks of samples: cutting, resampling, mixing down."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.core.ports import AUDIO_BLOCK_BYTES
from safesession.devices.pcm import (
    ENGINE_FORMAT,
    BlockCutter,
    Converter,
    PcmFormat,
    Resampler,
    SampleKind,
    decode_mono,
    encode_mono,
)


RATES = [8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000]


def tone(hz: float, rate_hz: int, seconds: float = 0.5) -> np.ndarray:
    at = np.arange(int(rate_hz * seconds)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


@pytest.mark.parametrize("rate_hz", [rate for rate in RATES if rate != 48_000])
@pytest.mark.parametrize("upwards", [True, False])
def test_resampling_keeps_speech_and_time(rate_hz: int, upwards: bool) -> None:
    from_hz, to_hz = (rate_hz, 48_000) if upwards else (48_000, rate_hz)
    source = tone(1000, from_hz)
    output = Resampler(from_hz, to_hz).push(source)
    assert len(output) == pytest.approx(to_hz / 2, abs=1)
    # The best fitting sine of the same pitch leaves next to nothing over.
    middle = output[len(output) // 4 : -len(output) // 4]
    at = 2 * np.pi * 1000 * np.arange(len(middle)) / to_hz
    basis = np.stack((np.sin(at), np.cos(at)), axis=1)
    fit, *_ = np.linalg.lstsq(basis, middle, rcond=None)
    assert np.hypot(*fit) == pytest.approx(0.5, abs=0.002)
    assert level_db(middle - basis @ fit) - level_db(middle) < -70


def test_what_the_lower_rate_cannot_carry_is_removed_not_folded_down() -> None:
    output = Resampler(48_000, 16_000).push(tone(10_000, 48_000))
    assert level_db(output[200:-200]) < level_db(tone(10_000, 48_000)) - 70


@given(st.lists(st.integers(0, 4000), max_size=8), st.sampled_from(RATES))
def test_the_sizes_of_the_pieces_do_not_matter(sizes: list[int], rate_hz: int) -> None:
    source = np.sin(np.arange(1500) * 0.05).astype(np.float32)
    fmt = PcmFormat(rate_hz, 2, SampleKind.F32)
    data = encode_mono(source, fmt)
    whole = Converter(fmt, ENGINE_FORMAT).push(data)
    converter = Converter(fmt, ENGINE_FORMAT)
    # Sizes in bytes: most cuts are in the middle of a sample.
    cuts = [0, *np.minimum(np.cumsum(sizes, dtype=int), len(data)), len(data)]
    parts = [converter.push(data[a:b]) for a, b in itertools.pairwise(cuts)]
    split = np.frombuffer(b"".join(parts), np.int16).astype(int)
    joined = np.frombuffer(whole, np.int16).astype(int)
    assert len(split) == len(joined)
    assert np.abs(split - joined).max() <= 1  # float rounding


@pytest.mark.parametrize("kind", SampleKind)
def test_every_sample_type_there_and_back(kind: SampleKind) -> None:
    fmt = PcmFormat(48_000, 3, kind)
    source = np.linspace(-1, 0.99, 480, dtype=np.float32)
    data = encode_mono(source, fmt)
    assert len(data) == 480 * fmt.frame_bytes
    tolerance = 1 / 120 if kind is SampleKind.U8 else 1e-4
    assert np.abs(decode_mono(data, fmt) - source).max() < tolerance


def test_too_loud_is_clipped_and_not_wrapped_around() -> None:
    loud = np.array([1.5, -1.5], np.float32)
    samples = np.frombuffer(encode_mono(loud, ENGINE_FORMAT), np.int16)
    assert samples.tolist() == [32_767, -32_768]


def test_channels_are_averaged() -> None:
    stereo = np.array([[8_000, 0], [0, 8_000]], np.int16).tobytes()
    fmt = PcmFormat(48_000, 2)
    assert Converter(fmt, ENGINE_FORMAT).push(stereo) == b"\xa0\x0f" * 2  # 4000


def test_the_engines_own_format_passes_untouched() -> None:
    data = bytes(range(256))
    assert Converter(ENGINE_FORMAT, ENGINE_FORMAT).push(data) is data


@given(st.lists(st.binary(max_size=5000), max_size=8))
def test_blocks_are_whole_and_nothing_is_lost(pieces: list[bytes]) -> None:
    cutter = BlockCutter()
    blocks = [block for piece in pieces for block in cutter.push(piece)]
    assert all(len(block) == AUDIO_BLOCK_BYTES for block in blocks)
    total = b"".join(pieces)
    assert len(blocks) == len(total) // AUDIO_BLOCK_BYTES
    assert total.startswith(b"".join(blocks))
