"""CPU accounting from /proc: odd names, reaped children, whole trees."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from benchmarks.processes import (
    Process,
    Usage,
    Window,
    busy_ticks,
    parse_stat,
    tree_ticks,
)


TAIL = " ".join(["0"] * 30)


def test_a_name_may_hold_brackets_and_spaces() -> None:
    line = f"42 (a ) R (b) S 7 1 1 0 -1 0 0 0 0 0 10 20 300 4000 {TAIL}"
    assert parse_stat(line) == Process(42, 7, 4330)


@pytest.mark.parametrize("line", ["", "42 (a) S 7", "x (a) " + TAIL])
def test_another_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"not a line|invalid literal"):
        parse_stat(line)


def test_only_work_counts_as_busy() -> None:
    # user nice system idle iowait irq softirq steal
    assert busy_ticks("cpu  100 20 3 9000 9 9 9 9 0 0\ncpu0 1 1 1\n") == 123
    with pytest.raises(ValueError, match="not /proc/stat"):
        busy_ticks("intr 1 2 3")


def test_a_tree_is_its_root_and_all_below() -> None:
    found = [
        Process(1, 0, 1000),
        Process(10, 1, 1),
        Process(11, 10, 20),
        Process(12, 11, 300),
        Process(20, 1, 5000),
    ]
    assert tree_ticks(found, 10) == 321
    assert tree_ticks(found, 99) == 0


def test_a_run_beside_busy_strangers_is_void() -> None:
    assert Usage({}, 0.26).void
    assert not Usage({}, 0.25).void


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux' /proc")
def test_a_window_sees_a_real_child_at_work_and_only_it() -> None:
    code = "import time\nwhile time.process_time() < 60: pass"
    with subprocess.Popen([sys.executable, "-c", code]) as child:
        try:
            window = Window({"child": child.pid, "us": os.getpid()})
            end_s = time.monotonic() + 10
            while (usage := window.close()).cores["child"] == 0:
                assert time.monotonic() < end_s
                time.sleep(0.05)
        finally:
            child.kill()
    assert 0 < usage.cores["child"] <= 1.5
    assert usage.cores["us"] >= usage.cores["child"]
