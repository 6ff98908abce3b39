"""The ratchet: one key per message, and nothing a stranger sends moves it."""

import pytest

from safesession.crypto import chain
from safesession.crypto.chain import (
    SKIP_WINDOW,
    FrameError,
    FrameFailure,
    ReceiveChain,
    SendChain,
)
from safesession.crypto.encoding import pad
from safesession.errors import LocalProtocolError


KEY = b"k" * 32
AD = b"associated"


def sealed(count):
    send = SendChain(KEY)
    return [send.seal(pad(bytes([n]), 16), AD) for n in range(count)]


def reason_of(receive, number, frame, associated=AD):
    with pytest.raises(FrameError) as caught:
        receive.open(number, frame, associated)
    return caught.value.reason


def state_of(receive):
    return receive._chain_key, receive._next, dict(receive._skipped)


def test_every_message_has_its_own_key():
    frames = sealed(3)
    assert len({frame[:16] for frame in frames}) == 3
    receive = ReceiveChain(KEY, keep_skipped=True)
    assert [receive.open(n, frame, AD) for n, frame in enumerate(frames)] == [
        b"\x00",
        b"\x01",
        b"\x02",
    ]


@pytest.mark.parametrize("keep_skipped", [True, False])
def test_nothing_a_stranger_sends_moves_the_state(keep_skipped):
    frames = sealed(80)
    receive = ReceiveChain(KEY, keep_skipped=keep_skipped)
    receive.open(0, frames[0], AD)
    receive.open(3, frames[3], AD)
    before = state_of(receive)
    changed = bytes([frames[5][0] ^ 1]) + frames[5][1:]
    assert reason_of(receive, 5, changed) is FrameFailure.FORGED
    assert reason_of(receive, 5, frames[5], b"other") is FrameFailure.FORGED
    assert reason_of(receive, 6, frames[5]) is FrameFailure.FORGED
    assert reason_of(receive, 3, frames[3]) is FrameFailure.REPLAY
    assert reason_of(receive, 0, frames[0]) is FrameFailure.REPLAY
    assert reason_of(receive, 69, frames[69]) is FrameFailure.GAP
    late = FrameFailure.FORGED if keep_skipped else FrameFailure.REPLAY
    assert reason_of(receive, 1, frames[2]) is late
    assert state_of(receive) == before
    assert receive.open(68, frames[68], AD) == bytes([68])


def test_an_authentic_frame_with_bad_padding_moves_nothing_either():
    frame = SendChain(KEY).seal(b"\xff" * 16, AD)
    receive = ReceiveChain(KEY, keep_skipped=True)
    before = state_of(receive)
    assert reason_of(receive, 0, frame) is FrameFailure.PADDING
    assert state_of(receive) == before


def test_late_messages_open_once():
    frames = sealed(5)
    receive = ReceiveChain(KEY, keep_skipped=True)
    for number in (4, 1, 3, 0, 2):
        assert receive.open(number, frames[number], AD) == bytes([number])
        assert reason_of(receive, number, frames[number]) is FrameFailure.REPLAY
    assert not receive._skipped


def test_a_strict_chain_only_rises():
    frames = sealed(5)
    receive = ReceiveChain(KEY, keep_skipped=False)
    assert receive.open(2, frames[2], AD) == b"\x02"
    assert reason_of(receive, 1, frames[1]) is FrameFailure.REPLAY
    assert not receive._skipped
    assert receive.open(3, frames[3], AD) == b"\x03"


def test_kept_keys_are_bounded_and_the_oldest_go_first():
    frames = sealed(3 * SKIP_WINDOW)
    receive = ReceiveChain(KEY, keep_skipped=True)
    receive.open(SKIP_WINDOW, frames[SKIP_WINDOW], AD)
    receive.open(2 * SKIP_WINDOW, frames[2 * SKIP_WINDOW], AD)
    assert len(receive._skipped) == SKIP_WINDOW
    assert reason_of(receive, 0, frames[0]) is FrameFailure.REPLAY
    number = 2 * SKIP_WINDOW - 1
    assert receive.open(number, frames[number], AD) == bytes([number])


def test_used_keys_are_gone():
    frames = sealed(2)
    send, receive = SendChain(KEY), ReceiveChain(KEY, keep_skipped=True)
    send.seal(pad(b"", 16), AD)
    receive.open(0, frames[0], AD)
    assert send._chain_key != KEY
    assert receive._chain_key == send._chain_key


def test_an_exhausted_chain_refuses(monkeypatch):
    monkeypatch.setattr(chain, "_MAX_MESSAGES", 1)
    send = SendChain(KEY)
    send.seal(b"", AD)
    with pytest.raises(LocalProtocolError):
        send.seal(b"", AD)


def test_reprs_hide_keys():
    shown = repr(SendChain(KEY)) + repr(ReceiveChain(KEY, keep_skipped=True))
    assert shown == "SendChain(next=0)ReceiveChain(next=0)"
