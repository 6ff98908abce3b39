"""Histories that storms found and that once broke a promise, as short as they get."""

from __future__ import annotations

from tests.support.sim_pair import SimPair, phases

from safesession.core import inputs
from safesession.core.status import Phase


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
