"""What was confirmed holds exactly as long as PROTOCOL §7.2 says, on both sides."""

from __future__ import annotations

import pytest
from tests.support.sim_pair import Endpoint, SimPair, phases

from safesession.core import inputs
from safesession.core.status import Phase, SafetyCodeState
from safesession.protocol.peer_messages import FrameKind, SafetyAgain, SafetyResult


def verified_pair() -> SimPair:
    pair = SimPair()
    pair.meet()
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.status.verified
    return pair


def both(pair: SimPair) -> tuple[Endpoint, Endpoint]:
    return pair.counselor, pair.client


def drop_both(pair: SimPair) -> None:
    for end in both(pair):
        lost = inputs.PeerConnectionLost(end.connection.epoch, "closed")
        pair.queue.append((end, lost))
    pair.run()


def say(pair: SimPair, end: Endpoint, message) -> None:
    """Let an attacker who holds the keys of `end` speak for it."""
    frame = end.session._encounter._epoch.seal(message)
    pair.give(pair.other(end), inputs.ControlReceived(end.connection.epoch, frame))


@pytest.mark.parametrize("victim", ["client", "counselor"])
def test_the_peer_alone_cannot_undo_a_mismatch(victim: str) -> None:
    pair = SimPair()
    pair.meet()
    end = getattr(pair, victim)
    other = pair.other(end)
    pair.give(end, inputs.PickSafetyCode(None))
    mark = len(end.gates)
    for run in (1, 2, 3, 999):
        say(pair, other, SafetyAgain(run))
        say(pair, other, SafetyResult(run, matched=True))
    pair.advance(60)
    assert end.status.phase is Phase.FROZEN
    assert (True, True) not in end.gates[mark:]
    assert not end.status.verified


def test_verified_does_not_outlive_two_minutes_without_media() -> None:
    pair = verified_pair()
    pair.wire_up = False
    pair.advance(60)
    assert pair.client.status.phase is Phase.RECONNECTING
    assert pair.client.status.verified, "a short dropout keeps it"
    pair.advance(66)
    for end in both(pair):
        assert end.status.phase is Phase.RECONNECTING
        assert not end.status.verified


@pytest.mark.parametrize("sleeper", ["client", "counselor"])
def test_a_machine_that_slept_compares_again(sleeper: str) -> None:
    """One side alone notices the gap; the fresh comparison wins on both."""
    pair = verified_pair()
    end = getattr(pair, sleeper)
    other = pair.other(end)
    pair.wire_up = False
    pair.advance(30)  # the other side's clock knows of a short dropout only
    end.session._encounter._verification.lost_at -= 200
    end.session._encounter._verification._expires_at -= 200
    pair.advance(1)
    assert not end.status.verified
    assert other.status.verified
    pair.wire_up = True
    pair.advance(60)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    for side in both(pair):
        assert not side.status.verified
        assert side.status.safety_code.state is SafetyCodeState.READY
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.status.verified


@pytest.mark.parametrize("sleeper", ["client", "counselor"])
def test_the_same_in_a_fresh_epoch(sleeper: str) -> None:
    pair = verified_pair()
    end = getattr(pair, sleeper)
    pair.relay_up = False
    drop_both(pair)
    pair.advance(10)
    end.session._encounter._verification.lost_at -= 200
    end.session._encounter._verification._expires_at -= 200
    pair.advance(1)
    pair.relay_up = True
    pair.flush_mailboxes()
    pair.run()
    pair.advance(60)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    for side in both(pair):
        assert side.status.safety_code.state is SafetyCodeState.READY
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.status.verified


def test_the_gap_counts_from_the_last_sign_of_life() -> None:
    pair = verified_pair()
    pair.wire_up = False
    pair.now += 600  # nothing ran meanwhile: the machine slept
    pair.advance(0)
    assert not pair.client.status.verified


@pytest.mark.parametrize("who", ["client", "counselor"])
def test_a_mismatch_the_other_side_never_heard_of_is_said_again(who: str) -> None:
    pair = SimPair()
    pair.meet()
    end = getattr(pair, who)
    pair.tamper_channel = lambda _sender, _body: []
    pair.give(end, inputs.PickSafetyCode(None))
    assert end.status.phase is Phase.FROZEN
    assert pair.other(end).status.phase is Phase.IN_CALL
    pair.tamper_channel = lambda _sender, body: [body]
    drop_both(pair)
    pair.advance(20)
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    # The way on is still there.
    for side in both(pair):
        pair.give(side, inputs.StartSafetyCode())
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.status.verified


def test_a_dropout_during_the_exchange_blames_nobody() -> None:
    pair = SimPair()
    held: list[bytes] = []

    def cut(sender: str, body: bytes) -> list[bytes]:
        # The counselor's opening never arrives; then the wire is dead for a minute.
        late = sender == "client" and body[0] == FrameKind.SIGNAL
        if late and not held:
            held.append(body)
            pair._wire_up = False
            return []
        return [body]

    pair.tamper_channel = cut
    pair.meet()
    pair.advance(60)
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    pair.wire_up = True
    pair.advance(60)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    pair.compare()
    assert pair.client.status.verified


def test_an_exchange_the_peer_lets_stand_is_a_mismatch_on_both_sides() -> None:
    pair = SimPair()
    seen: list[bytes] = []

    def without_the_share(sender: str, body: bytes) -> list[bytes]:
        if sender == "client" and body[0] == FrameKind.SIGNAL:
            seen.append(body)
            return [] if len(seen) == 2 else [body]  # the first is the media state
        return [body]

    pair.tamper_channel = without_the_share
    pair.meet()
    pair.advance(40)
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)


def test_compare_again_after_a_match_takes_the_badge_away_first() -> None:
    pair = verified_pair()
    pair.give(pair.client, inputs.StartSafetyCode())
    for end in both(pair):
        assert not end.status.verified
        assert end.status.safety_code.state is SafetyCodeState.READY
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.status.verified


def test_three_mismatches_are_the_end_even_across_epochs() -> None:
    pair = SimPair()
    pair.meet()
    for _ in range(3):
        pair.give(pair.counselor, inputs.PickSafetyCode(None))
        assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
        drop_both(pair)
        pair.advance(20)
        for end in both(pair):
            pair.give(end, inputs.StartSafetyCode())
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
