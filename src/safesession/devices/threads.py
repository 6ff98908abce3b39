"""A device thread: one event loop that owns workers and ends when told.

It must never be killed: a thread stopped inside an audio driver takes the
program with it. One that does not end in time is left behind and logged.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QThread, Signal


_log = logging.getLogger(__name__)
_END_TIMEOUT_MS = 3000
# Destroying a running QThread aborts the process, so these are kept for good.
_left_behind: list[QObject] = []


class DeviceThread(QObject):
    """Runs workers that have `open` and `close` slots; made in the GUI thread."""

    _finish = Signal()

    def __init__(
        self,
        name: str,
        workers: tuple[QObject, ...],
        priority: QThread.Priority = QThread.Priority.InheritPriority,
    ) -> None:
        super().__init__()
        self._workers = workers
        self._thread = QThread()
        self._thread.setObjectName(name)
        for worker in workers:
            worker.moveToThread(self._thread)
        self._end = _End()
        self._end.moveToThread(self._thread)
        for worker in workers:
            self._finish.connect(worker.close)  # type: ignore[attr-defined]
        # Last: signals of one sender arrive in the order of their connections.
        self._finish.connect(self._end.quit)
        self._thread.start(priority)

    def finish(self) -> bool:
        """Close the workers and end the thread; False when it hangs. Idempotent."""
        if not self._thread.isRunning():
            return True
        self._finish.emit()
        if self._thread.wait(_END_TIMEOUT_MS):
            return True
        _log.warning("device thread %s hangs", self._thread.objectName())
        _left_behind.extend((self, self._thread, self._end, *self._workers))
        return False


class _End(QObject):
    """Ends the event loop from inside, after everything queued before."""

    def quit(self) -> None:
        self.thread().quit()
