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


def environment(*, inside: bool = False) -> dict[str, str]:
    """Return the environment for a child, without what would divert it.

    `inside` puts `.venv` first on the path; else it is not there at all, so that
    nothing is built from what may be about to be removed.
    """
    env = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV"):
        env.pop(name, None)
    for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_NO_BINARY"):
        env.pop(name, None)
    env.pop("PIP_REQUIRE_VIRTUALENV", None)
    ours = str(VENV_PYTHON.parent)
    path = [p for p in env.get("PATH", "").split(os.pathsep) if p and p != ours]
    if not WINDOWS:
        path.append(STANDARD_PATH)
    if inside:
        path.insert(0, ours)
        env["VIRTUAL_ENV"] = str(VENV)
    env["PATH"] = os.pathsep.join(path)
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
