"""The whole room with real parts: what works, and what each failure says."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.real_pair import Room
from tests.support.wrong_codes import with_another_secret

from safesession.core import inputs
from safesession.core.status import (
    EndReason,
    Phase,
    Problem,
    Role,
    ServerLink,
    TextDirection,
    TextRoute,
    TextState,
)
from safesession.crypto.invite_code import InviteCode, parse_invite_code
from safesession.signaling_server import account_commands


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with Room(tmp_path) as room:
        yield room


def delivered(room: Room, sender: str, text: str) -> bool:
    end = getattr(room, sender)
    states = [t.state for t in end.texts if t.text == text]
    return TextState.DELIVERED in states


# --- the straight way -----------------------------------------------------------------


async def test_two_people_meet_talk_write_and_part(room) -> None:
    room.feed()
    await room.meet()
    await room.compare()
    for end in (room.counselor, room.client):
        await end.until(lambda e=end: e.decoded["video"] > 5 and e.decoded["audio"] > 9)
    assert room.counselor.status.peer.display_name == "来访者"
    assert room.client.status.peer.display_name == "王老师"
    assert room.client.status.text_route is TextRoute.DATA_CHANNEL
    room.client.do(inputs.SendText("您好，我有点紧张。"))
    room.counselor.do(inputs.SendText("慢慢来，我在听。🌿"))
    await room.counselor.until(lambda: room.counselor.received)
    await room.client.until(lambda: room.client.received)
    assert room.counselor.received == ["您好，我有点紧张。"]
    assert room.client.received == ["慢慢来，我在听。🌿"]
    await room.client.until(lambda: delivered(room, "client", "您好，我有点紧张。"))
    room.client.do(inputs.Leave())
    await room.counselor.phase(Phase.ENDED)
    assert room.client.status.ended is EndReason.LEFT
    assert room.counselor.status.ended is EndReason.PEER_LEFT
    assert room.client.problems == room.counselor.problems == []
    assert room.client.phases[-3:] == [Phase.CONNECTING, Phase.IN_CALL, Phase.ENDED]
    # And again, in the same windows.
    for end in (room.counselor, room.client):
        end.do(inputs.StartOver())
    room.counselor.do(inputs.CreateInvite(3600))
    await room.counselor.phase(Phase.INVITED)
    room.client.do(inputs.JoinByCode(room.counselor.link))
    for end in (room.counselor, room.client):
        await end.phase(Phase.IN_CALL)
        assert not end.status.verified


# --- codes ----------------------------------------------------------------------------


async def test_a_third_person_with_the_same_code_gets_the_uniform_answer(room) -> None:
    await room.meet()
    number = parse_invite_code(room.counselor.code).number
    unknown = InviteCode(f"{(int(number) + 1) % 10**6:06d}", b"12345678").digits
    for code in (room.counselor.code, unknown):
        third = await room.person(Role.CLIENT, "third")
        third.do(inputs.JoinByCode(code))
        await third.phase(Phase.IDLE)
        assert third.status.problem is Problem.CODE_UNAVAILABLE
        assert third.guesses() == []
    assert room.counselor.status.phase is Phase.IN_CALL
    assert room.client.status.phase is Phase.IN_CALL


async def test_three_wrong_codes_burn_it_on_both_sides_and_on_disk(room) -> None:
    code = await room.invite()
    client = await room.person(Role.CLIENT, "client")
    for n in (1, 2, 3):
        client.do(inputs.JoinByCode(with_another_secret(code, n)))
        await client.until(lambda n=n: client.guesses() == [n])
        await room.counselor.until(lambda n=n: room.counselor.guesses() == [n])
        await client.phase(Phase.IDLE)
        burned = Problem.TOO_MANY_ATTEMPTS
        wanted = burned if n == 3 else Problem.CODE_WRONG
        assert client.status.problem is wanted
        if n < 3:
            await room.counselor.phase(Phase.INVITED)
            assert room.counselor.status.invite.wrong_attempts == n
    await room.counselor.phase(Phase.ENDED)
    assert room.counselor.status.problem is Problem.TOO_MANY_ATTEMPTS
    # The right code does not help any more, on this device or another.
    client.do(inputs.JoinByCode(code))
    assert client.status.problem is Problem.TOO_MANY_ATTEMPTS
    other = await room.person(Role.CLIENT, "other")
    other.do(inputs.JoinByCode(code))
    await other.until(lambda: other.problems)
    assert other.status.problem is Problem.CODE_UNAVAILABLE
    # A restart is no free guess.
    again = await room.person(Role.CLIENT, "client")
    again.do(inputs.JoinByCode(with_another_secret(code, 4)))
    assert again.status.problem is Problem.TOO_MANY_ATTEMPTS


async def test_the_right_code_after_a_wrong_one_works(room) -> None:
    code = await room.invite()
    room.client = await room.person(Role.CLIENT, "client")
    room.client.do(inputs.JoinByCode(with_another_secret(code)))
    await room.client.until(lambda: room.client.status.problem is Problem.CODE_WRONG)
    room.client.do(inputs.JoinByCode(code))
    for end in (room.counselor, room.client):
        await end.phase(Phase.IN_CALL)
        assert end.guesses() == [1]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("1234", Problem.CODE_INCOMPLETE),
        ("1234 5678 9012 3456", Problem.CODE_MISTYPED),
        ("safesession:join?c=1", Problem.LINK_INVALID),
        ("safesession://evil/join?c=1", Problem.LINK_INVALID),
        ("\ud800\x00" * 5000, Problem.CODE_INCOMPLETE),
    ],
)
async def test_what_is_no_code_is_never_sent(room, typed, problem) -> None:
    client = await room.person(Role.CLIENT, "client")
    client.do(inputs.JoinByCode(typed))
    assert client.status.phase is Phase.IDLE
    assert client.status.problem is problem
    assert client.assembly.runtime._signaling is None


async def test_an_invite_past_its_time_is_gone_for_both(room) -> None:
    code = await room.invite()
    counselor = room.counselor.assembly.runtime
    counselor.session._expires_in_at = 0.0  # an hour later
    counselor._on_timer()
    assert room.counselor.status.problem is Problem.INVITE_EXPIRED
    client = await room.person(Role.CLIENT, "client")
    await asyncio.gather(*counselor._closing)
    client.do(inputs.JoinByCode(code))
    await client.until(lambda: client.problems)
    assert client.status.problem is Problem.CODE_UNAVAILABLE


async def test_a_cancelled_invite_is_gone(room) -> None:
    code = await room.invite()
    room.counselor.do(inputs.Leave())
    assert room.counselor.status.ended is EndReason.CANCELLED
    await asyncio.gather(*room.counselor.assembly.runtime._closing)
    client = await room.person(Role.CLIENT, "client")
    client.do(inputs.JoinByCode(code))
    await client.until(lambda: client.problems)
    assert client.status.problem is Problem.CODE_UNAVAILABLE


# --- lines that break -------------------------------------------------------------------


async def test_the_client_waits_for_a_counselor_whose_line_is_gone(room) -> None:
    code = await room.invite()
    line = room.counselor.assembly.runtime._signaling
    line._link._backoff._uniform = lambda: 0.999  # not back at once
    line._link._backoff._failures = 9
    room.cut_line(counselor=True)
    down = ServerLink.DOWN
    await room.counselor.until(lambda: room.counselor.status.server_link is down)
    assert room.counselor.status.problem is Problem.SERVER_UNREACHABLE
    room.client = await room.person(Role.CLIENT, "client")
    room.client.do(inputs.JoinByCode(code))
    await room.client.phase(Phase.WAITING)
    assert room.client.status.problem is None
    room.counselor.do(inputs.RetryNow())
    for end in (room.counselor, room.client):
        await end.phase(Phase.IN_CALL)
        assert end.status.problem is None
        assert end.guesses() == []


@pytest.mark.parametrize("counselor", [True, False])
@pytest.mark.parametrize("at", [Phase.WAITING, Phase.PAIRING, Phase.CONNECTING])
async def test_a_line_that_breaks_while_they_meet_delays_only(
    room, counselor, at
) -> None:
    """Store and forward: whoever drops comes back, and no guess is counted."""
    code = await room.invite()
    room.client = await room.person(Role.CLIENT, "client")
    cut = []

    def watch(event: object) -> None:
        end = room.counselor if counselor else room.client
        status = getattr(event, "status", None)
        line = room.client.assembly.runtime._signaling
        seated = line is not None and line._link._token is not None
        due = status is not None and not cut and seated
        if due and (status.phase is at or at is Phase.WAITING):
            cut.append(end)
            room.cut_line(counselor=counselor)

    watched = room.counselor if counselor else room.client
    watched.assembly.runtime.subscribe(watch)
    room.client.do(inputs.JoinByCode(code))
    for end in (room.counselor, room.client):
        await end.phase(Phase.IN_CALL, limit_s=40)
        assert end.guesses() == []
    assert cut


@pytest.mark.parametrize("counselor", [True, False])
async def test_a_line_that_breaks_in_a_call_is_not_noticed(room, counselor) -> None:
    room.feed()
    await room.meet()
    await room.compare()
    end = room.counselor if counselor else room.client
    room.cut_line(counselor=counselor)
    await end.until(lambda: ServerLink.DOWN is end.status.server_link)
    end.do(inputs.RetryNow())
    await end.until(lambda: ServerLink.UP is end.status.server_link)
    assert room.client.phases[-1] is room.counselor.phases[-1] is Phase.IN_CALL
    assert room.client.status.verified
    assert room.counselor.status.verified


async def test_the_server_restarts_in_a_call(room) -> None:
    """The call goes on; text goes over the relay again once it is back."""
    room.feed()
    await room.meet()
    await room.compare()
    await room.stop_server()
    for end in (room.counselor, room.client):
        await end.until(lambda e=end: e.status.server_link is ServerLink.DOWN)
    before = dict(room.client.decoded)
    room.client.do(inputs.SendText("服务器没有了"))
    await room.counselor.until(lambda: room.counselor.received)
    await room.client.until(lambda: room.client.decoded["video"] > before["video"] + 3)
    assert room.client.status.phase is room.counselor.status.phase is Phase.IN_CALL
    await room.start_server()
    for end in (room.counselor, room.client):
        end.do(inputs.RetryNow())
        await end.until(lambda e=end: e.status.server_link is ServerLink.UP)
    # Now the media dies on both sides and text has only the relay.
    for end in (room.counselor, room.client):
        end.assembly._peer._link._lose("closed")
        end.do(inputs.SendText("还在"))
    for end in (room.counselor, room.client):
        await end.until(lambda e=end: "还在" in e.received)
        await end.phase(Phase.IN_CALL, limit_s=25)
        assert end.status.verified
    assert room.client.assembly._peer._link.epoch >= 1
    before = dict(room.client.decoded)
    await room.client.until(lambda: room.client.decoded["video"] > before["video"] + 3)


async def test_text_of_a_gap_waits_for_the_server_and_arrives_once(room) -> None:
    await room.meet()
    await room.stop_server()
    for end in (room.counselor, room.client):
        end.assembly._peer._link._lose("closed")
        await end.phase(Phase.RECONNECTING)
    texts = [f"第{n}句" for n in range(5)]
    for text in texts:
        room.client.do(inputs.SendText(text))
    await asyncio.sleep(0.5)
    assert room.counselor.received == []
    await room.start_server()
    for end in (room.counselor, room.client):
        end.do(inputs.RetryNow())
    await room.counselor.until(lambda: len(room.counselor.received) >= 5)
    await room.client.until(lambda: delivered(room, "client", texts[-1]))
    for end in (room.counselor, room.client):
        await end.phase(Phase.IN_CALL, limit_s=25)
    assert room.counselor.received == texts


async def test_leaving_without_a_server_still_reaches_the_other(room) -> None:
    await room.meet()
    await room.stop_server()
    room.client.do(inputs.Leave())
    await room.counselor.phase(Phase.ENDED)
    assert room.counselor.status.ended is EndReason.PEER_LEFT


# --- no server ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
async def test_a_server_that_does_not_exist_is_said_and_tried_again(
    room, free_port, role
) -> None:
    end = await room.person(role, "alone", origin=f"http://127.0.0.1:{free_port}")
    if role is Role.CLIENT:
        end.do(inputs.JoinByCode(InviteCode("123456", b"12345678").digits))
    else:
        end.do(inputs.CreateInvite(3600))
    await end.until(lambda: end.problems)
    assert end.status.problem is Problem.SERVER_UNREACHABLE
    assert end.status.retry_in_s is not None
    assert end.status.phase in (Phase.JOINING, Phase.CREATING_INVITE)
    assert end.assembly.runtime.status.server_link is ServerLink.DOWN
    end.do(inputs.Leave())
    assert end.status.ended is EndReason.CANCELLED
    end.do(inputs.StartOver())
    assert end.status.phase is Phase.IDLE


@pytest.mark.parametrize("at", [Phase.INVITED, Phase.WAITING, Phase.PAIRING])
async def test_a_server_that_dies_before_the_call_is_said(room, at) -> None:
    code = await room.invite()
    ends = [room.counselor]
    if at is not Phase.INVITED:
        room.client = await room.person(Role.CLIENT, "client")
        ends.append(room.client)
        signaling = room.counselor.assembly.runtime._signaling
        if at is Phase.WAITING:
            room.cut_line(counselor=True)
            signaling._link._backoff._failures = 9
        room.client.do(inputs.JoinByCode(code))
        await room.client.until(
            lambda: room.client.assembly.runtime._signaling._link._token
        )
    await room.stop_server()
    for end in ends:
        await end.until(
            lambda e=end: (
                e.status.problem is Problem.SERVER_UNREACHABLE
                or e.status.phase is Phase.CONNECTING
            )
        )
        assert end.status.server_link is ServerLink.DOWN
    await room.start_server()
    for end in ends:
        end.do(inputs.RetryNow())
    for end in ends:
        wanted = Phase.INVITED if len(ends) == 1 else Phase.IN_CALL
        await end.phase(wanted, limit_s=40)
        await end.until(lambda e=end: e.status.problem is None)
        assert end.guesses() == []


async def test_a_server_that_forgot_everything_is_said(room, tmp_path) -> None:
    await room.invite()
    await room.stop_server()
    room.folder = tmp_path / "fresh"
    await room.start_server()
    room.counselor.do(inputs.RetryNow())
    await room.counselor.phase(Phase.ENDED)
    assert room.counselor.status.problem is Problem.SERVER_REFUSED
    room.folder = tmp_path


async def test_a_counselor_without_an_account_is_told(room) -> None:
    end = await room.person(Role.COUNSELOR, "stranger", origin=room.server.origin)
    end.do(inputs.CreateInvite(3600))
    await end.phase(Phase.ENDED)
    assert end.status.problem is Problem.NOT_ENROLLED


def _revoke(room) -> None:
    account = room.counselor.assembly.state.account(room.server.origin)
    account_commands.revoke(room.folder / "server", account.account_id)


async def test_a_revoked_counselor_is_told_and_the_invite_is_gone(room) -> None:
    code = await room.invite()
    _revoke(room)
    await room.counselor.phase(Phase.ENDED)
    assert room.counselor.status.problem is Problem.ACCOUNT_REVOKED
    client = await room.person(Role.CLIENT, "client")
    client.do(inputs.JoinByCode(code))
    await client.until(lambda: client.problems)
    assert client.status.problem is Problem.CODE_UNAVAILABLE


async def test_a_call_goes_on_when_its_counselor_is_revoked(room) -> None:
    room.feed()
    await room.meet()
    _revoke(room)
    for end in (room.counselor, room.client):
        await end.until(lambda e=end: e.status.server_link is ServerLink.DOWN)
        heard = end.decoded["audio"]
        await end.until(lambda e=end, n=heard: e.decoded["audio"] > n + 9)
        assert end.status.phase is Phase.IN_CALL
    room.client.do(inputs.SendText("还在吗？"))
    await room.counselor.until(lambda: room.counselor.received == ["还在吗？"])


async def test_what_answers_but_is_no_signaling_server(room) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        await reader.read(100)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        end = await room.person(Role.CLIENT, "c", origin=f"http://127.0.0.1:{port}")
        end.do(inputs.JoinByCode(InviteCode("123456", b"12345678").digits))
        await end.until(lambda: end.problems)
        assert end.status.problem is Problem.SERVER_UNREACHABLE
        end.do(inputs.Leave())


# --- a damaged machine -------------------------------------------------------------------


@pytest.mark.background_errors
async def test_a_full_disk_at_a_wrong_code_ends_with_a_sentence(
    room, monkeypatch
) -> None:
    code = await room.invite()
    client = await room.person(Role.CLIENT, "client")
    shutil.rmtree(client.state_dir)
    client.state_dir.write_bytes(b"a file where the folder should be")
    client.do(inputs.JoinByCode(with_another_secret(code)))
    await client.phase(Phase.ENDED)
    assert client.status.problem is Problem.INTERNAL
    # What could not be counted was not sent: the counselor saw no guess.
    await room.counselor.phase(Phase.INVITED)
    assert room.counselor.status.invite.wrong_attempts == 0
    client.do(inputs.StartOver())
    assert client.status.phase is Phase.IDLE


async def test_sent_texts_show_their_true_state(room) -> None:
    await room.meet()
    room.client.do(inputs.SendText("eins"))
    states = [t.state for t in room.client.texts]
    assert states[:2] == [TextState.QUEUED, TextState.SENT]
    await room.client.until(lambda: delivered(room, "client", "eins"))
    assert all(t.direction is TextDirection.SENT for t in room.client.texts)
