"""The catalogue of claims: every name in it exists, and every claim has its place."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests import evidence
from tests.adversary.catalogue import CASES
from tests.adversary.loading import load_cases
from tests.evidence import Claim, Finding, Ran, Result
from tests.support.source_tree import ROOT


CLAIMS = evidence.load_claims()
REPORT = f"""<testsuites><testsuite>
<testcase file="tests/a.py" name="test_one"/>
<testcase file="tests/a.py" name="test_two[x]"/>
<testcase file="tests/a.py" name="test_two[y]"><failure message="no&#10;more"/></testcase>
<testcase file="tests/a.py" name="test_three"><skipped message="no camera"/></testcase>
<testcase file="{evidence.CASES_FILE}" name="test_the_attack_fails[07 a case]"/>
</testsuite></testsuites>"""


def names_in(document: str, pattern: str) -> list[str]:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    return re.findall(pattern, text, re.MULTILINE)


def test_every_named_test_exists() -> None:
    named = {test for claim in CLAIMS for test in claim.tests}
    assert {test for test in named if not evidence.has_test(test)} == set()
    assert not evidence.has_test("tests/unit/test_evidence.py::test_of_nothing")
    assert not evidence.has_test("tests/unit/nowhere.py::test_every_named_test_exists")


def test_every_named_model_exists() -> None:
    models = {path.stem for path in (ROOT / "docs" / "proofs").glob("*.pv")}
    assert {model for claim in CLAIMS for model in claim.models} == models


def test_every_named_figure_of_a_benchmark_on_the_page_is_there() -> None:
    recorded = evidence.recorded_figures()
    pages = {name.partition("/")[0] for name in recorded}
    for name in (name for claim in CLAIMS for name in claim.figures):
        benchmark, slash, figure = name.partition("/")
        assert slash
        assert figure
        assert benchmark not in pages or name in recorded, name
    assert recorded["call/fps_720p"]["met"] == "yes"


def test_rows_and_cases_know_each_other() -> None:
    load_cases()
    named = {row for claim in CLAIMS for row in claim.rows}
    with_case = {case.row for case in CASES}
    assert with_case == named
    assert named == set(range(1, 53)) | set(range(58, 65))


def test_every_claim_stands_in_its_document_and_the_reverse() -> None:
    ids = [claim.id for claim in CLAIMS]
    assert len(ids) == len(set(ids))
    invariants = set(names_in("PROTOCOL.md", r"^- \*\*(I\d+)\*\*"))
    properties = set(names_in("PROTOCOL.md", r"^- \*\*(P\d+)\*\*"))
    attacks = set(names_in("THREAT_MODEL.md", r"^\| (A\d+) \|"))
    assert set(ids) == invariants | properties | attacks
    for claim in CLAIMS:
        assert claim.tests or claim.rows, claim.id


def test_the_threat_model_names_tests_of_its_claim() -> None:
    """A test or model that stands in a row is one that `make evidence` runs for it."""
    by_id = {claim.id: claim for claim in CLAIMS}
    for row in names_in("THREAT_MODEL.md", r"^\| A\d+ \|.*$"):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        claim = by_id[cells[0]]
        known = {test.rpartition("::")[2] for test in claim.tests} | {*claim.models}
        assert set(re.findall(r"`(\w+)`", cells[-1])) <= known, claim.id
        told = re.findall(r"rows? ([\d, -]+)", cells[-1])
        rows = {
            r
            for text in told
            for part in text.split(",")
            if part.strip()
            for r in evidence.rows_of(part.strip())
        }
        assert rows == set(claim.rows), claim.id


def ran() -> Ran:
    found = Ran()
    evidence.read_report(REPORT, found)
    return found


def test_a_report_is_read_by_test_and_row() -> None:
    claim = Claim(
        "X1",
        "something",
        tests=tuple(f"tests/a.py::test_{n}" for n in ("one", "two", "three", "four")),
        rows=(7, 8),
        models=("absent",),
        figures=("call/fps_720p", "call/of_nothing"),
    )
    findings = evidence.judge(claim, ran())
    assert [finding.result for finding in findings] == [
        Result.PASSED,
        Result.FAILED,
        Result.NOT_RUN,
        Result.MISSING,
        Result.PASSED,
        Result.MISSING,
        Result.MISSING,
        Result.RECORDED,
        Result.NOT_RUN,
    ]
    assert findings[1].note == "no"
    assert findings[2].note == "no camera"
    assert evidence.verdict(findings) == "NOT SHOWN"
    assert evidence.verdict(findings[:1]) == "shown"
    assert evidence.verdict([findings[0], findings[2]]) == "shown in part, 1 not run"


def test_a_test_of_soak_runs_is_not_missed_in_a_short_one(monkeypatch) -> None:
    node_id = next(t for c in CLAIMS if c.id == "A29" for t in c.tests)
    claim = Claim("X1", "something", tests=(node_id,))
    monkeypatch.delenv("SAFESESSION_TEST_PROFILE", raising=False)
    assert evidence.judge(claim, Ran())[0].result is Result.NOT_RUN
    monkeypatch.setenv("SAFESESSION_TEST_PROFILE", "soak")
    assert evidence.judge(claim, Ran())[0].result is Result.MISSING


def test_the_table_names_each_piece_with_its_result() -> None:
    claim = Claim("X1", "something", tests=("tests/a.py::test_one",))
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    text = evidence.table([(claim, evidence.judge(claim, ran()))], at)
    assert text.startswith("evidence of 2026-01-02 03:04 UTC\n")
    assert "X1   something: shown\n     test   a.py::test_one  passed" in text
    assert text.endswith("1 claims, 0 findings against, 0 not run")


def test_a_model_that_was_not_run_is_never_shown() -> None:
    finding = Finding("model", "m", Result.NOT_RUN, "proverif is not installed")
    claim = Claim("X1", "something", models=("m",))
    assert evidence.judge(claim, Ran(models={"m": finding})) == [finding]
    assert evidence.verdict([finding]) == "NOT RUN"
