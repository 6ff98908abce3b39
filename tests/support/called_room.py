"""A verified call of two headless peers on hosts of their own, with a witness in each.

For tests and for the benchmark of reconnecting; what happens to the network between
the hosts is theirs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.children import wait_until
from tests.support.headless import HeadlessPeer, start_server
from tests.support.netlab import Line, NetLab


PATH_MS = 25.0
LONG_S = "250"  # longer than any test; each ends by Ctrl+C


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
def room(
    lab: NetLab, folder: Path, line: Line, *, seconds: str = LONG_S
) -> Iterator[Room]:
    """Let both meet over `line` and compare the words."""
    for name in ("counselor", "client"):
        lab[name].up(line)
    server = lab["server"]
    listen = f"{server.address}:8470"
    relay = start_server(folder / "relay", listen=listen, inside=server.inside)
    common = ("--server", relay.origin, "--seconds", seconds, "--accept-safety-code")
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


SAME = ("process", "connection", "dtls", "epoch")


def identity(peer: HeadlessPeer) -> tuple[object, ...]:
    """Return what must stay the same objects."""
    (last_heard,) = peer.of("heard")[-1:]
    return tuple(last_heard[key] for key in SAME)


def heard_after(peer: HeadlessPeer, moment: float) -> float | None:
    """Return how long after a moment media came again through an open gate."""
    times = [e["at"] for e in peer.of("heard") if e["at"] > moment and e["gate"]]
    return times[0] - moment if times else None
