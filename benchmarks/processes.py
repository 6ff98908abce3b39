"""CPU time of whole process trees and of everybody else, from Linux' /proc.

A figure of a busy machine is no figure: `Window` tells how much of the cores
other processes took meanwhile, and a caller voids the run above `OTHERS_LIMIT`.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import NotMeasuredError


PROC = Path("/proc")
OTHERS_LIMIT = 0.25  # of one core, over the window


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc/PID/stat. `ticks` holds those of its reaped children too."""

    pid: int
    parent: int
    ticks: int


def parse_stat(line: str) -> Process:
    """Parse /proc/PID/stat (proc(5)); the name in brackets may hold anything.

    Raises:
        ValueError: it is no such line.
    """
    pid, _, _ = line.partition(" ")
    _, _, rest = line.rpartition(")")
    fields = rest.split()
    if len(fields) < 15:
        raise ValueError("not a line of /proc/PID/stat")
    # Fields 4 and 14-17 of proc(5): parent, utime, stime, cutime, cstime.
    return Process(int(pid), int(fields[1]), sum(map(int, fields[11:15])))


def busy_ticks(stat: str) -> int:
    """Return user + nice + system of all cores from /proc/stat's first line.

    Raises:
        ValueError: it is not /proc/stat.
    """
    fields = stat.split("\n", 1)[0].split()
    if fields[:1] != ["cpu"] or len(fields) < 4:
        raise ValueError("not /proc/stat")
    return sum(map(int, fields[1:4]))


def tree_ticks(processes: list[Process], root: int) -> int:
    """Return the ticks of `root` and all its living descendants together."""
    children = defaultdict(list)
    by_pid = {process.pid: process for process in processes}
    for process in processes:
        children[process.parent].append(process)
    total = 0
    waiting = [by_pid[root]] if root in by_pid else []
    while waiting:
        process = waiting.pop()
        total += process.ticks
        waiting += children[process.pid]
    return total


def read_processes() -> list[Process]:
    """Return every process there is; those that vanish meanwhile are left out."""
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                found.append(parse_stat((entry / "stat").read_text(errors="replace")))
            except (OSError, ValueError):
                continue
    return found


@dataclass(frozen=True, slots=True)
class Usage:
    """Cores used over a window, by name, and by strangers."""

    cores: dict[str, float]
    others: float  # everybody outside this benchmark's own process tree

    @property
    def void(self) -> bool:
        """Whether strangers took too much for the figures to count."""
        return self.others > OTHERS_LIMIT


@dataclass(frozen=True, slots=True)
class _Sample:
    at_s: float
    ticks: dict[str, int]
    own: int
    busy: int


class Window:
    """Measures trees between its making and `close`.

    Args:
        roots: the root process of each tree, by the name its figure gets.

    Raises:
        NotMeasuredError: this system has no /proc.
    """

    def __init__(
        self,
        roots: dict[str, int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not (PROC / "stat").exists():
            raise NotMeasuredError("process trees are only read from Linux' /proc")
        self._roots = roots
        self._clock = clock
        self._start = self._sample()

    def close(self) -> Usage:
        """Return what was used since the window was opened."""
        end, start = self._sample(), self._start
        tick_s = 1 / os.sysconf("SC_CLK_TCK")
        scale = tick_s / (end.at_s - start.at_s)
        cores = {
            name: (end.ticks[name] - start.ticks[name]) * scale for name in self._roots
        }
        others = (end.busy - start.busy) - (end.own - start.own)
        return Usage(cores, max(0.0, others * scale))

    def _sample(self) -> _Sample:
        processes = read_processes()
        return _Sample(
            at_s=self._clock(),
            ticks={n: tree_ticks(processes, pid) for n, pid in self._roots.items()},
            own=tree_ticks(processes, os.getpid()),
            busy=busy_ticks((PROC / "stat").read_text()),
        )
