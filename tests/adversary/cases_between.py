"""Rows 14-19: reflection, and a relay that takes part in the handshake itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.adversary.cases_replay import two_pairs
from tests.adversary.cases_tampering import changing
from tests.adversary.catalogue import Verdict, case
from tests.support.evil_relay import Hook, Seat, handshake, honest, step
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
from tests.support.impostor import Impostor

from safesession.core import inputs
from safesession.core.status import Phase, Problem, Role
from safesession.crypto.handshake_messages import M1, M2, Mode
from safesession.crypto.handshake_shares import (
    CodeExchange,
    encapsulate_mlkem768,
    make_mlkem768,
    make_x25519,
)
from safesession.crypto.identity import IdentityKey
from safesession.crypto.invite_code import parse_invite_code
from safesession.engine.local_state import LocalState


# --- reflection --------------------------------------------------------------------


def echoing(number: int, echo: Callable[[bytes], bytes], answered: int) -> Hook:
    """Give whoever said `number` an `echo` of it, where `answered` was due."""
    said: list[bytes] = []

    def hook(_seat: Seat, body: bytes) -> list[bytes]:
        if step(body) == number:
            said.append(body[1:])
        return [handshake(echo(said[0]))] if step(body) == answered else [body]

    return hook


def as_m2(**fields: Callable[[M1], bytes]) -> Callable[[bytes], bytes]:
    """Make an M2 out of an M1, with some of its values."""

    def echo(m1_bytes: bytes) -> bytes:
        m1 = M1.parse(m1_bytes, Mode.PAIR)
        ciphertext = encapsulate_mlkem768(m1.kem_public)[1]
        values = {name: take(m1) for name, take in fields.items()}
        x25519 = make_x25519(os.urandom).public_key().public_bytes_raw()
        m2 = {"nonce": os.urandom(32), "x25519": x25519, "cpace": x25519, **values}
        return M2(Mode.PAIR, which=0, kem_ciphertext=ciphertext, **m2).to_bytes()

    return echo


@case(14, "M1 as M2, as it is and dressed as one; M3 as M4; the counselor's own back")
async def reflection(folder: Path) -> Verdict:
    own = {
        "nonce": lambda m1: m1.nonce,
        "x25519": lambda m1: m1.x25519,
        "cpace": lambda m1: m1.cpace,
    }
    hooks: list[tuple[Hook, Refusal]] = [
        (echoing(1, lambda m1: m1, 2), MALFORMED),
        (echoing(1, lambda m1: b"SS12" + m1[4:1190], 2), MALFORMED),
        (echoing(1, as_m2(**own), 2), MALFORMED),
        (echoing(1, as_m2(nonce=own["nonce"]), 2), MALFORMED),
        (echoing(1, as_m2(x25519=own["x25519"]), 2), MALFORMED),
        (echoing(3, lambda m3: m3, 4), MALFORMED_AFTER_M3),
        (echoing(3, lambda m3: b"SS14" + m3[4:], 4), COUNTED_BY_CLIENT),
        (echoing(0, lambda m0: m0, 1), SEAT_LOST),
        (echoing(2, lambda m2: m2, 3), COUNTED_BY_CLIENT),
        (echoing(2, lambda m2: b"SS13" + m2[4:565], 3), COUNTED_BY_BOTH),
    ]
    async with evil_room(folder) as room:
        for hook, end in hooks:
            await room.attack(hook)
            await room.refused(end)
    return Verdict(frames_leaked=room.leaked)


class TwoFaced:
    """An identity that is another's, but not when it is compared with its own."""

    def __init__(self, key: IdentityKey) -> None:
        other = IdentityKey.generate(os.urandom)
        self._shown = iter([other.public_key, key.public_key])
        self.sign = key.sign

    @property
    def public_key(self) -> bytes:
        return next(self._shown)


@case(15, "own identity key: at the counselor in M3, at the client in M4")
async def own_identity(folder: Path) -> Verdict:
    async with EvilRoom(folder) as room:
        await room.people()
        counselor, client = room.pair
        # A stolen device file and the code, too: still nobody talks to themselves.
        stolen = LocalState(counselor.state_dir, os.urandom).identity
        own = client.assembly.state.identity
        client.assembly.state._data["identity_seed"] = stolen.export_seed().hex()
        client.do(inputs.StartOver())
        await room.attack()
        await room.refused(COUNTED_BY_CLIENT)
        client.assembly.state._data["identity_seed"] = own.export_seed().hex()
        client.do(inputs.StartOver())
        code = parse_invite_code(await room.invite())
        room.relay.hook = Impostor(room.relay, code.secret, identity=TwoFaced(own))
        room.join(code.digits)
        await room.refused(MALFORMED_AFTER_M3)
        await room.still_meets()
    return Verdict(frames_leaked=room.leaked)


@case(16, "own YA back as YB; the counselor's YB of before as YA")
async def own_share(folder: Path) -> Verdict:
    shares: list[bytes] = []

    def share_of_before(_seat: Seat, body: bytes) -> list[bytes]:
        if step(body) == 2:
            shares.append(M2.parse(body[1:], Mode.PAIR).cpace)
            return [body]
        if step(body) == 1 and shares:
            return [body[:70] + shares[-1] + body[102:]]
        return [body] if step(body) != 3 or len(shares) > 1 else []

    async with evil_room(folder) as room:
        await room.attack(echoing(1, as_m2(cpace=lambda m1: m1.cpace), 2))
        await room.refused(MALFORMED)
        await room.attack(share_of_before)
        await room.client.until(lambda: shares)
        await room.client.phase(Phase.PAIRING)
        await room.relay.cut(room.relay.seat(Role.CLIENT))
        await room.refused(COUNTED_BY_CLIENT)
        room.join(room.counselor.code)
        await room.refused(COUNTED_BY_BOTH)
    return Verdict(frames_leaked=room.leaked)


# --- between them ------------------------------------------------------------------


def _field(start: int, value: bytes) -> Callable[[bytes], list[bytes]]:
    return lambda m: [m[:start] + value + m[start + len(value) :]]


@case(17, "the relay puts its own xA, YA, ekA and xB, YB, ct in their place")
async def swapped_shares(folder: Path) -> Verdict:
    x25519 = make_x25519(os.urandom).public_key().public_bytes_raw()
    context, m0, nonce = b"context", bytes(45), bytes(32)
    share = CodeExchange(b"12345678", context, m0, nonce, os.urandom).public
    kem = make_mlkem768(os.urandom).public_key().public_bytes_raw()
    ciphertext = encapsulate_mlkem768(kem)[1]
    swaps = [(1, 37, x25519), (1, 69, share), (1, 117, kem)]
    swaps += [(2, 37, x25519), (2, 69, share), (2, 102, ciphertext)]
    async with evil_room(folder) as room:
        for number, start, value in swaps:
            await room.attack(changing(number, _field(start, value)))
            await room.refused(COUNTED_BY_BOTH)
    return Verdict(frames_leaked=room.leaked)


def guess(code: str, n: int) -> bytes:
    """A wrong guess at the secret digits."""
    return f"{(int(parse_invite_code(code).secret) + n) % 10**8:08d}".encode()


@case(18, "the relay answers as counselor without the code: three guesses, then none")
async def answers_without_the_code(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        code = await room.invite()
        for n, problem in enumerate(
            (Problem.CODE_WRONG, Problem.CODE_WRONG, Problem.TOO_MANY_ATTEMPTS), 1
        ):
            room.relay.hook = Impostor(room.relay, guess(code, n))
            room.join(code)
            await room.refused(Refusal(problem, client_guesses=1))
        # The fourth is not even asked for, though it would be right.
        seats = len(room.relay.seats)
        room.relay.hook = honest
        room.join(code)
        await room.refused(Refusal(Problem.TOO_MANY_ATTEMPTS))
        assert len(room.relay.seats) == seats
        assert room.client.guesses()[-1] == 3
    return Verdict(frames_leaked=room.leaked)


@case(18, "the relay knows the code and answers as counselor: a link refuses its key")
async def answers_with_the_code(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        code = parse_invite_code(await room.invite())
        room.relay.hook = Impostor(room.relay, code.secret)
        room.join(room.counselor.link)
        await room.refused(Refusal(Problem.IDENTITY_CHANGED, client_guesses=1))
    return Verdict(frames_leaked=room.leaked)


@case(19, "two handshakes spliced: a guess on either side, counted by both")
async def spliced(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        code = await room.invite()
        for n in (1, 2):
            room.relay.hook = Impostor(
                room.relay, guess(code, n), towards_counselor=True
            )
            room.join(code)
            await room.refused(COUNTED_BY_BOTH)
        room.relay.hook = Impostor(room.relay, guess(code, 3), towards_counselor=True)
        room.join(code)
        burned = Problem.TOO_MANY_ATTEMPTS
        await room.refused(Refusal(burned, burned, 1, 1))
    return Verdict(frames_leaked=room.leaked)


@case(19, "roles swapped: two clients at one table, two counselors at another")
async def roles_swapped(folder: Path) -> Verdict:
    async with two_pairs(folder) as (one, two):
        relay = one.relay
        for room in (one, two):
            await room.attack(lambda _seat, _body: [])
            known = len(relay.seats)
            await room.client.until(lambda n=known: len(relay.seats) > n)
        seats = relay.seats[-4:]
        counselors = [seat for seat in seats if seat.role is Role.COUNSELOR]
        clients = [seat for seat in seats if seat.role is Role.CLIENT]
        offers = [seat.said[0] for seat in counselors]
        relay.hook = honest
        await relay.introduce(*clients)
        await relay.introduce(*counselors)
        for client, offer in zip(clients, offers, strict=True):
            await relay.deliver(client, offer)
        for counselor, offer in zip(counselors, reversed(offers), strict=True):
            await relay.deliver(counselor, offer)
        # Each asks the relay to drop the other, who is then told that it is over.
        thrown_out = Refusal(Problem.PEER_MISBEHAVED, Problem.SERVER_REFUSED)
        for room in (one, two):
            await room.refused(MALFORMED, thrown_out)
    return Verdict(frames_leaked=one.leaked + two.leaked)
