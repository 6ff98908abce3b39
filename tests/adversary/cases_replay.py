"""Rows 10-13: the handshake's messages repeated, reordered, mixed up, shared."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

from tests.adversary.catalogue import Verdict, case
from tests.support.evil_relay import Hook, Seat, step
from tests.support.evil_room import (
    COUNTED_BY_BOTH,
    COUNTED_BY_CLIENT,
    MALFORMED,
    MALFORMED_AFTER_M3,
    SEAT_LOST,
    EvilRoom,
    evil_room,
)

from safesession.core import call, inputs
from safesession.core.status import Phase, Problem, Role
from safesession.protocol.peer_messages import FrameKind


STEPS = range(5)
# In a later run a message of an earlier one is a wrong proof, no more.
REPLAYED = {
    0: COUNTED_BY_BOTH,
    1: COUNTED_BY_BOTH,
    2: COUNTED_BY_BOTH,
    3: COUNTED_BY_BOTH,
    4: COUNTED_BY_CLIENT,  # the counselor has seen the right proof already
}


def recorded(room: EvilRoom) -> dict[int, bytes]:
    """The latest handshake as the relay saw it."""
    newest = room.relay.seats[-1].number
    said = [b for s in room.relay.seats if s.number == newest for b in s.said]
    return {number: b for b in said if (number := step(b)) is not None}


def with_old(old: dict[int, bytes], *numbers: int) -> Hook:
    """Deliver old messages in the place of these."""

    def hook(_seat: Seat, body: bytes) -> list[bytes]:
        number = step(body)
        return [old[number] if number in numbers else body]

    return hook


@case(10, "M0 to M4 of an earlier meeting replayed in a new one, one at a time")
async def replay_of_a_meeting(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        await room.still_meets()
        old = recorded(room)
        for number in STEPS:
            await room.attack(with_old(old, number))
            await room.refused(REPLAYED[number])
    return Verdict(frames_leaked=room.leaked)


@case(10, "one side of an earlier meeting replayed as a whole")
async def replay_of_one_side(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        await room.still_meets()
        old = recorded(room)
        await room.attack(with_old(old, 0, 2, 4))
        await room.refused(COUNTED_BY_BOTH)
        await room.attack(with_old(old, 1, 3, 5))
        await room.refused(COUNTED_BY_BOTH)
    return Verdict(frames_leaked=room.leaked)


@case(10, "a broken-off attempt replayed in the next one of the same invite")
async def replay_in_the_same_invite(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for number in (1, 2, 3):
            await room.attack(lambda _seat, body: [] if step(body) == 3 else [body])
            await room.client.until(lambda: 3 in recorded(room))
            await room.relay.cut(room.relay.seat(Role.CLIENT))
            await room.refused(COUNTED_BY_CLIENT)
            old = recorded(room)
            room.relay.hook = with_old(old, number)
            room.join(room.counselor.code)
            await room.refused(COUNTED_BY_BOTH)
    return Verdict(frames_leaked=room.leaked)


@case(11, "old messages out of their order")
async def out_of_order(folder: Path) -> Verdict:
    orders = [
        (0, 2, MALFORMED),
        (0, 4, MALFORMED),
        (2, 0, MALFORMED),
        (2, 4, MALFORMED),
        (4, 0, MALFORMED_AFTER_M3),
        (4, 2, MALFORMED_AFTER_M3),
        (1, 3, SEAT_LOST),
        (1, 5, SEAT_LOST),
        (3, 1, COUNTED_BY_CLIENT),
        (3, 5, COUNTED_BY_CLIENT),
    ]
    async with evil_room(folder) as room:
        await room.still_meets()
        old = recorded(room)
        for due, sent, end in orders:
            await room.attack(with_old({due: old[sent]}, due))
            await room.refused(end)
    return Verdict(frames_leaked=room.leaked)


@case(11, "sealed frames overtake M5: nothing opens before it, and the call comes up")
async def sealed_before_the_receipt(folder: Path) -> Verdict:
    kept: list[bytes] = []

    def hook(seat: Seat, body: bytes) -> list[bytes]:
        if seat.role is Role.COUNSELOR:
            return [body]
        if step(body) == 5 and not kept:
            kept.append(body)
            return []
        if body[0] == FrameKind.SIGNAL and len(kept) == 1:
            kept.append(body)
            return [body, kept[0]]
        return [body]

    async with evil_room(folder) as room:
        with mock.patch.object(call, "CONNECT_LIMIT_S", 0.3):
            await room.attack(hook)
            # The offer is lost for good; RESUME brings the next one.
            await room.client.phase(Phase.RECONNECTING)
            room.nothing_opened()
            assert room.client.status.problem is Problem.NO_ROUTE
        for end in room.pair:
            await end.phase(Phase.IN_CALL)
            assert not end.status.verified
            assert end.assembly._peer._link.epoch == 1
            assert end.status.problem is None
        assert room.guesses() == (0, 0)
    return Verdict(frames_leaked=room.leaked)


# --- two invites -------------------------------------------------------------------


@asynccontextmanager
async def two_pairs(folder: Path) -> AsyncIterator[tuple[EvilRoom, EvilRoom]]:
    async with EvilRoom(folder / "one") as one:
        two = EvilRoom(folder / "two", one.relay)
        try:
            await asyncio.gather(one.people(), two.people())
            yield one, two
            for room in (one, two):
                await room.still_meets()
        finally:
            await two.leave()


async def crossed(one: EvilRoom, two: EvilRoom, at: int) -> None:
    """From message `at` on, each client talks to the other's counselor."""
    relay = one.relay
    held: dict[Seat, bytes] = {}

    def hook(seat: Seat, body: bytes) -> list[bytes]:
        if step(body) == at and seat not in held:
            held[seat] = body
            return []
        return [body]

    await one.attack(hook)
    await one.client.until(lambda: len(held) == 1)
    await two.attack(hook)
    await two.client.until(lambda: len(held) == 2)
    seats = relay.seats[-4:]
    counselors = [seat for seat in seats if seat.role is Role.COUNSELOR]
    clients = [seat for seat in seats if seat.role is Role.CLIENT]
    for client, counselor in zip(clients, reversed(counselors), strict=True):
        client.peer, counselor.peer = counselor, client
    for seat, body in held.items():
        assert seat.peer is not None
        await relay.deliver(seat.peer, body)


@case(12, "two invites: M0 to M4 delivered to the other pair")
async def mixed_invites(folder: Path) -> Verdict:
    async with two_pairs(folder) as (one, two):
        for number in STEPS:
            await crossed(one, two, number)
            for room in (one, two):
                await room.refused(REPLAYED[number])
    return Verdict(frames_leaked=one.leaked + two.leaked)


@case(12, "two invites with one number: the handshakes crossed from M1 to M4")
async def mixed_invites_of_one_number(folder: Path) -> Verdict:
    async with two_pairs(folder) as (one, two):
        numbers = one.relay.numbers
        for number in (1, 2, 3, 4):
            one.relay.numbers = itertools.repeat(f"{number:06d}")
            await crossed(one, two, number)
            for room in (one, two):
                await room.refused(REPLAYED[number])
        one.relay.numbers = numbers
    return Verdict(frames_leaked=one.leaked + two.leaked)


# --- one invite --------------------------------------------------------------------


@case(13, "two clients, one invite: the second is told that it is used")
async def two_clients(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        second = await room.person(Role.CLIENT, "another")
        await room.still_meets()
        code = room.counselor.code
        heard = room.counselor.decoded["audio"]
        room.client, first = second, room.client
        room.join(code)
        await second.until(lambda: second.problems)
        assert second.status.problem is Problem.CODE_UNAVAILABLE
        assert second.status.phase is Phase.IDLE
        assert second.guesses() == []
        assert second.assembly._peer is None
        room.client = first
        for end in room.pair:
            assert end.status.phase is Phase.IN_CALL
        await room.counselor.until(lambda: room.counselor.decoded["audio"] > heard)
    return Verdict(frames_leaked=sum(second.decoded.values()))


@case(13, "two clients, one invite: the relay lets the second in all the same")
async def two_clients_at_once(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        second = await room.person(Role.CLIENT, "another")
        await room.attack()
        first = room.client
        await room.met()
        relay, offer = room.relay, recorded(room)[0]
        relay.takes_anyone = True
        room.client = second
        room.join(room.counselor.code)
        known = relay.seat(Role.CLIENT)
        await second.until(lambda: relay.seat(Role.CLIENT) is not known)
        await relay.deliver(relay.seat(Role.CLIENT), offer)
        # Its M1 has reached the counselor, for whom pairing is over.
        session = room.counselor.assembly.runtime.session
        await room.counselor.until(
            lambda: session._encounter._recovery.resume.refused > 0
        )
        assert second.assembly._peer is None
        assert second.status.phase in (Phase.JOINING, Phase.WAITING)
        second.do(inputs.Leave())
        assert second.status.phase is Phase.ENDED
        room.client = first
        for end in room.pair:
            assert end.status.phase is Phase.IN_CALL
        relay.takes_anyone = False
    return Verdict(frames_leaked=sum(second.decoded.values()))
