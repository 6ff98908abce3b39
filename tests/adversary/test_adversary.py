"""Run every case of the acceptance suite (docs/PROTOCOL.md §12)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adversary.catalogue import CASES, Case
from tests.adversary.loading import load_cases


load_cases()


@pytest.mark.parametrize(
    "attack", CASES, ids=[f"{case.row:02d} {case.name}" for case in CASES]
)
async def test_the_attack_fails(attack: Case, tmp_path: Path) -> None:
    verdict = await attack.run(tmp_path)
    assert verdict.frames_leaked == 0
    assert verdict.messages_lost == 0
    assert verdict.messages_doubled == 0


def test_every_case_has_a_name_of_its_own() -> None:
    names = [(case.row, case.name) for case in CASES]
    assert len(set(names)) == len(names)
