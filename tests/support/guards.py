"""Fail a test that leaves something running: task, thread, QTimer or QThread.

What a session- or module-wide fixture started before the test is not the
test's; everything else must have ended when its own fixtures are torn down.
"""

from __future__ import annotations

import asyncio
import asyncio.runners
import functools
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer


GRACE_S = 2.0  # for threads that have been told to stop

# Threads that no test can end, by the beginning of their name.
_LASTING_THREADS = {
    "pytest_timeout": "the watchdog of pytest-timeout where there are no signals",
    "pyinstrument": "a profiler that somebody runs over the tests",
}


# --- asyncio --------------------------------------------------------------------

_left_tasks: list[str] = []
_cancel_all_tasks = asyncio.runners._cancel_all_tasks


def _note_tasks_then_cancel(loop: asyncio.AbstractEventLoop) -> None:
    """Write down what still runs when a runner closes its loop."""
    running = asyncio.all_tasks(loop)
    if running:
        # A task that has been told to stop may need a turn or two of the loop.
        _, running = loop.run_until_complete(asyncio.wait(running, timeout=0.25))
        _left_tasks.extend(repr(task) for task in running)
    _cancel_all_tasks(loop)


asyncio.runners._cancel_all_tasks = _note_tasks_then_cancel


# --- Qt -------------------------------------------------------------------------

_started: list[weakref.ref[QTimer | QThread]] = []


def _remember(start: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(start)
    def wrapper(self: QTimer | QThread, *arguments: Any) -> Any:
        _started.append(weakref.ref(self))
        return start(self, *arguments)

    return wrapper


QTimer.start = _remember(QTimer.start)  # type: ignore[method-assign]
QThread.start = _remember(QThread.start)  # type: ignore[method-assign]


def _is_running(thing: QTimer | QThread | None) -> bool:
    if thing is None or not shiboken6.isValid(thing):
        return False
    return thing.isActive() if isinstance(thing, QTimer) else thing.isRunning()


def _qt_still_running() -> list[str]:
    alive = [ref() for ref in _started]
    return [f"{type(o).__name__} {o.objectName()!r}" for o in alive if _is_running(o)]


def _let_qt_delete() -> None:
    """Carry out what deleteLater() asked for: no event loop does it in a test."""
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.sendPostedEvents()


# --- threads --------------------------------------------------------------------


def _new_threads(before: set[threading.Thread]) -> list[str]:
    return [
        thread.name
        for thread in threading.enumerate()
        if thread not in before
        # Qt's own threads show up as dummies once they have called into Python.
        and not isinstance(thread, threading._DummyThread)
        and not thread.name.startswith(tuple(_LASTING_THREADS))
    ]


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Compare what runs before the test and after all its fixtures."""
    before = set(threading.enumerate())
    _started.clear()
    _left_tasks.clear()
    yield
    _let_qt_delete()
    if _qt_still_running():
        gc.collect()
    deadline = time.monotonic() + GRACE_S
    while (_new_threads(before) or _qt_still_running()) and time.monotonic() < deadline:
        time.sleep(0.01)
    left = {
        "asyncio tasks": list(_left_tasks),
        "threads": _new_threads(before),
        "Qt timers and threads": _qt_still_running(),
    }
    for ref in _started:  # so that one leak does not fail the tests after it
        thing = ref()
        if isinstance(thing, QTimer) and shiboken6.isValid(thing):
            thing.stop()
    found = {what: names for what, names in left.items() if names}
    assert not found, f"left running after the test: {found}"
