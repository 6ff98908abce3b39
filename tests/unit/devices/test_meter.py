"""The level meter: what loudness becomes."""

from __future__ import annotations

import numpy as np
import pytest

from safesession.devices.meter import FLOOR_DBFS, PeakMeter


def block(*peaks: int) -> bytes:
    samples = np.zeros(960, np.int16)
    samples[: len(peaks)] = peaks
    return samples.tobytes()


def levels(blocks: list[bytes]) -> list[float | None]:
    meter = PeakMeter()
    return [meter.add(each) for each in blocks]


def test_one_level_every_100_ms() -> None:
    answers = levels([block()] * 12)
    assert [answer is not None for answer in answers] == ([False] * 4 + [True]) * 2 + [
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("peak", "dbfs"), [(32_767, 0.0), (-32_768, 0.0), (16_384, -6.02), (1, -90.3)]
)
def test_the_peak_counts_whichever_block_it_is_in(peak: int, dbfs: float) -> None:
    answers = levels([block(), block(), block(0, peak), block(), block()])
    assert answers[-1] == pytest.approx(dbfs, abs=0.01)


def test_each_period_starts_afresh_and_silence_is_the_floor() -> None:
    answers = levels([block(20_000)] * 5 + [block()] * 5)
    assert answers[-1] == FLOOR_DBFS
