"""RFC 2198 payloads: there and back, and whatever a peer may send instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.engine.media.voice.red import Block, pack, unpack


OPUS = 96

blocks = st.lists(
    st.builds(Block, st.integers(1, (1 << 14) - 1), st.binary(min_size=1, max_size=99)),
    max_size=8,
    unique_by=lambda block: block.age_samples,
)


@given(st.binary(max_size=200), blocks)
def test_what_is_packed_is_unpacked_oldest_first(newest, earlier) -> None:
    ordered = sorted(earlier, key=lambda block: -block.age_samples)
    assert unpack(OPUS, pack(OPUS, newest, earlier)) == (newest, ordered)


@given(st.binary(max_size=60))
def test_garbage_is_refused_with_one_error(untrusted) -> None:
    try:
        newest, earlier = unpack(OPUS, untrusted)
    except ValueError:
        return
    used = len(newest) + sum(len(block.payload) for block in earlier)
    assert used < len(untrusted)


def test_the_bits_are_those_of_the_rfc() -> None:
    payload = pack(OPUS, b"new", [Block(960, b"old"), Block(1920, b"older")])
    first = (1 << 31 | OPUS << 24 | 1920 << 10 | 5).to_bytes(4, "big")
    second = (1 << 31 | OPUS << 24 | 960 << 10 | 3).to_bytes(4, "big")
    assert payload == first + second + bytes([OPUS]) + b"older" + b"old" + b"new"


def test_what_does_not_fit_the_header_stays_out() -> None:
    too_old, too_long = Block(1 << 14, b"x"), Block(960, bytes(1024))
    assert pack(OPUS, b"new", [too_old, too_long]) == bytes([OPUS]) + b"new"


@pytest.mark.parametrize(
    "untrusted",
    [
        b"",
        bytes([0x80 | OPUS]),
        bytes([0x80 | OPUS, 0x0F, 0x00, 0x03, OPUS, 1]),  # block longer than all
        bytes([OPUS + 1]) + b"other",
        bytes([0x80 | OPUS, 0x0F, 0x00, 0x00]) * 9 + bytes([OPUS]),
    ],
)
def test_malformed_is_refused(untrusted) -> None:
    with pytest.raises(ValueError):
        unpack(OPUS, untrusted)


def test_a_block_of_another_type_is_skipped() -> None:
    other = pack(13, b"", [Block(960, b"noise")])[:-1]
    assert unpack(OPUS, other[:4] + bytes([OPUS]) + b"noise" + b"new") == (b"new", [])
