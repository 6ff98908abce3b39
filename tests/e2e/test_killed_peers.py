"""kill -9 between writing and sending: no guess is free, and nothing burned comes back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.children import wait_until
from tests.support.headless import HeadlessPeer, RelayProcess, start_server
from tests.support.wrong_codes import with_another_secret

from safesession.engine.local_state import LocalState


pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.name != "posix", reason="SIGKILL"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    relay = start_server(tmp_path_factory.mktemp("relay"))
    yield relay
    relay.program.close()


class Device:
    """One person's machine: what is on its disk outlives every process."""

    def __init__(self, relay: RelayProcess, folder: Path) -> None:
        self.relay = relay
        self.folder = folder
        self.state = folder / "state"
        self._runs = 0

    def _run(self, moment: str | None, *arguments: str, **options) -> HeadlessPeer:
        self._runs += 1
        folder = self.folder / str(self._runs)
        common = ("--server", self.relay.origin, "--state", str(self.state))
        return HeadlessPeer(folder, *arguments, *common, doomed=moment, **options)

    def host(self, moment: str | None = None) -> HeadlessPeer:
        fresh = not self.state.exists()
        environment = self.relay.enrolment() if fresh else None
        return self._run(moment, "host", environment=environment)

    def guest(self, code: str, moment: str | None = None) -> HeadlessPeer:
        return self._run(moment, "join", "--code", code, "--seconds", "1")

    def counted(self) -> list[int]:
        return sorted(LocalState(self.state, os.urandom).wrong_attempts.values())


def killed(peer: HeadlessPeer) -> None:
    with peer:
        assert peer.finish() in (-signal.SIGKILL, 128 + signal.SIGKILL), peer.errors


def test_a_client_killed_around_its_proof_has_spent_its_tries(
    server: RelayProcess, tmp_path: Path
) -> None:
    host = Device(server, tmp_path / "host").host()
    with host:
        code = host.wait_for("invite")["code"]
        client = Device(server, tmp_path / "client")
        killed(client.guest(code, "before-counting"))
        assert client.counted() == []
        for tries in (1, 2, 3):
            killed(client.guest(code, "before-M3"))
            assert client.counted() == [tries]
        with client.guest(code) as guest:
            guest.wait_for("closed", reason="too_many_attempts")
            guest.finish()
        assert client.counted() == [3]
        # Nobody else paid for it, and the counselor was never asked.
        with Device(server, tmp_path / "other").guest(code) as guest:
            guest.wait_for("connected")
            guest.finish()


def test_a_right_code_costs_nothing_unless_the_client_dies_before_it_knows(
    server: RelayProcess, tmp_path: Path
) -> None:
    host = Device(server, tmp_path / "host").host()
    with host:
        client = Device(server, tmp_path / "client")
        killed(client.guest(host.wait_for("invite")["code"], "before-M5"))
        assert client.counted() == [1], "M5 comes first, then the count goes back"
    with Device(server, tmp_path / "host 2").host() as host:
        with client.guest(host.wait_for("invite")["code"]) as guest:
            guest.wait_for("connected")
            guest.finish()
        assert client.counted() == [1], "the other invite's"


def test_a_counselor_killed_before_freeing_the_seat_has_counted(
    server: RelayProcess, tmp_path: Path
) -> None:
    counselor = Device(server, tmp_path / "counselor")
    host = counselor.host("before-dropping")
    with host:
        code = host.wait_for("invite")["code"]
        thief = Device(server, tmp_path / "thief")
        with thief.guest(with_another_secret(code)) as guest:
            killed(host)
            assert counselor.counted() == [1]
            assert not guest.of("paired")
    # A new process has new invites only; the old code is answered by nobody.
    with counselor.host() as again:
        fresh = again.wait_for("invite")["code"]
        assert fresh != code
        with Device(server, tmp_path / "late").guest(code) as late:
            late.wait_for("joined")
            late.interrupt()
            assert not late.of("paired")
            assert all(e["phase"] != "pairing" for e in late.of("state"))
        assert again.of("paired") == []
        assert again.events[-1].get("phase") == "invited"
    assert counselor.counted() == [1]


def test_a_proof_that_nobody_answers_stays_counted(
    server: RelayProcess, tmp_path: Path
) -> None:
    counselor = Device(server, tmp_path / "counselor")
    host = counselor.host("before-M4")
    with host:
        client = Device(server, tmp_path / "client")
        with client.guest(host.wait_for("invite")["code"]) as guest:
            killed(host)
            assert client.counted() == [1]
            guest.interrupt()
            assert guest.of("closed")
            assert not guest.of("paired")
    assert client.counted() == [1], "leaving does not take it back"
    assert counselor.counted() == [], "the code was right"


def test_whoever_is_left_when_the_other_dies_stands_somewhere_and_can_go_on(
    server: RelayProcess, tmp_path: Path
) -> None:
    """SIGKILL of either process early in a meeting; the other one is not hindered."""
    with Device(server, tmp_path / "host").host() as host:
        code = host.wait_for("invite")["code"]
        for number, moment in enumerate(("before-M1", "before-counting")):
            device = Device(server, tmp_path / f"dies {number}")
            killed(device.guest(code, moment))
            assert device.counted() == []
            wait_until(lambda: host.of("state")[-1]["phase"] == "invited", "invited")
        with Device(server, tmp_path / "lives").guest(code) as guest:
            guest.wait_for("connected")
            guest.finish()
    dying = Device(server, tmp_path / "dying host")
    with dying.host("before-M2") as host:
        code = host.wait_for("invite")["code"]
        client = Device(server, tmp_path / "client")
        with client.guest(code) as guest:
            killed(host)
            guest.wait_for("state", phase="waiting")
            guest.interrupt()
            assert guest.of("closed")[-1]["reason"] == "cancelled"
            assert guest.figures["bytes_received"] == 0
        assert client.counted() == dying.counted() == []


def test_three_wrong_codes_burn_an_invite_for_good(tmp_path: Path) -> None:
    """The counselor hears of each; no restart of anybody brings the invite back."""
    relay = start_server(tmp_path / "relay")
    counselor, thief = (Device(relay, tmp_path / name) for name in ("host", "thief"))
    with relay.program, counselor.host() as host:
        code = host.wait_for("invite")["code"]
        for attempts in (1, 2, 3):
            with thief.guest(with_another_secret(code, attempts)) as guest:
                assert guest.finish() == 1
            assert thief.counted() == [attempts]
            if attempts < 3:
                host.wait_for("wrong_code", attempts=attempts)
        assert host.finish() == 1
        assert host.of("closed")[-1]["reason"] == "too_many_attempts"
        assert not host.of("paired")
        relay.program.process.kill()
    assert counselor.counted() == [3]
    again = start_server(
        tmp_path / "relay", listen=relay.origin.removeprefix("http://")
    )
    with again.program, counselor.host() as host:
        fresh = host.wait_for("invite")["code"]
        assert fresh != code
        # On the thief's device the right code is one too many.
        with thief.guest(code) as guest:
            guest.finish()
            assert guest.of("closed")[-1]["reason"] == "too_many_attempts"
            assert {e["server_link"] for e in guest.of("state")} == {"idle"}
        with Device(again, tmp_path / "honest").guest(code) as guest:
            guest.finish()
            assert guest.of("closed")[-1]["reason"] == "code_unavailable"
        assert not host.of("wrong_code")
    assert counselor.counted() == [3]
