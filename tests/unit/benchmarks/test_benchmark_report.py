"""The report: its JSON, its exit code, and that nothing absent passes for met."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.__main__ import keep, kept
from benchmarks.markdown import document
from benchmarks.report import (
    Figure,
    Goal,
    NotMeasuredError,
    Report,
    Sense,
    absent,
    finish,
    machine,
    median,
    parser,
)


AT_MOST_1 = Goal(Sense.AT_MOST, 1.0)


@pytest.mark.parametrize(
    ("sense", "value", "met"),
    [
        (Sense.AT_MOST, 1.0, True),
        (Sense.AT_MOST, 1.001, False),
        (Sense.AT_LEAST, 1.0, True),
        (Sense.AT_LEAST, 0.999, False),
        (Sense.EXACTLY, 1, True),
        (Sense.EXACTLY, 0, False),
    ],
)
def test_a_goal_knows_its_good_side(sense: Sense, value: float, met: bool) -> None:
    assert Figure("f", "1", value, goal=Goal(sense, 1)).met is met


def test_an_absent_figure_is_not_met_and_says_why() -> None:
    figure = absent("f", "s", "no microscope", goal=AT_MOST_1, peers=["other"])
    assert figure.to_json() == {
        "name": "f",
        "unit": "s",
        "ours": None,
        "peers": {"other": None},
        "goal": "<= 1",
        "met": False,
        "reason": "no microscope",
    }


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ([Figure("a", "s", 0.5, {"other": 0.4}, AT_MOST_1)], 0),
        ([Figure("a", "s", 1.5, goal=AT_MOST_1)], 0),  # missed, but measured
        ([Figure("a", "s", 0.5, {"other": None})], 1),
        ([Figure("a", "s", 0.5), absent("b", "s", "void")], 1),
        ([], 1),
    ],
)
def test_the_exit_code_is_0_only_if_everything_was_measured(
    figures: list[Figure], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report("any", {"os": "x"}, 3, figures)
    assert finish(report, as_json=True) == code
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    printed = json.loads(lines[0])
    assert list(printed) == ["benchmark", "machine", "runs", "figures"]
    assert [f["name"] for f in printed["figures"]] == [f.name for f in figures]


def test_the_text_names_every_figure_and_reason() -> None:
    figures = [Figure("fast_s", "s", 0.123456, goal=AT_MOST_1), absent("b", "s", "why")]
    text = Report("any", {}, 3, figures).to_text()
    assert "0.1235" in text
    assert "(goal <= 1: met)" in text
    assert "why" in text


def test_the_median_of_nothing_is_not_measured() -> None:
    assert median([3, 1, 2]) == 2
    with pytest.raises(NotMeasuredError):
        median([])


def test_the_machine_says_with_what_was_measured() -> None:
    found = machine(["aiortc", "no-such-package"], extra=1)
    versions = found["versions"]
    assert isinstance(versions, dict)
    assert versions["aiortc"]
    assert versions["safesession"]
    assert versions["no-such-package"] is None
    assert found["extra"] == 1
    json.dumps(found)


def test_every_benchmark_takes_quick_and_json() -> None:
    options = parser("any").parse_args(["--quick", "--json"])
    assert options.quick
    assert options.json


def test_the_page_shows_medians_ratios_and_what_is_absent() -> None:
    figures = [
        Figure("cpu", "cores", 0.5, {"other": 0.4}, AT_MOST_1),
        Figure("late", "s", 2.0, goal=AT_MOST_1),
        absent("gone", "s", "no display"),
    ]
    where = {"os": "x", "load": [0.1, 0.2], "versions": {"av": "1", "b": None}}
    page = document([Report("any", where, 3, figures).to_json()])
    assert "| `cpu` | cores | 0.5 | 0.4 | 1.25 | <= 1 | yes |" in page
    assert "| `late` | s | 2.0 |  |  | <= 1 | **no** |" in page
    assert "- `gone`: no display" in page
    assert "- versions: av 1, b -" in page
    assert "- load: 0.1, 0.2" in page


def test_one_report_is_renewed_and_the_others_stay(tmp_path: Path) -> None:
    assert kept(tmp_path) == []
    where = {"date": "2026-11-24"}
    for name, value in (("vault", 1.0), ("call", 1.0), ("call", 0.5)):
        keep(Report(name, where, 1, [Figure("f", "1", value)]).to_json(), tmp_path)
    reports = kept(tmp_path)
    assert [report["benchmark"] for report in reports] == ["call", "vault"]
    assert [report["figures"][0]["ours"] for report in reports] == [0.5, 1.0]
