"""Kill the vault's process and break its disk: nothing acknowledged is ever lost.

A seeded sample in CI, more than five hundred kills in soak. `acknowledged_lost` and
`unopenable` are printed and must be 0.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.vault_faults import (
    MODES,
    REACH,
    Count,
    Rig,
    judge,
    series,
    why_not,
)
from tests.support.vaults import Desk, write_note


_RAM = Path("/dev/shm")  # noqa: S108 (what the faults break is not the disk's own cache)


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    scratch = Path(tempfile.mkdtemp(dir=_RAM if _RAM.is_dir() else None))
    rig = Rig(scratch)
    yield rig
    rig.close()
    shutil.rmtree(scratch)


def check(count: Count) -> None:
    print(count)
    assert count.undeclared == 0, count.details
    assert count.acknowledged_lost == 0, count.details
    assert count.unopenable == 0, count.details


@pytest.mark.timeout(7200)
def test_nothing_acknowledged_is_lost(rig, profile) -> None:
    strikes = profile.count(ci=20, soak=1200)
    count = series(rig, strikes, profile.random("vault faults"))
    check(count)
    assert count.strikes == strikes
    assert count.killed >= profile.count(ci=5, soak=500)
    assert count.acknowledged > strikes


@pytest.mark.parametrize("work", REACH)
def test_undisturbed_work_comes_through(rig, work) -> None:
    count = rig.strike(work, "none", 1, seed=5)
    check(count)
    assert count.killed == 0


@pytest.mark.soak
@pytest.mark.timeout(14400)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("work", REACH)
def test_at_every_single_operation(rig, work, mode) -> None:
    total = Count()
    for nth in range(1, REACH[work]):
        total += rig.strike(work, mode, nth, seed=nth)
    check(total)


def test_the_judge_sees_a_loss(tmp_path) -> None:
    """The counts are worth something only if a loss would be counted."""
    desk = Desk(tmp_path)
    with desk.made() as vault:
        saved = write_note(vault, "kept")
    promise = {"note": saved.note_id, "revision": 1, "body": "kept"}
    end = {"end": True, "killed": True}

    def judged(*said):
        return judge(tmp_path, "edit", [*said, end], desk.now_s + 60, "here")

    assert judged(promise).acknowledged_lost == 0
    assert judged({**promise, "revision": 2}).acknowledged_lost == 1
    assert judged({**promise, "body": "other"}).acknowledged_lost == 1
    assert judged({**promise, "note": 9}).acknowledged_lost == 1
    assert judged({"undeclared": "ValueError"}).undeclared == 1
    for name in ("vault.header", "vault.header.copy"):
        (desk.folder / name).unlink()
    assert judged(promise).unopenable == 1
