"""What lets an end in, and what it must be."""

import pytest

from safesession.crypto.handshake import (
    Mode,
    PairAccess,
    ResumeAccess,
    SessionAccess,
    handshake_context,
    pair_context,
)
from safesession.crypto.identity import key_prefix
from safesession.errors import LocalProtocolError


KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.mark.parametrize(
    "make",
    [
        lambda: PairAccess(b"1234567"),
        lambda: PairAccess(b"1234567a"),
        lambda: SessionAccess(b"short"),
        lambda: SessionAccess(KEY, (bytes(31),)),
        lambda: SessionAccess(KEY, (bytes(32),) * 3),
        lambda: ResumeAccess(KEY, bytes(31)),
        lambda: ResumeAccess(b"", bytes(32)),
    ],
)
def test_impossible_access_is_refused(make):
    with pytest.raises(LocalProtocolError):
        make()


def test_pinned_access_accepts_only_its_key():
    for access in (SessionAccess(KEY), ResumeAccess(KEY, bytes(32))):
        assert access.accepts(KEY)
        assert not access.accepts(OTHER)


def test_a_code_accepts_any_key_and_a_link_only_its_own():
    assert PairAccess(b"12345678").accepts(OTHER)
    linked = PairAccess(b"12345678", key_prefix(KEY))
    assert linked.accepts(KEY)
    assert not linked.accepts(OTHER)


def test_contexts_differ_by_mode_pair_and_relay():
    contexts = {
        handshake_context(mode, pair, relay)
        for mode in Mode
        for pair in (b"1", b"12")
        for relay in ("2relay", "relay")
    }
    assert len(contexts) == 12
    assert pair_context("042917", "r") == handshake_context(Mode.PAIR, b"042917", "r")
