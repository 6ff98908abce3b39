"""The product's own command line, killed with SIGKILL just before a chosen effect.

    python -m tests.support.doomed_peer MOMENT <arguments of safesession>

What was written before that moment is on disk, what comes after it never happens:
no clean-up runs, as in a power cut. Nothing of this is in the product.
"""

from __future__ import annotations

import os
import signal
import sys

from tests.support.moments import MOMENTS

from safesession import cli
from safesession.core import effects
from safesession.engine.runtime import Runtime


def main() -> int:
    """Doom the runtime, then be the product."""
    moment, arguments = MOMENTS[sys.argv[1]], sys.argv[2:]
    execute, written = Runtime._execute, Runtime._written

    def watch(effect: effects.Effect) -> None:
        if moment(effect):
            os.kill(os.getpid(), signal.SIGKILL)

    def watched_execute(runtime: Runtime, effect: effects.Effect) -> None:
        watch(effect)
        execute(runtime, effect)

    def watched_written(runtime: Runtime, effect: effects.DiskEffect) -> bool:
        watch(effect)
        return written(runtime, effect)

    Runtime._execute = watched_execute
    Runtime._written = watched_written
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
