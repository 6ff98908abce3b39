"""Rows 11, 25, 26 and 29: a server that loses, delays, spoils and lies."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest import mock

from tests.adversary.catalogue import Verdict, case
from tests.support.evil_relay import Hook, Seat, honest, step
from tests.support.evil_room import EvilRoom, Refusal, check_sentences, evil_room, soon

from safesession.core import backoff, call, inputs, session
from safesession.core.status import EndReason, Phase, Problem, Role, ServerLink
from safesession.protocol import server_messages as wire
from safesession.protocol.peer_messages import FrameKind
from safesession.tasks import spawn


# --- lost and late -----------------------------------------------------------------


def losing(number: int, lost: list[bytes]) -> Hook:
    def hook(_seat: Seat, body: bytes) -> list[bytes]:
        if step(body) == number:
            lost.append(body)
            return []
        return [body]

    return hook


@case(11, "M0 to M5 lost: both can leave, and the same code still works before M4")
async def lost_messages(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for number in range(6):
            lost: list[bytes] = []
            with mock.patch.object(session, "ANSWER_EXPECTED_S", 0.02):
                await room.attack(losing(number, lost))
                await room.client.until(lambda told=lost: told)
                if number < 3:  # nobody has answered: that is what the client reads
                    await room.client.phase(Phase.WAITING)
            room.nothing_opened()
            assert room.client.status.problem is None
            room.client.do(inputs.Leave())
            assert room.client.status.ended is EndReason.CANCELLED or number == 5
            assert room.guesses()[1] == 0
            if number <= 3:
                await room.counselor.phase(Phase.INVITED)
                room.relay.hook = honest
                room.join(room.counselor.code)
                await room.met()
    return Verdict(frames_leaked=room.leaked)


@case(11, "everything late: they meet all the same")
async def late_messages(folder: Path) -> Verdict:
    async with evil_room(folder) as room:

        async def deliver_late(seat: Seat, body: bytes) -> None:
            await asyncio.sleep(0.02)
            await room.relay.deliver(seat, body)

        def hook(seat: Seat, body: bytes) -> list[bytes]:
            if seat.peer is not None:
                spawn(deliver_late(seat.peer, body), name="late")
            return []

        await room.attack(hook)
        await room.met()
        assert room.guesses() == (0, 0)
    return Verdict()


# --- what it cannot read -------------------------------------------------------------


def spoiling(role: Role, spoil: Hook) -> Hook:
    """Do something to the first sealed signal of one side."""
    done: list[bytes] = []

    def hook(seat: Seat, body: bytes) -> list[bytes]:
        due = seat.role is role and body[0] == FrameKind.SIGNAL and not done
        if not due:
            return [body]
        done.append(body)
        return list(spoil(seat, body))

    return hook


async def _spoiled(room: EvilRoom, role: Role, spoil: Hook) -> None:
    with mock.patch.object(call, "CONNECT_LIMIT_S", 0.25):
        await room.attack(spoiling(role, spoil))
        await room.client.phase(Phase.RECONNECTING)
        room.nothing_opened()
        assert room.client.status.problem is Problem.NO_ROUTE
    await room.met()
    for end in room.pair:
        assert end.assembly._peer._link.epoch >= 1
        assert not end.status.verified


@case(26, "the sealed offer or answer flipped, cut, or under another kind")
async def spoiled_descriptions(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        client, counselor = Role.CLIENT, Role.COUNSELOR
        await _spoiled(
            room, client, lambda _, b: [b[:40] + bytes([b[40] ^ 1]) + b[41:]]
        )
        await _spoiled(room, counselor, lambda _, b: [b[:-1], b + b"\0", b[:1]])
        await _spoiled(room, client, lambda _, b: [bytes([FrameKind.TEXT]) + b[1:]])
    return Verdict(frames_leaked=room.leaked)


@case(26, "sealed signals doubled, reflected, of an earlier epoch and of another call")
async def repeated_signals(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        await room.still_meets()
        another = [(seat.role, list(seat.said)) for seat in room.relay.seats[-2:]]

        def doubled(_seat: Seat, body: bytes) -> list[bytes]:
            return [body] * (1 if body[0] == FrameKind.HANDSHAKE else 2)

        await room.attack(doubled)
        await room.met()
        seats = room.relay.seats[-2:]
        earlier = [(seat.role, list(seat.said)) for seat in seats]
        room.relay.hook = honest
        for end in room.pair:
            end.assembly._peer._link._lose("closed")
        for end in room.pair:
            await end.until(lambda e=end: e.assembly._peer._link is not None)
            await end.until(lambda e=end: e.assembly._peer._link.epoch == 1)
            await end.phase(Phase.IN_CALL)
        faults = [end.assembly.runtime.session.remote_faults for end in room.pair]
        for role, said in [*another, *earlier]:
            for body in said:
                if body[0] != FrameKind.HANDSHAKE:
                    for seat in seats:  # to the other, and back to whoever said it
                        await room.relay.deliver(seat, body)
            assert role in (Role.CLIENT, Role.COUNSELOR)
        for end, before in zip(room.pair, faults, strict=True):
            sealed = end.assembly.runtime.session
            await soon(end, lambda s=sealed, b=before: s.remote_faults > b + 3)
            assert end.status.phase is Phase.IN_CALL
            assert not end.status.verified
            assert end.received == []
    return Verdict(frames_leaked=room.leaked)


# --- what it says itself -------------------------------------------------------------


@case(25, "a server that talks nonsense: given up after three tries, in a sentence")
async def nonsense(folder: Path) -> Verdict:
    greetings = [
        "hello?",
        "{}",
        '{"t":"welcome","v":[1],"nonce":"00","time":0}',
        '{"t":"welcome","v":[1],"nonce":"' + "0" * 64 + '","time":0,"more":1}',
        '{"t":"joined","token":"' + "0" * 64 + '","acc":"0","peer":true,"attempt":0}',
        "[" * 2000,
    ]
    async with evil_room(folder) as room:
        code = await room.invite()
        with mock.patch.object(backoff, "LONGEST_S", 0.01):
            for greeting in greetings:
                room.relay.greeting = greeting
                room.join(code)
                await room.refused(Refusal(Problem.SERVER_REFUSED))
        room.relay.greeting = ""
    return Verdict(frames_leaked=room.leaked)


@case(25, "a server that talks nonsense in the room: left, tried again, nothing lost")
async def nonsense_in_the_room(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        code = await room.invite()
        host = room.relay.seat(Role.COUNSELOR)
        with mock.patch.object(backoff, "LONGEST_S", 0.05):
            for text in ('{"t":"peer","present":1,"attempt":0}', '{"t":"ok"}', "\0"):
                assert host.socket is not None
                await host.socket.send_str(text)
                down = ServerLink.DOWN
                await room.counselor.until(
                    lambda d=down: room.counselor.status.server_link is d
                )
                assert room.counselor.status.problem is Problem.SERVER_UNREACHABLE
                check_sentences(Problem.SERVER_UNREACHABLE)
                up = ServerLink.UP
                await room.counselor.until(
                    lambda u=up: room.counselor.status.server_link is u
                )
                await room.counselor.until(lambda: host.present)
        room.join(code)
        await room.met()
    return Verdict(frames_leaked=room.leaked)


@case(29, "relay addresses that are none: left out, the two meet directly")
async def useless_relays(folder: Path) -> Verdict:
    useless = ["turn:127.0.0.1:99999", "turn:a:b:c", "stun:?", "turn:.", "turn:%00"]
    async with evil_room(folder) as room:
        room.relay.turn = wire.Turn(useless, "user", "password", 600)
        await room.attack()
        await room.met()
        for end in room.pair:
            assert end.assembly._peer._link.epoch == 0
    return Verdict(frames_leaked=room.leaked)
