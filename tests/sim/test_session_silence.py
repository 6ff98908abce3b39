"""Silence is noticed on time, wherever between two heartbeats it began."""

from __future__ import annotations

import pytest
from tests.support.sim_pair import SimPair, phases

from safesession.core import inputs
from safesession.core.call import LOST_AFTER_S, STALE_AFTER_S
from safesession.core.status import Phase, TextRoute


JUST_S = 0.01


@pytest.mark.parametrize("after_a_heartbeat_s", [0.0, 0.1, 0.5, 0.9])
def test_silence_is_noticed_on_time(after_a_heartbeat_s: float) -> None:
    pair = SimPair()
    pair.meet()
    pair.advance(3 + after_a_heartbeat_s)
    ends = (pair.counselor, pair.client)
    for end in ends:
        pair.give(end, inputs.ChannelProgress(end.connection.epoch))
    pair.wire_up = pair.relay_up = False
    pair.advance(STALE_AFTER_S - JUST_S)
    assert {e.status.text_route for e in ends} == {TextRoute.DATA_CHANNEL}
    pair.advance(2 * JUST_S)
    assert {e.status.text_route for e in ends} == {TextRoute.RELAY}
    pair.advance(LOST_AFTER_S - STALE_AFTER_S - 2 * JUST_S)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert {e.gate for e in ends} == {(True, True)}
    pair.advance(2 * JUST_S)
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    assert {e.gate for e in ends} == {(False, False)}


def test_the_same_epoch_goes_on_when_its_heartbeat_is_back() -> None:
    """Without the server no RESUME is possible, and none is needed."""
    pair = SimPair()
    pair.meet()
    pair.compare()
    before = [end.connection for end in (pair.counselor, pair.client)]
    pair.wire_up = pair.relay_up = False
    pair.advance(60)
    pair.give(pair.client, inputs.SendText("还在吗"))
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    pair.wire_up = True
    pair.advance(6)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    for end, connection in zip((pair.counselor, pair.client), before, strict=True):
        assert end.connection is connection
        assert end.gate == (True, True)
        assert end.status.verified
    assert pair.counselor.received == ["还在吗"]
