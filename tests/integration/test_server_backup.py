"""Backup, restore, and a database that an older program left."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from tests.integration.test_server_accounts import say, tickets
from tests.support.raw_relay import RawClient
from tests.support.server_process import SOURCE, ServerProcess, run_server_command

from safesession.core.account import CounselorAccount
from safesession.crypto.identity import IdentityKey
from safesession.engine.enrolment import EnrolmentRefusedError, enrol
from safesession.signaling_server import schema
from safesession.signaling_server.server import DATABASE_FILE


def restored(backup: Path, data: Path) -> subprocess.CompletedProcess:
    return run_server_command("restore", str(backup), "--data", str(data))


async def _kept_room(server: ServerProcess, account) -> tuple[dict, dict]:
    """A room that is kept, one envelope waiting for the client; return both seats."""
    counselor = await RawClient.connect(server.origin)
    await counselor.sign_in(account, server.origin)
    invite, seat = await counselor.invite()
    client = await RawClient.connect(server.origin)
    await client.say(t="open", number=invite["number"])
    other = await client.hear()
    assert (await counselor.hear())["t"] == "peer"
    await counselor.say(t="seat.keep", attempt=0)
    assert (await counselor.hear())["t"] == "ok"
    await client.close()
    assert (await counselor.hear())["t"] == "peer"
    await counselor.frame(b"\1" + (7).to_bytes(8, "big") + bytes(8) + b"sealed body")
    assert (await counselor.hear())[:1] == b"\4"  # accepted: on disk
    await counselor.close()
    return seat, other


async def test_a_backup_of_a_running_server_brings_everything_back(tmp_path) -> None:
    backup = tmp_path / "backup.tar"
    with ServerProcess(tmp_path / "server") as server:
        account = await enrol(server.origin, server.enrol_token())
        _, client_seat = await _kept_room(server, account)
        async with await RawClient.connect(server.origin) as line:
            await line.sign_in(account, server.origin)
            open_invite, _ = await line.invite()
        unused = server.enrol_token()
        say(server, "backup", str(backup))
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600
        # Nothing is left beside it, and a second one overwrites nothing.
        assert {path.name for path in tmp_path.iterdir()} == {
            *("server", "server.log", "backup.tar")
        }
        assert "overwrites nothing" in say(server, "backup", str(backup), code=1)
    done = restored(backup, tmp_path / "again")
    assert done.returncode == 0, done.stderr
    assert "1 accounts; 2 open invites are closed" in done.stdout
    for path in (tmp_path / "again", *(tmp_path / "again").iterdir()):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077
    with ServerProcess(tmp_path / "again", server.port) as server:
        async with await RawClient.connect(server.origin) as line:
            assert (await line.sign_in(account, server.origin))["t"] == "signed_in"
        async with await RawClient.connect(server.origin) as line:
            await line.say(t="resume", token=client_seat["token"], have="0")
            assert (await line.hear())["t"] == "joined"
            assert (await line.hear()).endswith(b"sealed body")
        # Used since, for all it knows.
        async with await RawClient.connect(server.origin) as line:
            await line.say(t="open", number=open_invite["number"])
            assert (await line.hear())["t"] == "no"
        with pytest.raises(EnrolmentRefusedError):
            await enrol(server.origin, unused)


async def test_backups_taken_under_load_are_whole(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "server") as server:
        account = await enrol(server.origin, server.enrol_token())
        going = True

        async def write() -> int:
            rooms = 0
            while going:
                async with await RawClient.connect(server.origin) as line:
                    await line.sign_in(account, server.origin)
                    invite, _ = await line.invite()
                    rooms += 1
                    await line.say(t="invite.close", mailbox=invite["mailbox"])
                    await line.hear()
            return rooms

        writing = asyncio.get_running_loop().create_task(write())
        loop = asyncio.get_running_loop()
        for number in range(3):
            target = tmp_path / f"{number}.tar"
            await loop.run_in_executor(None, say, server, "backup", str(target))
        going = False
        assert await writing > 3
    for number in range(3):
        done = restored(tmp_path / f"{number}.tar", tmp_path / f"data{number}")
        assert done.returncode == 0, done.stderr


def test_a_backup_can_go_down_a_pipe(tmp_path: Path) -> None:
    assert run_server_command("enrol", "--data", str(tmp_path / "data")).returncode == 0
    done = subprocess.run(
        [
            *(sys.executable, "-m", "safesession.signaling_server", "backup", "-"),
            *("--data", str(tmp_path / "data")),
        ],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=True,
    )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        assert tar.getnames() == ["manifest.json", "pepper", DATABASE_FILE]
    assert {path.name for path in (tmp_path / "data").iterdir()} == {
        *("pepper", DATABASE_FILE)
    }
    subprocess.run(
        [
            *(sys.executable, "-m", "safesession.signaling_server", "restore", "-"),
            *("--data", str(tmp_path / "again")),
        ],
        env={"PYTHONPATH": str(SOURCE)},
        input=done.stdout,
        capture_output=True,
        check=True,
    )
    pepper, again = (tmp_path / name / "pepper" for name in ("data", "again"))
    assert pepper.read_bytes() == again.read_bytes()


def test_restore_overwrites_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run_server_command("enrol", "--data", str(data))
    run_server_command("backup", str(tmp_path / "b.tar"), "--data", str(data))
    before = {path: path.read_bytes() for path in data.iterdir()}
    done = restored(tmp_path / "b.tar", data)
    assert done.returncode == 1
    assert "has a server's data already" in done.stderr
    assert {path: path.read_bytes() for path in data.iterdir()} == before


def _tar(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


MANIFEST = b'{"format": "safesession-server backup 1", "made_at": 1}'
GOOD = (("manifest.json", MANIFEST), ("pepper", bytes(32)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense" * 1000,
        _tar(),
        _tar(*GOOD),
        _tar(*GOOD, ("../escaped", b"x")),
        _tar(*GOOD, ("/escaped", b"x")),
        _tar(*GOOD, (DATABASE_FILE, b"not a database" * 100)),
        _tar(("manifest.json", b"[]"), *GOOD[1:], (DATABASE_FILE, b"")),
        _tar(("manifest.json", b"{}"), *GOOD[1:], (DATABASE_FILE, b"")),
        _tar(("manifest.json", b"{"), *GOOD[1:], (DATABASE_FILE, b"")),
        _tar(GOOD[0], ("pepper", b"short"), (DATABASE_FILE, b"")),
        _tar(*GOOD, (DATABASE_FILE, b""), ("more", b"")),
    ],
)
def test_a_damaged_backup_is_a_sentence_and_leaves_nothing(tmp_path, content) -> None:
    (tmp_path / "b.tar").write_bytes(content)
    done = restored(tmp_path / "b.tar", tmp_path / "data")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list((tmp_path / "data").iterdir()) == []
    assert not (tmp_path / "escaped").exists()


# --- upgrades ---------------------------------------------------------------------


def _older_file(folder: Path, key: bytes, token_hash: bytes) -> Path:
    """A database as schema 1 left it, with an account and an unused token."""
    folder.mkdir(mode=0o700)
    path = folder / DATABASE_FILE
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(schema.MIGRATIONS[0])
        connection.execute(
            "INSERT INTO account(id, key) VALUES (?, ?)", ("ab" * 16, key)
        )
        connection.execute(
            "INSERT INTO enrol(token_hash, exp) VALUES (?, ?)", (token_hash, 1 << 40)
        )
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    path.chmod(0o600)
    return path


async def test_a_database_of_schema_1_is_upgraded_and_kept_as_it_was(tmp_path) -> None:
    data = tmp_path / "data"
    seed = bytes(range(32))
    path = _older_file(data, IdentityKey(seed).public_key, b"t" * 32)
    old = sqlite3.connect(path).execute("SELECT * FROM account").fetchall()
    with ServerProcess(data) as server:
        account = CounselorAccount("ab" * 16, seed)
        async with await RawClient.connect(server.origin) as line:
            assert (await line.sign_in(account, server.origin))["t"] == "signed_in"
        assert tickets(server, "accounts") == [
            ["ABAB-ABAB", "abababab", "unknown", "active"]
        ]
        assert tickets(server, "tokens")[0][:2] == ["7474-7474", "new account"]
        say(server, "accounts", "revoke", "ABAB-ABAB")
    kept = data / f"before-schema-{len(schema.MIGRATIONS)}.sqlite3"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT * FROM account").fetchall() == old


def test_an_upgrade_that_cannot_keep_the_old_file_does_not_begin(
    tmp_path, monkeypatch
) -> None:
    path = _older_file(tmp_path / "data", bytes(32), b"t" * 32)

    def full(*_arguments: object) -> int:
        raise OSError

    monkeypatch.setattr(schema.Path, "rename", full)
    with pytest.raises(schema.StateError):
        schema.open_database(str(path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = _older_file(tmp_path / "data", bytes(32), b"t" * 32)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    for arguments in (["run", "--listen", "127.0.0.1:0"], ["enrol"], ["status"]):
        done = run_server_command(*arguments, "--data", str(tmp_path / "data"))
        assert done.returncode == 1
        assert "written by a newer version" in done.stderr
    with closing(sqlite3.connect(path)) as connection:
        columns = connection.execute("PRAGMA table_info(account)").fetchall()
    assert "ticket" not in {column[1] for column in columns}
