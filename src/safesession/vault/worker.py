"""The vault's own thread: everything that touches the database happens on it.

Jobs run one after the other in the order they came. Results come as
`concurrent.futures.Future`: a window adds a callback (called on this thread), the
engine wraps it for asyncio, a test waits.
"""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from safesession.vault.errors import VaultLockedError


_T = TypeVar("_T")
_Job = tuple[Callable[[], Any], Future[Any]]


class Worker:
    """One thread and its queue."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._stopped = False
        # A daemon: what is saved is durable, and an app that dies must not hang.
        self._thread = threading.Thread(
            target=self._work, name="safesession-vault", daemon=True
        )
        self._thread.start()

    def submit(self, job: Callable[[], _T]) -> Future[_T]:
        """Queue a job and return what will become of it."""
        future: Future[_T] = Future()
        with self._gate:
            if self._stopped:
                future.set_exception(VaultLockedError("closed"))
            else:
                self._jobs.put((job, future))
        return future

    def stop(self) -> None:
        """Carry out what is queued, then end the thread. Not from a job."""
        with self._gate:
            if not self._stopped:
                self._stopped = True
                self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            _carry_out(*job)
            del job  # a kept job would keep its text


def _carry_out(job: Callable[[], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = job()
    except BaseException as error:  # noqa: BLE001 (the caller is told, whatever it is)
        # The lines stay, the frames' variables (texts, keys) go.
        traceback.clear_frames(error.__traceback__)
        future.set_exception(error)
    else:
        future.set_result(result)
