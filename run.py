#!/usr/bin/env python3
"""Set SafeSession up and start it: `python3 run.py [--no-system] [command] [args]`.

One command on Linux, Windows and macOS, with nothing but Python's own library:
makes `.venv`, installs the wheels that `requirements/dev.txt` pins by hash, then
runs the command in there. Safe to interrupt and to start twice at once.
It must never install a system package without having named it first, and never
fetch anything that is not pinned by hash.

Commands:
  run       (default) the counselor's and a client's window in one real call;
            without a display the same call headless for 20 seconds
  test      formatter, linter, import contracts, types, then every test
            (with arguments: only pytest, with these arguments)
  setup     prepare everything that `run` and `test` need, then stop
  lint, format, gallery, soak, bench, evidence, lock      see CONTRIBUTING.md
  anything else is handed to SafeSession: `python3 run.py peer --help`

Options (before the command):
  --no-system   never install system packages; print the command instead
  --help        this text
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import NoReturn

from bootstrap.shell import ROOT, VENV_PYTHON, WINDOWS, environment, say
from bootstrap.system import has_display
from bootstrap.venv import prepare, provide_fuzzer


def become(arguments: list[str]) -> NoReturn:
    """Replace this process by `.venv`'s Python (on Windows: wait for it)."""
    command = [str(VENV_PYTHON), *arguments]
    if WINDOWS:
        sys.exit(subprocess.call(command, env=environment(inside=True)))
    sys.stdout.flush()
    os.execve(command[0], command, environment(inside=True))  # noqa: S606


def safesession(*arguments: str) -> NoReturn:
    """Start the product where the caller stands; paths are the caller's."""
    # -P: a folder of the same name there must not take its place.
    become(["-P", "-m", "safesession.cli", *arguments])


def in_project(*arguments: str) -> NoReturn:
    """Start a development tool in the project's folder."""
    os.chdir(str(ROOT))
    become(["-m", *arguments])


def step(title: str, *arguments: str, **variables: str) -> bool:
    """Run one step in `.venv`'s Python and tell whether it passed."""
    say(title)
    env = {**environment(inside=True), **variables}
    command = [str(VENV_PYTHON), *arguments]
    code = subprocess.call(command, cwd=str(ROOT), env=env, stdin=subprocess.DEVNULL)
    return code == 0


LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as m; m()"


def lint() -> list[str]:
    """Run the formatter's check, the linter, the contracts and the types."""
    steps = {
        "formatter": ["-m", "ruff", "format", "--check", "."],
        "linter": ["-m", "ruff", "check", "."],
        "import contracts": ["-c", LINT_IMPORTS],
        "types": ["-m", "mypy"],
    }
    return [title for title, command in steps.items() if not step(title, *command)]


def test(arguments: list[str]) -> int:
    """Run all checks and tests; pytest's closing line comes last when all is well."""
    failed = [] if arguments else lint()
    if not step("tests", "-m", "pytest", *arguments):
        failed.append("tests")
    if failed:
        say("failed: " + ", ".join(failed))
    return 1 if failed else 0


def lock_requirements() -> int:
    """Write requirements/*.txt anew from pyproject.toml (needs `uv` on the path)."""
    extras = {
        "dev": ["--extra", "desktop", "--group", "dev"],
        "desktop": ["--extra", "desktop"],
        "peer": ["--extra", "peer"],
        "base": [],
        "soak": ["--group", "soak"],
    }
    for name, options in extras.items():
        command = ["uv", "pip", "compile", "--no-config", "--universal", "--quiet"]
        command += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
        command += ["--no-emit-index-url", "--no-emit-find-links", *options]
        command += ["-o", f"requirements/{name}.txt"]
        command += [] if name == "soak" else ["pyproject.toml"]  # the group alone
        if subprocess.call(command, cwd=str(ROOT), env=environment(inside=True)):
            return 1
    return 0


def setup(_: list[str]) -> int:
    """All is done already when this is called."""
    say("ready; `python3 run.py` starts it")
    return 0


SOAK_LIMIT_S = 14_400  # of one test


def soak(arguments: list[str]) -> NoReturn:
    """Run the same tests with large counts and fresh seeds."""
    provide_fuzzer()
    os.environ["SAFESESSION_TEST_PROFILE"] = "soak"
    # A test that takes an hour is not hanging: no traceback of it after two minutes.
    patience = f"faulthandler_timeout={SOAK_LIMIT_S}"
    in_project("pytest", f"--timeout={SOAK_LIMIT_S}", "-o", patience, *arguments)


TOOLS: dict[str, Callable[[list[str]], int]] = {
    "setup": setup,
    "test": test,
    "soak": soak,
    "bench": lambda arguments: in_project("benchmarks", *arguments),
    "evidence": lambda arguments: in_project("tests.evidence", *arguments),
    "lint": lambda _: 1 if lint() else 0,
    "format": lambda arguments: in_project("ruff", "format", *(arguments or ["."])),
    "lock": lambda _: lock_requirements(),
}


def main(arguments: list[str]) -> int:
    """Prepare and run one command; returns its exit code."""
    allow_system = True
    while arguments and arguments[0].startswith("-"):
        option = arguments.pop(0)
        if option != "--no-system":
            print(__doc__)
            return 0 if option in ("-h", "--help") else 2
        allow_system = False
    command, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    prepare(command, allow_system=allow_system)
    if command in TOOLS:
        return TOOLS[command](rest)
    if command == "run" and has_display():
        safesession("app", "--demo-pair", *rest)
    if command == "run":
        say("no display here: holding the same call without windows for 20 seconds")
        safesession("demo", "--headless", "--seconds", "20", *rest)
    if command == "gallery" and not rest:
        rest = [str(ROOT / "build" / "gallery")]
    safesession(command, *rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
