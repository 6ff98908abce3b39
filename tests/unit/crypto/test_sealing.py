"""Signaling envelopes: strictly rising, padded, unforgeable."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.crypto import kit

from safesession.crypto.chain import FrameFailure
from safesession.crypto.role import Role
from safesession.crypto.sealing import (
    MAX_SIGNAL_BYTES,
    SealError,
    SignalOpener,
    SignalSealer,
)
from safesession.errors import LocalProtocolError


KEYS = kit.session_keys()


def pair(sender=Role.CLIENT, epoch=0):
    return SignalSealer(sender, KEYS, epoch), SignalOpener(sender.other, KEYS, epoch)


def reason_of(opener, envelope):
    with pytest.raises(SealError) as caught:
        opener.open(envelope)
    return caught.value.reason


@pytest.mark.parametrize("sender", Role)
@pytest.mark.parametrize(
    ("length", "size"),
    [(0, 1024), (1022, 1024), (1023, 4096), (4094, 4096), (MAX_SIGNAL_BYTES, 16384)],
)
def test_envelopes_open_and_show_only_their_size_class(sender, length, size):
    sealer, opener = pair(sender)
    body = b"s" * length
    envelope = sealer.seal(body)
    assert len(envelope) == 8 + size + 16
    assert b"sss" not in envelope
    assert opener.open(envelope) == body


def test_too_long_is_our_own_mistake_and_costs_no_number():
    sealer, opener = pair()
    with pytest.raises(LocalProtocolError):
        sealer.seal(bytes(MAX_SIGNAL_BYTES + 1))
    assert opener.open(sealer.seal(b"next")) == b"next"


def test_numbers_only_rise_and_gaps_are_bounded():
    sealer, opener = pair()
    envelopes = [sealer.seal(bytes([n])) for n in range(140)]
    assert opener.open(envelopes[0]) == b"\x00"
    assert reason_of(opener, envelopes[0]) is FrameFailure.REPLAY
    assert opener.open(envelopes[5]) == b"\x05"
    assert reason_of(opener, envelopes[3]) is FrameFailure.REPLAY
    assert reason_of(opener, envelopes[71]) is FrameFailure.GAP
    assert opener.open(envelopes[70]) == bytes([70])


def test_our_own_envelope_does_not_come_back():
    sealer, _ = pair(Role.CLIENT)
    own = SignalOpener(Role.CLIENT, KEYS, 0)
    assert reason_of(own, sealer.seal(b"hello")) is FrameFailure.FORGED


def test_another_epoch_or_another_session_does_not_open():
    sealer, _ = pair(epoch=3)
    envelope = sealer.seal(b"hello")
    assert reason_of(pair(epoch=4)[1], envelope) is FrameFailure.EPOCH
    moved = (4).to_bytes(4, "big") + envelope[4:]
    assert reason_of(pair(epoch=4)[1], moved) is FrameFailure.FORGED
    strange = SignalOpener(Role.COUNSELOR, kit.session_keys("other"), 3)
    assert reason_of(strange, envelope) is FrameFailure.FORGED
    for epoch in (-1, 1 << 32):
        with pytest.raises(LocalProtocolError):
            pair(epoch=epoch)


def test_every_changed_byte_is_noticed_and_costs_nothing():
    sealer, opener = pair()
    envelope = sealer.seal(b"hello")
    random.seed("envelope")
    for position in [*range(60), *random.sample(range(60, 1048), 100)]:
        changed = bytearray(envelope)
        changed[position] ^= 1 << random.randrange(8)
        assert reason_of(opener, bytes(changed)) in {
            FrameFailure.EPOCH,
            FrameFailure.GAP,
            FrameFailure.FORGED,
        }
    assert opener.open(envelope) == b"hello"


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e[:-1],
        lambda e: e + b"\0",
        lambda e: e * 2,
        lambda e: b"",
        lambda e: e[:8],
    ],
)
def test_wrong_lengths(change):
    sealer, opener = pair()
    envelope = sealer.seal(b"hello")
    assert reason_of(opener, change(envelope)) is FrameFailure.FORMAT
    assert opener.open(envelope) == b"hello"


@given(st.binary(max_size=64), st.sampled_from([1024, 4096, 16384]))
def test_any_bytes_are_refused_by_name(data, size):
    _, opener = pair()
    for candidate in (data, data.ljust(8 + size + 16, b"\0")):
        assert reason_of(opener, candidate) in FrameFailure
