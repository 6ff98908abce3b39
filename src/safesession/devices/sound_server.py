"""Keeps Qt's PulseAudio backend from ending the program.

Opening a stream while Qt's connection to PulseAudio is down calls libpulse with a
null context, and its assertion aborts the process (seen with Qt 6.11: no error, no
exception). Qt reconnects by itself every 3 s, each time with fresh threads, and
they are the only sign of it. On other systems and backends this is always ready.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices


_THREAD_NAME = "QPulseAudioEngi"
_TASKS = Path("/proc/self/task")


def uses_pulse() -> bool:
    """Whether Qt talks to a PulseAudio server at the moment."""
    return bool(_connections())


def prime(fmt: QAudioFormat) -> None:
    """Let Qt make its connection for streams here, in the GUI thread.

    It belongs to the thread of the first stream ever started, and it can only
    reconnect while that thread lives; a device thread ends with its call.
    """
    device = QMediaDevices.defaultAudioOutput()
    if len(_connections()) == 1 and not device.isNull():
        sink = QAudioSink(device, fmt)
        sink.start()
        sink.stop()


class ServerWatch:
    """Says whether a stream may be opened; may be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._expected = 0  # connections there were when all was well
        self._seen: frozenset[str] = frozenset()
        self._broken = False

    def ready(self) -> bool:
        """True while no connection has gone since the last call.

        After one did, true again only when as many as ever stood from one call
        to the next: the threads may be those of an attempt that is just failing.
        """
        with self._lock:
            before, self._seen = self._seen, _connections()
            self._expected = max(self._expected, len(self._seen))
            if not before <= self._seen:
                self._broken = True
            elif len(self._seen) == self._expected and before == self._seen:
                self._broken = False
            return not self._broken


def _connections() -> frozenset[str]:
    """Return the ids of Qt's PulseAudio threads (empty where there are none)."""
    if not sys.platform.startswith("linux"):
        return frozenset()
    return frozenset(task.name for task in _TASKS.iterdir() if _is_engine(task))


def _is_engine(task: Path) -> bool:
    try:
        return (task / "comm").read_text().strip() == _THREAD_NAME
    except OSError:  # the thread has just ended
        return False
