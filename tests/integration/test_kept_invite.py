"""A counselor's invite over closed apps and a locked vault: real server, real vault."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.real_pair import End, Room
from tests.support.vaults import PASSPHRASE, Desk
from tests.support.wrong_codes import with_another_secret

from safesession.app.vault import EngineMemory
from safesession.core import inputs
from safesession.core.status import EndReason, Phase, Problem, Role
from safesession.engine.assembly import Assembly, EngineOptions
from safesession.vault.state_store import VaultInvites, VaultStateStore
from safesession.vault.vault import Vault


class Office:
    """A counselor whose app comes and goes; the vault is opened each time."""

    def __init__(self, room: Room, home: Path) -> None:
        self.room = room
        self.desk = Desk(home)
        self.vault: Vault
        self.end: End

    async def open(self) -> End:
        fresh = not self.desk.folder.exists()
        self.vault = self.desk.vault()
        if fresh:
            self.vault.create(PASSPHRASE, self.desk.recovery).result()
        else:
            self.vault.unlock_with_sheet(self.desk.recovery).result()
        vault = self.vault
        options = EngineOptions(
            role=Role.COUNSELOR,
            state_dir=self.desk.home,
            server_origin=self.room.server.origin,
            display_name="王老师",
            enrolment_token=await self.room.server.enrol_token() if fresh else "",
            make_state=lambda: EngineMemory(
                VaultStateStore(vault), VaultInvites(vault)
            ),
        )
        self.end = End(await Assembly.create(options), options.state_dir)
        return self.end

    async def close(self) -> None:
        await self.end.assembly.close()
        self.vault.close()

    def counted(self, scratch: Path) -> list[int]:
        """What another process would find, were this one killed now."""
        shutil.copytree(self.desk.home, scratch)
        with Desk(scratch).opened() as vault:
            return sorted(VaultStateStore(vault).wrong_attempts.values())


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with Room(tmp_path / "room") as room:
        office = Office(room, tmp_path / "counselor")
        yield office
        await office.close()


async def invited(office: Office) -> str:
    end = await office.open()
    end.do(inputs.CreateInvite(172_800))
    await end.phase(Phase.INVITED)
    return end.code


async def test_a_client_waits_while_the_app_is_closed(office: Office) -> None:
    code = await invited(office)
    await office.close()
    assert office.end.status.ended is EndReason.CANCELLED
    client = await office.room.person(Role.CLIENT, "来访者")
    client.do(inputs.JoinByCode(code))
    await client.phase(Phase.WAITING)
    again = await office.open()
    assert again.code in ("", code)
    await again.phase(Phase.IN_CALL)
    await client.phase(Phase.IN_CALL)
    assert again.assembly.state.invites.kept_invite is None


async def test_closed_again_and_again_it_is_still_one_invite(office: Office) -> None:
    code = await invited(office)
    for _ in range(3):
        await office.close()
        end = await office.open()
        await end.phase(Phase.INVITED)
        await end.until(lambda e=end: e.status.server_link.value == "up")
        assert end.status.invite.code == code
    client = await office.room.person(Role.CLIENT, "来访者")
    client.do(inputs.JoinByCode(code))
    await client.phase(Phase.IN_CALL)
    await end.phase(Phase.IN_CALL)


async def test_a_withdrawn_invite_does_not_come_back(office: Office) -> None:
    await invited(office)
    office.end.do(inputs.Leave())
    await office.end.phase(Phase.ENDED)
    await office.close()
    again = await office.open()
    assert again.status.phase is Phase.IDLE


async def test_a_locked_vault_counts_guesses_and_burns_the_invite(
    office: Office, tmp_path: Path
) -> None:
    code = await invited(office)
    office.vault.lock().result()
    for n in range(1, 4):
        client = await office.room.person(Role.CLIENT, f"guesser {n}")
        client.do(inputs.JoinByCode(with_another_secret(code, n)))
        await office.end.until(lambda n=n: _wrong(office) >= n)
        assert office.counted(tmp_path / f"copy {n}") == [n]
        client.do(inputs.Leave())
    await office.end.phase(Phase.ENDED)
    assert office.end.status.problem is Problem.TOO_MANY_ATTEMPTS
    await office.close()
    again = await office.open()
    assert again.status.phase is Phase.IDLE
    assert again.assembly.state.invites.kept_invite is None


async def test_an_invite_made_while_locked_is_there_at_the_next_start(
    office: Office,
) -> None:
    end = await office.open()
    office.vault.lock().result()
    end.do(inputs.CreateInvite(3600))
    await end.phase(Phase.INVITED)
    code = end.code
    await office.close()
    again = await office.open()
    await again.phase(Phase.INVITED)
    assert again.status.invite.code == code


async def test_a_disk_that_refuses_ends_it_before_anything_leaves(
    office: Office, monkeypatch
) -> None:
    from safesession.errors import StateError

    code = await invited(office)

    def refuse(_self, _invite) -> None:
        raise StateError("disk")

    monkeypatch.setattr(VaultInvites, "keep_invite", refuse)
    client = await office.room.person(Role.CLIENT, "来访者")
    client.do(inputs.JoinByCode(code))
    await office.end.phase(Phase.ENDED)
    assert office.end.status.problem is Problem.INTERNAL
    assert client.guesses() == [], "M2 never came, so no proof was given"


def _wrong(office: Office) -> int:
    status = office.end.status
    if status.phase is Phase.ENDED:
        return 3
    return status.invite.wrong_attempts if status.invite else 0
