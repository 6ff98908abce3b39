"""Two people and a server on three hosts: the call on networks that people have."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.children import wait_until
from tests.support.headless import HeadlessPeer, start_server
from tests.support.netlab import Line, NetLab


pytestmark = pytest.mark.netns

LONG_S = "250"  # longer than any test; each ends by Ctrl+C
PATH_MS = 25.0
NOTICED_S = 12.0  # a heartbeat's patience and a busy machine


@dataclass(frozen=True)
class Room:
    """A verified call between two hosts."""

    host: HeadlessPeer
    guest: HeadlessPeer

    @property
    def both(self) -> tuple[HeadlessPeer, HeadlessPeer]:
        return self.host, self.guest

    def until(self, phase: str, limit_s: float, *, times: int = 1) -> None:
        """Wait until both have been in a phase so many times."""
        for peer in self.both:
            wait_until(
                lambda peer=peer: entered(peer, phase) >= times,
                f"{phase}, {times} times\n{peer.output}{peer.errors}",
                timeout_s=limit_s,
            )

    def leave(self) -> None:
        """End it from one side; both must call it a good end."""
        self.guest.interrupt()
        assert self.host.finish(20) == 0
        for peer in self.both:
            assert "Traceback" not in peer.errors
            assert peer.figures["audio_frames"] > 0


def entered(peer: HeadlessPeer, phase: str) -> int:
    """Count how often a peer came into a phase."""
    phases = [event["phase"] for event in peer.of("state")]
    before = [None, *phases]
    return sum(now == phase != was for was, now in zip(before, phases, strict=False))


def last(peer: HeadlessPeer) -> tuple[str, str]:
    """Return the phase and the state of the safety code that a person would see."""
    event = peer.of("state")[-1]
    return event["phase"], event["safety_code"]


@contextlib.contextmanager
def room(lab: NetLab, folder: Path, line: Line) -> Iterator[Room]:
    """Let both meet over `line` and compare the words."""
    for name in ("counselor", "client"):
        lab[name].up(line)
    server = lab["server"]
    listen = f"{server.address}:8470"
    relay = start_server(folder / "relay", listen=listen, inside=server.inside)
    common = ("--server", relay.origin, "--seconds", LONG_S, "--accept-safety-code")
    with (
        relay.program,
        HeadlessPeer(
            folder / "host",
            *("host", *common),
            environment=relay.enrolment(),
            watched=True,
            inside=lab["counselor"].inside,
        ) as host,
    ):
        code = host.wait_for("invite")["code"]
        with HeadlessPeer(
            folder / "guest",
            *("join", *common, "--code", code),
            watched=True,
            inside=lab["client"].inside,
        ) as guest:
            for peer in (host, guest):
                peer.wait_for("first_frame", kind="audio")
                peer.wait_for("state", safety_code="matched")
            yield Room(host, guest)


def test_a_verified_call_lives_on_ten_percent_loss(lab: NetLab, tmp_path: Path) -> None:
    line = Line(delay_ms=PATH_MS, loss=0.1, seed=1)
    with room(lab, tmp_path, line) as call:
        time.sleep(8)  # the time that is asked for: a call has to last
        for peer in call.both:
            assert last(peer) == ("in_call", "matched")
            assert entered(peer, "reconnecting") == 0
        assert lab["client"].passed("up").lost > 20
        call.leave()
        for peer in call.both:
            assert peer.figures["path"] == "direct"
            assert peer.figures["video_frames"] > 50


@pytest.mark.parametrize("gap_s", [3.0, 10.0])
def test_a_line_that_was_down_comes_back_verified(
    lab: NetLab, tmp_path: Path, gap_s: float
) -> None:
    with room(lab, tmp_path, Line(delay_ms=PATH_MS)) as call:
        lab["client"].cut()
        if gap_s > 5:
            call.until("reconnecting", NOTICED_S)
        else:
            time.sleep(gap_s)  # nobody is told of a gap this short
        lab["client"].mend()
        if gap_s > 5:
            call.until("in_call", 30, times=2)
        else:
            time.sleep(3)
            for peer in call.both:
                assert entered(peer, "reconnecting") == 0
        for peer in call.both:
            assert last(peer) == ("in_call", "matched")
        call.leave()


MEDIA_BACK_LIMIT_S = 2.5  # a busy machine; the benchmark has the goal
SAME = ("process", "connection", "dtls", "epoch")


def identity(peer: HeadlessPeer) -> tuple[object, ...]:
    """Return what must stay the same objects."""
    (last_heard,) = peer.of("heard")[-1:]
    return tuple(last_heard[key] for key in SAME)


def heard_after(peer: HeadlessPeer, moment: float) -> float | None:
    """Return how long after a moment media came again through an open gate."""
    times = [e["at"] for e in peer.of("heard") if e["at"] > moment and e["gate"]]
    return times[0] - moment if times else None


@pytest.mark.parametrize("mover", ["client", "counselor"])
def test_a_changed_address_is_survived_by_the_same_connection(
    lab: NetLab, tmp_path: Path, mover: str
) -> None:
    with room(lab, tmp_path, Line(delay_ms=PATH_MS)) as call:
        before = [identity(peer) for peer in call.both]
        lab[mover].move()
        moved_at = time.time()
        for peer in call.both:
            wait_until(
                lambda p=peer: heard_after(p, moved_at + 0.1) is not None,
                f"media after the move\n{peer.output}{peer.errors}",
                timeout_s=MEDIA_BACK_LIMIT_S,
            )
        time.sleep(6)  # silence that nobody mended would be noticed by now
        for peer, same in zip(call.both, before, strict=True):
            assert last(peer) == ("in_call", "matched")
            assert entered(peer, "reconnecting") == 0
            assert identity(peer) == same
        call.leave()


def test_a_machine_that_is_without_an_address_for_a_while_comes_back(
    lab: NetLab, tmp_path: Path
) -> None:
    """Another network after eight seconds without any."""
    with room(lab, tmp_path, Line(delay_ms=PATH_MS)) as call:
        before = [identity(peer) for peer in call.both]
        lab["client"].unplug()
        call.until("reconnecting", NOTICED_S)
        time.sleep(3)
        lab["client"].plug()
        call.until("in_call", 5, times=2)
        for peer, same in zip(call.both, before, strict=True):
            assert last(peer) == ("in_call", "matched")
            assert identity(peer) == same
        call.leave()
