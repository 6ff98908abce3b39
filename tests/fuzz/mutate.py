"""A plain, repeatable mutator: structured seeds in, slightly wrong bytes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random


MAX_BYTES = 70_000
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 2**31, 2**32 - 1)
_BIG_NUMBERS = (2**32, 2**63 - 1, 2**63, 2**64 - 1)
_ODD_TEXT = (
    *(c.encode() for c in "\0\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"),  # line ends
    *(
        c.encode() for c in "\u200d\u200e\u202e\ufeff\u0301０９〇幺Ⅳ²𝟘"
    ),  # looks and digits
    b"\xff",  # never in UTF-8
    b"\xc0\x80",  # overlong
    b"\xed\xa0\x80",  # half a surrogate pair
    b"\xf4\x90\x80\x80",  # beyond Unicode
    b"\\ud800",
    b"\\u0000",
    b'"',
    b"{",
    b"[" * 600,
    b"1e999",
    b"-0",
    b"NaN",
    b"9" * 40,
    b"null",
    b"true",
    b"%00",
    b"&",
    b"=",
)


def _flip(random: Random, data: bytearray, _: bytes) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _set(random: Random, data: bytearray, _: bytes) -> None:
    if data:
        data[random.randrange(len(data))] = random.randrange(256)


def _truncate(random: Random, data: bytearray, _: bytes) -> None:
    del data[random.randrange(len(data) + 1) :]


def _extend(random: Random, data: bytearray, _: bytes) -> None:
    data += random.randbytes(random.choice((1, 2, 16, 300)))


def _cut(random: Random, data: bytearray, _: bytes) -> None:
    start = random.randrange(len(data) + 1)
    del data[start : start + random.choice((1, 2, 8, 40))]


def _double(random: Random, data: bytearray, _: bytes) -> None:
    start = random.randrange(len(data) + 1)
    piece = data[start : start + random.choice((1, 4, 32, 400))]
    data[start:start] = piece


def _splice(random: Random, data: bytearray, other: bytes) -> None:
    start = random.randrange(len(data) + 1)
    data[start:] = other[random.randrange(len(other) + 1) :]


def _number(random: Random, data: bytearray, _: bytes) -> None:
    width = random.choice((1, 2, 4, 8))
    value = random.choice(_NUMBERS + _BIG_NUMBERS) % (1 << (8 * width))
    start = random.choice((0, 1, random.randrange(len(data) + 1)))
    data[start : start + width] = value.to_bytes(width, "big")


def _odd_text(random: Random, data: bytearray, _: bytes) -> None:
    start = random.randrange(len(data) + 1)
    data[start : start + random.choice((0, 1))] = random.choice(_ODD_TEXT)


_MUTATIONS: tuple[Callable[[Random, bytearray, bytes], None], ...] = (
    _flip,
    _flip,
    _set,
    _truncate,
    _extend,
    _cut,
    _double,
    _splice,
    _number,
    _odd_text,
    _odd_text,
)


def mutated(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return one input: a seed after one to four mutations, seldom untouched."""
    data = bytearray(random.choice(seeds))
    other = random.choice(seeds)
    for _ in range(random.choice((0, 1, 1, 1, 1, 1, 2, 2, 3, 4))):
        random.choice(_MUTATIONS)(random, data, other)
    return bytes(data[:MAX_BYTES])
