"""Tables and order: every step in every state, on both sides."""

import pytest
from tests.unit.crypto import kit

from safesession.crypto.handshake import (
    INITIATOR_TRANSITIONS,
    RESPONDER_TRANSITIONS,
    HandshakeError,
    HandshakeFailure,
    Initiator,
    InitiatorEvent,
    InitiatorState,
    Mode,
    Responder,
    ResponderEvent,
    ResponderState,
)
from safesession.errors import LocalProtocolError


@pytest.mark.parametrize(
    ("table", "states", "events"),
    [
        (INITIATOR_TRANSITIONS, InitiatorState, InitiatorEvent),
        (RESPONDER_TRANSITIONS, ResponderState, ResponderEvent),
    ],
)
def test_every_state_has_a_row_every_event_a_use_and_failed_no_way_out(
    table, states, events
):
    assert set(table) == set(states)
    assert {event for row in table.values() for event in row} == set(events)
    assert not table[states.FAILED]
    reached = {states.NEW}
    for _ in states:
        reached |= {target for state in reached for target in table[state].values()}
    assert reached == set(states) - {states.FAILED}


def initiator_in(state):
    a, b = kit.make_initiator(), kit.make_responder()
    if state is InitiatorState.FAILED:
        with pytest.raises(HandshakeError):
            a.start(b"nonsense")
    if state in (InitiatorState.NEW, InitiatorState.FAILED):
        return a
    m1 = a.start(b.offer(kit.EXPIRES_AT, 1))
    if state is InitiatorState.AWAITING_M2:
        return a
    m3 = a.receive_m2(b.receive_m1(m1))
    if state is InitiatorState.DONE:
        a.receive_m4(b.receive_m3(m3))
    return a


def responder_in(state):
    a, b = kit.make_initiator(), kit.make_responder()
    if state is ResponderState.NEW:
        return b
    m0 = b.offer(kit.EXPIRES_AT, 1)
    if state is ResponderState.FAILED:
        with pytest.raises(HandshakeError):
            b.receive_m1(b"nonsense")
    if state in (ResponderState.AWAITING_M1, ResponderState.FAILED):
        return b
    m2 = b.receive_m1(a.start(m0))
    if state is ResponderState.AWAITING_M3:
        return b
    m4 = b.receive_m3(a.receive_m2(m2))
    if state is ResponderState.DONE:
        b.receive_m5(a.receive_m4(m4))
    return b


TERMINAL = {"done", "failed"}


@pytest.mark.parametrize("state", InitiatorState)
@pytest.mark.parametrize("event", [InitiatorEvent.M2, InitiatorEvent.M4])
def test_what_the_initiator_does_not_await_ends_it(state, event):
    a = initiator_in(state)
    assert a.state is state
    receive = a.receive_m2 if event is InitiatorEvent.M2 else a.receive_m4
    with pytest.raises(HandshakeError) as caught:
        receive(b"nonsense")
    due = event in INITIATOR_TRANSITIONS[state]
    expected = HandshakeFailure.FORMAT if due else HandshakeFailure.OUT_OF_STATE
    assert caught.value.reason is expected
    after = state if state.value in TERMINAL else InitiatorState.FAILED
    assert a.state is after


@pytest.mark.parametrize("state", ResponderState)
@pytest.mark.parametrize(
    "event", [ResponderEvent.M1, ResponderEvent.M3, ResponderEvent.M5]
)
def test_what_the_responder_does_not_await_ends_it(state, event):
    b = responder_in(state)
    assert b.state is state
    receive = {
        ResponderEvent.M1: b.receive_m1,
        ResponderEvent.M3: b.receive_m3,
        ResponderEvent.M5: b.receive_m5,
    }[event]
    with pytest.raises(HandshakeError) as caught:
        receive(b"nonsense")
    due = event in RESPONDER_TRANSITIONS[state]
    expected = HandshakeFailure.FORMAT if due else HandshakeFailure.OUT_OF_STATE
    assert caught.value.reason is expected
    after = state if state.value in TERMINAL else ResponderState.FAILED
    assert b.state is after


@pytest.mark.parametrize(
    "state", [s for s in InitiatorState if s is not InitiatorState.NEW]
)
def test_starting_twice_is_our_own_mistake(state):
    a = initiator_in(state)
    with pytest.raises(LocalProtocolError):
        a.start(bytes(45))
    assert a.state is state


@pytest.mark.parametrize(
    "state", [s for s in ResponderState if s is not ResponderState.NEW]
)
def test_offering_twice_is_our_own_mistake(state):
    b = responder_in(state)
    with pytest.raises(LocalProtocolError):
        b.offer(1, 1)
    assert b.state is state


@pytest.mark.parametrize("mode", [Mode.SESSION, Mode.RESUME])
def test_only_pairing_has_an_offer(mode):
    b = kit.make_responder(mode)
    assert b.state is ResponderState.AWAITING_M1
    with pytest.raises(LocalProtocolError):
        b.offer(1, 1)


def test_keys_are_there_only_when_agreed():
    for state in InitiatorState:
        a = initiator_in(state)
        if state is InitiatorState.DONE:
            assert len(a.keys.session_secret) == 64
        else:
            with pytest.raises(LocalProtocolError):
                _ = a.keys
    for state in ResponderState:
        b = responder_in(state)
        if state in (ResponderState.AWAITING_M5, ResponderState.DONE):
            assert len(b.keys.session_secret) == 64
        else:
            with pytest.raises(LocalProtocolError):
                _ = b.keys
        assert b.active is (state is ResponderState.DONE)


@pytest.mark.parametrize(
    ("expires_at", "attempt"), [(-1, 0), (1 << 64, 0), (0, -1), (0, 256)]
)
def test_an_impossible_offer_is_our_own_mistake(expires_at, attempt):
    b = kit.make_responder()
    with pytest.raises(LocalProtocolError):
        b.offer(expires_at, attempt)
    assert b.state is ResponderState.FAILED


def test_broken_entropy_stops_the_machine():
    a = kit.make_initiator()
    a._entropy = lambda length: b""
    with pytest.raises(LocalProtocolError):
        a.start(kit.make_responder().offer(1, 1))
    assert a.state is InitiatorState.FAILED


def test_a_long_payload_is_refused_at_once():
    for machine, access in (
        (Initiator, kit.client_access(Mode.PAIR)),
        (Responder, kit.counselor_access(Mode.PAIR)),
    ):
        with pytest.raises(LocalProtocolError):
            machine(access, b"", kit.CLIENT_KEY, bytes(415), kit.SeededEntropy(0))
