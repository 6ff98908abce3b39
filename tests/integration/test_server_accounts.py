"""Who may sign in, changed at the terminal while the server serves."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from tests.support.raw_relay import RawClient
from tests.support.relay_people import Person
from tests.support.server_process import ServerProcess, run_server_command

from safesession.core import effects, inputs
from safesession.engine.enrolment import EnrolmentRefusedError, enrol


@pytest.fixture
def server(tmp_path: Path):
    with ServerProcess(tmp_path / "server") as server:
        yield server


def say(server: ServerProcess, *arguments: str, code: int = 0) -> str:
    name, *more = arguments
    done = run_server_command(name, "--data", str(server.data_dir), *more)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip() if code else done.stdout.strip()


async def said(server: ServerProcess, *arguments: str) -> str:
    """Say it beside the loop, so that open connections hear what happens to them."""
    return await asyncio.to_thread(say, server, *arguments)


def listening(line: RawClient) -> asyncio.Task[int | None]:
    """Hear a connection's end when it comes: an answer that is late is cut."""
    return asyncio.get_running_loop().create_task(line.closed(limit_s=30))


def tickets(server: ServerProcess, kind: str) -> list[list[str]]:
    listed = say(server, kind, "list")
    return (
        [] if listed.startswith("no ") else [r.split("  ") for r in listed.split("\n")]
    )


async def test_accounts_are_listed_by_ticket_and_never_by_name(server) -> None:
    assert tickets(server, "accounts") == []
    done = run_server_command("enrol", "--data", str(server.data_dir))
    ticket = re.fullmatch(r"ticket (\S+); write down who gets it\.\n", done.stderr)
    assert ticket
    ((name, purpose, left),) = tickets(server, "tokens")
    assert (name, purpose) == (ticket[1], "new account")
    assert left in ("71 h left", "72 h left")
    account = await enrol(server.origin, done.stdout.strip())
    assert tickets(server, "tokens") == []
    ((name, id_, day, state),) = tickets(server, "accounts")
    assert (name, id_, state) == (ticket[1], account.account_id[:8], "active")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", day)


async def test_a_revoked_token_enrols_nobody(server) -> None:
    token, other = server.enrol_token(), server.enrol_token()
    before = tickets(server, "tokens")
    assert len(before) == 2
    say(server, "tokens", "revoke", before[0][0].lower())
    left = [row[:2] for row in tickets(server, "tokens")]
    assert left == [row[:2] for row in before[1:]]
    worked = 0
    for candidate in (token, other):
        try:
            await enrol(server.origin, candidate)
            worked += 1
        except EnrolmentRefusedError:
            continue
    assert worked == 1
    said = say(server, "tokens", "revoke", before[0][0], code=1)
    assert "no unused token has this ticket" in said


@pytest.mark.parametrize("by", ["ticket", "id"])
async def test_a_revoked_counselor_is_cut_and_told_and_does_not_come_back(
    server, by
) -> None:
    account = await enrol(server.origin, server.enrol_token())
    other = await enrol(server.origin, server.enrol_token())
    revoked = await RawClient.connect(server.origin)
    idle = await RawClient.connect(server.origin)
    stays = await RawClient.connect(server.origin)
    bearer = (await idle.sign_in(account, server.origin))["bearer"]
    await revoked.sign_in(account, server.origin)
    invite, joined = await revoked.invite()
    await stays.sign_in(other, server.origin)
    client = await RawClient.connect(server.origin)
    await client.say(t="open", number=invite["number"])
    assert (await client.hear())["t"] == "joined"
    ((ticket, *_),) = [
        row
        for row in tickets(server, "accounts")
        if account.account_id.startswith(row[1])
    ]
    ends = [listening(line) for line in (revoked, idle, client)]
    name = ticket if by == "ticket" else account.account_id
    await said(server, "accounts", "revoke", name)
    # Where they are: told so; whom they talked to: the room is closed.
    assert [await end for end in ends] == [4403, 4403, 4410]
    for line in (revoked, idle, client):
        await line.close()
    # Every way back: the key, the bearer, the seat, the number.
    async with await RawClient.connect(server.origin) as again:
        assert (await again.sign_in(account, server.origin))["t"] == "no"
    for message in (
        {"t": "bearer", "bearer": bearer},
        {"t": "resume", "token": joined["token"], "have": "0"},
        {"t": "open", "number": invite["number"]},
    ):
        async with await RawClient.connect(server.origin) as again:
            await again.say(**message)
            heard = await again.hear()
            assert heard == ("closed", 4401) or heard["t"] == "no"
    # Nobody else noticed.
    await stays.invite()
    await stays.close()
    states = {row[1]: row[3] for row in tickets(server, "accounts")}
    assert states == {account.account_id[:8]: "revoked", other.account_id[:8]: "active"}


async def test_a_seat_without_a_sign_in_is_revoked_as_well(server) -> None:
    """Who came back by the seat's token proved no account on that connection."""
    account = await enrol(server.origin, server.enrol_token())
    async with await RawClient.connect(server.origin) as first:
        await first.sign_in(account, server.origin)
        _, joined = await first.invite()
    async with await RawClient.connect(server.origin) as again:
        await again.say(t="resume", token=joined["token"], have="0")
        assert (await again.hear())["t"] == "joined"
        end = listening(again)
        await said(server, "accounts", "revoke", account.account_id)
        assert await end == 4403


async def test_the_app_of_a_revoked_counselor_says_so(server) -> None:
    account = await enrol(server.origin, server.enrol_token())
    counselor = Person(server.address, account)
    counselor.do(effects.OpenInvite(3600))
    await counselor.first(inputs.InviteOpened)
    await said(server, "accounts", "revoke", account.account_id)
    refused = await counselor.first(inputs.RoomRefused)
    assert refused.reason == "revoked"
    await counselor.line.close()


async def test_revoking_holds_across_a_restart_and_without_a_server(tmp_path) -> None:
    with ServerProcess(tmp_path / "server") as server:
        account = await enrol(server.origin, server.enrol_token())
        server.stop()
    say(server, "accounts", "revoke", account.account_id)
    with ServerProcess(tmp_path / "server") as server:
        async with await RawClient.connect(server.origin) as line:
            assert (await line.sign_in(account, server.origin))["t"] == "no"


async def test_a_rotated_key_replaces_the_old_one_when_it_is_used(server) -> None:
    old = await enrol(server.origin, server.enrol_token())
    line = await RawClient.connect(server.origin)
    await line.sign_in(old, server.origin)
    invite, _ = await line.invite()
    token = say(server, "accounts", "rotate", old.account_id)
    (waiting,) = tickets(server, "tokens")
    assert waiting[1] == f"new key for {old.account_id[:8]}"
    async with await RawClient.connect(server.origin) as meanwhile:
        assert (await meanwhile.sign_in(old, server.origin))["t"] == "signed_in"
    end = listening(line)
    new = await enrol(server.origin, token)
    assert new.account_id == old.account_id
    assert await end == 4403
    await line.close()
    async with await RawClient.connect(server.origin) as again:
        assert (await again.sign_in(old, server.origin))["t"] == "no"
    async with await RawClient.connect(server.origin) as again:
        assert (await again.sign_in(new, server.origin))["t"] == "signed_in"
        await again.say(t="invite.list")  # the account's invites are still theirs
        listed = (await again.hear())["invites"]
        assert [entry["mailbox"] for entry in listed] == [invite["mailbox"]]
    assert len(tickets(server, "accounts")) == 1


async def test_a_revoked_account_is_neither_rotated_nor_renewed(server) -> None:
    account = await enrol(server.origin, server.enrol_token())
    token = say(server, "accounts", "rotate", account.account_id)
    say(server, "accounts", "revoke", account.account_id)
    with pytest.raises(EnrolmentRefusedError):
        await enrol(server.origin, token)
    said = say(server, "accounts", "rotate", account.account_id, code=1)
    assert "is revoked; enrol that counselor anew" in said


def test_unknown_and_ambiguous_names_are_a_sentence(server) -> None:
    for action in ("revoke", "rotate"):
        said = say(server, "accounts", action, "FFFF-FFFF", code=1)
        assert "no account has this ticket or id" in said
    # Too short to mean one account.
    asyncio.run(enrol(server.origin, server.enrol_token()))
    (row,) = tickets(server, "accounts")
    assert "no account has" in say(server, "accounts", "revoke", row[1][:3], code=1)


def test_commands_without_data_are_a_sentence(tmp_path: Path) -> None:
    for arguments in (["accounts", "list"], ["tokens", "list"], ["backup", "x"]):
        name, *more = arguments
        done = run_server_command(name, "--data", str(tmp_path / "none"), *more)
        assert done.returncode == 1
        assert "there is no server data here" in done.stderr
        assert not (tmp_path / "none").exists()
