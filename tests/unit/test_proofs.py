"""The ProVerif models: run where ProVerif is, held to their form everywhere."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.source_tree import ROOT


FOLDER = ROOT / "docs" / "proofs"
# fmt: off
WORDS = frozenset({
    "attacker", "bitstring", "bool", "channel", "const", "else", "equation", "event",
    "forall", "free", "fun", "if", "in", "inj", "let", "new", "out", "phase",
    "precise", "private", "process", "query", "reduc", "then", "true", "type",
    "weaksecret",
})
# fmt: on
NAME = r"[A-Za-z][A-Za-z0-9_]*"


def load_check():
    spec = importlib.util.spec_from_file_location("proofs_check", FOLDER / "check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check = load_check()
MODELS = sorted(check.expectations())


def code_of(model: str) -> str:
    return re.sub(r"\(\*.*?\*\)", " ", check.source(model), flags=re.DOTALL)


def arguments(text: str, start: int) -> list[str]:
    """Return the arguments of the call whose parenthesis opens at `start`."""
    depth, parts, last = 0, [], start + 1
    for position in range(start, len(text)):
        letter = text[position]
        depth += letter in "(["
        depth -= letter in ")]"
        if (letter == "," and depth == 1) or depth == 0:
            parts.append(text[last:position].strip())
            last = position + 1
        if depth == 0:
            return [part for part in parts if part]
    raise AssertionError("a parenthesis is not closed")


def test_every_model_has_expectations_and_every_expectation_a_model() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.pv")) == MODELS
    for model in MODELS:
        rows = check.expectations()[model]
        assert check.claims(model) == len(rows), model
        assert {row["result"] for row in rows} <= {"true", "false", "not true"}
        is_control = model.endswith("_CONTROL")
        assert is_control == ("true" not in {row["result"] for row in rows}), model


@pytest.mark.parametrize("model", MODELS)
def test_every_name_is_declared_and_called_as_declared(model: str) -> None:
    code = code_of(model)
    assert code.isascii()
    arity = {
        name: len(arguments(code, code.index("(", at)))
        for kind in ("fun", "event")
        for at, name in (
            (m.start(), m[1]) for m in re.finditer(rf"\b{kind} ({NAME})\(", code)
        )
        if kind == "fun" or ";" not in code[at : code.index(")", at)]
    }
    macros = re.finditer(rf"^let ({NAME})(\()?", code, re.MULTILINE)
    arity |= {m[1]: len(arguments(code, m.end() - 1)) if m[2] else 0 for m in macros}
    destructors = re.finditer(rf"^reduc [^;]+;\s*({NAME})\(", code, re.MULTILINE)
    arity |= {m[1]: len(arguments(code, m.end() - 1)) for m in destructors}
    declared = {
        *re.findall(rf"\b({NAME})\s*:\s*{NAME}", code),
        *re.findall(rf"\blet ({NAME})\b", code),
        *re.findall(rf"\btype ({NAME})\.", code),
        *(n for m in re.findall(r"\bfree ([^:]+):", code) for n in m.split(", ")),
        *(n for m in re.findall(r"\bconst ([^:]+):", code) for n in m.split(", ")),
    }
    unknown = set(re.findall(NAME, code)) - declared - WORDS - set(arity)
    assert not unknown
    for call in re.finditer(rf"\b({NAME})\(", code):
        if call[1] in arity:
            given = arguments(code, call.end() - 1)
            assert len(given) == arity[call[1]], (call[1], given)
        else:
            assert call[1] in {"in", "out", "attacker", "event"}, call[1]


@pytest.mark.parametrize("model", MODELS)
def test_every_else_belongs_to_its_if(model: str) -> None:
    """After a bare `let` an `else` would be the let's, and never be reached."""
    for branch in branches_before_else(code_of(model)):
        assert "let" not in branch, branch


def branches_before_else(code: str) -> list[list[str]]:
    """Return, for each `else`, the words since its `then` outside parentheses."""
    open_branches: list[list[str]] = [[]]
    found = []
    for word in re.findall(rf"{NAME}|[()]", code):
        if word == "(":
            open_branches.append([])
        elif word == ")":
            open_branches.pop()
        elif word == "then":
            open_branches[-1] = []
        elif word == "else":
            found.append(open_branches[-1])
            open_branches[-1] = []
        else:
            open_branches[-1].append(word)
    return found


def test_the_rule_about_else_bites() -> None:
    bad = "if a = b then let m = x in p(m) else q"
    assert branches_before_else(bad) == [["let", "m", "x", "in", "p"]]
    assert branches_before_else("if a = b then (let m = x in p(m)) else q") == [[]]


def test_results_are_read_as_proverif_prints_them() -> None:
    printed = """
RESULT not attacker(secA[]) is true.
RESULT inj-event(A(x,y)) ==> inj-event(B(x,y)) is false.
RESULT (but event(A(x,y)) ==> event(B(x,y)) is true.)
RESULT Weak secret code is true.
RESULT not event(C(k_1)) cannot be proved.
"""
    found = [check._VERDICTS[word] for word in check._RESULT.findall(printed)]
    assert found == ["true", "false", "true", "cannot be proved"]
    assert check.fits("not true", "false")
    assert check.fits("not true", "cannot be proved")
    assert not check.fits("not true", "true")
    assert not check.fits("true", "cannot be proved")


def stand_in(folder: Path, line: str) -> str:
    """Write a program that prints what ProVerif might, to see it judged."""
    program = folder / "proverif"
    program.write_text(f"#!{sys.executable}\nprint({line!r})\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_a_result_other_than_expected_is_noticed(tmp_path: Path) -> None:
    good = stand_in(tmp_path, "RESULT Weak secret code is true.")
    assert check.run(good, "pair_guessing").passed
    assert not check.run(good, "code_mac_CONTROL").passed
    assert not check.run(good, "pair_agreement").passed  # four results are missing
    bad = stand_in(tmp_path, "RESULT Weak secret code is false.")
    assert not check.run(bad, "pair_guessing").passed
    broken = stand_in(tmp_path, "Error: syntax error.")
    outcome = check.run(broken, "pair_guessing")
    assert not outcome.passed
    assert outcome.note == "Error: syntax error."


@pytest.mark.timeout(3600)
def test_the_models_give_what_is_expected() -> None:
    command = [sys.executable, str(FOLDER / "check.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == check.NOT_INSTALLED:
        pytest.skip("proverif is not installed")
    assert done.returncode == 0, done.stdout + done.stderr
