"""Find a Python that can carry SafeSession (3.11 to 3.13).

Must never take a Python it has not asked for its version.
"""

from __future__ import annotations

import sys

from bootstrap.shell import WINDOWS, output_of, stop


OLDEST, NEWEST = (3, 11), (3, 13)


def describe(python: list[str]) -> tuple[bool, bool]:
    """Ask a Python: is its version right, and can it make environments?"""
    question = (
        "import sys, importlib.util as u;"
        "print(*sys.version_info[:2], int(bool(u.find_spec('ensurepip'))))"
    )
    answer = (output_of([*python, "-I", "-c", question]) or "0 0 0").split()
    version = (int(answer[0]), int(answer[1]))
    return OLDEST <= version <= NEWEST, answer[2] == "1"


def find_python() -> tuple[list[str], bool]:
    """Return a Python 3.11-3.13 and whether it can make environments.

    The one running this file is preferred, then newer before older. Without
    any, explain and stop.
    """
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    # Out of an environment: it may be the one that is about to be made anew.
    candidates = [[getattr(sys, "_base_executable", None) or sys.executable]]
    if WINDOWS:
        candidates += [["py", f"-3.{minor}"] for minor in minors]
    candidates += [[f"python3.{minor}"] for minor in minors] + [["python3"]]
    incomplete: list[str] | None = None
    for candidate in candidates:
        right_version, complete = describe(candidate)
        if right_version and complete:
            return candidate, True
        if right_version and incomplete is None:
            incomplete = candidate
    if incomplete is None:
        have = ".".join(map(str, sys.version_info[:2]))
        stop(
            f"SafeSession needs Python 3.11, 3.12 or 3.13; this is {have} and no other "
            "was found. Install one of them and run this command again."
        )
    return incomplete, False
