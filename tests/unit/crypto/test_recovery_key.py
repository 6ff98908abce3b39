"""The printed sheet: typed back by people, refused where it was misread."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.crypto.recovery_key import RecoveryKey, RecoveryKeyTypingError
from safesession.errors import LocalProtocolError


KEYS = st.binary(min_size=20, max_size=20).map(RecoveryKey)


@given(KEYS)
def test_what_is_printed_can_be_typed(key) -> None:
    assert RecoveryKey.parse(key.text) == key
    assert RecoveryKey.parse(f"  {key.text.lower().replace('-', ' ')}\n") == key
    groups = key.text.split("-")
    assert [len(group) for group in groups] == [4] * 8 + [2]
    assert groups[:8] == list(key.groups)


def test_confusable_and_wide_letters_are_read() -> None:
    key = RecoveryKey(bytes(20))
    assert RecoveryKey.parse(key.text.replace("0", "O")) == key
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in key.text)
    assert RecoveryKey.parse(wide) == key
    one = RecoveryKey(b"\x08" + bytes(19))
    assert one.text[0] == "1"
    assert RecoveryKey.parse("l" + one.text[1:]) == one


def test_typing_errors_are_caught_before_anything_is_tried(rng) -> None:
    missed = tried = 0
    for _ in range(400):
        text = list(RecoveryKey(rng.randbytes(20)).text)
        place = rng.choice([i for i, c in enumerate(text) if c != "-"])
        old, text[place] = text[place], rng.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        if text[place] == old:
            continue
        tried += 1
        try:
            RecoveryKey.parse("".join(text))
        except RecoveryKeyTypingError:
            continue
        missed += 1
    assert missed <= tried // 100, (missed, tried)


@given(st.text(max_size=60))
def test_any_text_is_a_key_or_a_typing_error(text) -> None:
    try:
        key = RecoveryKey.parse(text)
    except RecoveryKeyTypingError:
        return
    assert RecoveryKey.parse(key.text) == key


def test_two_groups_are_retyped() -> None:
    key = RecoveryKey.generate(os.urandom)
    assert key.group_matches(3, key.groups[3].lower())
    assert not key.group_matches(3, key.groups[3][:3])
    assert not key.group_matches(2, "")


def test_a_key_hides_itself_and_has_one_length() -> None:
    key = RecoveryKey.generate(os.urandom)
    assert key.groups[0] not in repr(key)
    assert key != object()
    with pytest.raises(LocalProtocolError):
        RecoveryKey(bytes(19))
