"""A counselor's work in a process of its own, for those who look at what it leaves.

`Workday` starts `workday_child` in a home of its own and gives it one step at a
time; `WriteTrace` (strace) tells every byte that the process wrote anywhere.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.children import LEASH
from tests.support.source_tree import ROOT
from tests.support.workday_child import masked, unmasked


_CALLS = (
    "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,"
    "sendmmsg,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,"
    "mkdirat,copy_file_range,sendfile,splice,vmsplice,mmap,memfd_create,setxattr"
)
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_FILE = re.compile(r"\w+\((\d+)<([^<>]*)>")
_MAPPED = re.compile(r"mmap\(.*PROT_WRITE.*MAP_SHARED.*, \d+<([^>]*)>")
_NAMES = ("open", "creat", "rename", "link", "symlink", "mkdir", "memfd_create")


class Workday:
    """The child and its places: `home` is everything it may think is its own."""

    def __init__(
        self,
        folder: Path,
        *,
        traced: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = folder / "home"
        self.state = self.home / "state"
        self.temporary = folder / "tmp"
        self.out = folder / "out"  # where the person puts what leaves the vault
        self.documents = folder / "documents"  # what the person had before
        self.trace = folder / "trace" if traced else None
        for place in (self.home, self.temporary, self.out, self.documents):
            place.mkdir()
        (self.home / "run").mkdir(mode=0o700)
        strace = ["strace", "-f", "-y", "-xx", "-s", "9000000", "-o", str(self.trace)]
        strace += ["-e", f"trace={_CALLS}", "-e", "signal=none"]
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *LEASH,
                    *(strace if traced else ()),
                    sys.executable,
                    "-B",
                    "-m",
                    "tests.support.workday_child",
                    str(self.state),
                ],
                cwd=self.temporary,
                env=self._environment() | dict(environment or {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.pid = self._process.pid

    def ask(
        self, do: str, *, secret: dict[str, str] | None = None, **open_: Any
    ) -> Any:
        """Have one step done; `secret` values travel masked."""
        order = {"do": do, "masked": {k: masked(v) for k, v in (secret or {}).items()}}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order | open_) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{do}: {self.said()}"
        return json.loads(line)["answer"]

    def ask_for_secret(self, do: str, **values: Any) -> str:
        """Have a step done whose answer comes masked."""
        return unmasked(self.ask(do, **values))

    def crash(self) -> int:
        """Have the process crash; return how it ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": "crash"}) + "\n")
        self._process.stdin.flush()
        return self._process.wait(60)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def said(self) -> str:
        """Return what it wrote to its error output."""
        return self._log.read_text("utf-8", "replace")

    def _environment(self) -> dict[str, str]:
        home = str(self.home)
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("XDG_")},
            "HOME": home,
            "TMPDIR": str(self.temporary),
            "XDG_RUNTIME_DIR": f"{home}/run",
            "DBUS_SESSION_BUS_ADDRESS": "",
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        }


@dataclass
class WriteTrace:
    """Everything a traced process wrote, by the file or socket it went to."""

    written: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    mapped: set[str] = field(default_factory=set)
    names: list[bytes] = field(default_factory=list)
    cut: int = 0
    calls: int = 0

    @classmethod
    def read(cls, path: Path) -> WriteTrace:
        """Read what strace wrote."""
        trace = cls()
        with path.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                trace._take(line)
        return trace

    def streams(self) -> Iterator[tuple[str, bytes]]:
        """Yield each file with everything that went there, in order, as one."""
        for place, pieces in self.written.items():
            yield place, b"".join(pieces)
        yield "names of files", b"\0".join(self.names)

    def _take(self, line: str) -> None:
        mapped = _MAPPED.search(line)
        if mapped:
            self.mapped.add(_plain(mapped[1]).decode())
        pieces = [_plain(text) for text, _ in _STRING.findall(line)]
        self.cut += sum(bool(rest) for _, rest in _STRING.findall(line))
        if not pieces:
            return
        self.calls += 1
        call = line.split("(", 1)[0].rsplit(maxsplit=1)[-1]
        if call.startswith(_NAMES):
            self.names += pieces
            return
        to = _FILE.search(line)
        place = f"{to[1]} {_plain(to[2]).decode()}" if to else call
        self.written[place] += pieces


def _plain(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.replace("\\x", ""))
