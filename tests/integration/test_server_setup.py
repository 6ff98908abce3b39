"""`init`, `check` and `run` from a configuration file, as IT types them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.admin import ServedConfig
from tests.support.certificates import make_certificate
from tests.support.server_process import run_server_command

from safesession import logs
from safesession.engine.enrolment import enrol
from safesession.signaling_server import check as checking
from safesession.signaling_server.__main__ import main


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch, capsys) -> Command:
    """Run the command line in this process; return code, stdout and stderr."""
    monkeypatch.setattr(logs, "configure", lambda **_options: None)
    umask = os.umask(0o077)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return (code, *capsys.readouterr())

    yield run
    os.umask(umask)


@pytest.fixture
def made(command: Command, tmp_path: Path) -> Path:
    """Return the file of an `init` with an own certificate and TURN."""
    crt, key = make_certificate(tmp_path / "tls", "localhost")
    code, out, err = command(
        *("init", "--organisation", 'Zentrum "Ruhe" 心理', "--domain", "localhost"),
        *("--certificate", crt, "--key", key, "--turn", "turn.example.org"),
        *("--config", tmp_path / "etc" / "server.toml", "--data", tmp_path / "data"),
    )
    assert (code, err) == (0, "")
    assert "next:" in out
    return tmp_path / "etc" / "server.toml"


def findings(command: Command, *arguments: object) -> tuple[int, dict[str, set[str]]]:
    code, out, _ = command("check", "--json", *arguments)
    grades: dict[str, set[str]] = {}
    for finding in json.loads(out):
        grades.setdefault(finding["subject"], set()).add(finding["grade"])
        assert finding["sentence"].endswith((".", "`"))
    return code, grades


def wrong_sentences(command: Command, *arguments: object) -> list[str]:
    code, out, _ = command("check", *arguments)
    wrong = [line for line in out.splitlines() if line.startswith("wrong")]
    assert code == int(bool(wrong))
    return wrong


# --- init -------------------------------------------------------------------------


def test_init_writes_what_run_and_coturn_need(made: Path, tmp_path: Path) -> None:
    table = tomllib.loads(made.read_text("utf-8"))
    assert table["server"]["organisation"] == 'Zentrum "Ruhe" 心理'
    assert table["server"]["origins"] == ["https://localhost"]
    assert table["server"]["listen"] == "0.0.0.0:443"
    assert table["server"]["trusted_proxies"] == []
    assert len(table["turn"]["urls"]) == 3
    secret = Path(table["turn"]["secret_file"])
    coturn = made.with_name("turnserver.conf")
    assert f"static-auth-secret={secret.read_text().strip()}\n" in coturn.read_text()
    assert len(secret.read_text().strip()) == 64
    assert "denied-peer-ip=::-" not in coturn.read_text()
    for path, mode in (
        (made, 0o644),
        (made.parent, 0o755),
        (secret, 0o600),
        (coturn, 0o600),
        (tmp_path / "data", 0o700),
        (tmp_path / "data" / "pepper", 0o600),
    ):
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


def test_init_shows_no_secret_and_overwrites_nothing(
    made: Path, command: Command, tmp_path: Path
) -> None:
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    again = (
        *("init", "--organisation", "b", "--domain", "b.example.org"),
        *("--behind-proxy", "127.0.0.1", "--data", tmp_path / "data"),
    )
    code, out, err = command(*again, "--config", made)
    assert (code, out) == (1, "")
    assert "overwrites nothing" in err
    secret = made.with_name("turn.secret").read_text().strip()
    made.unlink()
    code, out, err = command(*again, "--config", made, "--turn", "t.example.org")
    assert code == 1  # the secret is there
    assert not made.exists()
    assert secret not in out + err
    del before[made]
    after = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert after == before


def test_init_behind_a_proxy_leaves_tls_to_it(command: Command, tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    code, _, _ = command(
        *("init", "--organisation", "a", "--domain", "relay.example.org"),
        *("--behind-proxy", "127.0.0.1", "--behind-proxy", "10.1.0.0/16"),
        *("--config", config, "--data", tmp_path / "data"),
    )
    assert code == 0
    table = tomllib.loads(config.read_text("utf-8"))
    assert table["server"]["listen"] == "127.0.0.1:8470"
    assert table["server"]["trusted_proxies"] == ["127.0.0.1", "10.1.0.0/16"]
    assert not {"tls", "turn", "admin"} & set(table)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--domain", "a.example.org"], "needs --organisation and --domain"),
        (["--organisation", "a"], "needs --organisation and --domain"),
        (["--organisation", "a", "--domain", "https://a"], "--domain must be a name"),
        (["--organisation", "a", "--domain", "a.org"], "either --certificate and"),
        (
            ["--organisation", "a", "--domain", "a.org", "--key", "k"],
            "either --certificate and",
        ),
        (
            [
                *("--organisation", "a", "--domain", "a.org"),
                *("--behind-proxy", "::1", "--owner", "no-such-user"),
            ],
            "there is no user no-such-user; make it with `useradd",
        ),
        (
            ["--organisation", "a", "--domain", "a.org", "--behind-proxy", "*"],
            "--behind-proxy must be a list",
        ),
    ],
)
def test_a_wrong_wish_is_one_sentence(
    command: Command, tmp_path: Path, arguments, words
) -> None:
    config = tmp_path / "etc" / "server.toml"
    code, out, err = command(
        "init", *arguments, "--config", config, "--data", tmp_path / "data"
    )
    assert (code, out) == (1, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert not config.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root only")
def test_the_owner_gets_the_secrets_and_root_is_sent_away(
    command: Command, tmp_path: Path
) -> None:
    config = tmp_path / "server.toml"
    arguments = ("--config", config, "--data", tmp_path / "data")
    code, out, _ = command(
        *("init", "--organisation", "a", "--domain", "relay.example.org"),
        *("--behind-proxy", "::1", "--turn", "t.example.org", "--owner", "daemon"),
        *arguments,
    )
    assert code == 0
    assert "1. runuser -u daemon -- safesession-server check" in out
    for name in ("data", "data/pepper", "turn.secret"):
        assert (tmp_path / name).owner() == "daemon"
    assert (tmp_path / "turnserver.conf").owner() == "root"
    for name in ("run", "check", "enrol", "status"):
        code, _, err = command(name, *arguments)
        assert code == 1
        assert "`runuser -u daemon -- safesession-server ...`" in err
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"pepper"}


# --- the unit ---------------------------------------------------------------------


def test_the_unit_names_this_program_and_this_file(command: Command, tmp_path) -> None:
    config = tmp_path / "server.toml"
    code, out, _ = command("init", "--print-unit", "--config", config)
    assert code == 0
    assert not config.exists()
    start = re.search(r"^ExecStart=(\S+) run --config (\S+)$", out, re.MULTILINE)
    assert start
    assert start[1].endswith("/safesession-server")
    assert start[2] == str(config)
    assert "\nUser=safesession\n" in out
    assert "@" not in out.replace("@system-service", "").replace(
        "~@privileged @resources", ""
    )


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze"
)
def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    program = tmp_path / "safesession-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "safesession-server.service"
    done = run_server_command("init", "--print-unit", "--owner", "daemon")
    text = re.sub(
        r"^ExecStart=\S+", f"ExecStart={program}", done.stdout, flags=re.MULTILINE
    )
    unit.write_text(text)
    verify = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    mine = [line for line in verify.stderr.splitlines() if unit.name in line]
    assert not mine, verify.stderr
    security = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert security.returncode == 0, security.stdout[-400:]


# --- check ------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_right_installation_has_nothing_wrong(made: Path, command: Command) -> None:
    made.write_text(made.read_text().replace("0.0.0.0:443", f"127.0.0.1:{free_port()}"))
    code, grades = findings(command, "--config", made)
    assert code == 0
    assert set(grades) == {"configuration", *checking._LOOKS}
    wrong = {subject for subject, found in grades.items() if "wrong" in found}
    assert not wrong
    assert grades["TLS"] == grades["port"] == grades["TURN"] == {"ok"}


def _expired(folder: Path) -> str:
    make_certificate(folder / "tls", "localhost", days=(-9, -1))
    return "the certificate has expired"


def _early(folder: Path) -> str:
    make_certificate(folder / "tls", "localhost", days=(1, 9))
    return "not valid yet"


def _other_name(folder: Path) -> str:
    make_certificate(folder / "tls", "other.example.org")
    return "the certificate is not for localhost"


def _other_key(folder: Path) -> str:
    _, key = make_certificate(folder / "tls", "localhost", stem="other")
    key.replace(folder / "tls" / "tls.key")
    return "key in [tls] does not belong to the certificate"


def _passphrase(folder: Path) -> str:
    make_certificate(folder / "tls", "localhost", passphrase=b"secret")
    return "key in [tls] cannot be used: the key is under a passphrase"


def _no_key(folder: Path) -> str:
    (folder / "tls" / "tls.key").unlink()
    return "key in [tls] cannot be read: there is no file"


def _key_is_a_folder(folder: Path) -> str:
    (folder / "tls" / "tls.key").unlink()
    (folder / "tls" / "tls.key").mkdir()
    return "key in [tls] cannot be read by this account"


def _no_certificate_in_it(folder: Path) -> str:
    (folder / "tls" / "tls.crt").write_text("hello")
    return "certificate in [tls] names a file without a PEM certificate"


def _open_key(folder: Path) -> str:
    (folder / "tls" / "tls.key").chmod(0o644)
    return "everybody may read"


def _no_turn_secret(folder: Path) -> str:
    (folder / "etc" / "turn.secret").unlink()
    return "secret_file in [turn] cannot be read"


def _empty_turn_secret(folder: Path) -> str:
    (folder / "etc" / "turn.secret").write_text("\n")
    return "secret_file in [turn] is empty"


def _no_data(folder: Path) -> str:
    shutil.rmtree(folder / "data")
    return "is missing; `safesession-server init` makes it"


def _open_data(folder: Path) -> str:
    (folder / "data").chmod(0o755)
    return "others may look into"


def _short_pepper(folder: Path) -> str:
    (folder / "data" / "pepper").write_bytes(b"short")
    return "pepper is damaged"


def _newer_database(folder: Path) -> str:
    connection = sqlite3.connect(folder / "data" / "signaling.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    return "written by a newer version"


def _broken_database(folder: Path) -> str:
    (folder / "data" / "signaling.sqlite3").write_bytes(b"not a database" * 100)
    return "cannot be read"


def _pepper_lost(folder: Path) -> str:
    sqlite3.connect(folder / "data" / "signaling.sqlite3").close()
    (folder / "data" / "signaling.sqlite3").touch()
    (folder / "data" / "pepper").unlink()
    return "without it no token or number fits"


@pytest.mark.parametrize(
    "spoil",
    [
        _expired,
        _early,
        _other_name,
        _other_key,
        _passphrase,
        _no_key,
        _key_is_a_folder,
        _no_certificate_in_it,
        _open_key,
        _no_turn_secret,
        _empty_turn_secret,
        _no_data,
        _open_data,
        _short_pepper,
        _newer_database,
        _broken_database,
        _pepper_lost,
    ],
)
def test_check_names_exactly_what_is_wrong(
    made: Path, command: Command, tmp_path: Path, spoil: Callable[[Path], str]
) -> None:
    made.write_text(made.read_text().replace("0.0.0.0:443", f"127.0.0.1:{free_port()}"))
    words = spoil(tmp_path)
    (wrong,) = wrong_sentences(command, "--config", made)
    assert words in wrong


def test_check_names_a_port_that_is_taken(made: Path, command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        (wrong,) = wrong_sentences(command, "--config", made, "--listen", listen)
    assert f"{listen} is taken by another program" in wrong


def test_check_wants_an_origin_and_minds_the_clock(
    command: Command, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    arguments = ("--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    (wrong,) = wrong_sentences(command, *arguments)
    assert "origins in [server] is empty" in wrong
    monkeypatch.setattr(checking, "_kernel_clock", lambda: checking._CLOCK_WRONG)
    _, grades = findings(command, *arguments)
    assert grades["clock"] == {"note"}
    monkeypatch.setattr(checking.time, "time", lambda: 1_000_000_000.0)
    _, grades = findings(command, *arguments)
    assert grades["clock"] == {"wrong"}


# --- run --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        _other_key,
        _passphrase,
        _no_key,
        _key_is_a_folder,
        _no_certificate_in_it,
        _no_turn_secret,
        _empty_turn_secret,
        _short_pepper,
        _newer_database,
        _broken_database,
    ],
)
def test_run_refuses_in_one_sentence(
    made: Path, tmp_path: Path, spoil: Callable[[Path], str]
) -> None:
    words = spoil(tmp_path)
    done = run_server_command("run", "--config", str(made), "--listen", "127.0.0.1:0")
    assert done.returncode == 1
    assert done.stdout == ""
    said = done.stderr.strip()
    assert said.startswith("safesession-server: ")
    assert len(said.splitlines()) == 1
    assert words in said or "database" in said or "pepper" in said
    assert "secret" not in said or "secret_file" in said


async def test_a_file_is_enough_to_serve_and_enrol(
    made: Path, command: Command, tmp_path: Path
) -> None:
    import ssl

    listen = f"127.0.0.1:{free_port()}"
    text = made.read_text().replace("0.0.0.0:443", listen)
    made.write_text(
        text.replace("https://localhost", f"https://localhost:{listen[10:]}")
    )
    with ServedConfig(made) as server:
        assert server.origin == f"https://{listen}"
        assert findings(command, "--config", made)[1]["port"] == {"ok"}
        code, token, ticket = command("enrol", "--config", made)
        assert code == 0
        assert re.fullmatch(r"ticket [0-9A-F]{4}-[0-9A-F]{4}; .*\n", ticket)
        trusting = ssl.create_default_context(cafile=str(tmp_path / "tls" / "tls.crt"))
        origin = f"https://localhost:{server.port}"
        account = await enrol(origin, token.strip(), tls=trusting)
        _, out, _ = command("accounts", "--config", made, "list")
        assert out.split()[:2] == [
            ticket.split()[1].rstrip(";"),
            account.account_id[:8],
        ]
        assert server.stop() == 0


def test_systemd_is_told(tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text('[server]\ndata = "data"\nlisten = "127.0.0.1:0"\ndrain_s = 0\n')
    told = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(told))
        manager.settimeout(10)
        environment = {"NOTIFY_SOCKET": str(told), "WATCHDOG_USEC": "200000"}
        with ServedConfig(config, **environment) as server:
            assert manager.recv(100) == b"READY=1"
            assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
            server.hang_up("reloaded")
            heard = [manager.recv(100)]
            while not heard[-1].startswith(b"RELOADING=1\nMONOTONIC_USEC="):
                heard.append(manager.recv(100))
            assert manager.recv(100) == b"READY=1"
            assert server.stop() == 0
            while heard[-1] != b"STOPPING=1":
                heard.append(manager.recv(100))


def test_the_installed_command_is_this_one() -> None:
    beside = Path(sys.executable).with_name("safesession-server")
    done = subprocess.run(
        [str(beside), "--help"], capture_output=True, text=True, check=True
    )
    for name in ("init", "check", "run", "status", "backup", "restore", "accounts"):
        assert re.search(rf"^    {name} ", done.stdout, re.MULTILINE), done.stdout
