"""Histories that storms found and that once broke a promise, as short as they get."""

from __future__ import annotations

import pytest
from tests.support.sim_pair import SimPair, phases

from safesession.core import inputs
from safesession.core.status import Phase, SafetyCodeState
from safesession.protocol.peer_messages import FrameKind, pack_frame


def test_a_failed_run_freezes_a_peer_who_never_heard_it_begin() -> None:
    """Else one side is frozen and the other still says *verified*."""
    pair = SimPair()
    pair.meet()
    pair.compare()
    pair.tamper_channel = lambda _sender, _body: []
    pair.give(pair.counselor, inputs.StartSafetyCode())
    pair.tamper_channel = lambda _sender, body: [body]
    pair.advance(31)
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    assert not pair.client.status.verified


def without_relay(pair: SimPair) -> None:
    pair.relay_up = False
    for end in (pair.counselor, pair.client):
        pair.give(end, inputs.ServerLinkChanged(up=False, retry_in_s=1.0))


@pytest.mark.parametrize("relay", [True, False])
def test_a_moment_of_silence_does_not_end_a_comparison(*, relay: bool) -> None:
    """The answers once took the relay: too late, or overtaken and refused."""
    pair = SimPair()
    held: list[tuple[str, bytes]] = []

    def hold(sender: str, body: bytes) -> list[bytes]:
        if body[0] == FrameKind.BIND:
            return [body]
        held.append((sender, body))
        return []

    pair.tamper_channel = hold
    pair.meet()
    if relay:
        pair.relay_up = False  # slow: what it is given arrives at the end
    else:
        without_relay(pair)
    pair.advance(3)
    pair.tamper_channel = lambda _sender, body: [body]
    for sender, body in held:
        to = pair.client if sender == "counselor" else pair.counselor
        pair.queue.append((to, inputs.ControlReceived(0, body)))
    pair.run()
    if relay:
        pair.relay_up = True
        pair.flush_mailboxes()
    pair.advance(40)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    pair.compare()
    assert pair.client.status.verified


@pytest.mark.parametrize("who", ["client", "counselor"])
def test_words_picked_in_a_moment_of_silence_take_the_channel(who: str) -> None:
    pair = SimPair()
    pair.meet()
    without_relay(pair)
    end = getattr(pair, who)
    other = pair.other(end)
    pair.tamper_channel = lambda _sender, _body: []
    pair.advance(3)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    pair.tamper_channel = lambda _sender, body: [body]
    pair.give(end, inputs.PickSafetyCode(None))
    assert end.status.phase is Phase.FROZEN
    assert other.status.safety_code.state is SafetyCodeState.MISMATCHED


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_no_single_lost_message_of_a_resume_parts_two_people(number: int) -> None:
    """A lost M5 once left them in two epochs: no media, and no text, for ever."""
    pair = SimPair()
    pair.meet()
    pair.compare()
    lost: list[bytes] = []

    def lose_one(_sender: str, body: bytes) -> list[bytes]:
        if body[1:5] == b"SS1%d" % number and not lost:
            lost.append(body)
            return []
        return [body]

    pair.tamper_relay = lose_one
    for end in (pair.counselor, pair.client):
        dropped = inputs.PeerConnectionLost(end.connection.epoch, "closed")
        pair.queue.append((end, dropped))
    pair.run()
    pair.give(pair.client, inputs.SendText("还在吗"))
    pair.advance(40)
    assert lost
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.counselor.received == ["还在吗"]


def sleeping(pair: SimPair, seconds: float, first: str) -> None:
    """Both machines sleep; then a timer or a frame comes first."""
    pair.now += seconds
    if first == "timer":
        pair.advance(0)
    for end in (pair.counselor, pair.client):
        beat = inputs.ControlReceived(0, pack_frame(FrameKind.HEARTBEAT))
        pair.give(end, beat)
    pair.advance(3)


@pytest.mark.parametrize("first", ["timer", "frame"])
def test_a_sleep_during_the_exchange_blames_nobody(first: str) -> None:
    pair = SimPair()
    held: list[bytes] = []

    def hold(sender: str, body: bytes) -> list[bytes]:
        """The channel is ordered: what is held holds up what follows."""
        if sender == "client" and (held or body[0] == FrameKind.SIGNAL):
            held.append(body)
            return []
        return [body]

    pair.tamper_channel = hold
    pair.meet()
    sleeping(pair, 500, first)
    pair.tamper_channel = lambda _sender, body: [body]
    for body in held:
        pair.queue.append((pair.counselor, inputs.ControlReceived(0, body)))
    pair.run()
    pair.advance(40)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


@pytest.mark.parametrize("first", ["timer", "frame"])
def test_no_confirmation_outlives_a_long_sleep(first: str) -> None:
    pair = SimPair()
    pair.meet()
    pair.compare()
    sleeping(pair, 500, first)
    assert not pair.client.status.verified
    assert not pair.counselor.status.verified
