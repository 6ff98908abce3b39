"""Many calls in one process, and what is left of them: the child of call.py.

Prints one JSON object: `calls`, and the growth of tasks, threads and open files
from after the warm-up calls to after the last. Worker threads of the loop's own
pool are bounded by it and counted apart; memory is told, without a goal.

    python -m benchmarks.leaks --calls 50
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import io
import json
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.clip import clip
from benchmarks.report import NotMeasuredError


WARM_UP_CALLS = 2  # what is imported and opened once for the whole process
CALL_S = 0.8  # after both have met: pictures must flow
CODE_WAIT_S = 20.0
SETTLE_LIMIT_S = 2.0
POOL_PREFIXES = ("asyncio_", "uvloop_")  # threads of the loop's default executor


@dataclass(frozen=True, slots=True)
class Held:
    """What the process holds at one moment."""

    tasks: int
    threads: int
    pool_threads: int
    files: int

    def growth_since(self, earlier: Held) -> Held:
        """Return what came on top, field by field."""
        return Held(
            self.tasks - earlier.tasks,
            self.threads - earlier.threads,
            self.pool_threads - earlier.pool_threads,
            self.files - earlier.files,
        )

    @property
    def leaked(self) -> int:
        """Tasks, threads and files together; a fall in one hides no other's rise."""
        return max(0, self.tasks) + max(0, self.threads) + max(0, self.files)


def thread_counts(names: list[str], native: int) -> tuple[int, int]:
    """Return (threads of the product, workers of the loop's own pool).

    Args:
        names: Python's threads.
        native: the system's count, codec threads included.
    """
    pool = sum(name.startswith(POOL_PREFIXES) for name in names)
    return native - pool, pool


def held_now() -> Held:
    """Count what this process holds.

    Raises:
        NotMeasuredError: this system does not list open files.
    """
    own = Path("/proc/self")
    if not own.is_dir():
        raise NotMeasuredError("threads and open files are only read from /proc")
    gc.collect()
    names = [thread.name for thread in threading.enumerate()]
    native = sum(1 for _ in (own / "task").iterdir())
    threads, pool = thread_counts(names, native)
    files = sum(1 for _ in (own / "fd").iterdir())
    return Held(len(asyncio.all_tasks()), threads, pool, files)


async def one_call() -> bool:
    """Hold one whole call between two peers.

    Returns whether both verified it and at least one picture of each arrived.
    """
    from safesession.core.status import Role
    from safesession.headless.events import EventWriter
    from safesession.headless.peer import HeadlessPeer, PeerOptions
    from safesession.signaling_server.temporary import TemporaryServer

    scene = clip()
    told = [io.StringIO(), io.StringIO()]
    host = HeadlessPeer(
        PeerOptions(
            role=Role.COUNSELOR,
            embedded=TemporaryServer(),
            video=scene.video,
            audio=scene.audio,
            seconds=CALL_S,
            accept_safety_code=True,
        ),
        EventWriter(as_json=True, stream=told[0]),
    )
    hosting = asyncio.create_task(host.run())
    try:
        code, origin = await host.invite(CODE_WAIT_S)
        guest = HeadlessPeer(
            PeerOptions(
                role=Role.CLIENT,
                server_origin=origin,
                code=code,
                video=scene.video,
                audio=scene.audio,
                seconds=CALL_S,
                accept_safety_code=True,
            ),
            EventWriter(as_json=True, stream=told[1]),
        )
        codes = await asyncio.gather(hosting, guest.run())
    finally:
        hosting.cancel()
        await asyncio.gather(hosting, return_exceptions=True)
    shown = all('"kind": "video"' in stream.getvalue() for stream in told)
    return shown and max(codes) == 0


async def settled(baseline: Held | None = None) -> Held:
    """Return what is held once sockets and threads that are closing have closed."""
    limit_s = time.monotonic() + SETTLE_LIMIT_S
    await asyncio.sleep(0.5)
    held = held_now()
    while baseline and time.monotonic() < limit_s:
        if held.growth_since(baseline).leaked == 0:
            break
        await asyncio.sleep(0.2)
        held = held_now()
    return held


async def measure(calls: int) -> dict[str, object]:
    """Hold `calls` calls after the warm-up and return what they left behind."""
    for _ in range(WARM_UP_CALLS):
        await one_call()
    before, rss_before = await settled(), _rss_mb()
    verified = 0
    for _ in range(calls):
        verified += await one_call()
    growth = (await settled(before)).growth_since(before)
    return {
        "calls": calls,
        "verified": verified,
        "leaked": growth.leaked,
        "grown": asdict(growth),
        "rss_grown_mb": round(_rss_mb() - rss_before, 1),
    }


def _rss_mb() -> float:
    """Return the resident memory now, in MiB (0 where /proc does not tell)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    """Measure and print; the exit code is 0 if every call was verified."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    calls = parser.parse_args().calls
    from safesession.engine.host import new_event_loop

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        found = runner.run(measure(calls))
    print(json.dumps(found), flush=True)
    return 0 if found["verified"] == calls else 1


if __name__ == "__main__":
    sys.exit(main())
