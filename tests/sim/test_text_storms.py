"""Text to the letter in every weather: exactly once, in order, acknowledged."""

from __future__ import annotations

import pytest
from tests.support.profiles import PROFILE
from tests.support.sim_pair import SimPair
from tests.support.text_storm import TextStorm, long_text

from safesession.core import effects, inputs
from safesession.core.messaging import WINDOW_BYTES
from safesession.core.status import TextRoute
from safesession.protocol.peer_messages import FrameKind


@pytest.mark.parametrize("part", range(4))
def test_storms_deliver_exactly_once(part: int) -> None:
    mishaps = set()
    for number in range(PROFILE.count(ci=20, soak=1500)):
        seed = f"{PROFILE.seed}:{part}:{number}"
        storm = TextStorm(seed)
        storm.storm(60, rough=(0.0, 0.1, 0.3, 0.5)[part])
        storm.settle()
        storm.settled()
        mishaps |= set(storm.mishaps)
    wanted = {"forged", "line", "new epoch", "replayed", "wire"}
    if part:
        wanted |= {"doubled", "late", "lost"}
    assert mishaps >= wanted


def test_two_hundred_of_the_longest_at_once_come_in_small_portions() -> None:
    """Whatever is handed over at once stands in front of the heartbeats."""
    pair = TextStorm("burst")
    texts = [long_text(number) for number in range(200)]
    assert {len(text.encode()) > 29_000 for text in texts} == {True}
    held: list[tuple] = []
    pair.deliver = lambda end, event, **_: held.append((end, event))
    for text in texts:
        pair.write(pair.client, text)
    assert sum(len(event.untrusted_body) for _, event in held) <= WINDOW_BYTES
    del pair.deliver
    for item in held:
        pair.queue.append(item)
    pair.run()
    pair.settle()
    pair.settled()


def test_a_slow_line_is_given_its_time() -> None:
    """48 KiB take six seconds at 64 kbit/s: nothing is sent a second time before."""
    pair = TextStorm("slow")
    pair.write(pair.client, long_text(1))
    pair.advance(0.1)
    mark = len(pair.client.log)
    late: list[tuple] = []
    pair.deliver = lambda end, event, *, text: (
        late.append((end, event)) if text else pair.queue.append((end, event))
    )
    pair.write(pair.client, long_text(2))
    pair.advance(6.0)
    frames = [
        effect
        for effect in pair.client.log[mark:]
        if isinstance(effect, effects.SendControl | effects.SendEnvelope)
        and effect.body[0] == FrameKind.TEXT
    ]
    assert len(frames) == len(late) == 1
    assert pair.client.status.text_route is TextRoute.DATA_CHANNEL
    del pair.deliver
    pair.queue += late
    pair.run()
    pair.settled()


def test_a_way_that_confirms_nothing_is_tried_ever_more_slowly() -> None:
    """Heartbeats pass, no text does, on either way: the load stays bounded."""
    pair = TextStorm("deaf")
    pair.deliver = lambda end, event, *, text: (
        None if text else pair.queue.append((end, event))
    )
    pair.write(pair.client, "听得见吗")
    mark = len(pair.client.log)
    pair.advance(600.0)
    again = [
        effect
        for effect in pair.client.log[mark:]
        if isinstance(effect, effects.SendControl | effects.SendEnvelope)
        and effect.body[0] == FrameKind.TEXT
    ]
    assert 8 <= len(again) <= 20
    del pair.deliver
    pair.settle()
    pair.settled()


def test_the_check_bites(monkeypatch) -> None:
    """Without the receiver's memory of ids, a resent text would show twice."""
    from safesession.core.messaging import Messaging

    def forgetful(self, message_id, text, at):
        self._received = message_id - 1
        self._early.clear()
        return take(self, message_id, text, at)

    take = Messaging._take
    monkeypatch.setattr(Messaging, "_take", forgetful)
    with pytest.raises(AssertionError):  # noqa: PT012 - any of the checks may bite
        for number in range(20):
            storm = TextStorm(f"control:{number}")
            storm.storm(60, rough=0.3)
            storm.settle()
            storm.settled()


def test_what_is_no_text_is_refused_by_itself() -> None:
    pair = TextStorm("refused")
    for text in ("", "字" * 10_001):
        pair.give(pair.client, inputs.SendText(text))
    pair.write(pair.client, "𠮷" * 10_000)  # four bytes each: the largest there is
    pair.settle()
    assert pair.counselor.received == ["𠮷" * 10_000]


def test_parts_of_a_long_text_are_a_sign_of_life_after_bind_only() -> None:
    pair = TextStorm("thin")
    pair.wire_up = False
    for _ in range(20):
        pair.advance(0.5)
        for end in (pair.counselor, pair.client):
            pair.give(end, inputs.ChannelProgress(0))
            pair.give(end, inputs.ChannelProgress(1))  # of no epoch there is
    assert pair.client.status.text_route is TextRoute.DATA_CHANNEL
    assert pair.client.gate == (True, True)
    pair.advance(6.0)
    assert pair.client.gate == (False, False)
    unbound = SimPair(seed="unbound")
    unbound.tamper_channel = lambda _sender, _body: []
    unbound.meet()
    for end in (unbound.counselor, unbound.client):
        unbound.give(end, inputs.ChannelProgress(0))
    assert unbound.client.gates == unbound.counselor.gates == []


def test_text_does_not_wait_for_a_channel_that_stands_no_more() -> None:
    """Only the other side had noticed the loss: the new epoch begins on the relay."""
    pair = TextStorm("one-sided")
    lost = inputs.PeerConnectionLost(pair.counselor.connection.epoch, "closed")
    pair._dtls = lambda: None  # the new connection is not made
    pair.give(pair.counselor, lost)
    pair.advance(0.5)
    assert pair.client.session._encounter._epoch.number == 1
    assert pair.client.status.text_route is TextRoute.RELAY
    pair.write(pair.client, "还在吗")
    assert pair.counselor.received == ["还在吗"]


def test_text_comes_back_to_the_channel_after_a_detour() -> None:
    pair = TextStorm("detour")
    deaf = True

    def deliver(end, event, *, text: bool) -> None:
        if not (deaf and text and isinstance(event, inputs.ControlReceived)):
            pair.queue.append((end, event))

    pair.deliver = deliver
    pair.write(pair.client, "一")
    pair.advance(1.0)
    assert pair.counselor.received == []
    pair.advance(3.0)
    assert pair.counselor.received == ["一"], "over the relay"
    deaf = False
    pair.write(pair.client, "二")
    pair.advance(0.5)
    assert pair.client.status.text_route is TextRoute.DATA_CHANNEL
    pair.settled()
