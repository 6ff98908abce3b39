"""The signaling server as its own process, to stop, kill and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self


SOURCE = Path(__file__).parents[2] / "src"


def run_server_command(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "safesession.signaling_server", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        check=False,
        **options,
    )


def false_start(data_dir: Path, port: int, killed_after_s: float) -> None:
    """Start a server and kill it, most likely before it serves."""
    with (data_dir.parent / f"{data_dir.name}.log").open("ab") as log:
        process = _start(data_dir, port, stderr=log)
        try:
            process.wait(killed_after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _start(
    data_dir: Path,
    port: int,
    *more: str,
    stderr: IO,
    module: str = "safesession.signaling_server",
    env: Mapping[str, str] = os.environ,
) -> subprocess.Popen:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", module, "--verbose"),
            *("run", "--listen", f"127.0.0.1:{port}", "--data", str(data_dir)),
            *("--print-port", "--drain-s", "0.2", *more),
        ],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env={**env, "PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}"},
    )


class ServerProcess:
    """`with ServerProcess(dir) as server:`; `port` 0 lets the system choose."""

    def __init__(
        self, data_dir: Path, port: int = 0, *more: str, leak: str = ""
    ) -> None:
        """With a `leak` it tells what it must not (`leaking_server`)."""
        self.data_dir = data_dir
        self._log = (data_dir.parent / f"{data_dir.name}.log").open("ab")
        module = (
            "tests.support.leaking_server" if leak else "safesession.signaling_server"
        )
        environment = os.environ | {"SAFESESSION_TEST_LEAK": leak}
        self.process = _start(
            data_dir, port, *more, stderr=self._log, module=module, env=environment
        )
        self.port = int(self.process.stdout.readline())
        self.origin = self.process.stdout.readline().strip()
        self.address = self.origin.partition("://")[2]

    def enrol_token(self) -> str:
        done = run_server_command("enrol", "--data", str(self.data_dir))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def status_of(self, path: str) -> int:
        try:
            # Our own origin on loopback.
            with urllib.request.urlopen(  # noqa: S310
                self.origin + path, timeout=5
            ) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self._wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self._wait()

    def log(self) -> str:
        return Path(self._log.name).read_text()

    def _wait(self) -> int:
        code = self.process.wait(20)
        self.process.stdout.close()
        self._log.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.kill()
