"""Losses are noticed while they are young, and told in a dozen bytes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.engine.media.voice.loss import LossMeter, LossReport


@given(
    st.integers(0, 1000),
    st.integers(100, 5000),
    st.integers(0, 3000),
    st.integers(0, 60_000),
)
def test_a_report_comes_back_as_it_was(permille, burst, queue_ms, kbps) -> None:
    report = LossReport(permille / 1000, burst / 100, float(queue_ms), kbps * 1000)
    assert LossReport.parse(report.to_bytes()) == report
    assert len(report.to_bytes()) == 12


@given(st.binary(max_size=20))
def test_other_bytes_are_refused_or_a_possible_report(body) -> None:
    try:
        report = LossReport.parse(body)
    except ValueError:
        return
    assert 0 <= report.loss_share <= 1


def test_a_line_that_turns_bad_is_noticed_within_half_a_second() -> None:
    meter, rng = LossMeter(), random.Random(4)
    for number in range(500):
        meter.arrived(number)
    assert meter.measure() == (0.0, 1.0)
    noticed = []
    for number in range(500, 540):
        if rng.random() > 0.2:
            meter.arrived(number)
        noticed.append(meter.measure()[0])
    assert next(i for i, share in enumerate(noticed) if share > 0.1) <= 25


def test_one_lost_packet_is_no_bad_line() -> None:
    meter = LossMeter()
    for number in range(300):
        if number != 200:
            meter.arrived(number)
            assert meter.measure()[0] <= 0.02


@pytest.mark.parametrize("loss", [0.05, 0.2])
def test_a_steady_loss_is_measured_near_what_it_is(loss) -> None:
    meter, rng, shares = LossMeter(), random.Random(1), []
    for number in range(5000):
        if rng.random() > loss:
            meter.arrived(number & 0xFFFF)
        shares.append(meter.measure()[0])
    assert loss * 0.9 < sum(shares[200:]) / len(shares[200:]) < loss * 2
