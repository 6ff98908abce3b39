"""Randomness as an argument: what draws from it and how, without bias.

This module must never find randomness by itself; every source is handed in, so
that a recorded run can be replayed byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable

from safesession.errors import LocalProtocolError


# Returns exactly as many unpredictable bytes as it is asked for.
Entropy = Callable[[int], bytes]

_WORD_BYTES = 4
_WORD_VALUES = 1 << (8 * _WORD_BYTES)
_MAX_TRIES = 128  # a good source needs that many once in 2**128 times


def draw(entropy: Entropy, length: int) -> bytes:
    """Return `length` bytes of `entropy`, refusing a source that gives fewer.

    Raises:
        LocalProtocolError: the source returned another number of bytes.
    """
    drawn = entropy(length)
    if len(drawn) != length:
        raise LocalProtocolError("the entropy source is broken")
    return bytes(drawn)


def uniform_below(bound: int, entropy: Entropy) -> int:
    """Return a uniform integer in [0, bound), 1 <= bound <= 2**32.

    Rejection sampling: values of the incomplete last interval are drawn again.

    Raises:
        LocalProtocolError: `bound` is out of range or the source is broken.
    """
    if not 1 <= bound <= _WORD_VALUES:
        raise LocalProtocolError("bound out of range")
    limit = _WORD_VALUES - _WORD_VALUES % bound
    for _ in range(_MAX_TRIES):
        value = int.from_bytes(draw(entropy, _WORD_BYTES), "big")
        if value < limit:
            return value % bound
    raise LocalProtocolError("the entropy source is broken")


def shuffled(items: tuple[int, ...], entropy: Entropy) -> tuple[int, ...]:
    """Return `items` in a uniformly random order (Fisher-Yates)."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = uniform_below(last + 1, entropy)
        order[last], order[other] = order[other], order[last]
    return tuple(order)
