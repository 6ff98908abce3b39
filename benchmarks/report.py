"""What every benchmark prints: one JSON object, or the same as a few lines.

A figure that could not be measured is absent with its reason (`ours` or a peer's
value is null), and the exit code is then not 0. It must never print a figure
that was estimated, or call one met that is absent.

    {"benchmark", "machine", "runs", "figures":
        [{"name", "unit", "ours", "peers": {…}, "goal", "met", "reason"?}]}
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


Number = float | int
ROOT = Path(__file__).resolve().parents[1]


class NotMeasuredError(Exception):
    """Something could not be measured; the text says why, for the report."""


class Sense(Enum):
    """Which side of the goal is the good one."""

    AT_MOST = "<="
    AT_LEAST = ">="
    EXACTLY = "=="


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for a figure, in the figure's unit."""

    sense: Sense
    bound: Number

    def met_by(self, value: Number) -> bool:
        """Tell whether `value` is on the good side."""
        match self.sense:
            case Sense.AT_MOST:
                return value <= self.bound
            case Sense.AT_LEAST:
                return value >= self.bound
            case Sense.EXACTLY:
                return value == self.bound

    def __str__(self) -> str:
        return f"{self.sense.value} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `ours` or a peer's value is None when it was not measured."""

    name: str
    unit: str
    ours: Number | None
    peers: dict[str, Number | None] = field(default_factory=dict)
    goal: Goal | None = None
    reason: str = ""  # why something is absent

    @property
    def measured(self) -> bool:
        """Whether nothing of it is absent."""
        return self.ours is not None and None not in self.peers.values()

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal, False without a value."""
        if self.goal is None:
            return None
        return self.ours is not None and self.goal.met_by(self.ours)

    def to_json(self) -> dict[str, object]:
        """Return the figure as the report's JSON object."""
        found: dict[str, object] = {
            "name": self.name,
            "unit": self.unit,
            "ours": _rounded(self.ours),
            "peers": {name: _rounded(value) for name, value in self.peers.items()},
            "goal": str(self.goal) if self.goal else None,
            "met": self.met,
        }
        if self.reason:
            found["reason"] = self.reason
        return found


def absent(
    name: str,
    unit: str,
    reason: str,
    *,
    goal: Goal | None = None,
    peers: Sequence[str] = (),
) -> Figure:
    """Return a figure that could not be measured at all."""
    return Figure(name, unit, None, dict.fromkeys(peers), goal, reason)


@dataclass(slots=True)
class Report:
    """What one benchmark found out; `runs` is how many runs stand behind it."""

    benchmark: str
    machine: dict[str, object]
    runs: int = 0
    figures: list[Figure] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything was measured."""
        return bool(self.figures) and all(figure.measured for figure in self.figures)

    def to_json(self) -> dict[str, object]:
        """Return the report as one JSON object."""
        return {
            "benchmark": self.benchmark,
            "machine": self.machine,
            "runs": self.runs,
            "figures": [figure.to_json() for figure in self.figures],
        }

    def to_text(self) -> str:
        """Return the report as lines for a person."""
        lines = [f"{self.benchmark}: {self.runs} runs"]
        for figure in self.figures:
            found = figure.to_json()
            line = f"  {figure.name:<30} {shown(found['ours']):>9} {figure.unit:<9}"
            for name, value in figure.peers.items():
                line += f" {name} {shown(_rounded(value))}"
            if figure.goal is not None:
                line += f" (goal {figure.goal}: {'met' if figure.met else 'NOT met'})"
            lines.append(line.rstrip())
            if figure.reason:
                lines.append(f"      {figure.reason}")
        return "\n".join(lines)


def finish(report: Report, *, as_json: bool) -> int:
    """Print the report; return 0 only if everything was measured."""
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False), flush=True)
    else:
        print(report.to_text(), flush=True)
    return 0 if report.complete else 1


def parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark takes."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--quick", action="store_true", help="at most 50 seconds")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def median(values: Sequence[Number]) -> float:
    """Return the median of at least one value.

    Raises:
        NotMeasuredError: there is no value.
    """
    if not values:
        raise NotMeasuredError("no run could be used")
    return float(statistics.median(values))


def machine(packages: Sequence[str] = (), **more: object) -> dict[str, object]:
    """Describe where and with what was measured; `more` is added as it is."""
    now = dt.datetime.now(dt.UTC)
    versions = {name: _version(name) for name in ("safesession", *packages)}
    return {
        "date": now.strftime("%Y-%m-%d %H:%M UTC"),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": _memory_gib(),
        "python": platform.python_version(),
        "versions": versions,
        **more,
    }


def shown(value: object) -> str:
    """Return a value as it stands in a line: a dash for what is absent."""
    return "-" if value is None else str(value)


def _rounded(value: Number | None) -> Number | None:
    """Return four significant digits, and integers as they are."""
    if value is None or isinstance(value, int):
        return value
    return float(f"{value:.4g}")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return _own_version() if package == "safesession" else None


def _own_version() -> str | None:
    """Read our version from the checkout, where the package is not installed."""
    import tomllib

    try:
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return None


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    models = [line.partition(":")[2] for line in lines if line[:10] == "model name"]
    return models[0].strip() if models else platform.processor()


def _memory_gib() -> float | None:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return round(total / 2**30, 1)
