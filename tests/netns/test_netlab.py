"""The spoiled network itself: it must do what its tests say, or they prove nothing."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.netlab import Host, Line, NetLab


pytestmark = pytest.mark.netns

RECEIVE = """
import json, socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 9))
s.settimeout(1.5)
print("ready", flush=True)
came = []
try:
    while True:
        number, sent_s = s.recv(2000)[:40].split()[:2]
        came.append((int(number), time.monotonic() - float(sent_s)))
except TimeoutError:
    print(json.dumps(came))
"""
SEND = """
import socket, sys, time
to, count, gap_s, size = sys.argv[1], *map(float, sys.argv[2:])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(int(count)):
    try:
        s.sendto(b"%d %f " % (number, time.monotonic()) + bytes(int(size)), (to, 9))
    except OSError:
        pass
    time.sleep(gap_s)
"""


def sent(
    here: Host, there: Host, count: int, *, gap_s: float = 0.002, size: int = 100
) -> dict[int, float]:
    """Send datagrams; return the seconds each took that came."""
    python = (sys.executable, "-c")
    with subprocess.Popen(
        [*there.inside, *python, RECEIVE], stdout=subprocess.PIPE, text=True
    ) as receiver:
        assert receiver.stdout is not None
        assert receiver.stdout.readline() == "ready\n"
        subprocess.run(
            [
                *here.inside,
                *python,
                SEND,
                there.address,
                *map(str, (count, gap_s, size)),
            ],
            check=True,
        )
        return dict(json.loads(receiver.stdout.readline()))


def runs(came: dict[int, float], count: int) -> list[int]:
    """Return the lengths of the runs of lost datagrams."""
    marks = "".join("." if number in came else "x" for number in range(count))
    return [len(run) for run in marks.split(".") if run]


def test_a_perfect_line_loses_nothing_and_a_delay_is_a_delay(lab: NetLab) -> None:
    here, there = lab["counselor"], lab["client"]
    came = sent(here, there, 100)
    assert len(came) == 100
    assert statistics.median(came.values()) < 0.01
    here.up(Line(delay_ms=50))
    came = sent(here, there, 100)
    assert len(came) == 100
    assert 0.049 < statistics.median(came.values()) < 0.06
    assert len(sent(there, here, 50)) == 50  # the way back is untouched


def test_losses_come_by_seed_single_and_in_runs(lab: NetLab) -> None:
    here, there = lab["counselor"], lab["client"]
    here.up(Line(loss=0.1, seed=7))
    once = sent(here, there, 1000, gap_s=0.0005)
    assert 60 < 1000 - len(once) < 140
    assert statistics.mean(runs(once, 1000)) < 1.3
    here.up(Line(loss=0.1, seed=7))
    assert sent(here, there, 1000, gap_s=0.0005).keys() == once.keys()
    here.up(Line(loss=0.1, burst=3, seed=7))
    in_runs = sent(here, there, 1000, gap_s=0.0005)
    assert 40 < 1000 - len(in_runs) < 180
    assert 2.2 < statistics.mean(runs(in_runs, 1000)) < 4.0


def test_a_narrow_line_queues_and_then_drops(lab: NetLab) -> None:
    here, there = lab["counselor"], lab["client"]
    here.up(Line(rate_kbps=400, queue_ms=200))
    # A packet takes 20 ms of the line, and one is offered every 10 ms.
    came = sent(here, there, 200, gap_s=0.01, size=960)
    assert 0.19 < max(came.values()) < 0.3
    assert here.passed("up").overflowed > 20


def test_a_cut_line_is_silent_and_a_moved_host_has_another_address(
    lab: NetLab,
) -> None:
    here, there = lab["counselor"], lab["client"]
    here.cut()
    assert not sent(here, there, 20)
    assert not sent(there, here, 20)
    here.mend()
    assert len(sent(here, there, 20)) == 20
    before = here.address
    here.move()
    assert here.address != before
    assert len(sent(there, here, 20)) == 20
    assert len(sent(here, there, 20)) == 20


def test_nothing_is_left_behind(lab: NetLab) -> None:
    left = Path("/run/netns") / lab["client"].namespace
    assert left.exists()
    with NetLab("other") as other:
        there = Path("/run/netns") / other["other"].namespace
        assert there.exists()
    assert not there.exists()
    assert left.exists()
