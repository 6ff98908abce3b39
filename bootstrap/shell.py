"""Paths, one-line messages and child processes of the bootstrap.

Must never hand a child anything that would divert its packages elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn


ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
LINUX = sys.platform.startswith("linux")
VENV_PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def say(text: str) -> None:
    """Print one line of our own, at once."""
    print("run.py: " + text, flush=True)


def stop(text: str) -> NoReturn:
    """Say why nothing more can be done and leave with exit code 1."""
    print("run.py: " + text, file=sys.stderr, flush=True)
    sys.exit(1)


def environment() -> dict[str, str]:
    """Return the environment for children: `.venv` first, nothing that diverts."""
    env = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_USER", "PIP_TARGET"):
        env.pop(name, None)
    for name in ("PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV", "PIP_NO_BINARY"):
        env.pop(name, None)
    path = [str(VENV_PYTHON.parent), env.get("PATH", "")]
    env["PATH"] = os.pathsep.join(
        p for p in [*path, "" if WINDOWS else STANDARD_PATH] if p
    )
    env["VIRTUAL_ENV"] = str(VENV)
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    env.setdefault("PYTHONUTF8", "1")
    return env


def output_of(command: list[str]) -> str | None:
    """Return a quiet command's output, or None when it is missing or fails."""
    try:
        done = subprocess.run(
            command,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
