"""Keep this process's memory out of core dumps and away from other programs.

Best effort and cheap, once at start. It does not wipe memory: Python cannot.
"""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass


_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4
PRIVATE_UMASK = 0o077


@dataclass(frozen=True, slots=True)
class Privacy:
    """What this system granted."""

    no_core_dumps: bool
    not_dumpable: bool


def make_process_private() -> Privacy:
    """No core dumps, no attaching by the same user (Linux), files for us alone."""
    os.umask(PRIVATE_UMASK)
    return Privacy(_forbid_core_dumps(), _forbid_dumping())


def _forbid_core_dumps() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return False
    return True


def _forbid_dumping() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return int(prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)) == 0
