"""The environment in `.venv`: made from hash-locked wheels, whole or made anew.

Must never install a package that a file in requirements/ does not pin by hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bootstrap.pythons import describe, find_python
from bootstrap.shell import ROOT, VENV, VENV_PYTHON, WINDOWS, environment, say, stop
from bootstrap.system import provide_system


UNFINISHED = VENV / ".unfinished"  # there while packages are being put in
STAMP = VENV / ".stamp.json"  # what the environment was made from
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
SOAK_REQUIREMENTS = ROOT / "requirements" / "soak.txt"


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let one run.py at a time change `.venv`; the system frees a dead one's lock."""
    with open(str(ROOT / ".run.lock"), "a+b") as file:  # noqa: PTH123
        try:
            lock(file.fileno(), wait=False)
        except OSError:
            say("another run.py is setting up; waiting for it")
            lock(file.fileno(), wait=True)
        yield


def lock(descriptor: int, *, wait: bool) -> None:
    """Take an exclusive lock on an open file; OSError when it is taken."""
    if WINDOWS:
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        while True:
            try:
                msvcrt.locking(
                    descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1
                )
            except OSError:  # LK_LOCK gives up after ten seconds
                if not wait:
                    raise
            else:
                return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted_stamp() -> dict[str, str]:
    """Describe the environment that this tree asks for."""
    return {
        "root": str(ROOT),
        "requirements": digest(REQUIREMENTS),
        "project": digest(ROOT / "pyproject.toml"),
    }


def present_stamp() -> dict[str, str]:
    """Read what `.venv` was made from; empty when unknown."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def venv_is_sound() -> bool:
    """Tell whether `.venv` has a Python of the right version that starts, and pip."""
    if UNFINISHED.exists() or not VENV_PYTHON.exists():
        return False
    moved = present_stamp().get("root", str(ROOT)) != str(ROOT)
    return not moved and describe([str(VENV_PYTHON)])[0]


def make_venv(python: list[str]) -> None:
    """Create an empty `.venv`, in place of a broken one."""
    if VENV.exists() or VENV.is_symlink():
        ours = (VENV / "pyvenv.cfg").exists() or UNFINISHED.exists()
        if VENV.is_symlink() or not VENV.is_dir() or (not ours and any(VENV.iterdir())):
            stop(f"{VENV} is not a virtual environment; please move it away.")
        say("the environment in .venv is incomplete or moved; making it anew")
        shutil.rmtree(str(VENV))
    VENV.mkdir()
    UNFINISHED.touch()
    say("making the environment in .venv")
    code = subprocess.call([*python, "-I", "-m", "venv", str(VENV)], env=environment())
    if code:
        stop("Python could not make a virtual environment; see the lines above.")


def pip(*arguments: str) -> None:
    """Run pip inside `.venv`; explain and stop when it fails."""
    if not pip_succeeds(*arguments):
        stop("pip failed; see the lines above. The same command may be run again.")


def pip_succeeds(*arguments: str) -> bool:
    """Run pip inside `.venv` and tell whether it did what it was asked for."""
    quiet = [] if sys.stdout.isatty() else ["-qq"]
    command = [str(VENV_PYTHON), "-m", "pip", "--no-input", "install", *quiet]
    command += ["--no-warn-script-location", "--root-user-action=ignore", *arguments]
    code = subprocess.call(
        command,
        cwd=str(ROOT),
        env=environment(inside=True),
        stdin=subprocess.DEVNULL,
    )
    return code == 0


def provide_fuzzer() -> None:
    """Put the coverage-guided fuzzer into `.venv` where it exists; else go on."""
    wanted = [
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        str(SOAK_REQUIREMENTS),
    ]
    if not pip_succeeds(*wanted):
        say("no coverage-guided fuzzer here; its tests are skipped")


def provide_packages() -> None:
    """Bring `.venv` to what the requirements file and pyproject.toml say."""
    wanted, present = wanted_stamp(), present_stamp()
    if wanted == present:
        return
    fresh = UNFINISHED.exists()
    UNFINISHED.touch()
    try:
        if wanted["requirements"] != present.get("requirements"):
            say("installing the pinned packages into .venv (about 250 MB, once)")
            pip("--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS))
        pip("--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    except SystemExit:
        if not fresh:
            UNFINISHED.unlink()  # pip gave up by itself and left things whole
        raise
    part = STAMP.with_suffix(".part")
    part.write_text(json.dumps(wanted), encoding="utf-8")
    os.replace(str(part), str(STAMP))  # noqa: PTH105
    UNFINISHED.unlink()


def prepare(command: str, *, allow_system: bool) -> None:
    """Do whatever the command still needs before it can start."""
    with only_one():
        sound = venv_is_sound()
        python, complete = ([str(VENV_PYTHON)], True) if sound else find_python()
        provide_system(command, python, complete=complete, allowed=allow_system)
        if not sound:
            make_venv(python)
        provide_packages()
