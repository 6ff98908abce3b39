"""The client's end of the line, input by input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.core import effects, inputs
from safesession.core.account import CounselorAccount
from safesession.core.link_events import (
    CloseSocket,
    ConnectFailed,
    FrameReceived,
    OpenSocket,
    SignOfLife,
    SocketClosed,
    SocketOpened,
    TextReceived,
    WriteFrame,
    WriteText,
)
from safesession.core.patience import (
    CONNECT_LIMIT_S,
    SILENCE_LIMIT_S,
    STALL_LIMIT_S,
)
from safesession.core.room_link import (
    ACK_DELAY_S,
    ANSWER_LIMIT_S,
    LEAVE_LIMIT_S,
    LinkState,
    RoomLink,
)
from safesession.crypto.identity import IdentityKey, verify_server_auth
from safesession.protocol import server_messages as wire
from safesession.protocol.relay_frames import (
    MAX_ID,
    RelayFrame,
    RelayKind,
    decode_frame,
    encode_frame,
)
from safesession.protocol.server_codec import decode_client_message, encode_message


SEED = bytes(range(32))
ACCOUNT = CounselorAccount("ab" * 16, SEED)
TOKEN = "cd" * 32
WELCOME = wire.Welcome([1], "11" * 32, 1_800_000_000)


class Line:
    """A RoomLink with a hand on its socket and its clock."""

    def __init__(self, account: CounselorAccount | None = None) -> None:
        self.now = 100.0
        self.link = RoomLink(
            origin="https://relay.example.org",
            start_s=7,
            uniform=lambda: 0.5,
            account=account,
        )

    def do(self, event) -> list:
        return self.link.handle(event, self.now)

    def hear(self, *messages) -> list:
        out = []
        for message in messages:
            if isinstance(message, RelayFrame):
                out += self.do(FrameReceived(encode_frame(message)))
            else:
                out += self.do(TextReceived(encode_message(message)))
        return out

    def wait(self, seconds: float) -> list:
        self.now += seconds
        out = []
        while self.link.deadline is not None and self.link.deadline <= self.now:
            out += self.link.handle_timeout(self.now)
        return out

    def join(self, acc: int = 0, attempt: int = 0, *, peer: bool = True) -> list:
        out = self.do(SocketOpened())
        out += self.hear(WELCOME)
        return out + self.hear(wire.Joined(TOKEN, str(acc), peer, attempt))


def client() -> Line:
    line = Line()
    assert line.do(effects.ClaimInvite("123456")) == [OpenSocket()]
    return line


def counselor() -> Line:
    line = Line(ACCOUNT)
    assert line.do(effects.OpenInvite(3600)) == [OpenSocket()]
    return line


def said(out: list) -> list:
    return [decode_client_message(o.text) for o in out if isinstance(o, WriteText)]


def frames(out: list) -> list[RelayFrame]:
    return [decode_frame(o.frame) for o in out if isinstance(o, WriteFrame)]


def sent(out: list) -> list[bytes]:
    return [f.body for f in frames(out) if f.kind is RelayKind.ENVELOPE]


def refusals(out: list) -> list[inputs.RoomRefused]:
    return [o for o in out if isinstance(o, inputs.RoomRefused)]


def test_a_client_claims_with_its_number_and_nothing_else() -> None:
    line = client()
    line.do(SocketOpened())
    out = line.hear(WELCOME)
    assert inputs.ServerLinkChanged(up=True) in out
    assert said(out) == [wire.Hello([1]), wire.Open("123456")]
    out = line.hear(wire.Joined(TOKEN, "0", peer=False, attempt=3))
    assert out == [inputs.RoomJoined(3, peer_present=False)]
    assert line.link.state is LinkState.JOINED


def test_a_counselor_signs_the_nonce_for_this_server() -> None:
    line = counselor()
    line.do(SocketOpened())
    hello, auth, new = said(line.hear(WELCOME))
    assert (hello, new) == (wire.Hello([1]), wire.InviteNew(3600))
    assert verify_server_auth(
        IdentityKey(SEED).public_key,
        "https://relay.example.org",
        ACCOUNT.account_id,
        bytes.fromhex(WELCOME.nonce),
        WELCOME.time,
        bytes.fromhex(auth.sig),
    )
    out = line.hear(
        wire.SignedIn(ACCOUNT.account_id, "ee" * 32, 43_200),
        wire.Invite("654321", "aa" * 16, 1_800_003_600),
        wire.Joined(TOKEN, "0", peer=False, attempt=0),
    )
    assert out == [
        inputs.InviteOpened("654321", 1_800_003_600, TOKEN),
        inputs.RoomJoined(0, peer_present=False),
    ]


def test_a_counselor_returns_to_the_room_of_an_earlier_start() -> None:
    line = Line(ACCOUNT)
    assert line.do(effects.ReturnToRoom(TOKEN)) == [OpenSocket()]
    line.do(SocketOpened())
    hello, back = said(line.hear(WELCOME))
    assert (hello, back) == (wire.Hello([1]), wire.Resume(TOKEN, "0"))
    out = line.hear(wire.Joined(TOKEN, "99", peer=True, attempt=4))
    assert out == [inputs.RoomJoined(4, peer_present=True)]
    # What it sends is newer than everything of the earlier process.
    assert line.do(effects.SendEnvelope(b"m0"))
    out = line.do(effects.DropSeat())
    assert said(out) == [wire.SeatDrop(4)]


def test_a_room_that_is_gone_is_not_asked_for_again() -> None:
    line = Line(ACCOUNT)
    assert line.do(effects.ReturnToRoom(TOKEN)) == [OpenSocket()]
    line.do(SocketOpened())
    line.hear(WELCOME)
    out = line.hear(wire.No())
    assert inputs.RoomRefused("closed") in out
    assert line.link.state is LinkState.IDLE


def test_before_the_invite_a_counselor_comes_back_with_the_bearer() -> None:
    line = counselor()
    line.do(SocketOpened())
    line.hear(WELCOME, wire.SignedIn(ACCOUNT.account_id, "ee" * 32, 43_200))
    line.do(SocketClosed(None))
    assert line.wait(5.0) == [OpenSocket()]
    line.do(SocketOpened())
    assert said(line.hear(WELCOME))[1] == wire.Bearer("ee" * 32)
    line.do(SocketClosed(4401))
    line.wait(5.0)
    line.do(SocketOpened())
    assert isinstance(said(line.hear(WELCOME))[1], wire.Auth)


def test_a_number_counts_only_once_we_sit_behind_it() -> None:
    line = counselor()
    line.do(SocketOpened())
    signed_in = wire.SignedIn(ACCOUNT.account_id, "ee" * 32, 43_200)
    out = line.hear(WELCOME, signed_in, wire.Invite("111111", "aa" * 16, 1))
    out += line.do(SocketClosed(None))  # before `joined`: that room is lost to us
    out += line.wait(5.0)
    out += line.do(SocketOpened())
    out += line.hear(WELCOME, signed_in, wire.Invite("222222", "bb" * 16, 2))
    out += line.hear(wire.Joined(TOKEN, "0", peer=False, attempt=0))
    opened = [o.number for o in out if isinstance(o, inputs.InviteOpened)]
    assert opened == ["222222"]


def test_a_line_that_is_over_keeps_nothing() -> None:
    line = client()
    line.join()
    line.do(SocketClosed(4410))
    assert line.link.state is LinkState.IDLE
    for _ in range(100):
        assert line.do(effects.SendEnvelope(bytes(1000))) == []
    assert line.link._outbox.empty


def test_a_client_cannot_open_an_invite() -> None:
    line = Line()
    line.do(effects.OpenInvite(3600))
    line.do(SocketOpened())
    assert refusals(line.hear(WELCOME)) == [inputs.RoomRefused("not_enrolled")]


def test_envelopes_are_numbered_above_the_floor_and_kept_until_accepted() -> None:
    line = client()
    line.do(effects.SendEnvelope(b"early"))
    floor = (9 << 32) + 5
    out = line.join(acc=floor)
    assert [(f.id, f.body) for f in frames(out)] == [(floor + 1, b"early")]
    line.do(effects.SendEnvelope(b"next"))
    line.do(SocketClosed(1012))
    assert line.wait(20.0) == [OpenSocket()]
    line.do(SocketOpened())
    assert said(line.hear(WELCOME))[1] == wire.Resume(TOKEN, "0")
    out = line.hear(wire.Joined(TOKEN, str(floor + 1), peer=True, attempt=0))
    assert [(f.id, f.body) for f in frames(out)] == [(floor + 2, b"next")]
    line.hear(RelayFrame(RelayKind.ACCEPTED, ack=floor + 2))
    line.do(SocketClosed(None))
    line.wait(20.0)
    assert sent(line.join(acc=floor + 2)) == []


def test_at_most_thirty_two_are_in_flight() -> None:
    line = client()
    line.join()
    out = [o for n in range(40) for o in line.do(effects.SendEnvelope(b"%d" % n))]
    assert sent(out) == [b"%d" % n for n in range(32)]
    first = frames(out)[0].id
    out = line.hear(RelayFrame(RelayKind.ACCEPTED, ack=first + 1))
    assert sent(out) == [b"32", b"33"]


def test_a_bulk_keeps_below_the_servers_rate() -> None:
    line = client()
    line.join()
    times = []
    queue = [b"%d" % n for n in range(150)]
    for body in queue:
        out = line.do(effects.SendEnvelope(body))
        for frame in frames(out):
            times.append(line.now)
            line.hear(RelayFrame(RelayKind.ACCEPTED, ack=frame.id))
    while len(times) < 150:
        out = line.wait(0.01)
        line.do(SignOfLife())
        for frame in frames(out):
            times.append(line.now)
            line.hear(RelayFrame(RelayKind.ACCEPTED, ack=frame.id))
    for index, at in enumerate(times):
        level = 64 + 20 * (at - times[0]) - index
        assert level > 0, "the server would have refused this one"


def test_received_once_in_order_and_acknowledged_within_twenty_ms() -> None:
    line = client()
    line.join()
    out = line.hear(
        RelayFrame(RelayKind.ENVELOPE, 5, 0, b"a"),
        RelayFrame(RelayKind.ENVELOPE, 5, 0, b"a"),
        RelayFrame(RelayKind.ENVELOPE, 3, 0, b"old"),
        RelayFrame(RelayKind.ENVELOPE, 9, 0, b"b"),
    )
    assert out == [inputs.EnvelopeReceived(b"a"), inputs.EnvelopeReceived(b"b")]
    assert line.link.deadline == pytest.approx(line.now + ACK_DELAY_S)
    assert frames(line.wait(ACK_DELAY_S + 0.001)) == [RelayFrame(RelayKind.ACK, 0, 9)]
    line.hear(RelayFrame(RelayKind.ENVELOPE, 10, 0, b"c"))
    (frame,) = frames(line.do(effects.SendEnvelope(b"mine")))
    assert frame.ack == 10  # it rides on the next envelope
    assert frames(line.wait(1.0)) == []


def test_full_and_retry_resend_everything_in_order_later() -> None:
    for refusal in (wire.Full(5.0), wire.Retry(5.0)):
        line = client()
        line.join()
        for n in range(3):
            line.do(effects.SendEnvelope(b"%d" % n))
        assert sent(line.hear(refusal)) == []
        assert sent(line.do(effects.SendEnvelope(b"3"))) == []
        line.wait(4.9)
        assert sent(line.wait(0.2)) == [b"0", b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (4408, "replaced"),
        (4403, "revoked"),
        (4410, "closed"),
        (4409, "unavailable"),
        (4426, "version"),
    ],
)
def test_final_close_codes_do_not_reconnect(code: int, reason: str) -> None:
    line = client()
    line.join()
    assert refusals(line.do(SocketClosed(code))) == [inputs.RoomRefused(reason)]
    assert line.link.deadline is None
    assert line.wait(1000.0) == []


def test_too_many_claims_name_their_wait() -> None:
    for reason, wait_s in (("7", 7.0), ("nonsense", 60.0), ("9" * 99, 3600.0)):
        line = client()
        line.do(SocketOpened())
        line.hear(WELCOME)
        refused = refusals(line.do(SocketClosed(1013, reason)))
        assert refused == [inputs.RoomRefused("later", wait_s)]


def test_the_uniform_no_means_what_was_asked() -> None:
    line = client()
    line.do(SocketOpened())
    line.hear(WELCOME)
    assert refusals(line.hear(wire.No())) == [inputs.RoomRefused("unavailable")]
    # The person may try another number on the same line.
    assert line.do(effects.ClaimInvite("000001")) == [OpenSocket()]

    line = counselor()
    line.do(SocketOpened())
    line.hear(WELCOME)
    assert refusals(line.hear(wire.No())) == [inputs.RoomRefused("not_enrolled")]

    line = client()
    line.join()
    line.do(SocketClosed(None))
    line.wait(5.0)
    line.do(SocketOpened())
    line.hear(WELCOME)
    assert refusals(line.hear(wire.No())) == [inputs.RoomRefused("closed")]


def test_losses_are_retried_with_growing_random_waits() -> None:
    line = client()
    waits = []
    for _ in range(14):
        (down,) = line.do(ConnectFailed())
        assert down == inputs.ServerLinkChanged(up=False, retry_in_s=down.retry_in_s)
        waits.append(down.retry_in_s)
        assert line.wait(down.retry_in_s + 0.001) == [OpenSocket()]
    assert waits[:4] == pytest.approx([0.5, 0.75, 1.125, 1.6875])
    assert waits[-1] == pytest.approx(30.0)


def test_a_healthy_line_is_retried_at_once_and_a_restart_is_spread() -> None:
    line = client()
    line.join()
    for _ in range(3):
        line.wait(25.0)
        line.do(SignOfLife())
    (down,) = line.do(SocketClosed(None))
    assert down.retry_in_s == 0.0
    assert line.wait(0.0) == [OpenSocket()]
    line.join()
    for _ in range(3):
        line.wait(25.0)
        line.do(SignOfLife())
    (down,) = line.do(SocketClosed(1012))
    assert down.retry_in_s == pytest.approx(7.5)
    assert line.do(effects.ReconnectNow()) == [OpenSocket()]


def test_silence_at_every_stage_ends() -> None:
    line = client()
    line.wait(CONNECT_LIMIT_S - 0.1)
    out = line.wait(0.2)
    assert out[0] == CloseSocket(1001)
    line.wait(60.0)
    line.do(SocketOpened())
    assert CloseSocket(1001) in line.wait(ANSWER_LIMIT_S + 0.1)
    line.wait(60.0)
    line.join()
    line.wait(SILENCE_LIMIT_S - 1)
    line.do(SignOfLife())
    assert line.wait(SILENCE_LIMIT_S - 1) == []
    assert CloseSocket(1001) in line.wait(2.0)


def test_an_acceptance_that_stays_out_reconnects() -> None:
    line = client()
    line.join()
    line.do(effects.SendEnvelope(b"x"))
    assert line.wait(STALL_LIMIT_S - 0.1) == []
    assert CloseSocket(1001) in line.wait(0.2)


def test_controls_are_repeated_until_confirmed() -> None:
    line = counselor()
    line.join()
    assert said(line.do(effects.KeepSeat())) == [wire.SeatKeep(0)]
    assert said(line.do(effects.CloseInvite())) == [wire.InviteClose()]
    line.hear(wire.Ok("invite.close"))
    line.do(SocketClosed(None))
    line.wait(5.0)
    assert said(line.join())[-1] == wire.SeatKeep(0)
    line.hear(wire.Ok("seat.keep"))
    line.do(SocketClosed(None))
    line.wait(5.0)
    assert not [m for m in said(line.join()) if isinstance(m, wire.SeatKeep)]


def test_a_new_claimant_gets_nothing_that_was_meant_for_the_last() -> None:
    line = counselor()
    line.join()
    line.do(effects.SendEnvelope(b"for the first"))
    out = line.hear(wire.Peer(present=False, attempt=1))
    assert said(out) == [wire.SeatDrop(0)]  # "we know": until then nothing is taken
    assert inputs.PeerPresence(present=False, attempt=1) in out
    line.do(effects.SendEnvelope(b"for the second"))
    line.do(SocketClosed(None))
    line.wait(5.0)
    assert sent(line.join(attempt=1)) == [b"for the second"]


def test_a_drop_decided_while_offline_comes_before_what_follows() -> None:
    line = counselor()
    line.join()
    line.do(effects.SendEnvelope(b"for the first"))
    line.do(SocketClosed(None))
    line.do(effects.DropSeat())
    line.do(effects.SendEnvelope(b"for the second"))
    line.wait(5.0)
    out = line.join(attempt=0)
    joined = [o for o in out if isinstance(o, inputs.RoomJoined)]
    assert joined == [inputs.RoomJoined(1, peer_present=False)]
    texts = [o for o in out if isinstance(o, WriteText | WriteFrame)][-2:]
    assert decode_client_message(texts[0].text) == wire.SeatDrop(0)
    assert decode_frame(texts[1].frame).body == b"for the second"


def test_turn_is_asked_for_again_after_a_loss_until_answered() -> None:
    line = client()
    line.do(effects.RequestTurn())
    assert said(line.join())[-1] == wire.TurnPlease()
    line.do(SocketClosed(None))
    line.wait(5.0)
    assert said(line.join())[-1] == wire.TurnPlease()
    out = line.hear(wire.Turn(["turn:a"], "u", "p", 60))
    assert out == [inputs.TurnServers(("turn:a",), "u", "p")]


def test_leaving_waits_for_safety_but_not_for_ever() -> None:
    line = client()
    line.join()
    (frame,) = frames(line.do(effects.SendEnvelope(b"bye")))
    assert line.do(effects.CloseSignaling()) == []
    out = line.hear(RelayFrame(RelayKind.ACCEPTED, ack=frame.id))
    assert out == [CloseSocket(1000)]
    assert line.link.state is LinkState.IDLE

    line = client()
    line.join()
    line.do(effects.SendEnvelope(b"bye"))
    line.do(effects.CloseSignaling())
    assert line.wait(LEAVE_LIMIT_S + 0.01) == [CloseSocket(1000)]
    assert line.link.deadline is None


def test_leaving_acknowledges_what_was_received() -> None:
    line = client()
    line.join()
    line.hear(RelayFrame(RelayKind.ENVELOPE, 5, 0, b"a"))
    out = line.do(effects.CloseSignaling())
    assert frames(out) == [RelayFrame(RelayKind.ACK, 0, 5)]
    assert out[-1] == CloseSocket(1000)


NONSENSE = [
    TextReceived(b"{"),
    TextReceived(b""),
    TextReceived(b"\xff"),
    TextReceived(b'{"t":"root"}'),
    TextReceived(b"x" * 5000),
    TextReceived(encode_message(WELCOME)),
    TextReceived(encode_message(wire.Invite("123456", "aa" * 16, 1))),
    TextReceived(encode_message(wire.Joined(TOKEN, "0", peer=True, attempt=0))),
    FrameReceived(b""),
    FrameReceived(b"\x07" + bytes(16)),
    FrameReceived(encode_frame(RelayFrame(RelayKind.ACK, ack=1))),
    FrameReceived(bytes(70_000)),
]


@pytest.mark.parametrize("event", NONSENSE)
def test_nonsense_closes_the_line_and_the_third_time_gives_up(event) -> None:
    line = client()
    line.join()
    out = line.do(event)
    assert out[0] == CloseSocket(1002)
    assert isinstance(out[1], inputs.ServerLinkChanged)
    for _ in range(2):
        assert refusals(out) == []
        line.wait(60.0)
        line.do(SocketOpened())
        out = line.do(TextReceived(b"nonsense"))
    assert refusals(out) == [inputs.RoomRefused("version")]


def test_frames_before_the_seat_and_impossible_floors_are_nonsense() -> None:
    line = client()
    line.do(SocketOpened())
    out = line.hear(RelayFrame(RelayKind.ACCEPTED, ack=1))
    assert out[0] == CloseSocket(1002)
    line = client()
    line.do(SocketOpened())
    line.hear(WELCOME)
    joined = wire.Joined(TOKEN, str(MAX_ID + 1), peer=True, attempt=0)
    assert line.hear(joined)[0] == CloseSocket(1002)


@given(st.data())
def test_no_input_makes_it_raise_or_hang(data) -> None:
    line = client() if data.draw(st.booleans()) else counselor()
    events = st.one_of(
        st.binary(max_size=40).map(TextReceived),
        st.binary(max_size=60).map(FrameReceived),
        st.sampled_from(NONSENSE),
        st.sampled_from([1000, 1001, 1006, 1012, 1013, 4401, None]).map(SocketClosed),
        st.just(SocketOpened()),
        st.just(ConnectFailed()),
        st.sampled_from(
            [
                WELCOME,
                wire.Joined(TOKEN, "5", peer=True, attempt=1),
                wire.Peer(present=True, attempt=2),
                wire.Retry(2.0),
                wire.Ok("seat.drop"),
                wire.No(),
            ]
        ).map(lambda message: TextReceived(encode_message(message))),
        st.sampled_from(
            [
                effects.SendEnvelope(b"x"),
                effects.KeepSeat(),
                effects.DropSeat(),
                effects.CloseInvite(),
                effects.RequestTurn(),
                effects.ReconnectNow(),
                effects.CloseSignaling(),
                effects.ClaimInvite("111111"),
            ]
        ),
    )
    for event in data.draw(st.lists(events, max_size=25)):
        line.do(event)
        for _ in range(50):
            deadline = line.link.deadline
            if deadline is None or deadline > line.now:
                break
            line.link.handle_timeout(line.now)
        else:
            pytest.fail("the timer never rests")
        line.now += data.draw(st.sampled_from([0.0, 0.1, 20.0]))
