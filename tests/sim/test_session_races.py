"""Orders of events that a slow line makes, and a test bench on loopback never does."""

from __future__ import annotations

from tests.support.sim_pair import SimPair, phases

from safesession.core import inputs
from safesession.core.effects import SetMediaGate
from safesession.core.status import Phase


def drop_both(pair: SimPair) -> None:
    for end in (pair.counselor, pair.client):
        lost = inputs.PeerConnectionLost(end.connection.epoch, "closed")
        pair.queue.append((end, lost))
    pair.run()


def test_an_offer_that_comes_before_our_relay_credentials_is_kept() -> None:
    pair = SimPair()
    pair.turn_unanswered.add("counselor")
    pair.meet()
    assert pair.counselor.connection is None
    pair.advance(1.0)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


def test_an_offer_of_a_resumed_epoch_is_kept_too() -> None:
    pair = SimPair()
    pair.meet()
    pair.turn_unanswered.add("counselor")
    drop_both(pair)
    pair.advance(3.0)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


def test_a_frozen_gate_does_not_open_even_for_a_moment() -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.PickSafetyCode(None))
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    marks = {end.name: len(end.log) for end in (pair.counselor, pair.client)}
    drop_both(pair)
    pair.advance(20)
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    for end in (pair.counselor, pair.client):
        later = end.log[marks[end.name] :]
        opened = [e for e in later if isinstance(e, SetMediaGate) and e.send]
        assert opened == []
