"""Injected randomness: uniform, checked, never a hang."""

import pytest
from tests.unit.crypto import kit

from safesession.crypto.entropy import draw, shuffled, uniform_below
from safesession.errors import LocalProtocolError


def test_a_short_source_is_refused():
    for length in (0, 31, 33):
        with pytest.raises(LocalProtocolError):
            draw(lambda _, length=length: bytes(length), 32)
    assert draw(bytearray, 4) == bytes(4)


@pytest.mark.parametrize("bound", [0, -1, 2**32 + 1])
def test_impossible_bounds(bound):
    with pytest.raises(LocalProtocolError):
        uniform_below(bound, kit.SeededEntropy(0))


def test_the_incomplete_interval_is_drawn_again():
    draws = iter([b"\xff\xff\xff\xff", b"\x00\x00\x00\x07"])
    assert uniform_below(10, lambda _: next(draws)) == 7


def test_a_stuck_source_is_an_error_not_a_hang():
    with pytest.raises(LocalProtocolError):
        uniform_below(10, lambda n: b"\xff" * n)


def test_every_order_is_equally_likely():
    entropy = kit.SeededEntropy("orders")
    counts = {}
    for _ in range(2400):
        order = shuffled((0, 1, 2, 3), entropy)
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 24
    assert sum((count - 100) ** 2 / 100 for count in counts.values()) < 57
