"""An administrator at a terminal: commands in this process, a server beside."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.support.children import wait_until
from tests.support.server_process import SOURCE


class ServedConfig:
    """`safesession-server run --config FILE` as its own process."""

    def __init__(self, config: Path, *more: str, **environment: str) -> None:
        self._log = config.with_suffix(".log")
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "safesession.signaling_server", "run"),
                    *("--config", str(config), "--print-port", *more),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | {"PYTHONPATH": str(SOURCE)} | environment,
            )
        first = self.process.stdout.readline()
        assert first, self.log
        self.port = int(first)
        self.origin = self.process.stdout.readline().strip()

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def hang_up(self, words: str) -> None:
        """Send SIGHUP and wait for a log line."""
        before = self.log.count(words)
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.log.count(words) > before, words)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process.stdout.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def ask_admin(data_dir: Path, path: str) -> tuple[int, str]:
    """Ask the admin socket; return status and body."""
    connection = http.client.HTTPConnection("localhost", timeout=5)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.sock.connect(str(data_dir / "admin.sock"))
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def metric(data_dir: Path, name: str) -> float:
    """Return one number out of `/metrics`."""
    status, text = ask_admin(data_dir, "/metrics")
    assert status == 200
    lines = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    assert len(lines) == 1, text
    return float(lines[0].rpartition(" ")[2])


def until_metric(data_dir: Path, name: str, wanted: float, limit_s: float = 10) -> None:
    """Wait until a number is what it should be."""
    deadline = time.monotonic() + limit_s
    while (found := metric(data_dir, name)) != wanted:
        assert time.monotonic() < deadline, f"{name} is {found}, not {wanted}"
        time.sleep(0.02)
