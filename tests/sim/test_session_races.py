"""Orders of events that a slow line makes, and a test bench on loopback never does."""

from __future__ import annotations

import pytest
from tests.support.sim_pair import UNIX_AT_ZERO, SimPair, phases

from safesession.core import inputs
from safesession.core.effects import SendEnvelope, SetMediaGate
from safesession.core.status import Phase, Problem, ServerLink
from safesession.protocol.peer_messages import FrameKind, pack_frame


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


# --- pairing ----------------------------------------------------------------------------


def invited(pair: SimPair) -> str:
    pair.give(pair.counselor, inputs.CreateInvite())
    return pair.counselor.status.invite.code


def without(pair: SimPair, sender: str, number: int) -> list[bytes]:
    """Hold back what `sender` says from message `number` of the handshake on."""
    held: list[bytes] = []

    def tamper(who: str, body: bytes) -> list[bytes]:
        if who == sender and (held or body[1:5] == b"SS1%d" % number):
            held.append(body)
            return []
        return [body]

    pair.tamper_relay = tamper
    return held


def test_a_late_answer_takes_the_guess_back() -> None:
    pair = SimPair()
    code = invited(pair)
    held = without(pair, "counselor", 4)
    pair.give(pair.client, inputs.JoinByCode(code))
    assert len(held) == 1
    pair.give(pair.client, inputs.ServerLinkChanged(up=False, retry_in_s=1.0))
    pair.advance(100)
    # Whoever read our proof may have used it: it counts until the answer comes.
    assert pair.client.guesses == [1]
    assert pair.client.status.phase is Phase.WAITING
    assert pair.client.status.problem is Problem.SERVER_UNREACHABLE
    pair.give(pair.client, inputs.ServerLinkChanged(up=True))
    pair.tamper_relay = lambda _sender, body: [body]
    pair.give(pair.client, inputs.EnvelopeReceived(held[0]))
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.client.guesses == []


def test_a_missing_answer_counts_once_when_both_are_there() -> None:
    pair = SimPair()
    code = invited(pair)
    without(pair, "counselor", 4)
    pair.give(pair.client, inputs.ServerLinkChanged(up=True))
    pair.give(pair.client, inputs.JoinByCode(code))
    pair.give(pair.client, inputs.ServerLinkChanged(up=True))
    pair.advance(60)
    assert pair.client.guesses == [1]
    assert pair.client.status.phase is Phase.IDLE
    assert pair.client.status.problem is Problem.CODE_WRONG


def test_a_claimant_who_proves_the_code_and_vanishes_ends_the_invite() -> None:
    pair = SimPair()
    code = invited(pair)
    without(pair, "client", 5)
    pair.give(pair.client, inputs.JoinByCode(code))
    pair.give(pair.counselor, inputs.PeerPresence(present=False, attempt=0))
    assert pair.counselor.status.phase is Phase.PAIRING, "the code is spent"
    pair.advance(121)
    assert pair.counselor.status.problem is Problem.PEER_LEFT
    assert pair.counselor.status.phase is Phase.ENDED
    assert pair.closed
    assert pair.counselor.session.deadline is None


def test_a_seat_freed_just_before_the_proof_is_offered_again() -> None:
    pair = SimPair()
    code = invited(pair)
    without(pair, "counselor", 4)
    pair.give(pair.client, inputs.JoinByCode(code))
    assert pair.counselor.status.phase is Phase.PAIRING
    pair.tamper_relay = lambda _sender, body: [body]
    pair.give(pair.client, inputs.RoomRefused("closed"))
    assert pair.client.status.phase is Phase.IDLE
    assert pair.counselor.status.phase is Phase.INVITED
    pair.give(pair.client, inputs.JoinByCode(code))
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


def test_an_invite_expires_under_a_claimant_who_proves_nothing() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite(3600))
    code = pair.counselor.status.invite.code
    without(pair, "client", 3)
    pair.give(pair.client, inputs.JoinByCode(code))
    assert pair.counselor.status.phase is Phase.PAIRING
    pair.advance(3601)
    assert pair.counselor.status.problem is Problem.INVITE_EXPIRED


@pytest.mark.parametrize("server_says_s", [-100_000, 0, 10**9])
def test_neither_server_nor_clock_stretches_an_invite(server_says_s: int) -> None:
    pair = SimPair()
    counselor = pair.counselor
    counselor.session.handle(inputs.CreateInvite(3600), pair.now)
    now = int(UNIX_AT_ZERO + pair.now)
    opened = inputs.InviteOpened("042917", now + server_says_s)
    counselor.session.handle(opened, pair.now)
    assert counselor.status.phase is Phase.INVITED
    assert counselor.status.invite.expires_at == now + 3600
    assert counselor.session.deadline == pair.now + 3600


# --- resuming -------------------------------------------------------------------------


def ms_sent(pair: SimPair, end_name: str, number: int, since: int) -> int:
    end = getattr(pair, end_name)
    return sum(
        isinstance(effect, SendEnvelope) and effect.body[1:5] == b"SS1%d" % number
        for effect in end.log[since:]
    )


def test_a_call_for_resume_does_not_disturb_a_try_under_way() -> None:
    pair = SimPair()
    pair.meet()
    pair.relay_up = False
    mark = len(pair.client.log)
    drop_both(pair)
    pair.advance(0.3)
    assert ms_sent(pair, "client", 1, mark) == 1
    pair.give(pair.client, inputs.RetryNow())
    assert ms_sent(pair, "client", 1, mark) == 1
    pair.relay_up = True
    pair.flush_mailboxes()  # with them the counselor's own wish
    pair.run()
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert ms_sent(pair, "client", 1, mark) == 1


def test_a_long_outage_of_the_relay_ends_in_one_try() -> None:
    pair = SimPair()
    pair.meet()
    for end in (pair.counselor, pair.client):
        pair.give(end, inputs.ServerLinkChanged(up=False, retry_in_s=1.0))
    mark = len(pair.client.log)
    pair.relay_up = False
    drop_both(pair)
    pair.advance(600)
    assert ms_sent(pair, "client", 1, mark) == 0
    pair.relay_up = True
    for end in (pair.counselor, pair.client):
        pair.give(end, inputs.ServerLinkChanged(up=True))
    pair.flush_mailboxes()
    pair.run()
    pair.advance(2)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert ms_sent(pair, "client", 1, mark) == 1


def test_a_peer_whose_app_has_no_line_is_not_flooded() -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.PeerPresence(present=False, attempt=0))
    mark = len(pair.client.log)
    pair.tamper_relay = lambda sender, body: [] if sender == "counselor" else [body]
    drop_both(pair)
    pair.tamper_relay = lambda _sender, body: [body]
    pair.advance(600)
    assert ms_sent(pair, "client", 1, mark) == 0
    pair.give(pair.client, inputs.PeerPresence(present=True, attempt=0))
    pair.advance(2)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)


# --- text ---------------------------------------------------------------------------------


def test_text_goes_back_to_a_living_channel_when_the_relay_is_silent() -> None:
    pair = SimPair()
    pair.meet()
    pair.relay_up = False
    lost: list[bytes] = []

    def hiccup(_sender: str, body: bytes) -> list[bytes]:
        if body[0] == FrameKind.TEXT and not lost:
            lost.append(body)
            return []
        return [body]

    pair.tamper_channel = hiccup
    pair.give(pair.client, inputs.SendText("还好吗"))
    pair.advance(10)
    assert pair.counselor.received == ["还好吗"]


def test_what_waits_for_the_server_is_handed_over_once() -> None:
    pair = SimPair()
    pair.meet()
    for end in (pair.counselor, pair.client):
        pair.give(end, inputs.ServerLinkChanged(up=False, retry_in_s=1.0))
    pair.relay_up = False
    drop_both(pair)
    pair.give(pair.client, inputs.SendText("我等你"))
    pair.advance(3600)
    frames = [body for body in pair.mailbox["counselor"] if body[0] == FrameKind.TEXT]
    assert len(frames) == 1


@pytest.mark.parametrize("text", ["", "长" * 10_001, "\ud800", "a\x00b"])
def test_odd_text_of_our_own_raises_nothing(text: str) -> None:
    pair = SimPair()
    pair.meet()
    pair.give(pair.client, inputs.SendText(text))
    pair.give(pair.client, inputs.SendText("weiter"))
    assert pair.counselor.received[-1] == "weiter"
    assert all(0 < len(text) <= 10_000 for text in pair.counselor.received)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", ("长" * 10_001).encode()])
def test_odd_text_of_the_peer_is_refused_whole(body: bytes) -> None:
    pair = SimPair()
    pair.meet()
    chains = pair.client.session._encounter._text._messaging._chains
    pair.give(pair.client, inputs.SendText("eins"))
    frame = pack_frame(FrameKind.TEXT, chains.seal(2, 0, body))
    faults = pair.counselor.session.remote_faults
    pair.give(pair.counselor, inputs.ControlReceived(0, frame))
    assert pair.counselor.received == ["eins"]
    assert pair.counselor.session.remote_faults == faults + 1
    far = pack_frame(FrameKind.TEXT, chains.seal(9999, 0, b"far"))
    pair.give(pair.counselor, inputs.ControlReceived(0, far))
    assert pair.counselor.session.remote_faults == faults + 2
    assert pair.counselor.received == ["eins"]


# --- the server's last word -----------------------------------------------------------------


@pytest.mark.parametrize(
    "reason", ["replaced", "version", "closed", "not_enrolled", "later"]
)
def test_the_server_cannot_end_a_living_call(reason: str) -> None:
    pair = SimPair()
    pair.meet()
    for end in (pair.counselor, pair.client):
        pair.give(end, inputs.RoomRefused(reason))
    pair.advance(30)
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    pair.give(pair.client, inputs.SendText("noch da"))
    assert pair.counselor.received == ["noch da"]
    assert pair.client.status.server_link is ServerLink.DOWN
    # Without media there is nothing left, and that is said.
    drop_both(pair)
    for end in (pair.counselor, pair.client):
        assert end.status.phase is Phase.ENDED
        assert end.status.problem is not None
        assert end.session.deadline is None


def test_a_refusal_of_a_room_we_left_changes_nothing() -> None:
    pair = SimPair()
    before = pair.client.status
    for event in (
        inputs.RoomRefused("closed"),
        inputs.PeerPresence(present=True, attempt=3),
        inputs.RoomJoined(2, True),
        inputs.ServerLinkChanged(up=False, retry_in_s=3.0),
    ):
        pair.give(pair.client, event)
    assert pair.client.status == before
