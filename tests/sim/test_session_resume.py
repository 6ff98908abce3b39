"""Media dies and comes back under a fresh epoch; text and proof survive as ruled."""

from __future__ import annotations

import pytest
from tests.support.sim_pair import SimPair, phases

from safesession.core import inputs
from safesession.core.status import (
    EndReason,
    Phase,
    Problem,
    SafetyCodeState,
    TextRoute,
)


def drop_both(pair: SimPair, reason: str = "closed") -> None:
    events = [
        (end, inputs.PeerConnectionLost(end.connection.epoch, reason))
        for end in (pair.counselor, pair.client)
    ]
    for end, event in events:
        pair.give(end, event)


def verified_pair() -> SimPair:
    pair = SimPair()
    pair.meet()
    pair.compare()
    assert pair.client.status.verified
    return pair


def test_a_lost_connection_comes_back_without_a_code() -> None:
    pair = verified_pair()
    secret = pair.client.connection.secret
    drop_both(pair)
    pair.advance(3)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.client.connection.epoch == pair.counselor.connection.epoch >= 1
    assert pair.client.connection.secret != secret
    assert pair.client.connection.secret == pair.counselor.connection.secret
    assert pair.client.gate == pair.counselor.gate == (True, True)
    assert pair.client.status.verified
    assert pair.counselor.status.verified


def test_a_long_dropout_asks_for_the_words_again() -> None:
    pair = verified_pair()
    pair.wire_up = False
    pair.advance(150)
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    pair.wire_up = True
    pair.advance(60)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    for end in (pair.counselor, pair.client):
        assert not end.status.verified
        assert end.status.safety_code.state is SafetyCodeState.READY
    pair.compare()
    assert pair.client.status.verified


def test_counselor_alone_loses_media_and_asks_for_it() -> None:
    pair = verified_pair()
    counselor = pair.counselor
    event = inputs.PeerConnectionLost(counselor.connection.epoch, "closed")
    pair.give(counselor, event)
    pair.advance(10)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.client.connection.epoch == counselor.connection.epoch


def test_text_written_during_the_gap_arrives_once_in_order() -> None:
    pair = verified_pair()
    texts = []
    for round_ in range(4):
        drop_both(pair)
        for n in range(10):
            texts.append(f"{round_}.{n}")
            pair.give(pair.client, inputs.SendText(texts[-1]))
        pair.advance(3)
    assert pair.counselor.received == texts
    assert pair.client.status.text_route is TextRoute.DATA_CHANNEL


def test_relay_and_media_both_gone_then_back() -> None:
    pair = verified_pair()
    pair.wire_up = False
    pair.relay_up = False
    pair.give(pair.client, inputs.SendText("还在吗"))
    pair.advance(30)
    assert pair.counselor.received == []
    pair.relay_up = pair.wire_up = True
    pair.flush_mailboxes()
    pair.run()
    pair.advance(60)
    assert pair.counselor.received == ["还在吗"]
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


def test_frozen_stays_frozen_through_a_dropout() -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.PickSafetyCode(None))
    drop_both(pair)
    pair.advance(20)
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    for end in (pair.counselor, pair.client):
        assert end.gate == (False, False)
        assert end.status.problem is Problem.SAFETY_CODE_MISMATCH


def test_retry_now_does_not_wait_for_the_backoff() -> None:
    pair = verified_pair()
    pair.wire_up = False
    pair.advance(100)
    pair.wire_up = True
    pair.give(pair.client, inputs.RetryNow())
    assert pair.client.status.phase is Phase.IN_CALL


def test_a_man_in_the_middle_at_the_resume_gets_nothing() -> None:
    pair = verified_pair()
    pair.man_in_the_middle = True
    before = (len(pair.client.gates), len(pair.counselor.gates))
    drop_both(pair)
    pair.advance(20)
    later = pair.client.gates[before[0] :] + pair.counselor.gates[before[1] :]
    assert (True, True) not in later
    problems = {pair.client.status.problem, pair.counselor.status.problem}
    assert Problem.BIND_FAILED in problems


@pytest.mark.parametrize("who", ["client", "counselor"])
def test_leaving_during_the_gap_ends_both(who: str) -> None:
    pair = verified_pair()
    pair.wire_up = False
    pair.advance(10)
    pair.give(getattr(pair, who), inputs.Leave())
    reasons = {pair.client.status.ended, pair.counselor.status.ended}
    assert reasons == {EndReason.LEFT, EndReason.PEER_LEFT}
    assert pair.client.session.deadline is None
    assert pair.counselor.session.deadline is None


def test_a_replayed_resume_changes_nothing() -> None:
    pair = verified_pair()
    seen: list[tuple[str, bytes]] = []

    def record(sender: str, body: bytes) -> list[bytes]:
        seen.append((sender, body))
        return [body]

    pair.tamper_relay = record
    drop_both(pair)
    pair.advance(3)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    epoch = pair.client.connection.epoch
    for sender, body in seen:
        target = pair.client if sender == "counselor" else pair.counselor
        pair.give(target, inputs.EnvelopeReceived(body))
    pair.advance(3)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.client.connection.epoch == epoch
    assert pair.client.status.verified


def test_connections_that_fail_at_once_are_tried_ever_more_slowly() -> None:
    """Fresh keys are no success, only BIND is; or a server could spin both apps."""
    pair = verified_pair()
    pair.wire_up = False
    drop_both(pair)
    before = pair.client.connections
    for _ in range(600):
        for end in (pair.counselor, pair.client):
            if end.connection is not None:
                lost = inputs.PeerConnectionLost(end.connection.epoch, "no_route")
                pair.give(end, lost)
        pair.advance(0.1)
    assert 4 <= pair.client.connections - before <= 8
    pair.wire_up = True
    pair.advance(40)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    # And the next loss is answered quickly again.
    drop_both(pair)
    pair.advance(2)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


def test_a_whole_day_without_the_other_is_waited_out() -> None:
    """The pauses stop growing, and so does the number they are made of."""
    pair = verified_pair()
    pair.wire_up = False
    drop_both(pair)
    resume = pair.client.session._encounter._recovery.resume
    resume._tries = 5000
    pair.advance(60)
    assert resume._tries > 5000
    pair.wire_up = True
    pair.advance(60)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
