"""What was freed is overwritten, in Python's blocks and in the C allocator's."""

from __future__ import annotations

import os
import sys

import pytest
from tests.support.children import run_python
from tests.support.source_tree import ROOT


pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks into /proc/self/mem"
)

# The marker is put together where it is looked for, so that no constant holds it.
_CODE = """
import sys
from safesession import freed_memory

def copies():
    found = 0
    marker = bytes(octet ^ 0x5A for octet in MASKED)
    for line in open("/proc/self/maps"):
        span, access, *_ = line.split()
        if access.startswith("rw"):
            start, end = (int(part, 16) for part in span.split("-"))
            try:
                with open("/proc/self/mem", "rb", 0) as memory:
                    memory.seek(start)
                    region = memory.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue
            found += region.count(marker)
            del region
    return found - 1  # the marker itself

def write(sizes):
    marker = bytes(octet ^ 0x5A for octet in MASKED)
    held = [marker + bytes(size) for size in sizes for _ in range(50)]
    between = [bytes(size + len(marker)) for size in sizes for _ in range(50)]
    return between  # so that no page is free as a whole

MASKED = bytes(octet ^ 0x5A for octet in sys.argv[1].encode())
del sys.argv[1]
between = write((0, 20, 90, 300, 460, 700, 2000, 5000, 90_000))
before = copies()
freed_memory.overwrite()
print(before, copies())
"""


def test_no_copy_of_what_was_freed_is_left() -> None:
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    said = run_python(_CODE, os.environ | {"PYTHONPATH": paths}, "zqfreedmarker-7391")
    before, after = map(int, said.split())
    assert before > 100, "otherwise nothing was to be overwritten"
    assert after <= 2, "the arguments of the process itself"


def test_it_does_no_harm_twice_and_beside_others() -> None:
    code = (
        "import threading\n"
        "from safesession.freed_memory import overwrite\n"
        "threads = [threading.Thread(target=overwrite) for _ in range(4)]\n"
        "[thread.start() for thread in threads]\n"
        "words = ['%05d' % n for n in range(100000)]\n"
        "[thread.join() for thread in threads]\n"
        "assert words == ['%05d' % n for n in range(100000)]\n"
        "print('whole')\n"
    )
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    assert run_python(code, os.environ | {"PYTHONPATH": paths}) == "whole\n"
