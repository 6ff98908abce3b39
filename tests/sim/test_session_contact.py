"""A dropout by the clock: its steps, its figures, its end, on both sides alike."""

from __future__ import annotations

import pytest
from tests.support.sim_pair import Endpoint, SimPair, phases

from safesession.core import inputs
from safesession.core.contact_view import (
    CALL_AFTER_S,
    END_AFTER_S,
    SUSPEND_AFTER_S,
    ContactState,
    ContactView,
)
from safesession.core.status import EndReason, Phase, Role
from safesession.protocol.path_messages import Away
from safesession.protocol.peer_messages import Bye, MediaState


JUST_S = 0.01
SAME_S = 1.2  # a heartbeat, and a little


def both(pair: SimPair) -> tuple[Endpoint, Endpoint]:
    return pair.counselor, pair.client


def contact(end: Endpoint) -> ContactView:
    return end.status.contact


def met_pair() -> SimPair:
    """Two who have heard each other this very moment."""
    pair = SimPair()
    pair.meet()
    pair.compare()
    pair.advance(10)
    for end in both(pair):
        pair.give(end, inputs.ChannelProgress(end.connection.epoch))
    return pair


def cut(pair: SimPair) -> None:
    pair.wire_up = pair.relay_up = False


def mend(pair: SimPair) -> None:
    pair.wire_up = pair.relay_up = True
    pair.flush_mailboxes()
    pair.run()


def states(pair: SimPair) -> set[ContactState]:
    return {contact(end).state for end in both(pair)}


def say(pair: SimPair, end: Endpoint, message: Away | Bye | MediaState) -> None:
    epoch = end.session._encounter._epoch
    away = isinstance(message, Away)
    frame = epoch.seal_path(message) if away else epoch.seal(message)
    pair.give(pair.other(end), inputs.EnvelopeReceived(frame))


def test_each_step_comes_at_its_second() -> None:
    pair = met_pair()
    cut(pair)
    steps = [
        (2.0, ContactState.TOGETHER, ContactState.UNSTABLE),
        (5.0, ContactState.UNSTABLE, ContactState.AWAY),
        (CALL_AFTER_S, ContactState.AWAY, ContactState.CALL_DUE),
        (SUSPEND_AFTER_S, ContactState.CALL_DUE, ContactState.SUSPENDED),
    ]
    begun = pair.now
    for at_s, before, after in steps:
        pair.advance(begun + at_s - JUST_S - pair.now)
        assert states(pair) == {before}
        pair.advance(2 * JUST_S)
        assert states(pair) == {after}
    pair.advance(begun + END_AFTER_S - JUST_S - pair.now)
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    pair.advance(2 * JUST_S)
    for end in both(pair):
        assert end.status.phase is Phase.ENDED
        assert end.status.ended is EndReason.DROPOUT
        assert end.status.problem is None
        assert end.session.deadline is None
        view = contact(end)
        assert view.gaps == 1
        assert view.away_in_all_s(pair.now + 500) == pytest.approx(END_AFTER_S)


def test_a_moment_of_silence_is_no_dropout() -> None:
    pair = met_pair()
    cut(pair)
    pair.advance(3)
    assert states(pair) == {ContactState.UNSTABLE}
    mend(pair)
    pair.advance(2)
    for end in both(pair):
        assert contact(end).state is ContactState.TOGETHER
        assert contact(end).gaps == 0
        assert contact(end).away_in_all_s(pair.now) == 0


def test_figures_after_dropouts_agree() -> None:
    pair = met_pair()
    for gap_s in (20.0, 40.0):
        cut(pair)
        pair.advance(gap_s)
        mend(pair)
        pair.advance(30)
        assert states(pair) == {ContactState.TOGETHER}
    pair.give(pair.client, inputs.Leave())
    for end in both(pair):
        view = contact(end)
        assert view.gaps == 2
        assert view.away_in_all_s(pair.now) == pytest.approx(62, abs=2 * SAME_S)
        assert view.together_s(pair.now) == pytest.approx(70, abs=2 * SAME_S)
        assert view.length_s(pair.now + 99) == pytest.approx(pair.now - view.met_s)


def test_the_sessions_clock_stands_while_it_is_suspended() -> None:
    pair = met_pair()
    cut(pair)
    pair.advance(SUSPEND_AFTER_S)
    stopped = [contact(end).length_s(pair.now) for end in both(pair)]
    pair.advance(120)
    for end, at_s in zip(both(pair), stopped, strict=True):
        assert contact(end).length_s(pair.now) == pytest.approx(at_s, abs=0.01)
    mend(pair)
    pair.advance(10)
    assert states(pair) == {ContactState.TOGETHER}
    for end, at_s in zip(both(pair), stopped, strict=True):
        assert contact(end).length_s(pair.now) == pytest.approx(at_s + 10, abs=SAME_S)


def test_both_see_the_clock_of_whoever_noticed_first() -> None:
    """One direction dies: the client hears nothing, the counselor goes on hearing."""
    pair = met_pair()
    deaf_since = pair.now
    pair.tamper_channel = lambda sender, body: [] if sender == "counselor" else [body]
    pair.advance(4)
    pair.wire_up = True
    pair._wire_up = False  # nor does a fresh connection come about
    pair.advance(20)
    assert states(pair) == {ContactState.AWAY}
    for end in both(pair):
        assert contact(end).away_since_s == pytest.approx(deaf_since, abs=0.02)


def test_whoever_answers_a_resume_is_not_in_a_call_any_more() -> None:
    """Only the client has lost it, and the fresh connection takes its time."""
    pair = met_pair()
    pair._wire_up = False
    lost = inputs.PeerConnectionLost(pair.client.connection.epoch, "closed")
    pair.give(pair.client, lost)
    pair.advance(1)
    assert pair.counselor.connection.epoch == 1
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    assert pair.counselor.gate == pair.client.gate == (False, False)


def test_a_return_that_one_side_alone_saw_is_none() -> None:
    """One frame gets through, one way: the other's dropout has never ended."""
    pair = met_pair()
    begun = pair.now
    cut(pair)
    pair.advance(100)
    beat = bytes([5])
    pair.give(pair.client, inputs.ControlReceived(pair.client.connection.epoch, beat))
    assert contact(pair.client).state is ContactState.TOGETHER
    assert contact(pair.counselor).state is ContactState.CALL_DUE
    pair.advance(20)
    assert contact(pair.client).state is ContactState.AWAY
    say(pair, pair.counselor, Away(120_000))
    assert contact(pair.client).away_since_s == pytest.approx(begun, abs=0.02)
    assert contact(pair.client).gaps == 1
    pair.advance(begun + END_AFTER_S - pair.now + 2 * JUST_S)
    assert {end.status.ended for end in both(pair)} == {EndReason.DROPOUT}


@pytest.mark.parametrize("timers_first", [True, False])
@pytest.mark.parametrize("sleeper", ["client", "counselor"])
def test_a_process_stopped_for_thirty_seconds(
    sleeper: str, *, timers_first: bool
) -> None:
    """Its clock went on; whatever it does first, it says what has happened."""
    pair = met_pair()
    end = getattr(pair, sleeper)
    other = pair.other(end)
    pair.asleep.add(sleeper)
    pair.advance(30)
    assert contact(other).state is ContactState.AWAY
    assert contact(end).state is ContactState.TOGETHER  # as it was left
    assert contact(end).length_s(pair.now) == pytest.approx(
        contact(other).length_s(pair.now), abs=SAME_S
    )
    pair.wake(end, timers_first=timers_first)
    pair.advance(10)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    for side in both(pair):
        view = contact(side)
        assert view.state is ContactState.TOGETHER
        assert view.gaps == 1
        assert view.away_in_all_s(pair.now) == pytest.approx(30, abs=SAME_S)
        assert side.status.verified


@pytest.mark.parametrize("timers_first", [True, False])
@pytest.mark.parametrize("sleeper", ["client", "counselor"])
def test_a_machine_that_slept_through_the_end(
    sleeper: str, *, timers_first: bool
) -> None:
    pair = met_pair()
    end = getattr(pair, sleeper)
    pair.asleep.add(sleeper)
    pair.advance(3600)
    assert pair.other(end).status.ended is EndReason.DROPOUT
    pair.wake(end, timers_first=timers_first)
    pair.advance(3)
    assert end.status.phase is Phase.ENDED
    away_s = contact(end).away_in_all_s(pair.now)
    if end.status.ended is EndReason.DROPOUT:
        assert away_s == pytest.approx(END_AFTER_S)


def test_a_sign_of_life_inside_a_text_counts_the_sleep_before_it() -> None:
    """A machine slept for ten minutes; a part of a long text is what it hears first."""
    pair = met_pair()
    assert pair.client.status.verified
    pair.now += 600
    pair.give(pair.client, inputs.ChannelProgress(pair.client.connection.epoch))
    assert not pair.client.status.verified
    assert contact(pair.client).gaps == 1
    assert contact(pair.client).away_before_s == pytest.approx(600, abs=SAME_S)


def test_only_who_misses_the_other_can_have_lost_them() -> None:
    pair = met_pair()
    say(pair, pair.client, Bye("dropout"))
    assert pair.counselor.status.ended is EndReason.PEER_LEFT

    pair = met_pair()
    pair._wire_up = False
    pair.advance(30)
    say(pair, pair.client, Bye("dropout"))
    assert pair.counselor.status.ended is EndReason.DROPOUT


def test_a_clock_of_the_other_side_never_begins_before_the_meeting() -> None:
    pair = met_pair()
    pair.wire_up = False
    pair.advance(6)
    say(pair, pair.client, Away(900_000))
    view = contact(pair.counselor)
    assert view.away_since_s == view.met_s
    assert pair.counselor.status.phase is Phase.RECONNECTING


def test_who_is_not_heard_is_told_that_the_line_is_unsteady() -> None:
    """We hear them; they say that they do not hear us, and then that they do."""
    pair = met_pair()
    before = contact(pair.counselor)
    say(pair, pair.client, Away(5_000))
    assert contact(pair.counselor).state is ContactState.UNSTABLE
    assert pair.counselor.status.phase is Phase.IN_CALL
    say(pair, pair.client, MediaState("on", "on"))
    assert contact(pair.counselor) == before


def test_a_mismatch_stays_readable_whatever_the_line_does() -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.PickSafetyCode(None))
    cut(pair)
    pair.advance(3600)
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)


def test_people_who_never_met_are_told_so() -> None:
    pair = SimPair()
    pair._wire_up = False
    pair.meet()
    pair.advance(60)
    for end in both(pair):
        assert end.status.phase is Phase.RECONNECTING
        assert contact(end).met_s is None
    pair.advance(END_AFTER_S)
    for end in both(pair):
        assert end.status.ended is EndReason.DROPOUT
        assert contact(end).together_s(pair.now) == 0


def test_waiting_for_the_first_connection_is_no_dropout() -> None:
    pair = SimPair()
    pair._wire_up = False
    pair.meet()
    pair.advance(40)
    pair.wire_up = True
    pair.advance(60)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    for end in both(pair):
        assert contact(end).gaps == 0
        assert contact(end).away_in_all_s(pair.now) == 0


def test_leaving_during_a_dropout_is_leaving() -> None:
    pair = met_pair()
    pair.wire_up = False
    pair.advance(400)
    pair.give(pair.counselor, inputs.Leave())
    reasons = {end.status.role: end.status.ended for end in both(pair)}
    assert reasons == {
        Role.COUNSELOR: EndReason.LEFT,
        Role.CLIENT: EndReason.PEER_LEFT,
    }
