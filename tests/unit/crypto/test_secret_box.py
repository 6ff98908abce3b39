"""Boxes open with their key and their context, whole, or not at all."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.crypto.secret_box import (
    NONCE_BYTES,
    OVERHEAD_BYTES,
    BoxError,
    seal,
    unseal,
)


KEY = bytes(range(32))


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_goes_in_comes_out(plain, context) -> None:
    box = seal(KEY, plain, context, os.urandom)
    assert len(box) == len(plain) + OVERHEAD_BYTES
    assert unseal(KEY, box, context) == plain


@given(st.integers(0, 8 * (OVERHEAD_BYTES + 5) - 1))
def test_every_flipped_bit_is_refused(bit) -> None:
    box = bytearray(seal(KEY, b"notes", b"ctx", os.urandom))
    box[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BoxError):
        unseal(KEY, bytes(box), b"ctx")


def test_another_context_key_or_length_is_refused() -> None:
    box = seal(KEY, b"notes", b"ctx", os.urandom)
    for key, cut, context in (
        (KEY, len(box), b"ctx2"),
        (bytes(32), len(box), b"ctx"),
        (KEY, len(box) - 1, b"ctx"),
        (KEY, NONCE_BYTES, b"ctx"),
        (KEY, 0, b"ctx"),
    ):
        with pytest.raises(BoxError):
            unseal(key, box[:cut], context)


def test_nonces_differ() -> None:
    boxes = {seal(KEY, b"x", b"", os.urandom)[:NONCE_BYTES] for _ in range(100)}
    assert len(boxes) == 100
