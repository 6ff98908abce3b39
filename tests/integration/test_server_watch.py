"""Metrics, status, alerts and the board: counts for this machine, and whose never."""

from __future__ import annotations

import json
import re
import socket
import stat
import urllib.request
from pathlib import Path

import pytest
from tests.support.admin import ServedConfig, ask_admin, metric, until_metric
from tests.support.raw_relay import RawClient
from tests.support.server_process import ServerProcess, run_server_command
from tests.support.source_tree import ROOT

from safesession.engine.enrolment import enrol


BOARD = ROOT / "packaging" / "server" / "grafana.json"
ALERTS = ROOT / "packaging" / "server" / "alerts.yml"
SAMPLE = re.compile(r'^(ss_[a-z_]+)((?:\{(?:path|code)="[a-z0-9]+"\})?) (\S+)$')


@pytest.fixture
def server(tmp_path: Path):
    with ServerProcess(tmp_path / "server") as server:
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_what_happens_is_counted(server: ServerProcess) -> None:
    data = server.data_dir
    account = await enrol(server.origin, server.enrol_token())
    counselor = await RawClient.connect(server.origin)
    await counselor.sign_in(account, server.origin)
    invite, _ = await counselor.invite()
    client = await RawClient.connect(server.origin)
    await client.say(t="open", number=invite["number"])
    await client.hear()
    await counselor.hear()
    until_metric(data, "ss_seated", 2)
    await client.frame(b"\1" + (5).to_bytes(8, "big") + bytes(8) + b"sealed")
    assert (await counselor.hear()).endswith(b"sealed")
    await counselor.frame(b"\3" + bytes(8) + (5).to_bytes(8, "big"))
    assert (await client.hear())[:1] == b"\4"
    counted = {
        "ss_sockets": 2,
        "ss_rooms": 1,
        "ss_invites_open": 1,
        "ss_accounts": 1,
        'ss_envelopes_total{path="live"}': 1,
        "ss_sign_ins_total": 2,  # enrolling is one
        "ss_enrolments_total": 1,
        "ss_claims_total": 1,
        "ss_store_healthy": 1,
        "ss_draining": 0,
        "ss_mailbox_envelopes": 0,
    }
    assert {name: metric(data, name) for name in counted} == counted
    await counselor.close()  # comes back, says 1000: a counselor's seat stays
    await client.hear()
    await client.frame(b"\1" + (6).to_bytes(8, "big") + bytes(8) + b"sealed")
    assert (await client.hear())[:1] == b"\4"
    assert metric(data, 'ss_envelopes_total{path="waiting"}') == 1
    assert metric(data, "ss_envelopes_stored_total") == 1
    assert metric(data, "ss_mailbox_envelopes") == 1
    assert metric(data, "ss_mailbox_bytes") == len(b"sealed")
    await client.close()
    async with await RawClient.connect(server.origin) as broken:
        await broken.text("nonsense")
        assert await broken.closed() == 1007
    assert metric(data, 'ss_closed_total{code="1007"}') == 1
    async with await RawClient.connect(server.origin) as stranger:
        await stranger.say(t="auth", account="ab" * 16, time=1, sig="00" * 64)
        assert (await stranger.hear())["t"] == "no"
    assert metric(data, "ss_sign_ins_refused_total") == 1


async def test_metrics_are_prometheus_text_without_anybody_in_it(server) -> None:
    account = await enrol(server.origin, server.enrol_token())
    async with await RawClient.connect(server.origin) as line:
        await line.sign_in(account, server.origin)
        invite, joined = await line.invite()
        status, text = ask_admin(server.data_dir, "/metrics")
        _, state = ask_admin(server.data_dir, "/status")
    assert status == 200
    declared: dict[str, str] = {}
    for line_ in text.splitlines():
        if line_.startswith("# TYPE "):
            _, _, name, kind = line_.split()
            declared[name] = kind
        elif not line_.startswith("# HELP "):
            sample = SAMPLE.match(line_)
            assert sample, line_
            assert declared[sample[1]] in ("gauge", "counter")
            assert float(sample[3]) >= 0
    for who in (account.account_id, invite["mailbox"], joined["token"], "127.0.0.1"):
        assert who[:8] not in text + state
    for name, kind in declared.items():
        assert name.endswith("_total") is (kind == "counter")


async def test_the_admin_door_is_for_the_servers_user_and_takes_nothing(server) -> None:
    path = server.data_dir / "admin.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ask_admin(server.data_dir, "/")[0] == 404
    assert ask_admin(server.data_dir, "/ws")[0] == 404
    for name in ("/metrics", "/status"):
        assert server.status_of(name) == 404  # not from outside
    assert server.stop() == 0
    assert not path.exists()


def test_the_door_of_a_killed_server_is_taken_over(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "server") as server:
        server.kill()
        assert (tmp_path / "server" / "admin.sock").exists()
    done = run_server_command("status", "--data", str(tmp_path / "server"))
    assert "running: no" in done.stdout
    with ServerProcess(tmp_path / "server") as server:
        assert metric(server.data_dir, "ss_store_healthy") == 1


def test_a_loopback_port_for_prometheus_is_opened_on_request(tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "server.toml"
    config.write_text(
        '[server]\ndata = "data"\nlisten = "127.0.0.1:0"\ndrain_s = 0\n'
        f'[admin]\nlisten = "127.0.0.1:{port}"\n'
    )
    with (
        ServedConfig(config),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        assert answer.headers.get_content_type() == "text/plain"
        assert b"\nss_store_healthy 1\n" in answer.read()
        other = tmp_path / "other.toml"
        other.write_text(config.read_text().replace('"data"', '"other"'))
        done = run_server_command("run", "--config", str(other))
    assert done.returncode == 1
    assert "the port of [admin] is taken by another program" in done.stderr
    assert "Traceback" not in done.stderr


async def test_status_asks_the_running_server(server: ServerProcess) -> None:
    done = run_server_command("status", "--data", str(server.data_dir))
    lines = dict(line.split(": ") for line in done.stdout.splitlines())
    assert lines["running"] == "yes"
    assert lines["store healthy"] == "1"
    assert float(lines["running for hours"]) < 1
    async with await RawClient.connect(server.origin):
        done = run_server_command("status", "--data", str(server.data_dir), "--json")
        counts = json.loads(done.stdout)
    assert counts["running"] is True
    assert counts["accounts"] == 0
    assert counts["figures"]["sockets"] == 1


def test_alerts_and_board_ask_only_for_what_there_is(server: ServerProcess) -> None:
    _, text = ask_admin(server.data_dir, "/metrics")
    there = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)) | {"ss_cert_days"}
    board = json.loads(BOARD.read_text("utf-8"))
    asked = [t["expr"] for panel in board["panels"] for t in panel["targets"]]
    rules = re.findall(r"^ +expr: (.+)$", ALERTS.read_text("utf-8"), re.MULTILINE)
    assert len(asked) > 10
    assert len(rules) == ALERTS.read_text("utf-8").count("- alert: ") > 5
    for expression in (*asked, *rules):
        names = set(re.findall(r"\bss_\w+", expression))
        assert names
        assert names <= there, expression
