"""Programs that tests start beside themselves, and stop whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.support.source_tree import ROOT


# A program started with this in front dies with the test run.
LEASH = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def need_programs(*names: str) -> None:
    """Skip the test, with the reason, where a program is not installed."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (`make setup` brings it)")


def start(
    *command: str | Path, environment: Mapping[str, str] | None = None, log: Path
) -> subprocess.Popen[bytes]:
    """Start a program that dies with the test run; its output goes to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [*LEASH, *map(str, command)],
            env=dict(environment if environment is not None else os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


def stop(process: subprocess.Popen[bytes], *, patience_s: float = 5.0) -> None:
    """End a program politely, then not."""
    process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(
    *command: str | Path, environment: Mapping[str, str] | None = None, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Keep a program running inside the block."""
    process = start(*command, environment=environment, log=log)
    try:
        yield process
    finally:
        stop(process)


def run_python(
    code: str, environment: Mapping[str, str], *arguments: str, timeout_s: float = 60
) -> str:
    """Run a small Python program of a test and return what it printed.

    On failure the assertion quotes the program's error output.
    """
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8")


def wait_until(
    condition: Callable[[], object], what: str, *, timeout_s: float = 10.0
) -> None:
    """Poll until a condition of another process holds, or fail saying `what`."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
        time.sleep(0.02)
