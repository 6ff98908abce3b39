"""Another path under a living epoch: found, refused, given up; both sides converge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.profiles import PROFILE
from tests.support.sim_pair import Endpoint, SimPair, phases

from safesession.core import inputs
from safesession.core.call import LOST_AFTER_S
from safesession.core.effects import OpenPath, ProbeServer, RenewLine, SendEnvelope
from safesession.core.inputs import AddressChange
from safesession.core.path_restart import MAX_TRIES, PathState
from safesession.core.recovery import TURN_FRESH_FOR_S
from safesession.core.status import Phase, SafetyCodeState, TextRoute
from safesession.protocol.peer_messages import FrameKind


IN_CALL = (Phase.IN_CALL, Phase.IN_CALL)
SECOND_S = 1.0


def met(seed: str = "paths") -> SimPair:
    """In a call, verified, and another path would carry."""
    pair = SimPair(seed=seed)
    pair.meet()
    pair.compare()
    pair.advance(3)
    pair.other_path_works = True
    return pair


def ends_of(pair: SimPair) -> tuple[Endpoint, Endpoint]:
    return pair.counselor, pair.client


def path_of(end: Endpoint):
    return end.session._encounter._recovery._path


def silent(pair: SimPair, *ends: Endpoint) -> None:
    """What an adapter says once nothing has come for a second."""
    for end in ends or ends_of(pair):
        pair.queue.append((end, inputs.PathSilent(end.connection.epoch)))
    pair.run()


def moved(pair: SimPair, end: Endpoint) -> None:
    pair.give(end, inputs.LocalAddressesChanged(AddressChange.IN_USE_GONE))


def paths_sent(end: Endpoint) -> list[bytes]:
    return [
        effect.body
        for effect in end.log
        if isinstance(effect, SendEnvelope) and effect.body[0] == FrameKind.PATH
    ]


def same_connections(pair: SimPair, before: list) -> bool:
    now = [end.connection for end in ends_of(pair)]
    return all(a is b for a, b in zip(now, before, strict=True))


def connections(pair: SimPair) -> list:
    return [end.connection for end in ends_of(pair)]


def at_rest(pair: SimPair) -> None:
    assert phases(pair) == IN_CALL
    for end in ends_of(pair):
        assert path_of(end).state is PathState.REST
        assert end.gate == (True, True)


@pytest.mark.parametrize("who", ["client", "counselor"])
def test_a_changed_address_keeps_epoch_gate_and_proof(who: str) -> None:
    pair = met()
    before = connections(pair)
    pair.give(pair.client, inputs.SendText("before"))
    pair.wire_up = False
    pair.give(pair.client, inputs.SendText("during"))
    gates = [len(end.gates) for end in ends_of(pair)]
    mover = getattr(pair, who)
    moved(pair, mover)
    assert any(isinstance(effect, RenewLine) for effect in mover.log)
    pair.advance(3)
    pair.give(pair.client, inputs.SendText("after"))
    at_rest(pair)
    assert same_connections(pair, before)
    assert gates == [len(end.gates) for end in ends_of(pair)]
    assert pair.counselor.received == ["before", "during", "after"]
    for end in ends_of(pair):
        assert end.status.verified
        assert end.status.text_route is TextRoute.DATA_CHANNEL


def test_both_fall_silent_at_once_and_one_path_is_made() -> None:
    pair = met()
    before = connections(pair)
    pair.wire_up = False
    pair.advance(SECOND_S)
    silent(pair)
    pair.advance(2)
    at_rest(pair)
    assert same_connections(pair, before)
    assert [path_of(end).generation for end in ends_of(pair)] == [1, 1]
    assert pair.client.session.remote_faults == 0
    assert pair.counselor.session.remote_faults == 0


def test_silence_that_no_adapter_told_is_found_after_five_seconds() -> None:
    pair = met()
    before = connections(pair)
    pair.wire_up = False
    pair.advance(LOST_AFTER_S + 1.5)
    at_rest(pair)
    assert same_connections(pair, before)


def test_a_doubt_asks_the_server_and_nothing_else() -> None:
    pair = met()
    for end in ends_of(pair):
        mark = len(end.log)
        pair.give(end, inputs.PathQuiet(end.connection.epoch))
        assert end.log[mark:] == [ProbeServer()]


@pytest.mark.parametrize("change", [AddressChange.ADDED, AddressChange.GONE])
def test_an_address_that_is_not_in_use_leaves_the_path_alone(
    change: AddressChange,
) -> None:
    pair = met()
    mark = len(pair.client.log)
    pair.give(pair.client, inputs.LocalAddressesChanged(change))
    assert path_of(pair.client).state is PathState.REST
    renewed = RenewLine() in pair.client.log[mark:]
    assert renewed is (change is AddressChange.GONE)


def test_a_new_address_makes_a_search_begin_anew() -> None:
    """Interface gone, and four seconds later another one is there."""
    pair = met()
    before = connections(pair)
    pair.wire_up = pair.relay_up = False
    moved(pair, pair.client)
    pair.advance(4)
    assert path_of(pair.client).generation == 1
    pair.relay_up = True
    pair.give(pair.client, inputs.LocalAddressesChanged(AddressChange.ADDED))
    assert path_of(pair.client).generation >= 2
    pair.advance(2)
    at_rest(pair)
    assert same_connections(pair, before)


def test_the_old_path_back_ends_the_search() -> None:
    pair = met()
    before = connections(pair)
    pair.wire_up = pair.relay_up = False
    pair.give(pair.client, inputs.ServerLinkChanged(up=False, retry_in_s=1.0))
    pair.advance(SECOND_S)
    silent(pair, pair.client)
    assert path_of(pair.client).state is PathState.GATHERING
    pair.wire_up = True
    pair.advance(1.1)
    at_rest(pair)
    assert same_connections(pair, before)
    assert paths_sent(pair.client) == []


def test_no_path_at_all_leads_to_fresh_keys() -> None:
    pair = met()
    pair.other_path_works = False
    pair.wire_up = False
    pair.advance(SECOND_S)
    silent(pair)
    pair.advance(10)
    assert pair.client.connection.epoch == 0
    pair.advance(10)
    opened = [e for e in pair.client.log if isinstance(e, OpenPath)]
    assert len(opened) >= MAX_TRIES
    assert pair.client.connection.epoch > 0
    pair.wire_up = True
    pair.advance(60)
    assert phases(pair) == IN_CALL
    assert pair.client.connection.epoch == pair.counselor.connection.epoch


def test_quick_failures_do_not_start_fresh_keys_while_the_gate_is_open() -> None:
    pair = met()
    pair.wire_up = False
    pair.other_path_works = False
    silent(pair, pair.client)
    for _ in range(MAX_TRIES):
        generation = path_of(pair.client).generation
        pair.give(pair.client, inputs.PathFailed(0, generation))
        pair.advance(1.2)
    assert path_of(pair.client).state is PathState.HOPELESS
    assert pair.client.session._encounter._recovery.resume.deadline is None
    pair.advance(LOST_AFTER_S)
    assert pair.client.connection.epoch == 1


def test_a_frozen_call_stays_frozen_on_another_path() -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.PickSafetyCode(None))
    pair.other_path_works = True
    before = connections(pair)
    pair.wire_up = False
    marks = [len(end.gates) for end in ends_of(pair)]
    # A shut gate is silent by itself: only the heartbeat's silence counts.
    silent(pair)
    assert {path_of(end).state for end in ends_of(pair)} == {PathState.REST}
    pair.advance(LOST_AFTER_S + 3)
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    assert same_connections(pair, before)
    for end, mark in zip(ends_of(pair), marks, strict=True):
        assert (True, True) not in end.gates[mark:]
        assert path_of(end).state is PathState.REST


def test_a_path_found_late_does_not_carry_the_proof_over_two_minutes() -> None:
    pair = met()
    pair.wire_up = pair.relay_up = False
    moved(pair, pair.client)
    pair.advance(150)
    pair.relay_up = True
    pair.give(pair.client, inputs.LocalAddressesChanged(AddressChange.ADDED))
    pair.flush_mailboxes()
    pair.run()
    pair.advance(30)
    assert phases(pair) == IN_CALL
    for end in ends_of(pair):
        assert not end.status.verified
        assert end.status.safety_code.state is SafetyCodeState.READY


def test_a_question_for_fresh_keys_that_the_path_overtook_is_dropped() -> None:
    """The relay kept it while the client was away; meanwhile the path is back."""
    pair = met()
    before = connections(pair)
    pair.other_path_works = False
    pair.wire_up = pair.relay_up = False
    pair.give(pair.client, inputs.ServerLinkChanged(up=False, retry_in_s=1.0))
    pair.advance(40)  # the counselor has given up another path, and asked
    pair.wire_up = True
    pair.advance(2)
    pair.relay_up = True
    pair.give(pair.client, inputs.ServerLinkChanged(up=True))
    pair.give(pair.client, inputs.RoomJoined(pair.attempt, peer_present=True))
    pair.flush_mailboxes()
    pair.run()
    pair.advance(10)
    at_rest(pair)
    assert same_connections(pair, before)


def test_fresh_relay_credentials_are_asked_for_in_a_long_call() -> None:
    pair = met()
    silent(pair, pair.client)
    pair.advance(TURN_FRESH_FOR_S)
    marks = len(pair.client.log)
    pair.give(pair.client, inputs.TurnServers(("turn:t.example.org",), "u", "p"))
    silent(pair, pair.client)
    (opened,) = [e for e in pair.client.log[marks:] if isinstance(e, OpenPath)]
    assert opened.turn_urls == ("turn:t.example.org",)
    assert "p" not in repr(opened).split("'")


# --- whatever happens ------------------------------------------------------------------------


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.sampled_from([0.05, 0.3, 1.0, 3.0, 7.0])),
        st.tuples(st.just("wire"), st.booleans()),
        st.tuples(st.just("other"), st.booleans()),
        st.tuples(st.just("relay"), st.booleans()),
        st.tuples(st.just("silent"), st.sampled_from(["client", "counselor"])),
        st.tuples(st.just("moved"), st.sampled_from(["client", "counselor"])),
        st.tuples(st.just("added"), st.sampled_from(["client", "counselor"])),
        st.tuples(st.just("text"), st.sampled_from(["client", "counselor"])),
        st.tuples(st.just("lost"), st.sampled_from(["client", "counselor"])),
    ),
    max_size=24,
)


class Weather:
    """Two sessions, and what happens to the networks under them."""

    def __init__(self) -> None:
        self.pair = met("weather")
        self.said: dict[str, list[str]] = {"client": [], "counselor": []}

    def happen(self, what: str, value: object) -> None:
        pair = self.pair
        match what:
            case "advance":
                pair.advance(value)
            case "wire":
                pair.wire_up = value
            case "other":
                pair.other_path_works = value
            case "relay":
                self.relay(up=value)
            case "text":
                text = f"{value} {len(self.said[value])}"
                self.said[value].append(text)
                pair.give(getattr(pair, value), inputs.SendText(text))
            case _:
                self.tell(what, getattr(pair, value))

    def tell(self, what: str, end: Endpoint) -> None:
        pair = self.pair
        if end.connection is None:
            return
        match what:
            case "silent":
                silent(pair, end)
            case "moved":
                moved(pair, end)
            case "added":
                change = AddressChange.ADDED
                pair.give(end, inputs.LocalAddressesChanged(change))
            case "lost":
                epoch = end.connection.epoch
                pair.give(end, inputs.PeerConnectionLost(epoch, "closed"))

    def relay(self, *, up: bool) -> None:
        pair = self.pair
        pair.relay_up = up
        for end in ends_of(pair):
            pair.give(end, inputs.ServerLinkChanged(up=up, retry_in_s=None))
            if up:
                joined = inputs.RoomJoined(pair.attempt, peer_present=True)
                pair.give(end, joined)
        pair.flush_mailboxes()
        pair.run()

    def check(self) -> None:
        for end in ends_of(self.pair):
            if end.status.phase is not Phase.IN_CALL:
                assert end.gate == (False, False)

    def calm(self) -> None:
        self.pair.wire_up = self.pair.other_path_works = True
        self.relay(up=True)
        self.pair.advance(120)


@settings(max_examples=PROFILE.count(ci=300, soak=10_000))
@given(EVENTS)
def test_whatever_the_networks_do_two_people_find_each_other(events: list) -> None:
    weather = Weather()
    for what, value in events:
        weather.happen(what, value)
        weather.check()
    weather.calm()
    pair = weather.pair
    at_rest(pair)
    assert pair.client.connection.epoch == pair.counselor.connection.epoch
    assert pair.counselor.received == weather.said["client"]
    assert pair.client.received == weather.said["counselor"]
    assert all(end.session.remote_faults == 0 for end in ends_of(pair))
