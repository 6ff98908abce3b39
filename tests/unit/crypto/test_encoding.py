"""Length prefixes never meet, padding comes off exactly."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.crypto.encoding import (
    H,
    PaddingError,
    lv,
    pad,
    pad_to_class,
    prepend_len,
    unpad,
)
from safesession.errors import LocalProtocolError


def test_prepend_len_as_in_the_cpace_draft():
    assert prepend_len(b"") == b"\x00"
    assert prepend_len(b"1234") == b"\x041234"
    assert prepend_len(bytes(127))[:1] == b"\x7f"
    assert prepend_len(bytes(128))[:2] == b"\x80\x01"
    assert prepend_len(bytes(1184))[:2] == b"\xa0\x09"


def test_lv_cat_as_in_the_cpace_draft():
    assert lv(b"1234", b"5", b"", b"678") == bytes.fromhex("043132333401350003363738")


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_different_fields_never_meet(parts):
    joined = [b"".join(parts)]
    if joined != parts:
        assert lv(*joined) != lv(*parts)
    assert hashlib.sha512(lv(*parts)).digest() == H(*parts)


@given(st.binary(max_size=254))
def test_padding_comes_off(body):
    block = pad(body, 256)
    assert len(block) == 256
    assert unpad(block) == body


def test_the_smallest_class_is_taken():
    sizes = (16, 64)
    assert [len(pad_to_class(bytes(n), sizes)) for n in (0, 14, 15, 62)] == [
        16,
        16,
        64,
        64,
    ]
    with pytest.raises(LocalProtocolError):
        pad_to_class(bytes(63), sizes)
    with pytest.raises(LocalProtocolError):
        pad(bytes(15), 16)


@given(st.binary(max_size=40))
def test_any_block_unpads_or_is_refused(block):
    try:
        body = unpad(block)
    except PaddingError:
        return
    assert pad(body, len(block)) == block


@pytest.mark.parametrize("block", [b"", b"\0", b"\0\x01", b"\0\0\x01", b"\0\x01aa"])
def test_bad_blocks(block):
    with pytest.raises(PaddingError):
        unpad(block)
