"""The server as IT runs it: its own process, killed, stopped, misconfigured."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.admin import ask_admin
from tests.support.canaries import Canaries, files_below
from tests.support.kill_storm import Storm
from tests.support.leaking_server import LEAKS
from tests.support.raw_relay import RawClient
from tests.support.relay_people import Person
from tests.support.server_process import ServerProcess, run_server_command

from safesession import logs
from safesession.core import effects, inputs
from safesession.engine.enrolment import enrol
from safesession.signaling_server.__main__ import main


@pytest.fixture
def command(monkeypatch, capsys) -> Callable[..., tuple[int, str]]:
    """Run the command line in this process; return exit code and stderr."""
    monkeypatch.setattr(logs, "configure", lambda **_options: None)
    umask = os.umask(0o077)

    def run(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        return code, capsys.readouterr().err

    yield run
    os.umask(umask)


async def _pair(server: ServerProcess, account) -> tuple[Person, Person]:
    counselor, client = Person(server.address, account), Person(server.address)
    counselor.do(effects.OpenInvite(3600))
    invite = await counselor.first(inputs.InviteOpened)
    client.do(effects.ClaimInvite(invite.number))
    await client.first(inputs.RoomJoined)
    counselor.do(effects.KeepSeat())
    return counselor, client


@pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8")
@pytest.mark.timeout(600)
async def test_kill_minus_nine_loses_and_doubles_nothing(
    tmp_path: Path, rng, profile
) -> None:
    kills = profile.count(ci=4, soak=100)
    tally = await Storm(tmp_path, rng.getrandbits(32)).run(kills)
    assert tally.accepted > kills * 10
    assert (tally.lost, tally.doubled) == ([], [])


async def test_sigterm_drains_and_the_clients_come_back(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    client = await RawClient.connect(server.origin)
    account = await enrol(server.origin, server.enrol_token())
    await client.sign_in(account, server.origin)
    _, joined = await client.invite()
    stopping = asyncio.get_running_loop().run_in_executor(None, server.stop)
    assert (await client.hear())["t"] == "drain"
    assert await client.closed() == 1012
    assert await stopping == 0
    await client.close()
    with ServerProcess(tmp_path / "server") as again:
        async with await RawClient.connect(again.origin) as client:
            await client.say(t="resume", token=joined["token"], have="0")
            assert (await client.hear())["t"] == "joined"


async def _traces(folder: Path, leak: str = "") -> set[str]:
    """Meet on a server; return what its log, files and metrics tell of that."""
    canaries = Canaries()
    with ServerProcess(folder, leak=leak) as server:
        token = server.enrol_token()
        account = await enrol(server.origin, token)
        counselor, client = await _pair(server, account)
        client.send(b"canary in an envelope")
        await counselor.receives(b"canary in an envelope")
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(b"GET /canary HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n")
            raw.recv(1000)
        async with await RawClient.connect(server.origin) as broken:
            await broken.text("canary {")
            await broken.closed()
        seen = [ask_admin(folder, path)[1].encode() for path in ("/metrics", "/status")]
        await counselor.line.close()
        await client.line.close()
        server.stop()
        seen.append(server.log().encode())
    assert b"serving" in seen[-1]
    canaries.plant("number", counselor.all(inputs.InviteOpened)[0].number)
    canaries.plant("token", token)
    canaries.plant("text", "canary")
    canaries.plant("address", "127.0.0.1")
    canaries.plant("path", "/ws ")
    files = list(files_below(folder))
    found = canaries.found_in([*seen, *files])
    canaries.plant("account", account.account_id)  # which the database does know
    return found | canaries.found_in(seen)


async def test_log_files_and_metrics_tell_nothing(tmp_path: Path) -> None:
    assert await _traces(tmp_path / "server") == set()
    for path in (tmp_path / "server", *(tmp_path / "server").iterdir()):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


@pytest.mark.parametrize("leak", LEAKS)
async def test_each_leak_is_found_where_nothing_was(tmp_path: Path, leak: str) -> None:
    expected = {"file": "number", "metric": "account"}.get(leak, leak)
    assert expected in await _traces(tmp_path / "server", leak)


def test_a_taken_port_is_one_sentence_and_exit_code_one(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "server") as server:
        listen = f"127.0.0.1:{server.port}"
        done = run_server_command(
            "run", "--listen", listen, "--data", str(tmp_path / "x")
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"{listen} is taken by another program" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--listen", "nonsense"], "--listen must look like"),
        (["--listen", "127.0.0.1:99999"], "--listen must look like"),
        (["--listen", "203.0.113.7:0"], "no address"),
        (["--tls-cert", "missing.pem"], "belong together"),
        (["--tls-cert", "missing.pem", "--tls-key", "missing.key"], "cannot be read"),
        (["--turn-url", "turn:relay.example.org"], "--turn-secret-file"),
    ],
)
def test_wrong_options_are_one_sentence(
    tmp_path: Path, command, arguments, words
) -> None:
    code, said = command("run", "--data", str(tmp_path / "data"), *arguments)
    assert code == 1
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_unusable_data_is_one_sentence(tmp_path: Path, command) -> None:
    (tmp_path / "file").write_text("in the way")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "signaling.sqlite3").write_bytes(b"not a database" * 100)
    for data in (tmp_path / "file", damaged):
        for arguments in (["run", "--listen", "127.0.0.1:0"], ["enrol"]):
            code, said = command(*arguments, "--data", str(data))
            assert code == 1
            assert len(said.strip().splitlines()) == 1
    code, said = command("status", "--data", str(tmp_path / "nothing"))
    assert code == 1
    assert "no server data" in said


async def test_status_counts(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "server") as server:
        account = await enrol(server.origin, server.enrol_token())
        counselor, client = await _pair(server, account)
        server.enrol_token()
        done = run_server_command("status", "--data", str(tmp_path / "server"))
        assert done.returncode == 0
        counts = dict(line.split(": ") for line in done.stdout.splitlines())
        assert counts["accounts"] == "1"
        assert counts["rooms"] == counts["open invites"] == "1"
        assert counts["unused enrolments"] == "1"
        assert server.status_of("/healthz") == server.status_of("/readyz") == 200
        await counselor.line.close()
        await client.line.close()


def test_the_data_directory_comes_from_the_environment(
    tmp_path, monkeypatch, command
) -> None:
    monkeypatch.setenv("SAFESESSION_SERVER__DATA", str(tmp_path / "named"))
    code, said = command("enrol")
    assert code == 0
    assert said.startswith("ticket ")
    assert (tmp_path / "named" / "pepper").exists()
