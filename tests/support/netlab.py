"""Hosts in network namespaces, joined by a small internet that can be spoiled.

`impaired_net.c` carries every packet between them in user space, because not
every kernel has netem. Needs Linux, root and gcc (`why_not` says what is
missing); it must never touch an address, route or rule of the machine itself.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self


_SOURCE = Path(__file__).with_name("impaired_net.c")
_PREFIX = "sslab"
_NAMESPACES = Path("/run/netns")
_QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def why_not() -> str:
    """Return what this machine lacks, or an empty string."""
    if not sys.platform.startswith("linux"):
        return "network namespaces exist on Linux only"
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program in ("ip", "nsenter", "gcc"):
        if shutil.which(program) is None:
            return f"needs {program} (`make setup` brings it)"
    if not Path("/dev/net/tun").exists():
        return "the kernel has no /dev/net/tun"
    probe = f"{_PREFIX}{os.getpid()}-probe"
    made = subprocess.run(["ip", "netns", "add", probe], check=False, **_QUIET)
    if made.returncode != 0:
        return "this kernel or container allows no network namespaces"
    _ip("netns", "del", probe)
    return ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One direction of a host's line; the default is a perfect one."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0  # uniform, order is kept
    loss: float = 0.0  # share, 0..1
    burst: float = 1.0  # mean run of lost packets
    rate_kbps: float = 0.0  # 0 is no limit
    queue_ms: float = 400.0  # the bottleneck's buffer
    seed: int | None = None  # starts the losses over

    @property
    def command(self) -> str:
        """The same in `impaired_net`'s words."""
        values = {
            name: value for name, value in vars(self).items() if value is not None
        }
        return " ".join(f"{name}={value:g}" for name, value in values.items())


@dataclass(frozen=True)
class Passed:
    """Packets of one direction since the start."""

    passed: int
    lost: int
    overflowed: int


class Host:
    """One namespace with one address; made by `NetLab`."""

    def __init__(self, lab: NetLab, number: int, name: str) -> None:
        self._lab = lab
        self._number = number
        self.namespace = f"{_PREFIX}{os.getpid()}-{name}"
        self.subnet = f"10.77.{number + 1}"
        self.address = f"{self.subnet}.2"

    @property
    def inside(self) -> tuple[str, ...]:
        """What stands before a command that runs on this host.

        Not `ip netns exec` nor `ip -n`: both want to mount, and cannot in a chroot.
        """
        return ("nsenter", f"--net={_NAMESPACES / self.namespace}")

    def up(self, line: Line) -> None:
        """Spoil what this host sends."""
        self._lab.tell(f"{self._number} up {line.command}")

    def down(self, line: Line) -> None:
        """Spoil what this host receives."""
        self._lab.tell(f"{self._number} down {line.command}")

    def cut(self) -> None:
        """Let nothing in or out, without telling the host (a dead hotspot)."""
        for way in ("up", "down"):
            self._lab.tell(f"{self._number} {way} cut=1")

    def mend(self) -> None:
        """Undo `cut`."""
        for way in ("up", "down"):
            self._lab.tell(f"{self._number} {way} cut=0")

    def passed(self, way: str) -> Passed:
        """Count what went "up" or "down" so far."""
        return Passed(*map(int, self._lab.tell(f"stat {self._number} {way}").split()))

    def move(self) -> None:
        """Give the host another address and take the old one away, at once."""
        # In this order: a second address of a subnet goes with its first.
        self.unplug()
        self.plug()

    def unplug(self) -> None:
        """Take the address away."""
        self._ip("addr", "del", f"{self.address}/24", "dev", "wan")

    def plug(self) -> None:
        """Give the host another address than it had before."""
        last = int(self.address.rpartition(".")[2])
        self.address = f"{self.subnet}.{last + 1}"
        self._ip("addr", "add", f"{self.address}/24", "dev", "wan")
        self._ip("route", "replace", "default", "dev", "wan")

    def dress(self) -> None:
        """Give the new TUN device its address and route."""
        self._ip("link", "set", "lo", "up")
        self._ip("addr", "add", f"{self.address}/24", "dev", "wan")
        self._ip("link", "set", "wan", "up", "txqueuelen", "2000")
        self._ip("route", "add", "default", "dev", "wan")

    def _ip(self, *arguments: str) -> None:
        _run(*self.inside, "ip", *arguments)


class NetLab:
    """`with NetLab("a", "b", "server") as lab:`; `lab["a"]` is a host.

    Commands started with `Host.inside` must have ended before the block ends.
    """

    def __init__(self, *names: str) -> None:
        self._hosts = {name: Host(self, i, name) for i, name in enumerate(names)}
        self._net: subprocess.Popen[str] | None = None
        self._undo = contextlib.ExitStack()

    def __getitem__(self, name: str) -> Host:
        return self._hosts[name]

    def __enter__(self) -> Self:
        _sweep()
        with contextlib.ExitStack() as undo:
            for host in self._hosts.values():
                _ip("netns", "add", host.namespace)
                undo.callback(_ip, "netns", "del", host.namespace)
            program = _built(Path(undo.enter_context(tempfile.TemporaryDirectory())))
            hosts = [f"{h.namespace}={h.subnet}" for h in self._hosts.values()]
            self._net = subprocess.Popen(
                [program, *hosts],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            undo.callback(self._stop, self._net)
            assert self._answer() == "ready"
            for host in self._hosts.values():
                host.dress()
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._undo.close()

    def tell(self, command: str) -> str:
        """Give the program one command and return its answer."""
        assert self._net is not None
        assert self._net.stdin is not None
        self._net.stdin.write(command + "\n")
        self._net.stdin.flush()
        answer = self._answer()
        assert answer != "error", command
        return answer

    def _answer(self) -> str:
        assert self._net is not None
        assert self._net.stdout is not None
        answer = self._net.stdout.readline().strip()
        assert answer, "the impaired net has ended"
        return answer

    @staticmethod
    def _stop(net: subprocess.Popen[str]) -> None:
        net.communicate(timeout=5)


def _built(folder: Path) -> str:
    program = folder / "impaired_net"
    subprocess.run(["gcc", "-O2", "-o", str(program), str(_SOURCE)], check=True)
    return str(program)


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"


def _sweep() -> None:
    """Remove what a killed test run has left."""
    for left in _NAMESPACES.glob(f"{_PREFIX}*-*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            subprocess.run(["ip", "netns", "del", left.name], check=False, **_QUIET)
