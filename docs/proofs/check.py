#!/usr/bin/env python3
"""Run the ProVerif models of this folder and compare with `expected.json`.

    python3 docs/proofs/check.py [--json] [MODEL ...]

Exit code 0: every result is as expected. 1: one is not. 2: unknown model.
77: `proverif` is not on the path, so nothing was run.
It must never call a model proved that was not run just now.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


HERE = Path(__file__).resolve().parent
NOT_INSTALLED = 77
LIMIT_S = 900.0
_USES = re.compile(r"\(\* uses: ([^*]+) \*\)")
# Lines in brackets, "RESULT (but ...", comment on the line before them.
_RESULT = re.compile(
    r"^RESULT (?!\().*?(is true|is false|cannot be proved)", re.MULTILINE
)
_COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
_CLAIM = re.compile(r"^(?:query|weaksecret)\b", re.MULTILINE)
_VERDICTS = {
    "is true": "true",
    "is false": "false",
    "cannot be proved": "cannot be proved",
}


@dataclass(frozen=True)
class Outcome:
    """What ProVerif said of one model."""

    model: str
    passed: bool
    found: list[str]
    expected: list[str]
    note: str = ""


def expectations() -> dict[str, list[dict[str, str]]]:
    """Return, per model, each query in order with the result it must have."""
    text = (HERE / "expected.json").read_text(encoding="utf-8")
    loaded: dict[str, list[dict[str, str]]] = json.loads(text)
    return loaded


def source(model: str) -> str:
    """Return the whole input of one model: what it uses, then itself."""
    own = (HERE / f"{model}.pv").read_text(encoding="utf-8")
    uses = _USES.match(own)
    if uses is None:
        raise ValueError(f"{model}.pv does not begin with what it uses")
    parts = [(HERE / name).read_text(encoding="utf-8") for name in uses[1].split()]
    return "\n".join([*parts, own])


def claims(model: str) -> int:
    """Count the queries of one model."""
    return len(_CLAIM.findall(_COMMENT.sub("", source(model))))


def fits(expected: str, found: str) -> bool:
    """Compare one result; a control must merely not be proved."""
    return found != "true" if expected == "not true" else found == expected


def run(proverif: str, model: str) -> Outcome:
    """Run one model and judge every result line."""
    expected = [row["result"] for row in expectations()[model]]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / f"{model}.pv"
        whole.write_text(source(model), encoding="utf-8")
        command = [proverif, "-in", "pitype", str(whole)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return Outcome(model, False, [], expected, f"no end within {LIMIT_S:.0f} s")
    found = [_VERDICTS[verdict] for verdict in _RESULT.findall(done.stdout)]
    if len(found) != len(expected):
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        return Outcome(model, False, found, expected, " ".join(last))
    return Outcome(model, all(map(fits, expected, found)), found, expected)


def version(proverif: str) -> str:
    """Return the first line in which ProVerif names itself."""
    done = subprocess.run(
        [proverif, "-help"], capture_output=True, text=True, timeout=30, check=False
    )
    return (done.stdout + done.stderr).strip().partition("\n")[0]


def main() -> int:
    """Run what was asked for and print one line a model."""
    known = expectations()
    parser = argparse.ArgumentParser(description="run the ProVerif models")
    parser.add_argument("models", nargs="*", metavar="MODEL", help="default: all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    models = options.models or sorted(known)
    if unknown := set(models) - set(known):
        print(f"no such model: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    proverif = shutil.which("proverif")
    if proverif is None:
        print("proverif is not installed: no model was run", file=sys.stderr)
        return NOT_INSTALLED
    outcomes = []
    if not options.json:
        print(version(proverif))
    for model in models:
        outcome = run(proverif, model)
        outcomes.append(outcome)
        if not options.json:
            word = "as expected" if outcome.passed else "NOT AS EXPECTED"
            print(
                f"{model}: {word}: {', '.join(outcome.found)} {outcome.note}".rstrip()
            )
    if options.json:
        report = {
            "proverif": version(proverif),
            "models": [asdict(outcome) for outcome in outcomes],
        }
        print(json.dumps(report, indent=1))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
