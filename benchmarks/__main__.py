"""Run every benchmark, one after the other, and write docs/BENCHMARKS.md.

    python -m benchmarks [--quick] [--output FILE] [NAME ...]

The last report of each is kept in `build/benchmarks`, so that one can be renewed
alone and the page still shows the others, each with its own date.

The exit code is 0 only if every benchmark measured everything; a goal that is
not met is a figure, not an error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.markdown import document
from benchmarks.report import ROOT


NAMES = ("call", "voice", "reconnect", "adversary", "vault")
OUTPUT = ROOT / "docs" / "BENCHMARKS.md"
KEPT = ROOT / "build" / "benchmarks"


def run_one(name: str, *, quick: bool) -> tuple[int, dict[str, Any] | None]:
    """Run one benchmark in a process of its own; return its code and report."""
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
    if quick:
        command.append("--quick")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=False
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return done.returncode or 1, None
    return done.returncode, report


def keep(report: dict[str, Any], folder: Path) -> None:
    """Put a report in place of the last one of its benchmark."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{report['benchmark']}.json"
    file.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def kept(folder: Path) -> list[dict[str, Any]]:
    """Return the last report of each benchmark, in the order of the page."""
    files = [folder / f"{name}.json" for name in NAMES]
    return [json.loads(f.read_text(encoding="utf-8")) for f in files if f.is_file()]


def main() -> int:
    """Run what was asked for and write the page."""
    parser = argparse.ArgumentParser(description="run all benchmarks, write the page")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="at most 50 s each")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    worst = 0
    for name in options.names or NAMES:
        print(f"benchmark {name}", flush=True)
        code, report = run_one(name, quick=options.quick)
        worst = max(worst, abs(code))
        if report is None:
            print(f"{name} gave no report", file=sys.stderr)
        else:
            keep(report, KEPT)
            print(json.dumps(report, ensure_ascii=False, indent=1), flush=True)
    if reports := kept(KEPT):
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(document(reports), encoding="utf-8")
        print(f"written: {options.output}")
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
