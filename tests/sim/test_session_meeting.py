"""Two sessions meet, compare words, talk by text and part, in virtual time."""

from __future__ import annotations

import pytest
from tests.support.sim_pair import SimPair, phases
from tests.support.wrong_codes import with_another_secret

from safesession.core import inputs
from safesession.core.effects import ClaimInvite, OpenPeerConnection, SetMediaGate
from safesession.core.status import (
    CaptureState,
    EndReason,
    Phase,
    Problem,
    SafetyCodeState,
    TextDirection,
    TextRoute,
    TextState,
)


def test_two_people_meet_by_code() -> None:
    pair = SimPair()
    pair.meet()
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.counselor.gate == pair.client.gate == (True, True)
    assert pair.counselor.connection.secret == pair.client.connection.secret
    assert pair.counselor.status.peer.display_name == "A-017"
    assert pair.client.status.peer.display_name == "王老师"
    assert not pair.counselor.status.verified
    assert not pair.client.status.verified
    assert pair.counselor.session.remote_faults == 0
    assert pair.client.session.remote_faults == 0


def test_link_leads_to_the_same_room() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    pair.give(pair.client, inputs.JoinByCode(pair.counselor.status.invite.link))
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


def test_a_link_to_another_server_is_asked_about_first() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    link = pair.counselor.status.invite.link.replace("relay.example", "evil.example")
    pair.give(pair.client, inputs.JoinByCode(link))
    assert pair.client.status.phase is Phase.IDLE
    assert pair.client.status.asks_server == "evil.example.org"
    pair.give(pair.client, inputs.JoinByCode(link, "evil.example.org"))
    claims = [e for e in pair.client.log if isinstance(e, ClaimInvite)]
    assert [claim.server for claim in claims] == ["evil.example.org"]
    # The relay's name is part of the handshake: another relay, another key.
    assert pair.client.status.problem is Problem.CODE_WRONG


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.CODE_INCOMPLETE),
        ("1234", Problem.CODE_INCOMPLETE),
        ("0429 1712 3456 7800", Problem.CODE_MISTYPED),
        ("safesession:join?c=1&c=2", Problem.LINK_INVALID),
    ],
)
def test_typing_errors_never_reach_the_server(text: str, problem: Problem) -> None:
    pair = SimPair()
    pair.give(pair.client, inputs.JoinByCode(text))
    assert pair.client.status.problem is problem
    assert pair.client.status.phase is Phase.IDLE
    assert not [e for e in pair.client.log if isinstance(e, ClaimInvite)]


def test_three_wrong_codes_burn_the_invite() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    code = with_another_secret(pair.counselor.status.invite.code)
    for attempt in (1, 2):
        pair.give(pair.client, inputs.JoinByCode(code))
        assert pair.client.status.problem is Problem.CODE_WRONG
        assert pair.counselor.status.invite.wrong_attempts == attempt
        assert pair.counselor.status.phase is Phase.INVITED
    pair.give(pair.client, inputs.JoinByCode(code))
    assert pair.client.status.problem is Problem.TOO_MANY_ATTEMPTS
    assert pair.counselor.status.problem is Problem.TOO_MANY_ATTEMPTS
    assert pair.counselor.status.phase is Phase.ENDED
    assert pair.counselor.guesses == pair.client.guesses == [1, 2, 3]
    pair.give(pair.client, inputs.JoinByCode(code))
    assert pair.client.status.problem is Problem.TOO_MANY_ATTEMPTS


def test_a_wrong_code_then_the_right_one() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    right = pair.counselor.status.invite.code
    pair.give(
        pair.client,
        inputs.JoinByCode(with_another_secret(pair.counselor.status.invite.code)),
    )
    pair.give(pair.client, inputs.JoinByCode(right))
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


def test_the_guess_is_persisted_before_the_seat_is_dropped() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    pair.give(
        pair.client,
        inputs.JoinByCode(with_another_secret(pair.counselor.status.invite.code)),
    )
    names = [type(effect).__name__ for effect in pair.counselor.log]
    assert names.index("PersistGuess") < names.index("DropSeat")


def test_bind_missing_means_no_media() -> None:
    """A man in the middle of DTLS: taking BIND out makes this fail."""
    pair = SimPair()
    pair.man_in_the_middle = True
    pair.meet()
    for end in (pair.counselor, pair.client):
        assert end.status.phase is Phase.ENDED
        assert (True, True) not in end.gates
        assert end.received == []
    problems = {pair.counselor.status.problem, pair.client.status.problem}
    assert Problem.BIND_FAILED in problems


def test_bind_of_one_direction_only_opens_nothing() -> None:
    pair = SimPair()
    pair.tamper_channel = lambda sender, body: [] if sender == "client" else [body]
    pair.meet()
    assert pair.counselor.gates == []
    pair.advance(10)
    assert pair.counselor.status.problem is Problem.BIND_FAILED


def test_words_compared_by_both_mean_verified() -> None:
    pair = SimPair()
    pair.meet()
    counselor, client = pair.counselor.status, pair.client.status
    assert counselor.safety_code.state is SafetyCodeState.READY
    read_by_client = client.safety_code.read_aloud
    assert read_by_client in counselor.safety_code.choices
    assert counselor.safety_code.read_aloud in client.safety_code.choices
    pair.give(pair.client, inputs.StartSafetyCode())
    assert pair.client.status.safety_code.state is SafetyCodeState.COMPARING
    right = pair.client.session.right_safety_choice
    pair.give(pair.client, inputs.PickSafetyCode(right))
    assert pair.client.status.safety_code.state is SafetyCodeState.WAITING_PEER
    assert not pair.counselor.status.verified
    right = pair.counselor.session.right_safety_choice
    pair.give(pair.counselor, inputs.PickSafetyCode(right))
    assert pair.client.status.verified
    assert pair.counselor.status.verified


@pytest.mark.parametrize("who", ["client", "counselor"])
@pytest.mark.parametrize("none_of_these", [True, False])
def test_a_mismatch_freezes_both(who: str, none_of_these: bool) -> None:
    """Taking the comparison out makes this fail."""
    pair = SimPair()
    pair.meet()
    end = getattr(pair, who)
    wrong = None if none_of_these else (end.session.right_safety_choice + 1) % 4
    pair.give(end, inputs.PickSafetyCode(wrong))
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    assert pair.counselor.gate == pair.client.gate == (False, False)
    assert pair.client.status.problem is Problem.SAFETY_CODE_MISMATCH
    assert not pair.client.status.verified
    # The way on: a new run, with other words.
    before = pair.client.status.safety_code.read_aloud
    pair.give(pair.counselor, inputs.StartSafetyCode())
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN), "one alone cannot undo it"
    assert pair.counselor.status.safety_code.asked_again
    assert pair.client.status.safety_code.may_run_again
    assert pair.counselor.gate == pair.client.gate == (False, False)
    pair.give(pair.client, inputs.StartSafetyCode())
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.client.status.safety_code.state is SafetyCodeState.READY
    assert pair.client.status.safety_code.read_aloud != before
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.gate == (True, True)


def test_at_most_three_runs() -> None:
    pair = SimPair()
    pair.meet()
    for runs_left in (2, 1, 0):
        pair.give(pair.client, inputs.PickSafetyCode(None))
        for end in (pair.client, pair.counselor):
            assert end.status.safety_code.may_run_again == (runs_left > 0)
        assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
        pair.give(pair.client, inputs.StartSafetyCode())
        pair.give(pair.counselor, inputs.StartSafetyCode())
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)


def test_text_goes_over_the_channel_and_is_acknowledged() -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.SendText("您好，我有点紧张。"))
    pair.give(pair.counselor, inputs.SendText("慢慢来。"))
    assert pair.counselor.received == ["您好，我有点紧张。"]
    assert pair.client.received == ["慢慢来。"]
    sent = pair.client.texts[(TextDirection.SENT, 1)]
    assert sent.state is TextState.DELIVERED
    assert pair.client.status.text_route is TextRoute.DATA_CHANNEL


def test_text_survives_dead_media_over_the_relay() -> None:
    pair = SimPair()
    pair.meet()
    pair.wire_up = False
    pair.give(pair.client, inputs.SendText("听得到吗"))
    assert pair.counselor.received == []
    pair.advance(3)
    assert pair.counselor.received == ["听得到吗"]
    assert pair.client.texts[(TextDirection.SENT, 1)].state is TextState.DELIVERED
    pair.advance(4)
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    assert pair.client.gate == (False, False)
    pair.give(pair.counselor, inputs.SendText("我在"))
    assert pair.client.received == ["我在"]
    pair.wire_up = True
    pair.advance(2)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.client.gate == (True, True)
    assert pair.client.status.text_route is TextRoute.DATA_CHANNEL


def test_a_burst_larger_than_the_window_arrives_in_order() -> None:
    pair = SimPair()
    pair.meet()
    texts = [f"{n} " + "长" * (n * 37 % 900) for n in range(200)]
    for n, text in enumerate(texts):
        if n == 60:
            pair.wire_up = False
        if n == 120:
            pair.advance(8)
        if n == 160:
            pair.wire_up = True
        pair.give(pair.client, inputs.SendText(text))
    pair.advance(30)
    assert pair.counselor.received == texts
    states = {change.state for change in pair.client.texts.values()}
    assert states == {TextState.DELIVERED}


def test_lossy_doubling_channel_delivers_exactly_once() -> None:
    pair = SimPair()
    pair.meet()
    count = 0

    def lossy(_sender: str, body: bytes) -> list[bytes]:
        nonlocal count
        count += 1
        return [] if count % 3 == 0 else [body, body] if count % 5 == 0 else [body]

    pair.tamper_channel = lossy
    texts = [f"message {n}" for n in range(100)]
    for text in texts:
        pair.give(pair.counselor, inputs.SendText(text))
    pair.advance(40)
    assert pair.client.received == texts


def test_leaving_ends_both_sides() -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.Leave())
    assert pair.client.status.ended is EndReason.LEFT
    assert pair.counselor.status.ended is EndReason.PEER_LEFT
    assert pair.client.connection is None
    assert pair.counselor.connection is None
    assert pair.client.session.deadline is None
    assert pair.counselor.session.deadline is None


def test_media_state_reaches_the_other_side() -> None:
    pair = SimPair()
    state = inputs.CaptureChanged(CaptureState.ON, CaptureState.DEMO)
    pair.give(pair.client, state)
    pair.meet()
    assert pair.counselor.status.peer.microphone is CaptureState.ON
    assert pair.counselor.status.peer.camera is CaptureState.DEMO
    pair.give(pair.client, inputs.CaptureChanged(CaptureState.OFF, CaptureState.LOST))
    assert pair.counselor.status.peer.microphone is CaptureState.OFF


def test_no_route_leaves_text_and_says_so() -> None:
    pair = SimPair()
    pair.wire_up = False
    pair.meet()
    pair.advance(25)
    assert phases(pair) == (Phase.RECONNECTING, Phase.RECONNECTING)
    assert pair.client.status.problem is Problem.NO_ROUTE
    assert pair.client.gates == [(False, False)]
    pair.give(pair.client, inputs.SendText("只用文字可以吗"))
    assert pair.counselor.received == ["只用文字可以吗"]


def test_an_expired_invite_is_closed() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite(3600))
    pair.advance(3601)
    assert pair.counselor.status.problem is Problem.INVITE_EXPIRED
    assert pair.closed
    assert pair.counselor.session.deadline is None


def test_waiting_when_the_counselor_is_away() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    code = pair.counselor.status.invite.code
    pair.tamper_relay = lambda sender, body: [] if sender == "client" else [body]
    pair.give(pair.client, inputs.JoinByCode(code))
    pair.advance(4)
    assert pair.client.status.phase is Phase.WAITING


def test_same_inputs_give_the_same_effects() -> None:
    logs = []
    for _ in range(2):
        pair = SimPair(seed="same")
        pair.give(pair.counselor, inputs.CreateInvite())
        logs.append(repr(pair.counselor.log))
    assert logs[0] == logs[1]


def test_forged_frames_change_nothing() -> None:
    pair = SimPair()
    pair.meet()
    before = pair.client.status
    for body in (b"", b"\x00", b"\x02" + bytes(1100), b"\x03" * 300, b"\xff" * 70_000):
        pair.give(pair.client, inputs.EnvelopeReceived(body))
        pair.give(pair.client, inputs.ControlReceived(0, body))
    assert pair.client.status == before
    assert pair.client.session.remote_faults == 10
    gates = [e for e in pair.client.log if isinstance(e, SetMediaGate)]
    assert len(gates) == 1
    assert len([e for e in pair.client.log if isinstance(e, OpenPeerConnection)]) == 1
