"""Rows 1-5, 23 and 24: every message of the handshake changed on its way."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tests.adversary.catalogue import Run, Verdict, case
from tests.support.evil_relay import Hook, Seat, handshake, step
from tests.support.evil_room import (
    COUNTED_BY_BOTH,
    COUNTED_BY_CLIENT,
    MALFORMED,
    MALFORMED_AFTER_M3,
    SEAT_LOST,
    EvilRoom,
    Refusal,
    evil_room,
)
from tests.support.profiles import PROFILE

from safesession.core import call
from safesession.core.status import Phase, Problem


@dataclass(frozen=True)
class Field:
    """Some bytes of a message and what changing them must lead to."""

    start: int
    end: int
    ends: tuple[Refusal, ...]


# By message, in the order of docs/PROTOCOL.md §4.2.
FIELDS = {
    0: [
        Field(0, 4, (MALFORMED,)),
        Field(4, 36, (COUNTED_BY_BOTH,)),  # nonce
        Field(36, 44, (COUNTED_BY_BOTH,)),  # expiry
        Field(44, 45, (COUNTED_BY_BOTH,)),  # attempt
    ],
    1: [
        Field(0, 5, (SEAT_LOST,)),
        Field(5, 37, (COUNTED_BY_BOTH,)),  # nA
        Field(37, 69, (COUNTED_BY_BOTH,)),  # xA
        Field(69, 101, (COUNTED_BY_BOTH,)),  # YA
        Field(101, 117, (COUNTED_BY_BOTH,)),  # hints
        Field(117, 1301, (COUNTED_BY_BOTH, SEAT_LOST)),  # ekA, perhaps no key then
    ],
    2: [
        Field(0, 5, (MALFORMED,)),
        Field(5, 37, (COUNTED_BY_BOTH,)),  # nB
        Field(37, 69, (COUNTED_BY_BOTH,)),  # xB
        Field(69, 101, (COUNTED_BY_BOTH,)),  # YB
        Field(101, 102, (MALFORMED,)),  # which
        Field(102, 1190, (COUNTED_BY_BOTH,)),  # ct
    ],
    3: [
        Field(0, 5, (COUNTED_BY_CLIENT,)),
        Field(5, 37, (COUNTED_BY_BOTH,)),  # tag
        Field(37, 565, (COUNTED_BY_CLIENT,)),  # box: the code was right
    ],
    4: [
        Field(0, 5, (MALFORMED_AFTER_M3,)),
        Field(5, 37, (COUNTED_BY_CLIENT,)),  # tag
        Field(37, 565, (MALFORMED_AFTER_M3,)),  # box
    ],
}
BYTES_OF = {number: fields[-1].end for number, fields in FIELDS.items()}
# What a message that cannot even be read leads to.
UNREADABLE = {number: fields[0].ends for number, fields in FIELDS.items()}
ROUNDS_PER_ROOM = 300  # a state file keeps a thousand counters


def changing(number: int, change: Callable[[bytes], list[bytes]]) -> Hook:
    """Change one message of the handshake, wherever it passes."""

    def hook(_seat: Seat, body: bytes) -> list[bytes]:
        if step(body) != number:
            return [body]
        return [handshake(message) for message in change(body[1:])]

    return hook


def flipped(at: int, mask: int) -> Callable[[bytes], list[bytes]]:
    return lambda m: [m[:at] + bytes([m[at] ^ mask]) + m[at + 1 :]]


def _flips(number: int) -> Iterator[tuple[int, int, tuple[Refusal, ...]]]:
    """Every byte in a soak run, else the edges and the middle of each field."""
    for field in FIELDS[number]:
        last = field.end - 1
        middle = (field.start + last) // 2
        edges = sorted({field.start, middle, last})
        every = range(field.start, field.end)
        for at in every if PROFILE.name == "soak" else edges:
            yield at, 1 << (at % 8), field.ends


def _flip_case(number: int) -> Run:
    async def run(folder: Path) -> Verdict:
        flips = _flips(number)
        leaked = 0
        for visit in itertools.count():
            some = list(itertools.islice(flips, ROUNDS_PER_ROOM))
            if not some:
                return Verdict(frames_leaked=leaked)
            async with evil_room(folder / str(visit)) as room:
                for at, mask, ends in some:
                    await room.attack(changing(number, flipped(at, mask)))
                    await room.refused(*ends)
            leaked += room.leaked
        raise AssertionError

    return run


def _length_case(number: int) -> Run:
    size = BYTES_OF[number]
    changes: list[Callable[[bytes], list[bytes]]] = [
        lambda m: [m[:-1]],
        lambda m: [m[: size // 2]],
        lambda _: [b""],
        lambda m: [m + b"\0"],
        lambda m: [m + m],
        lambda m: [m.ljust(59_999, b"\0")],
    ]

    async def run(folder: Path) -> Verdict:
        async with evil_room(folder) as room:
            for change in changes:
                await room.attack(changing(number, change))
                await room.refused(*UNREADABLE[number])
        return Verdict(frames_leaked=room.leaked)

    return run


async def _doubled(room: EvilRoom, number: int, end: Refusal | None) -> None:
    await room.attack(changing(number, lambda m: [m, m]))
    if end is None:
        await room.met()  # a late repetition changes nothing
    else:
        await room.refused(end)


def _doubled_case(number: int, end: Refusal | None) -> Run:
    async def run(folder: Path) -> Verdict:
        async with evil_room(folder) as room:
            await _doubled(room, number, end)
        return Verdict(frames_leaked=room.leaked)

    return run


for _number in FIELDS:
    case(_number + 1, f"M{_number} flipped at every field")(_flip_case(_number))
    case(_number + 1, f"M{_number} truncated, empty, extended")(_length_case(_number))

for _number, _end in {
    0: None,
    1: COUNTED_BY_CLIENT,
    2: MALFORMED_AFTER_M3,
    3: None,
    4: None,
    5: None,
}.items():
    case(min(_number, 4) + 1, f"M{_number} doubled")(_doubled_case(_number, _end))


@case(5, "M5 changed: the counselor ends, the client is told and not stranded")
async def m5_changed(folder: Path) -> Verdict:
    changes = [flipped(0, 1), flipped(20, 1), lambda m: [m[:-1]], lambda m: [m + m]]
    async with evil_room(folder) as room:
        for change in changes:
            with mock.patch.object(call, "CONNECT_LIMIT_S", 0.2):
                await room.attack(changing(5, change))
                await room.counselor.phase(Phase.ENDED)
                await room.client.until(lambda: room.client.problems)
            room.nothing_opened()
            assert room.counselor.status.problem is Problem.PEER_MISBEHAVED
            assert room.client.status.phase is Phase.RECONNECTING
            assert room.client.status.problem is Problem.NO_ROUTE
            assert room.guesses() == (0, 0)
    return Verdict(frames_leaked=room.leaked)


def _replaced(at: int, value: bytes) -> Callable[[bytes], list[bytes]]:
    return lambda m: [m[:at] + value + m[at + len(value) :]]


@case(23, "another suite than SS1 in one message")
async def another_suite(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for number, suite in itertools.product(FIELDS, (b"SS0", b"SS2")):
            await room.attack(changing(number, _replaced(0, suite)))
            await room.refused(*UNREADABLE[number])
    return Verdict(frames_leaked=room.leaked)


@case(24, "another mode than the one begun in one message")
async def another_mode(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for number, mode in itertools.product((1, 2, 3, 4), b"SR\0"):
            await room.attack(changing(number, _replaced(4, bytes([mode]))))
            await room.refused(*UNREADABLE[number])
    return Verdict(frames_leaked=room.leaked)
