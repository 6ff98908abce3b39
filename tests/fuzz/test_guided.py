"""Every fuzz target under atheris, which looks for inputs that reach new code."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest
from tests.fuzz.targets import TARGETS
from tests.support.source_tree import ROOT


SECONDS = 60
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(
        importlib.util.find_spec("atheris") is None,
        reason="atheris has wheels for CPython 3.11 on Linux only (requirements/soak.txt)",
    ),
]


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_no_guided_input_breaks_a_promise(target, tmp_path, profile) -> None:
    seconds = int(os.environ.get("SAFESESSION_FUZZ_SECONDS", SECONDS))
    command = [sys.executable, "-m", "tests.fuzz.guided", target.name]
    command += [f"--seconds={seconds}", f"--seed={profile.seed % 2**31 + 1}"]
    done = subprocess.run(
        [*command, f"--corpus={tmp_path}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=4 * seconds + 120,
        check=False,
    )
    found = {path.name: path.read_bytes() for path in tmp_path.glob("crash-*")}
    assert done.returncode == 0, (found, done.stderr[-3000:])
    assert "stat::number_of_executed_units" in done.stderr
