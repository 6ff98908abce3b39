"""The comparison of times sees a leak and does not see noise."""

from __future__ import annotations

from tests.support.distributions import alike, chance_of_longer


def test_equal_times_are_even() -> None:
    assert chance_of_longer([1.0] * 9, [1.0] * 9) == 0.5
    assert chance_of_longer([1.0, 4.0], [2.0, 3.0]) == 0.5


def test_longer_times_show(rng) -> None:
    reference = [rng.gauss(60e-6, 5e-6) for _ in range(48)]
    slower = [rng.gauss(75e-6, 5e-6) for _ in range(48)]
    assert chance_of_longer(slower, reference) > 0.9
    assert not alike(slower, reference)
    assert not alike(reference, slower)


def test_one_long_wait_is_no_difference(rng) -> None:
    for _ in range(200):
        times = [rng.gauss(60e-6, 5e-6) for _ in range(48)]
        reference = [rng.gauss(60e-6, 5e-6) for _ in range(48)]
        assert alike([*times, 3.0], reference)
