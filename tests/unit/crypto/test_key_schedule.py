"""HKDF against a second library, and labels that never share a key."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from safesession.crypto.encoding import lv
from safesession.crypto.key_schedule import (
    Label,
    StorageLabel,
    equal,
    expand,
    extract,
    mac,
)
from safesession.errors import LocalProtocolError


@given(
    salt=st.binary(min_size=1, max_size=70),
    key=st.binary(max_size=70),
    label=st.binary(max_size=20),
    context=st.binary(max_size=140),
    length=st.integers(1, 300),
)
def test_agrees_with_the_library(salt, key, label, context, length):
    info = lv(b"SafeSession/1 " + label, context)
    expected = HKDF(hashes.SHA512(), length, salt, info).derive(key)
    assert expand(extract(salt, key), label, context, length) == expected


def test_length_limits():
    longest = 255 * 64
    assert len(expand(b"k", b"l", b"", longest)) == longest
    for length in (0, -1, longest + 1):
        with pytest.raises(LocalProtocolError):
            expand(b"k", b"l", b"", length)


def test_labels_are_the_bytes_of_the_protocol():
    names = {bytes(label) for label in Label}
    assert len(names) == len(Label)
    assert b"text client" in names
    assert b"signal counselor" in names
    for label in Label:
        assert expand(b"k", label) == expand(b"k", label.value)


def test_no_two_labels_share_a_key():
    assert len({expand(b"k", label) for label in Label}) == len(Label)
    assert expand(b"k", b"a", b"b") != expand(b"k", b"ab", b"")


def test_labels_of_storage_are_none_of_the_session():
    assert not {label.value for label in Label} & {s.value for s in StorageLabel}
    keys = {expand(b"key", label) for label in (*Label, *StorageLabel)}
    assert len(keys) == len(Label) + len(StorageLabel)


def test_mac_and_equal():
    assert len(mac(b"k", b"m")) == 32
    assert mac(b"k", b"m") != mac(b"k", b"n")
    assert equal(b"a", b"a")
    assert not equal(b"a", b"aa")
