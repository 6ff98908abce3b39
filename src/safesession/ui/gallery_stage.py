"""A stage for the ports in memory: outcomes that come at once, later, or refused.

`hold` makes outcomes wait until `release`; `refuse` makes the next ones fail. For
the gallery and for tests of windows, never for an app.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from safesession.errors import SafeSessionError


_T = TypeVar("_T")


class RefusedError(SafeSessionError):
    """What a vault would say: one class for every code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        setattr(self, "code", code)  # noqa: B010 - a class attribute elsewhere


class Stage:
    """Where jobs are played, in order."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: list[tuple[Future[Any], Callable[[], Any]]] = []
        self._held = False
        self._refusals: list[str] = []

    def hold(self) -> None:
        """Let outcomes wait."""
        self._held = True

    def release(self) -> None:
        """Let everything that waits happen, in order."""
        self._held = False
        waiting, self._waiting = self._waiting, []
        for future, job in waiting:
            _carry_out(future, job)

    def refuse(self, *codes: str) -> None:
        """Make the next questions fail, one each."""
        self._refusals += codes

    def _do(self, job: Callable[[], _T]) -> Future[_T]:
        future: Future[_T] = Future()
        refusals = self._refusals

        def played() -> _T:
            if refusals:
                raise RefusedError(refusals.pop(0))
            return job()

        if self._held:
            self._waiting.append((future, played))
        else:
            _carry_out(future, played)
        return future

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _carry_out(future: Future[Any], job: Callable[[], Any]) -> None:
    try:
        result = job()
    except SafeSessionError as error:
        future.set_exception(error)
    else:
        future.set_result(result)
