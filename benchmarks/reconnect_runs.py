"""The runs behind reconnect.py: what is done to a call, and when media came back.

One call lives through all trials of its kind. Moments are by the machine's wall clock,
which all processes share; what a trial gave is per side.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.called_room import PATH_MS, Room, identity, room
from tests.support.children import wait_until
from tests.support.headless import HeadlessPeer
from tests.support.netlab import Line, NetLab
from tests.support.watched_peer import DEAF

from benchmarks.report import NotMeasuredError


SETTLE_S = 4.0  # reports, playout and the last swap have come to rest
BACK_LIMIT_S = 30.0
LONG_S = "100000"
# What was on the way when the network changed still arrives, and is no return.
UNDER_WAY_S = 4 * PATH_MS / 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """What one side found; None was not there to be found."""

    audio_back_s: float
    video_back_s: float
    unstable_s: float | None  # from the loss to the person being told
    reconnecting_s: float | None
    same: bool  # process, connection, DTLS session and epoch


@contextmanager
def call(*, deaf: bool = False) -> Iterator[tuple[NetLab, Room]]:
    """Hold a verified call between two hosts; `deaf`: no system tells of addresses."""
    with (
        _environment(deaf=deaf),
        NetLab("counselor", "client", "server") as lab,
        tempfile.TemporaryDirectory() as folder,
        room(lab, Path(folder), Line(delay_ms=PATH_MS), seconds=LONG_S) as held,
    ):
        yield lab, held


@contextmanager
def _environment(*, deaf: bool) -> Iterator[None]:
    if deaf:
        os.environ[DEAF] = "1"
    try:
        yield
    finally:
        os.environ.pop(DEAF, None)


def gap(lab: NetLab, held: Room, gap_s: float) -> list[Trial]:
    """Cut the client off for a while, without telling it."""

    def cut_and_mend() -> None:
        lab["client"].cut()
        time.sleep(gap_s)
        lab["client"].mend()

    return _trial(held, cut_and_mend)


def move(lab: NetLab, held: Room, who: str) -> list[Trial]:
    """Give a host another address and take the old one away."""
    return _trial(held, lab[who].move)


def _trial(held: Room, harm: Callable[[], None]) -> list[Trial]:
    time.sleep(SETTLE_S)
    before = [identity(peer) for peer in held.both]
    began_at = time.time()
    harm()
    ended_at = time.time()
    for peer in held.both:
        wait_until(
            lambda p=peer: _video_back(p, ended_at) is not None,
            "media came back",
            timeout_s=BACK_LIMIT_S,
        )
    return [
        _found(peer, began_at, ended_at, same)
        for peer, same in zip(held.both, before, strict=True)
    ]


def _found(
    peer: HeadlessPeer, began_at: float, ended_at: float, before: tuple[object, ...]
) -> Trial:
    audio, video = _audio_back(peer, ended_at), _video_back(peer, ended_at)
    if audio is None or video is None:
        raise NotMeasuredError("media did not come back")
    told = [e for e in peer.of("told") if e["at"] > began_at]
    unstable = [e["at"] for e in told if e["route"] == "relay"]
    reconnecting = [e["at"] for e in told if e["phase"] == "reconnecting"]
    return Trial(
        audio_back_s=audio - ended_at,
        video_back_s=video - ended_at,
        unstable_s=unstable[0] - began_at if unstable else None,
        reconnecting_s=reconnecting[0] - began_at if reconnecting else None,
        same=identity(peer) == before,
    )


def _audio_back(peer: HeadlessPeer, ended_at: float) -> float | None:
    """When media packets passed an open gate again."""
    since = ended_at + UNDER_WAY_S
    times = [e["at"] for e in peer.of("heard") if e["gate"] and e["at"] > since]
    return times[0] if times else None


def _video_back(peer: HeadlessPeer, ended_at: float) -> float | None:
    """When a new picture was decoded."""
    since = ended_at + UNDER_WAY_S
    heard = peer.of("heard")
    had = max((e["pictures"] for e in heard if e["at"] <= since), default=0)
    times = [e["at"] for e in heard if e["at"] > since and e["pictures"] > had]
    return times[0] if times else None
