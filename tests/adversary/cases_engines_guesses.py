"""Rows 6 to 9 on real engines: three tries at each side, on disk, whatever happens.

The server and the guesser are the attacker's; the state files are real, and every
burned invite is tried again by an engine that starts from them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import AttackedRoom
from tests.support.evil_relay import Seat, handshake, step
from tests.support.evil_room import EvilRoom, check_sentences, gate_is_shut
from tests.support.impostor import FORGED_M4, Impostor
from tests.support.moments import MOMENTS
from tests.support.mortal import Mortal, reborn, restarted
from tests.support.real_pair import End
from tests.support.wrong_codes import with_another_secret

from safesession.core import inputs
from safesession.core.status import EndReason, Phase, Problem, Role
from safesession.crypto.invite_code import parse_invite_code
from safesession.engine.peer import self_test
from safesession.protocol import server_messages as wire
from safesession.protocol.close_codes import CloseCode


TRIES = 3


def _guess(code: str, by: int) -> bytes:
    return parse_invite_code(with_another_secret(code, by)).secret


@asynccontextmanager
async def _evil_people(folder: Path) -> AsyncIterator[EvilRoom]:
    """Two people at a hostile relay; that the program tests itself is left out."""
    with mock.patch.object(self_test, "run_self_test", _passed):
        async with EvilRoom(folder) as room:
            await room.people()
            yield room


def _burned(end: End) -> None:
    """No more tries, and the person reads why."""
    assert end.status.problem is Problem.TOO_MANY_ATTEMPTS
    check_sentences(Problem.TOO_MANY_ATTEMPTS)
    assert end.guesses() == [TRIES]
    assert not end.status.verified
    assert gate_is_shut(end)


class Reader:
    """Hook of a server that plays the counselor, and reads one M3 to test a guess.

    `read` is set once it has M3; how it goes on is the test's.
    """

    def __init__(self, room: EvilRoom, secret: bytes) -> None:
        self.read = asyncio.Event()
        self._impostor = Impostor(room.relay, secret)

    def __call__(self, seat: Seat, body: bytes) -> list[bytes]:
        if step(body) == 3:
            self.read.set()
            return []
        return self._impostor(seat, body)


async def _client_is_read(room: EvilRoom, code: str, guess: int) -> Seat:
    """The client enters the code; by the time M3 is read, the guess is on disk."""
    before = sum(room.client.guesses())
    reader = room.relay.hook = Reader(room, _guess(code, guess))
    room.join(code)
    async with asyncio.timeout(5):
        await reader.read.wait()
    assert sum(room.client.guesses()) == before + 1
    return room.relay.seat(Role.CLIENT)


async def _nobody_asks_again(room: EvilRoom, code: str) -> None:
    """The invite is burned for this device, before and after a restart."""
    for again in (False, True):
        if again:
            room.client = await restarted(room, room.client)
        seats = len(room.relay.seats)
        if room.client.status.phase is not Phase.IDLE:
            room.client.do(inputs.StartOver())
        room.client.do(inputs.JoinByCode(code))
        _burned(room.client)
        await asyncio.sleep(0)
        assert len(room.relay.seats) == seats, "nobody could test a fourth code"
    room.nothing_opened()


# --- 6, 8: somebody plays the counselor ------------------------------------------------


@case(6, "real engines: a fake counselor guesses three times")
async def guesses_at_the_client(folder: Path) -> Verdict:
    async with _evil_people(folder) as room:
        code = await room.invite()
        for guess in range(1, TRIES + 1):
            seat = await _client_is_read(room, code, guess)
            await room.relay.deliver(seat, handshake(FORGED_M4))
            await room.client.phase(Phase.IDLE)
            burned = guess == TRIES
            wanted = Problem.TOO_MANY_ATTEMPTS if burned else Problem.CODE_WRONG
            assert room.client.status.problem is wanted
        await _nobody_asks_again(room, code)
        assert room.counselor.guesses() == []  # she was never asked
        assert room.counselor.status.invite.wrong_attempts == 0
        return Verdict(frames_leaked=room.leaked)


async def _hide(room: EvilRoom, seat: Seat) -> None:
    await room.relay.say(seat, wire.Peer(present=False, attempt=0))
    room.client.do(inputs.Leave())


async def _cut_and_leave(room: EvilRoom, seat: Seat) -> None:
    await room.relay.cut(seat, CloseCode.RESTART)
    room.client.do(inputs.Leave())


def _closing(code: CloseCode) -> Callable[[EvilRoom, Seat], Awaitable[None]]:
    return lambda room, seat: room.relay.cut(seat, code)


def _answering(message: bytes) -> Callable[[EvilRoom, Seat], Awaitable[None]]:
    return lambda room, seat: room.relay.deliver(seat, handshake(message))


ENDINGS = (
    _hide,
    _closing(CloseCode.SEAT_TAKEN),
    _closing(CloseCode.MAILBOX_CLOSED),
    _closing(CloseCode.REPLACED),
    _closing(CloseCode.VERSION),
    _cut_and_leave,
    _answering(FORGED_M4),
    _answering(b"babble"),
    _answering(FORGED_M4[:-1]),
)


@case(8, "real engines: the server hides, refuses and babbles after each guess")
async def guesses_through_the_server(folder: Path) -> Verdict:
    """Three invites, three endings each: every one leaves its guess on disk."""
    async with _evil_people(folder) as room:
        for first in range(0, len(ENDINGS), TRIES):
            room.client = await room.person(Role.CLIENT, f"device {first}")
            code = await room.invite()
            for guess, ending in enumerate(ENDINGS[first : first + TRIES], 1):
                seat = await _client_is_read(room, code, guess)
                await ending(room, seat)
                await room.client.phase(Phase.IDLE, Phase.ENDED)
                assert room.client.guesses() == [guess]
                room.nothing_opened()
            await _nobody_asks_again(room, code)
        return Verdict(frames_leaked=room.leaked)


# --- 7, 8: somebody plays the client ----------------------------------------------------


@case(7, "real engines: three wrong codes reach the counselor, who is told each time")
async def guesses_at_the_counselor(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        room = attacked.room
        code = await room.invite()
        counselor = room.counselor
        for guess in range(1, TRIES + 1):
            room.client = await room.person(Role.CLIENT, f"thief {guess}")
            room.client.do(inputs.JoinByCode(with_another_secret(code, guess)))
            await counselor.until(lambda n=guess: counselor.guesses() == [n])
            await room.client.phase(Phase.IDLE)
            assert room.client.status.problem is Problem.CODE_WRONG
            assert gate_is_shut(room.client)
            if guess < TRIES:
                await counselor.phase(Phase.INVITED)
                assert counselor.status.invite.wrong_attempts == guess
        await counselor.phase(Phase.ENDED)
        assert counselor.status.ended is EndReason.FAILED
        _burned(counselor)
        # Neither a restart of her app nor of the server brings the number back.
        await room.stop_server()
        await room.start_server()
        again = await restarted(room, counselor)
        assert again.guesses() == [TRIES]
        room.client = await room.person(Role.CLIENT, "来访者")
        room.client.do(inputs.JoinByCode(code))
        await room.client.until(lambda: room.client.problems)
        assert room.client.status.problem is Problem.CODE_UNAVAILABLE
        attacked.nothing_passed()
        # Her next invite is good.
        again.do(inputs.CreateInvite(3600))
        await again.phase(Phase.INVITED)
        assert again.status.invite.wrong_attempts == 0
        room.client.do(inputs.JoinByCode(again.code))
        await attacked.in_call()
        return Verdict(frames_leaked=attacked.watch.leaked)


def _offered(host: Seat) -> bool:
    """Whether M0 for the present claimant is there: its last byte names them."""
    return bool(host.held) and host.held[-1][-1] == host.attempt & 0xFF


@case(8, "real engines: the server claims the seat anew for every guess")
async def attempts_through_the_server(folder: Path) -> Verdict:
    """It counts claimants as it likes; the counselor counts codes."""
    async with _evil_people(folder) as room:
        code, relay = await room.invite(), room.relay
        host = relay.seat(Role.COUNSELOR)
        for guess in range(1, TRIES + 1):
            for lie in (0, 1, 200) if guess > 1 else ():
                host.attempt = guess * 1000 + lie
                await relay.say(host, wire.Peer(True, host.attempt))
            await room.counselor.until(lambda: _offered(host))
            del host.held[:-1]
            secret = _guess(code, guess)
            relay.hook = Impostor(relay, secret, towards_counselor=True)
            await relay.introduce(Seat(Role.CLIENT, host.number), host)
            await room.counselor.until(
                lambda n=guess: room.counselor.guesses() == [n] and host.peer is None
            )
        await room.counselor.phase(Phase.ENDED)
        _burned(room.counselor)
        said = len(host.said)
        await relay.say(host, wire.Peer(True, 10**6))
        room.counselor = await restarted(room, room.counselor)
        assert room.counselor.guesses() == [TRIES]
        assert len(host.said) == said, "nothing is offered any more"
        room.nothing_opened()
        return Verdict(frames_leaked=room.leaked)


# --- 9: death between counting and sending -----------------------------------------------


@case(9, "real engines: the client dies around sending M3")
async def client_dies_around_its_proof(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        room = attacked.room
        code = await room.invite()
        room.client = await room.person(Role.CLIENT, "来访者")
        deaths = [("before-counting", []), *[("before-M3", [n]) for n in (1, 2, 3)]]
        for moment, on_disk in deaths:
            victim = Mortal(room.client, MOMENTS[moment])
            attacked.join_with(code)
            await room.counselor.until(lambda v=victim: v.dead)
            assert room.client.guesses() == on_disk
            assert 3 not in map(step, victim.left), "M3 left before it was counted"
            assert gate_is_shut(room.client)
            await reborn(room, room.client)
        attacked.join_with(code)
        _burned(room.client)
        # Nobody else paid for it, and the counselor was never asked.
        await room.counselor.phase(Phase.INVITED)
        assert room.counselor.status.invite.wrong_attempts == 0
        assert room.counselor.guesses() == []
        room.client = await room.person(Role.CLIENT, "another device")
        attacked.join_with(code)
        await attacked.in_call()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(9, "real engines: the counselor dies before she frees the seat")
async def counselor_dies_before_freeing_the_seat(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        room = attacked.room
        code = await room.invite()
        victim = Mortal(room.counselor, MOMENTS["before-dropping"])
        room.client = await room.person(Role.CLIENT, "thief")
        attacked.join_with(with_another_secret(code))
        await room.client.until(lambda: victim.dead)
        assert room.counselor.guesses() == [1]
        await reborn(room, room.counselor)
        # The secret died with the process; what is under way is answered by nobody.
        late = await room.person(Role.CLIENT, "来访者")
        late.do(inputs.JoinByCode(code))
        await late.phase(Phase.JOINING, Phase.WAITING, Phase.IDLE)
        assert room.counselor.status.phase is Phase.IDLE
        attacked.nothing_passed()
        for end in (room.client, late):
            end.do(inputs.Leave(), inputs.StartOver())
            assert Phase.IN_CALL not in end.phases
        room.client = late
        room.counselor.do(inputs.CreateInvite(3600))
        await room.counselor.phase(Phase.INVITED)
        attacked.join_with(room.counselor.code)
        await attacked.in_call()
        assert room.counselor.guesses() == [1]
        return Verdict(frames_leaked=attacked.watch.leaked)


async def _passed() -> None:
    """The self-test is the matter of other tests."""
