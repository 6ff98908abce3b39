"""The text ratchet as PROTOCOL §8 wants it, with a minimal sender and receiver
on top: exactly once, in order, whatever the two transports do."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.crypto import kit

from safesession.crypto.chain import FrameFailure
from safesession.crypto.ratchet import (
    MAX_TEXT_BYTES,
    TEXT_SIZES,
    RatchetError,
    TextChains,
    TextFrame,
)
from safesession.crypto.role import Role
from safesession.errors import LocalProtocolError


KEYS = kit.session_keys()


def pair(epoch=0, keys=KEYS):
    return TextChains(Role.CLIENT, keys, epoch), TextChains(Role.COUNSELOR, keys, epoch)


def reason_of(chains, frame):
    with pytest.raises(RatchetError) as caught:
        chains.open(frame)
    return caught.value.reason


@pytest.mark.parametrize(
    ("length", "size"),
    [(0, 256), (200, 256), (255, 1024), (30_000, 49152), (MAX_TEXT_BYTES, 49152)],
)
def test_frames_open_and_show_only_their_size_class(length, size):
    a, b = pair()
    frame = a.seal(7, 3, b"t" * length)
    assert len(frame) == 25 + size + 16
    assert b.open(frame) == TextFrame(7, 3, b"t" * length)


def test_ten_thousand_chinese_characters_fit():
    a, b = pair()
    text = "字" * 10_000
    assert b.open(a.seal(1, 0, text.encode())).body.decode() == text


@pytest.mark.parametrize(
    ("message_id", "ack", "length"),
    [(-1, 0, 1), (1 << 64, 0, 1), (1, -1, 1), (1, 1 << 64, 1), (1, 1, 49151)],
)
def test_what_cannot_be_sealed_is_our_own_mistake(message_id, ack, length):
    a, b = pair()
    with pytest.raises(LocalProtocolError):
        a.seal(message_id, ack, bytes(length))
    assert b.open(a.seal(1, 2, b"next")).body == b"next"


def test_a_resend_is_a_new_frame():
    a, b = pair()
    first, second = a.seal(1, 0, b"same"), a.seal(1, 0, b"same")
    assert first[25:41] != second[25:41]
    assert b.open(second) == b.open(first)


def test_replay_gap_reflection_and_other_epochs():
    a, b = pair()
    frames = [a.seal(n + 1, 0, bytes([n])) for n in range(140)]
    assert reason_of(a, frames[0]) is FrameFailure.FORGED
    b.open(frames[0])
    assert reason_of(b, frames[0]) is FrameFailure.REPLAY
    assert reason_of(b, frames[66]) is FrameFailure.GAP
    assert b.open(frames[65]).message_id == 66
    assert b.open(frames[1]).message_id == 2
    assert reason_of(b, frames[1]) is FrameFailure.REPLAY
    assert reason_of(b, b"\x02" + frames[67][1:]) is FrameFailure.FORMAT
    other = pair(1)[1]
    assert reason_of(other, frames[0]) is FrameFailure.EPOCH
    moved = frames[0][:1] + (1).to_bytes(4, "big") + frames[0][5:]
    assert reason_of(other, moved) is FrameFailure.FORGED
    assert (
        reason_of(pair(0, kit.session_keys("x"))[1], frames[0]) is FrameFailure.FORGED
    )
    assert (a.epoch, other.epoch) == (0, 1)
    for epoch in (-1, 1 << 32):
        with pytest.raises(LocalProtocolError):
            pair(epoch)


def test_the_header_is_authenticated_and_forgeries_cost_nothing():
    a, b = pair()
    frame = a.seal(1, 2, b"hello")
    for position in range(len(frame)):
        changed = bytearray(frame)
        changed[position] ^= 1 << (position % 8)
        assert reason_of(b, bytes(changed)) in {
            FrameFailure.FORMAT,
            FrameFailure.EPOCH,
            FrameFailure.GAP,
            FrameFailure.FORGED,
        }
    assert b.open(frame) == TextFrame(1, 2, b"hello")


@given(st.binary(max_size=60), st.sampled_from(TEXT_SIZES))
def test_any_bytes_are_refused_by_name(data, size):
    _, b = pair()
    for candidate in (data, data.ljust(25 + size + 16, b"\0")):
        assert reason_of(b, candidate) in FrameFailure
        assert reason_of(b, b"\x01" + candidate[1:]) in FrameFailure


def test_repr_hides_the_text():
    assert "hello" not in repr(TextFrame(1, 2, b"hello"))


class Talker:
    """The least that ids, acks and resending can be; the real one is elsewhere."""

    def __init__(self, role):
        self.role = role
        self.unacked = {}
        self.next_id = 1
        self.inbox = []
        self.early = {}

    def rekey(self, keys, epoch):
        self.chains = TextChains(self.role, keys, epoch)
        return [
            self.chains.seal(i, len(self.inbox), m) for i, m in self.unacked.items()
        ]

    def say(self, body):
        self.unacked[self.next_id] = body
        self.next_id += 1
        return self.chains.seal(self.next_id - 1, len(self.inbox), body)

    def acknowledge(self):
        return self.chains.seal(0, len(self.inbox), b"")

    def hear(self, frame):
        opened = self.chains.open(frame)
        for message_id in [i for i in self.unacked if i <= opened.ack]:
            del self.unacked[message_id]
        if opened.message_id > len(self.inbox):
            self.early[opened.message_id] = opened.body
        while len(self.inbox) + 1 in self.early:
            self.inbox.append(self.early.pop(len(self.inbox) + 1))


@pytest.mark.parametrize("seed", range(12))
def test_exactly_once_and_in_order_through_everything(seed):
    random.seed(f"talk {seed}")
    a, b = Talker(Role.CLIENT), Talker(Role.COUNSELOR)
    epoch = 0

    def rekey():
        nonlocal epoch
        keys = kit.session_keys((seed, epoch))
        epoch += 1
        return [(b, f) for f in a.rekey(keys, epoch)] + [
            (a, f) for f in b.rekey(keys, epoch)
        ]

    wire = rekey()
    said = {a: [], b: []}
    refused = set()

    def hear(listener, frame):
        try:
            listener.hear(frame)
        except RatchetError as error:
            refused.add(error.reason)

    for step in range(250):
        speaker, listener = random.choice([(a, b), (b, a)])
        if random.random() < 0.7:
            body = f"{speaker.role} {step} ".encode() * random.randrange(1, 30)
            said[speaker].append(body)
            wire.append((listener, speaker.say(body)))
        if random.random() < 0.02:
            wire = rekey()  # everything in flight is lost
        while wire and random.random() < 0.6:
            to, frame = wire.pop(random.randrange(min(8, len(wire))))
            fate = random.random()
            if fate < 0.05:
                continue
            hear(to, frame)
            if fate > 0.9:
                hear(to, frame)
            if fate > 0.97:
                changed = bytearray(frame)
                changed[random.randrange(len(changed))] ^= 1
                hear(to, bytes(changed))
        if random.random() < 0.1:
            wire += [(b, a.acknowledge()), (a, b.acknowledge())]
    for _ in range(4):
        for to, frame in rekey():
            hear(to, frame)
        b.hear(a.acknowledge())
        a.hear(b.acknowledge())
    assert b.inbox == said[a]
    assert a.inbox == said[b]
    assert not a.unacked
    assert not b.unacked
    assert FrameFailure.REPLAY in refused
