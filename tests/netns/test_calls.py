"""Two people and a server on three hosts: the call on networks that people have."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.support.called_room import (
    PATH_MS,
    entered,
    heard_after,
    identity,
    last,
    room,
)
from tests.support.children import wait_until
from tests.support.netlab import Line, NetLab


pytestmark = pytest.mark.netns

NOTICED_S = 12.0  # a heartbeat's patience and a busy machine


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


@pytest.mark.parametrize("gap_s", [3.0, pytest.param(10.0, marks=pytest.mark.soak)])
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
        call.until("in_call", 20, times=2)
        for peer, same in zip(call.both, before, strict=True):
            assert last(peer) == ("in_call", "matched")
            assert identity(peer) == same
        call.leave()
