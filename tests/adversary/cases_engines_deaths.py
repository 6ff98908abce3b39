"""Rows 34 to 37 on real engines: deaths, restarts and losses at every step.

Whoever is left stands in one named state, with a shut gate and a next step; the
dead one begins with what was on disk; and the same two people meet again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import AttackedRoom
from tests.support.evil_relay import Seat, step
from tests.support.evil_room import EvilRoom, Refusal, check_sentences, evil_room
from tests.support.moments import MOMENTS
from tests.support.mortal import Mortal, reborn
from tests.support.promises import RESTING
from tests.support.real_pair import End, Room

from safesession.core import inputs, pairing
from safesession.core.call import BIND_LIMIT_S, CONNECT_LIMIT_S, LOST_AFTER_S
from safesession.core.pairing import ANSWER_LIMIT_S, CONFIRM_LIMIT_S
from safesession.core.session import ANSWER_EXPECTED_S
from safesession.core.status import EndReason, Phase, Problem, Role, ServerLink
from safesession.engine.media.gate import SendGate
from safesession.engine.runtime import Runtime
from safesession.protocol.peer_messages import FrameKind
from safesession.signaling_server.embedded import EmbeddedServer
from safesession.signaling_server.limits import Limits


MARGIN_S = 1.0


@dataclass(frozen=True)
class Death:
    """When one end dies, and where that leaves the other after a while."""

    victim: Role
    moment: str
    left: Phase
    problem: Problem | None = None
    after_s: float = 0.0
    counted: list[int] = field(default_factory=list)  # on the client's disk


A, B = Role.CLIENT, Role.COUNSELOR
WHILE_PAIRING = (
    Death(A, "before-M1", Phase.INVITED),
    Death(A, "before-counting", Phase.INVITED),
    Death(A, "before-M3", Phase.INVITED, counted=[1]),
    Death(A, "before-M5", Phase.ENDED, Problem.PEER_LEFT, CONFIRM_LIMIT_S, [1]),
)
UNDER_THE_CLIENT = (
    Death(B, "before-M2", Phase.WAITING, None, ANSWER_EXPECTED_S),
    Death(B, "before-keeping", Phase.WAITING, None, ANSWER_LIMIT_S, [1]),
    Death(B, "before-M4", Phase.WAITING, None, ANSWER_LIMIT_S, [1]),
)
WHILE_CONNECTING = (
    Death(
        A, "before-description", Phase.RECONNECTING, Problem.NO_ROUTE, CONNECT_LIMIT_S
    ),
    Death(
        B, "before-description", Phase.RECONNECTING, Problem.NO_ROUTE, CONNECT_LIMIT_S
    ),
    Death(A, "before-BIND", Phase.ENDED, Problem.BIND_FAILED, BIND_LIMIT_S),
    Death(B, "before-BIND", Phase.ENDED, Problem.BIND_FAILED, BIND_LIMIT_S),
)


# Nobody leaves and comes back as often as these two, before an old line has closed.
HASTY = Limits(sockets_per_account=20, claims_burst=50.0)


class DeadlyRoom(AttackedRoom):
    """Two people of whom one dies, again and again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.room = Room(folder, EmbeddedServer(folder / "server", limits=HASTY))

    def start_over(self) -> None:
        """Whoever is left presses *Leave*, and both see the first page."""
        for end in self.ends:
            if end.status.phase is not Phase.IDLE:
                end.do(inputs.Leave(), inputs.StartOver())
            end.phases.clear()

    async def begin_anew(self) -> None:
        """A fresh invite of whoever is the counselor now; the client joins."""
        counselor, _ = self.ends
        counselor.do(inputs.CreateInvite(3600))
        await counselor.phase(Phase.INVITED)
        self.join_with(counselor.code)

    async def dies(self, death: Death) -> None:
        """One death, its outcome, and a meeting of the same two afterwards."""
        self.start_over()
        before = sum(self.room.client.guesses())
        victim = Mortal(self.end(death.victim), MOMENTS[death.moment])
        survivor = self.end(death.victim.other)
        await self.begin_anew()
        await survivor.until(lambda: victim.dead)
        await self.noticed(survivor, death)
        assert sum(self.room.client.guesses()) - before == sum(death.counted)
        await reborn(self.room, victim.end)
        await self.meets()

    async def noticed(self, survivor: End, death: Death) -> None:
        if death.after_s:
            await survivor.until(lambda: _sees(survivor, death))
            self.let_pass(death.after_s + MARGIN_S)
        await survivor.phase(death.left)
        assert survivor.status.phase in RESTING
        assert survivor.status.problem is death.problem
        if death.problem is not None:
            check_sentences(death.problem)
        gate_shut(survivor)
        assert Phase.IN_CALL not in survivor.phases
        assert not survivor.status.verified

    async def meets(self) -> None:
        """One next step is enough, and nothing of before counts as compared."""
        self.start_over()
        await self.begin_anew()
        await self.in_call()
        for end in self.ends:
            assert end.status.problem is None
            assert not end.status.verified
        assert self.watch.leaked == 0


def _sees(survivor: End, death: Death) -> bool:
    """The survivor has come to where only time helps."""
    encounter = survivor.assembly.runtime.session._encounter
    if death.left is Phase.WAITING:
        met = survivor.status.phase in (Phase.JOINING, Phase.PAIRING)
        return met and not survivor.status.peer.present
    if death.moment == "before-BIND":
        return encounter is not None and encounter._call._binding is not None
    if death.left is Phase.RECONNECTING:
        return encounter is not None and encounter._call._limit_at is not None
    return survivor.status.phase is Phase.PAIRING


def gate_shut(end: End) -> None:
    """Nothing of this person's leaves or is shown."""
    peer = end.assembly._peer
    link = peer._link if peer is not None else None
    if link is not None:
        assert link._gate.send is not SendGate.OPEN
        assert not link._gate.receive
        assert not link._dtls.media_in


async def _each(folder: Path, deaths: Iterable[Death]) -> Verdict:
    async with DeadlyRoom(folder) as room:
        await room.begin()
        for death in deaths:
            await room.dies(death)
        return Verdict(frames_leaked=room.watch.leaked)


@case(34, "real engines: the client is killed while they pair")
async def client_dies_while_pairing(folder: Path) -> Verdict:
    return await _each(folder, WHILE_PAIRING)


@case(34, "real engines: the counselor is killed while they pair")
async def counselor_dies_while_pairing(folder: Path) -> Verdict:
    return await _each(folder, UNDER_THE_CLIENT)


@case(34, "real engines: either is killed while they connect")
async def dies_while_connecting(folder: Path) -> Verdict:
    return await _each(folder, WHILE_CONNECTING)


@case(34, "real engines: either is killed in a verified call")
async def dies_in_the_call(folder: Path) -> Verdict:
    async with DeadlyRoom(folder) as room:
        await room.meet()
        for role in Role:
            await room.room.compare()
            await room.media_flows(1)
            survivor, victim = room.end(role.other), Mortal(room.end(role))
            victim.kill()
            room.let_pass(LOST_AFTER_S + MARGIN_S)
            await survivor.phase(Phase.RECONNECTING)
            gate_shut(survivor)
            heard = dict(survivor.decoded)
            await reborn(room.room, victim.end)
            # The keys died with the process: nobody resumes, nobody is verified.
            assert room.end(role).status.phase is Phase.IDLE
            assert survivor.decoded == heard
            await room.meets()
            await room.media_flows(1)
        return Verdict(frames_leaked=room.watch.leaked)


# --- 35, 36: the relay goes, both go ------------------------------------------------------


def once(end: End, moment: str) -> asyncio.Event:
    """Say when an end comes to a moment for the first time."""
    come = asyncio.Event()
    runtime: Runtime = end.assembly.runtime
    execute = runtime._execute

    def noting(effect: object) -> None:
        if MOMENTS[moment](effect):
            come.set()
        execute(effect)

    runtime._execute = noting
    return come


async def retrying(attacked: AttackedRoom) -> None:
    """Both press *Try again* where their window offers it, until they are in the call."""
    async with asyncio.timeout(15):
        while not all(end.status.phase is Phase.IN_CALL for end in attacked.ends):
            for end in attacked.ends:
                if end.status.server_link is ServerLink.DOWN:
                    end.do(inputs.RetryNow())
            await asyncio.sleep(0.05)


@case(35, "real engines: the relay restarts at every step of a meeting")
async def relay_restarts(folder: Path) -> Verdict:
    steps = [(A, f"before-M{n}") for n in (1, 3, 5)]
    steps += [(B, f"before-M{n}") for n in (2, 4)]
    steps += [(role, "before-description") for role in (A, B)]
    async with DeadlyRoom(folder) as room:
        await room.begin()
        for role, moment in steps:
            room.start_over()
            come = once(room.end(role), moment)
            await room.begin_anew()
            async with asyncio.timeout(5):
                await come.wait()
            await room.room.stop_server()
            await room.room.start_server()
            await retrying(room)
            for end in room.ends:
                assert end.guesses() == []
                assert end.status.problem in (None, Problem.SERVER_UNREACHABLE)
                assert not end.status.verified
            assert room.watch.leaked == 0
        return Verdict(frames_leaked=room.watch.leaked)


@case(36, "real engines: both lose everything and come back at once")
async def both_reconnect_at_once(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.meet()
        await attacked.room.compare()
        sent: list[str] = []
        for round_ in range(3):
            attacked.lose_media()
            for visit in attacked.room.server._server._running.service.visits():
                visit.port.abort()
            for end in attacked.ends:
                await end.phase(Phase.RECONNECTING)
                gate_shut(end)
            sent.append(f"{round_} 还在吗")
            for end in attacked.ends:
                end.do(inputs.SendText(sent[-1]))
            await retrying(attacked)
            await attacked.media_flows(1)
            links = [end.assembly._peer._link for end in attacked.ends]
            assert len({link.epoch for link in links}) == 1
            assert links[0].epoch > round_
            assert all(end.status.verified for end in attacked.ends)
        for end in attacked.ends:
            await end.until(lambda e=end: len(e.received) >= len(sent))
            assert end.received == sent
        assert attacked.watch.leaked == 0
        return Verdict(frames_leaked=attacked.watch.leaked, messages_sent=2 * len(sent))


# --- 37: M4 lost, late and never ------------------------------------------------------------


@case(37, "real engines: M4 is lost and served again")
async def m4_is_served_again(folder: Path) -> Verdict:
    async with EvilRoom(folder) as room:
        await room.people()
        answers: list[bytes] = []
        proofs: list[bytes] = []

        def lose_the_first(_seat: Seat, body: bytes) -> list[bytes]:
            if step(body) == 3:
                proofs.append(body)
            if step(body) == 4:
                answers.append(body)
                return [] if len(answers) == 1 else [body]
            return [body]

        await room.attack(lose_the_first)
        await room.client.until(lambda: answers)
        assert room.guesses() == (1, 0), "until M4 comes it may have been a guess"
        room.nothing_opened()
        host = room.relay.seat(B)
        for _ in range(3):  # the relay hands M3 over again, as after a lost line
            await room.relay.deliver(host, proofs[0])
        await room.met()
        assert len(set(answers)) == 1, "the same M4, byte for byte"
        assert room.guesses() == (0, 0)
        for end in room.pair:
            assert not end.status.verified
        return Verdict(frames_leaked=room.leaked)


@case(37, "real engines: M4 never comes")
async def m4_never_comes(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        with (
            mock.patch.object(pairing, "ANSWER_LIMIT_S", 0.2),
            mock.patch.object(pairing, "CONFIRM_LIMIT_S", 0.4),
        ):
            await room.attack(lambda _, body: [] if step(body) == 4 else [body])
            await room.refused(
                Refusal(Problem.CODE_WRONG, Problem.PEER_LEFT, client_guesses=1)
            )
        assert room.counselor.status.ended is EndReason.FAILED
        assert all(body[0] == FrameKind.HANDSHAKE for body in room.relay.seat(A).said)
        return Verdict(frames_leaked=room.leaked)
