"""Real processes without windows: the signaling server and headless peers.

Each is the command a person would type. Output goes to files that the test
reads while the process runs; a process never outlives its test.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.children import LEASH, wait_until
from tests.support.source_tree import ROOT


Event = dict[str, Any]
TOKEN_VARIABLE = "SAFESESSION_ENROL_TOKEN"
START_LIMIT_S = 30.0  # both cores may be busy with something else
_FIGURES = "figures"


class Program:
    """A Python module run as a process, its output in files."""

    def __init__(
        self,
        folder: Path,
        module: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        inside: Sequence[str] = (),
    ) -> None:
        """`inside` stands before the command (`netlab.Host.inside`)."""
        folder.mkdir(parents=True, exist_ok=True)
        self._stdout, self._stderr = folder / "stdout", folder / "stderr"
        with self._stdout.open("wb") as out, self._stderr.open("wb") as err:
            self.process = subprocess.Popen(
                [*LEASH, *inside, sys.executable, "-m", module, *arguments],
                cwd=folder,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
                    **(environment or {}),
                },
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def output(self) -> str:
        """What it printed so far."""
        return self._stdout.read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        """What it wrote to stderr so far."""
        return self._stderr.read_text(encoding="utf-8")

    def finish(self, timeout_s: float = 40.0) -> int:
        """Wait for its end and return the exit code."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"still running\n{self.output}\n{self.errors}"
            ) from None

    def interrupt(self) -> int:
        """Press Ctrl+C, wait, return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.finish(15.0)

    def close(self) -> None:
        """Make sure that it is gone."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class HeadlessPeer(Program):
    """`safesession peer …  --json`; `doomed`: killed then; `watched`: with a witness."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        doomed: str | None = None,
        watched: bool = False,
        inside: Sequence[str] = (),
    ) -> None:
        module = "safesession.cli"
        if doomed or watched:
            module = f"tests.support.{'doomed' if doomed else 'watched'}_peer"
        super().__init__(
            folder,
            module,
            *([doomed] if doomed else []),
            *("peer", *arguments, "--json"),
            environment=environment,
            inside=inside,
        )

    @property
    def events(self) -> list[Event]:
        """Every whole line so far."""
        whole = self.output.rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def of(self, name: str) -> list[Event]:
        """The events of one name."""
        return [event for event in self.events if event["event"] == name]

    def wait_for(
        self, name: str, *, timeout_s: float = START_LIMIT_S, **fields: object
    ) -> Event:
        """Wait for an event with these fields; fails at once if the peer ended."""
        found: list[Event] = []

        def look() -> bool:
            over = self.process.poll() is not None
            found[:] = [
                event
                for event in self.of(name)
                if all(event.get(key) == value for key, value in fields.items())
            ]
            assert found or not over, f"ended\n{self.output}\n{self.errors}"
            return bool(found)

        wait_until(look, f"{name} {fields}", timeout_s=timeout_s)
        return found[0]

    @property
    def figures(self) -> Event:
        """The last event, which must be the figures."""
        last = self.events[-1]
        assert last["event"] == _FIGURES, last
        return last


@dataclass(frozen=True)
class RelayProcess:
    """A running `safesession-server`."""

    program: Program
    data_dir: Path
    origin: str

    def enrolment(self) -> dict[str, str]:
        """The environment of a counselor who has just been given a token."""
        command = [sys.executable, "-m", "safesession.signaling_server", "enrol"]
        done = subprocess.run(
            [*command, "--data", str(self.data_dir)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            check=True,
            timeout=START_LIMIT_S,
        )
        return {TOKEN_VARIABLE: done.stdout.decode().strip()}


def run_server(
    folder: Path,
    *arguments: str,
    listen: str = "127.0.0.1:0",
    inside: Sequence[str] = (),
) -> Program:
    """Start `safesession-server run`; the caller waits for its address."""
    return Program(
        folder,
        "safesession.signaling_server",
        *("run", "--listen", listen, "--data", str(folder / "data"), *arguments),
        inside=inside,
    )


def start_server(
    folder: Path, *, listen: str = "127.0.0.1:0", inside: Sequence[str] = ()
) -> RelayProcess:
    """Start a server and wait until it says where it is."""
    program = run_server(folder, "--drain-s", "0.2", listen=listen, inside=inside)
    wait_until(
        lambda: program.process.poll() is not None or "\n" in program.output,
        "the server says its address",
        timeout_s=START_LIMIT_S,
    )
    assert program.process.poll() is None, program.errors
    return RelayProcess(program, folder / "data", program.output.strip())
