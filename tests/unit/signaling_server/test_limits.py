"""Limits: buckets fill, run dry and recover with time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.signaling_server.limits import KeyedBuckets, TokenBucket


def test_a_burst_then_the_rate() -> None:
    bucket = TokenBucket(2.0, 3.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert bucket.take(0.4) == pytest.approx(0.1)
    assert bucket.take(0.5) == 0.0


@given(st.lists(st.floats(0.0, 5.0), max_size=60))
def test_never_more_than_burst_plus_rate(gaps: list[float]) -> None:
    bucket = TokenBucket(2.0, 5.0, now=0.0)
    now, taken = 0.0, 0
    for gap in gaps:
        now += gap
        taken += bucket.take(now) == 0.0
        assert taken <= 5.0 + 2.0 * now + 1e-9


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(1.0, 1.0, now=100.0)
    assert bucket.take(100.0) == 0.0
    assert bucket.take(0.0) > 0.0


def test_keys_do_not_share_and_full_ones_are_forgotten() -> None:
    buckets = KeyedBuckets(1.0, 2.0)
    for _ in range(2):
        assert buckets.take(b"a", 0.0) == 0.0
    assert buckets.take(b"a", 0.0) > 0.0
    assert buckets.take(b"b", 0.0) == 0.0
    buckets.give_back(b"a")
    assert buckets.take(b"a", 0.0) == 0.0
    buckets.forget_full(1.5)
    assert set(buckets._buckets) == {b"a"}
    buckets.forget_full(10.0)
    assert not buckets._buckets
    buckets.give_back(b"a")  # nothing to give back to
