"""`make evidence`: every claim of the documents, what shows it, and what that says now.

    python3 run.py evidence [--json] [--list] [CLAIM ...]

The catalogue is docs/evidence.toml. Tests, cases and models are run here and now;
figures of benchmarks are quoted as last recorded. Exit code 0: everything that can
be run passed. It must never count as shown what was not run.
"""

from __future__ import annotations

import argparse
import ast
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from tests.support.source_tree import ROOT


CATALOGUE = ROOT / "docs" / "evidence.toml"
FIGURES = ROOT / "docs" / "BENCHMARKS.md"
CHECK_MODELS = ROOT / "docs" / "proofs" / "check.py"
CASES_FILE = "tests/adversary/test_adversary.py"
CASES_TEST = f"{CASES_FILE}::test_the_attack_fails"
_NOT_INSTALLED = 77


class Result(Enum):
    """What one piece of evidence says."""

    PASSED = "passed"
    FAILED = "failed"
    MISSING = "missing"  # the catalogue names something that is not there
    RECORDED = "recorded"  # a figure of an earlier run
    NOT_RUN = "not run"

    @property
    def bad(self) -> bool:
        return self in (Result.FAILED, Result.MISSING)


@dataclass(frozen=True)
class Claim:
    """One sentence of the documents and the names of what shows it."""

    id: str
    says: str
    tests: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    models: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One piece of evidence, judged."""

    kind: str
    name: str
    result: Result
    note: str = ""


@dataclass
class Ran:
    """Outcomes of one run by test and, for the suite's cases, by row."""

    tests: dict[str, list[Finding]] = field(default_factory=dict)
    rows: dict[int, list[Finding]] = field(default_factory=dict)
    models: dict[str, Finding] = field(default_factory=dict)


def load_claims() -> list[Claim]:
    """Read the catalogue; an unknown field is an error."""
    loaded = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return [_claim(entry) for entry in loaded["claim"]]


def _claim(entry: dict[str, Any]) -> Claim:
    rows = tuple(row for text in entry.pop("rows", []) for row in rows_of(text))
    lists = {key: tuple(v) for key, v in entry.items() if isinstance(v, list)}
    return Claim(**{**entry, **lists}, rows=rows)


def rows_of(text: str) -> range:
    """Turn "7" or "1-5" into the rows it means."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


@functools.cache
def _functions(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(n.name for n in ast.walk(tree) if isinstance(n, functions))


def has_test(node_id: str) -> bool:
    """Say whether a file has a test of that name, without running anything."""
    file, _, name = node_id.partition("::")
    return name.startswith("test_") and name in _functions(file)


def only_in_soak(node_id: str) -> bool:
    """Say whether a test is of those that a short run leaves out."""
    path = ROOT / node_id.partition("::")[0]
    marked = path.is_file() and "pytest.mark.soak" in path.read_text(encoding="utf-8")
    return marked and os.environ.get("SAFESESSION_TEST_PROFILE") != "soak"


# --- running ----------------------------------------------------------------------


def run_tests(node_ids: Iterable[str], ran: Ran, *, cases: bool) -> None:
    """Run pytest once over everything and sort its report."""
    asked = [node_id for node_id in dict.fromkeys(node_ids) if has_test(node_id)]
    if cases and has_test(CASES_TEST):
        asked.append(CASES_TEST)
    if not asked:
        return
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"]
        command += ["-o", "junit_family=xunit1", *asked]
        subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
        if report.is_file():
            read_report(report.read_text(encoding="utf-8"), ran)


def read_report(xml: str, ran: Ran) -> None:
    """Sort the outcomes of a JUnit report by test and by row."""
    for element in ET.fromstring(xml).iter("testcase"):  # noqa: S314 - pytest's own
        name, _, parameter = element.get("name", "").partition("[")
        node_id = f"{element.get('file', '')}::{name}"
        result, note = _outcome(element)
        finding = Finding("test", node_id, result, note)
        if node_id == CASES_TEST:
            row = re.match(r"\d+", parameter)
            case = parameter.removesuffix("]")
            finding = Finding("row", case, result, note)
            ran.rows.setdefault(int(row[0]) if row else 0, []).append(finding)
        else:
            ran.tests.setdefault(node_id, []).append(finding)


def _outcome(element: ET.Element) -> tuple[Result, str]:
    for kind in ("failure", "error"):
        if (found := element.find(kind)) is not None:
            return Result.FAILED, found.get("message", "").partition("\n")[0][:100]
    if (found := element.find("skipped")) is not None:
        return Result.NOT_RUN, found.get("message", "")
    return Result.PASSED, ""


def run_models(models: Iterable[str], ran: Ran) -> None:
    """Run the ProVerif models where ProVerif is."""
    asked = sorted(set(models))
    if not asked:
        return
    command = [sys.executable, str(CHECK_MODELS), "--json", *asked]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode == _NOT_INSTALLED:
        why = "proverif is not installed"
        ran.models = {m: Finding("model", m, Result.NOT_RUN, why) for m in asked}
    elif done.stdout:
        for model in json.loads(done.stdout)["models"]:
            result = Result.PASSED if model["passed"] else Result.FAILED
            note = ", ".join(model["found"]) or model["note"]
            name = model["model"]
            ran.models[name] = Finding("model", name, result, note)


def recorded_figures() -> dict[str, dict[str, str]]:
    """Return every figure of BENCHMARKS.md as "benchmark/figure"."""
    found: dict[str, dict[str, str]] = {}
    benchmark = date = ""
    heads: list[str] = []
    for line in FIGURES.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            benchmark, date = line[3:].strip(), ""
        elif line.startswith("- date: "):
            date = line[8:]
        elif line.startswith("|"):
            cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
            if cells[0] == "figure":
                heads = cells
            elif not cells[0].startswith("-"):
                row = dict(zip(heads, cells, strict=True))
                found[f"{benchmark}/{cells[0]}"] = {**row, "date": date}
    return found


# --- judging ----------------------------------------------------------------------


def judge(claim: Claim, ran: Ran) -> list[Finding]:
    """Return a finding for each piece of evidence that a claim names."""
    findings = [_together("test", name, ran.tests.get(name)) for name in claim.tests]
    for row in claim.rows:
        findings += ran.rows.get(row) or [
            Finding("row", f"{row:02d}", Result.MISSING, "no case")
        ]
    findings += [
        ran.models.get(name, Finding("model", name, Result.MISSING))
        for name in claim.models
    ]
    return findings + [_figure(name) for name in claim.figures]


def _together(kind: str, name: str, runs: list[Finding] | None) -> Finding:
    """Make one finding of all parameters of a test; the worst one counts."""
    if not runs and only_in_soak(name):
        return Finding(kind, name, Result.NOT_RUN, "soak runs only")
    if not runs:
        return Finding(kind, name, Result.MISSING)
    for result in (Result.FAILED, Result.NOT_RUN):
        if worst := [run for run in runs if run.result is result]:
            return Finding(kind, name, result, worst[0].note)
    count = f"{len(runs)} parameters" if len(runs) > 1 else ""
    return Finding(kind, name, Result.PASSED, count)


def _figure(name: str) -> Finding:
    row = recorded_figures().get(name)
    if row is None:
        return Finding("figure", name, Result.NOT_RUN, "not recorded yet")
    note = f"{row['ours']} {row['unit']}, {row['date']}"
    if row["goal"]:
        note += f", goal {row['goal']}"
    missed = "no" in row["met"]
    return Finding("figure", name, Result.FAILED if missed else Result.RECORDED, note)


def verdict(findings: list[Finding]) -> str:
    """Sum a claim up in a word or two."""
    if any(finding.result.bad for finding in findings):
        return "NOT SHOWN"
    left = sum(finding.result is Result.NOT_RUN for finding in findings)
    if left == len(findings):
        return "NOT RUN"
    return f"shown in part, {left} not run" if left else "shown"


def table(rows: list[tuple[Claim, list[Finding]]], at: datetime) -> str:
    """Return the whole table as text."""
    lines = [f"evidence of {at:%Y-%m-%d %H:%M} UTC"]
    for claim, findings in rows:
        lines += ["", f"{claim.id:4} {claim.says}: {verdict(findings)}"]
        for finding in findings:
            name = finding.name.removeprefix("tests/")
            note = f": {finding.note}" if finding.note else ""
            lines.append(f"     {finding.kind:7}{name}  {finding.result.value}{note}")
    bad = sum(f.result.bad for _, findings in rows for f in findings)
    left = sum(f.result is Result.NOT_RUN for _, findings in rows for f in findings)
    lines += ["", f"{len(rows)} claims, {bad} findings against, {left} not run"]
    return "\n".join(lines)


def main() -> int:
    """Run what the chosen claims name and print the table."""
    parser = argparse.ArgumentParser(prog="evidence", description=__doc__)
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help="default: all")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--list", action="store_true", help="name them, run nothing")
    options = parser.parse_args()
    claims = load_claims()
    if unknown := set(options.claims) - {claim.id for claim in claims}:
        parser.error(f"no such claim: {', '.join(sorted(unknown))}")
    chosen = [c for c in claims if not options.claims or c.id in options.claims]
    if options.list:
        print("\n".join(f"{claim.id:4} {claim.says}" for claim in chosen))
        return 0
    ran, at = Ran(), datetime.now(UTC)
    cases = any(claim.rows for claim in chosen)
    run_tests((test for claim in chosen for test in claim.tests), ran, cases=cases)
    run_models((model for claim in chosen for model in claim.models), ran)
    rows = [(claim, judge(claim, ran)) for claim in chosen]
    passed = not any(f.result.bad for _, findings in rows for f in findings)
    if options.json:
        print(json.dumps(_document(rows, at, passed=passed), indent=1))
    else:
        print(table(rows, at))
    return 0 if passed else 1


def _document(
    rows: list[tuple[Claim, list[Finding]]], at: datetime, *, passed: bool
) -> dict[str, Any]:
    claims = [
        {
            "id": claim.id,
            "says": claim.says,
            "verdict": verdict(findings),
            "evidence": [{**asdict(f), "result": f.result.value} for f in findings],
        }
        for claim, findings in rows
    ]
    return {"date": at.isoformat(), "passed": passed, "claims": claims}


if __name__ == "__main__":
    sys.exit(main())
