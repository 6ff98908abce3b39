"""The thief's tools are sharp: with everything in hand, RESUME is theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.attacked_room import AttackedRoom
from tests.support.seat_thief import SeatThief

from safesession.core.status import Role


@pytest.mark.parametrize("victim_role", list(Role))
async def test_whoever_has_key_and_secret_is_the_person(
    tmp_path: Path, victim_role: Role
) -> None:
    async with AttackedRoom(tmp_path) as attacked:
        await attacked.meet()
        victim, other = attacked.end(victim_role), attacked.end(victim_role.other)
        thief, cut_off = SeatThief(victim), SeatThief(other)
        attacked.lose_media()
        loot = thief.loot(other, identity=True, secret=True)
        if victim_role is Role.COUNSELOR:
            await thief.resume_as_client(loot)
            assert thief.holds(4)
        else:
            await thief.resume_as_counselor(loot)
            assert thief.holds(5)
        thief.leave()
        cut_off.leave()
