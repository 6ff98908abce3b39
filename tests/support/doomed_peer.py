"""The product's own command line, killed with SIGKILL just before a chosen effect.

    python -m tests.support.doomed_peer MOMENT <arguments of safesession>

What was written before that moment is on disk, what comes after it never happens:
no clean-up runs, as in a power cut. Nothing of this is in the product.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from safesession import cli
from safesession.core import effects
from safesession.engine.runtime import Runtime


Moment = Callable[[effects.Effect], bool]
MOMENTS: dict[str, Moment] = {
    "before-counting": lambda effect: isinstance(effect, effects.PersistGuess),
    "before-M3": lambda effect: _is_message(effect, 3),
    "before-M4": lambda effect: _is_message(effect, 4),
    "before-M5": lambda effect: _is_message(effect, 5),
    "before-dropping": lambda effect: isinstance(effect, effects.DropSeat),
}


def _is_message(effect: effects.Effect, number: int) -> bool:
    head = b"\x01SS1%d" % number
    return isinstance(effect, effects.SendEnvelope) and effect.body.startswith(head)


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
