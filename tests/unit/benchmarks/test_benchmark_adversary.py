"""The adversary's figures: sums of the parts, and nothing absent passes for met."""

from __future__ import annotations

import json
import sys

from benchmarks import adversary, adversary_parts
from benchmarks.adversary import QUICK, Everything, figures
from tests.adversary import catalogue, loading
from tests.adversary.catalogue import Case, Verdict


CASES = {
    "cases": 30,
    "left": 0,
    "failed": 0,
    "frames_leaked": 0,
    "messages_sent": 40,
    "messages_lost": 0,
    "messages_doubled": 0,
}
FUZZ = {"inputs": 200_000, "undeclared_exceptions": 0}
KILLS = {"kills": 20, "accepted": 500, "accepted_lost": 0, "accepted_doubled": 0}


def made(**other) -> dict[str, adversary.Figure]:
    parts = {
        "pairing": {"cpu_ms": 1.5},
        "cases": [CASES, CASES],
        "fuzz": FUZZ,
        "kills": KILLS,
        **other,
    }
    return {figure.name: figure for figure in figures(Everything(**parts), QUICK)}


def test_shards_are_added_up_and_every_goal_is_met() -> None:
    found = made()
    assert found["adversarial_cases"].ours == 60
    assert found["messages_sent"].ours == 80
    assert all(figure.measured and figure.met for figure in found.values())


def test_one_failed_case_and_one_lost_text_are_seen() -> None:
    found = made(cases=[CASES, {**CASES, "failed": 1, "messages_lost": 2}])
    missed = {name for name, figure in found.items() if not figure.met}
    assert missed == {"adversarial_failed", "messages_lost"}


def test_cases_that_were_not_begun_are_told() -> None:
    found = made(cases=[CASES, {**CASES, "left": 5}])["adversarial_cases"]
    assert found.ours == 60
    assert "5 cases left" in found.reason


def test_topics_take_turns() -> None:
    def of(module: str, row: int) -> Case:
        async def run(_folder) -> Verdict:
            return Verdict()

        run.__module__ = module
        return Case(row, "x", run)

    cases = [of("a", 1), of("a", 2), of("a", 3), of("b", 4)]
    rows = [case.row for case in adversary_parts.mixed(cases)]
    assert rows == [1, 4, 2, 3]


def test_a_part_that_did_not_end_is_absent_and_not_met() -> None:
    found = made(cases=[CASES, "not done within 45 s"], kills="no report")
    for name in ("adversarial_cases", "frames_leaked", "server_kills"):
        assert found[name].ours is None
        assert found[name].reason
        assert found[name].met is False
    assert found["fuzz_inputs"].met


def test_texts_that_nobody_sent_are_no_texts_that_nobody_lost() -> None:
    found = made(cases=[{**CASES, "messages_sent": 0}])
    assert found["messages_lost"].ours is None


def test_a_case_that_fails_is_counted_and_named(monkeypatch, capfd) -> None:
    async def holds(_folder) -> Verdict:
        return Verdict(messages_sent=3)

    async def fails(folder) -> Verdict:
        assert not folder.exists()
        return Verdict()

    cases = [Case(1, "holds", holds), Case(2, "fails", fails), Case(3, "other", fails)]
    monkeypatch.setattr(catalogue, "CASES", cases)
    monkeypatch.setattr(loading, "load_cases", lambda: None)
    command = ["adversary_parts", "cases", "--shard", "0", "--shards", "2"]
    monkeypatch.setattr(sys, "argv", command)
    assert adversary_parts.main() == 0
    out, err = capfd.readouterr()
    found = json.loads(out)
    assert (found["cases"], found["failed"], found["messages_sent"]) == (2, 1, 3)
    assert "case 3 'other' failed" in err


async def test_a_part_runs_in_a_process_of_its_own_and_has_a_limit() -> None:
    found = await adversary.part(["pairing", "--count", "3"], 30)
    assert not isinstance(found, str)
    assert 0 < found["cpu_ms"] < 1000
    late = await adversary.part(["pairing", "--count", "1000000"], 0.05)
    assert late == "not done within 0 s"
    assert "code 2" in str(await adversary.part(["nothing"], 30))
