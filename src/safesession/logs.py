"""Logging set-up: terse, to stderr, and never a secret or an address.

aiohttp and asyncio quote peers and requests in their messages, so their
loggers are raised to ERROR and lose their arguments.
"""

from __future__ import annotations

import logging
import sys


class _NoForeignText(logging.Filter):
    """Replace the message of foreign libraries by their name and level."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("safesession"):
            record.msg = f"message of {record.name} withheld"
            record.args = ()
            record.exc_info = None
            record.exc_text = None
        return True


def configure(*, verbose: bool = False) -> None:
    """Send our log lines to stderr; silence what libraries would quote."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    handler.addFilter(_NoForeignText())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("safesession").setLevel(
        logging.DEBUG if verbose else logging.INFO,
    )


def set_level(name: str) -> None:
    """Say more or less from now on: debug, info, warning or error."""
    logging.getLogger("safesession").setLevel(name.upper())
