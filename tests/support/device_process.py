"""Drive `device_child.py` from a test: send commands, wait for events."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self


_CHILD = Path(__file__).with_name("device_child.py")
_SOURCE = Path(__file__).parents[2] / "src"
Event = dict[str, Any]


class DeviceProcess:
    """A process with one DeviceManager whose ports record what they get."""

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        self.events: list[Event] = []
        self._queue: queue.Queue[Event | None] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, str(_CHILD), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": str(_SOURCE),
                "QT_QPA_PLATFORM": "offscreen",
                **environment,
            },
        )
        self._errors: list[bytes] = []
        self._threads = [
            threading.Thread(target=self._read_events),
            threading.Thread(target=self._read_errors),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        self.wait_for("ready", timeout_s=20)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        try:
            code = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for thread in self._threads:
            thread.join()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()
        if kind is None:
            assert code == 0, self.errors
            assert "Traceback" not in self.errors, self.errors

    @property
    def errors(self) -> str:
        """Everything the process wrote to stderr so far."""
        return b"".join(self._errors).decode(errors="replace")

    def send(self, command: str, *arguments: object) -> list[Event]:
        """Run a command; returns the events up to its end."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(json.dumps([command, *arguments]).encode() + b"\n")
        stdin.flush()
        before = len(self.events)
        self.wait_for("done", command=command)
        return self.events[before:]

    def ask(self, event: str, command: str, *arguments: object) -> Event:
        """Run a command and return the event it answers with."""
        answers = [e for e in self.send(command, *arguments) if e["event"] == event]
        return answers[-1] if answers else self.wait_for(event)

    def wait_for(self, event: str, timeout_s: float = 10, **fields: object) -> Event:
        """Return the next event with this name and these fields."""
        return self.wait_until(
            lambda e: (
                e["event"] == event
                and all(e.get(name) == value for name, value in fields.items())
            ),
            timeout_s,
            what=f"{event} {fields}",
        )

    def wait_until(
        self,
        accept: Callable[[Event], bool],
        timeout_s: float = 10,
        what: str = "event",
    ) -> Event:
        """Return the next event that `accept` takes."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                event = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                event = None
            if event is None:
                recent = self.events[-12:]
                raise AssertionError(f"no {what}; last {recent}\n{self.errors}")
            self.events.append(event)
            if accept(event):
                return event

    def collect(self, seconds: float) -> list[Event]:
        """Let time pass; returns the events that came."""
        before = len(self.events)
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                event = self._queue.get(timeout=left)
            except queue.Empty:
                break
            if event is None:
                raise AssertionError(f"the process ended\n{self.errors}")
            self.events.append(event)
        return self.events[before:]

    def _read_events(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._queue.put(json.loads(line))
        self._queue.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line)
