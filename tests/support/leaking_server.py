"""The server with one leak built in: the control of every search for traces.

A search that finds nothing in the real server's log, files and metrics proves
something only if it finds each of these.
"""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import replace

from safesession.signaling_server import figures, guard, rooms, service
from safesession.signaling_server.__main__ import main


LEAKS = ("address", "text", "number", "account", "file", "metric")
_log = logging.getLogger("safesession.leak")


def build_in(leak: str) -> None:
    """Change one function so that it tells what it must not."""
    match leak:
        case "address":
            prefix = guard.Gate.prefix

            def tell_address(gate: guard.Gate, address: str) -> bytes:
                _log.info("connection from %s", address)
                return prefix(gate, address)

            guard.Gate.prefix = tell_address
        case "text":
            text = service.Service.text

            def tell_text(self, visit, untrusted_text, now) -> None:
                _log.info("got %r", untrusted_text)
                text(self, visit, untrusted_text, now)

            service.Service.text = tell_text
        case "number" | "file":
            claim = rooms.Rooms.claim

            def tell_number(self, visit, number, now) -> None:
                if leak == "number":
                    _log.info("claim of %s", number)
                else:
                    self._store._connection.execute(
                        "INSERT INTO log VALUES (?, 0, 'claim')", (f"number {number}",)
                    )
                claim(self, visit, number, now)

            rooms.Rooms.claim = tell_number
        case "account":
            signed_in = service.Service._signed_in

            def tell_account(self, visit, account, now) -> None:
                _log.info("signed in: %s", account)
                signed_in(self, visit, account, now)

            service.Service._signed_in = tell_account
        case _:
            as_prometheus = figures.as_prometheus

            def tell_accounts(counted: figures.Figures) -> str:
                label = f'{{account="{_last_account}"}}'
                named = replace(counted[0], values=((label, 1.0),))
                return as_prometheus((named, *counted))

            _watch_accounts()
            sys.modules[
                "safesession.signaling_server.admin"
            ].as_prometheus = tell_accounts


_last_account = ""


def _watch_accounts() -> None:
    signed_in = service.Service._signed_in

    def remember(self, visit, account, now) -> None:
        global _last_account  # noqa: PLW0603
        _last_account = account
        signed_in(self, visit, account, now)

    service.Service._signed_in = remember


if __name__ == "__main__":
    build_in(os.environ["SAFESESSION_TEST_LEAK"])
    sys.exit(main())
