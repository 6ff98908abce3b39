"""Operations that are repeated until the store has carried them out.

Only for what may be repeated later without harm. Sans-I/O.
"""

from __future__ import annotations

from typing import Any

from safesession.signaling_server.operations import Done, Operation, StorePort


class OwedOperations:
    """Submit, and submit again at the next `retry` what failed."""

    def __init__(self, store: StorePort) -> None:
        self._store = store
        self._owed: list[tuple[Operation, Done | None]] = []

    def submit(self, operation: Operation, done: Done | None = None) -> None:
        """Have an operation carried out, however often the store fails at it."""

        def carried_out(result: Any) -> None:
            if result is not True:
                self._owed.append((operation, done))
            elif done is not None:
                done(result)

        self._store.submit(operation, carried_out)

    def retry(self) -> None:
        """Submit again what failed."""
        owed, self._owed = self._owed, []
        for operation, done in owed:
            self.submit(operation, done)
