"""Somebody else comes back in a person's place while their media is away.

The thief sits where the server would put them and has part of what RESUME needs.
The people themselves must come back undisturbed afterwards, and after a long
absence must compare their words again.
"""

from __future__ import annotations

from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import AttackedRoom
from tests.support.real_pair import End
from tests.support.seat_thief import SeatThief

from safesession.core.status import Phase, Role, SafetyCodeState
from safesession.core.verification import VERIFIED_SURVIVES_S


async def steal(folder: Path, victim_role: Role, *, identity: bool, secret: bool):
    """A thief tries RESUME with `victim_role`'s end; then the people come back."""
    async with AttackedRoom(folder) as attacked:
        await attacked.meet()
        await attacked.room.compare()
        await attacked.media_flows(1)
        victim, other = attacked.end(victim_role), attacked.end(victim_role.other)
        thief, cut_off = SeatThief(victim), SeatThief(other)
        attacked.lose_media()
        loot = thief.loot(other, identity=identity, secret=secret)
        if victim_role is Role.COUNSELOR:
            await thief.resume_as_client(loot)
            assert not thief.holds(4), "the counselor answered a thief"
        else:
            await thief.resume_as_counselor(loot)
            assert not thief.holds(5), "the client answered a thief"
        nothing_won(victim)
        assert victim.assembly.runtime.session._encounter._recovery.resume.refused == 1
        thief.leave()
        cut_off.leave()
        await attacked.in_call()
        await attacked.media_flows(1)
        for end in attacked.ends:
            assert end.assembly._peer._link.epoch == 1
            assert end.status.verified  # a short absence of the same two
        assert attacked.watch.leaked == 0
        return Verdict(frames_leaked=attacked.watch.leaked)


def nothing_won(victim: End) -> None:
    assert victim.status.phase is Phase.RECONNECTING
    assert victim.assembly.runtime.session._encounter._epoch.number == 0
    assert victim.assembly._peer._link is None  # no connection, so no gate


@case(38, "a client's place taken with the identity key only")
async def client_by_identity(folder: Path) -> Verdict:
    return await steal(folder, Role.COUNSELOR, identity=True, secret=False)


@case(38, "a counselor's place taken with the identity key only")
async def counselor_by_identity(folder: Path) -> Verdict:
    return await steal(folder, Role.CLIENT, identity=True, secret=False)


@case(39, "a client's place taken with the resume secret only")
async def client_by_secret(folder: Path) -> Verdict:
    return await steal(folder, Role.COUNSELOR, identity=False, secret=True)


@case(39, "a counselor's place taken with the resume secret only")
async def counselor_by_secret(folder: Path) -> Verdict:
    return await steal(folder, Role.CLIENT, identity=False, secret=True)


@case(40, "back after two minutes: not yet compared")
async def back_after_two_minutes(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.meet()
        await attacked.room.compare()
        away = [SeatThief(end) for end in attacked.ends]
        attacked.lose_media()
        attacked.let_pass(VERIFIED_SURVIVES_S + 1)
        for end in attacked.ends:
            assert end.status.phase is Phase.RECONNECTING
            assert not end.status.verified
        for thief in away:
            thief.leave()
        await attacked.in_call()
        await attacked.media_flows(1)
        ready = SafetyCodeState.READY
        for end in attacked.ends:
            assert not end.status.verified
            assert end.status.safety_code.verified_at is None
            await end.until(lambda e=end: e.status.safety_code.state is ready)
        await attacked.room.compare()
        assert attacked.watch.leaked == 0
        return Verdict(frames_leaked=attacked.watch.leaked)
