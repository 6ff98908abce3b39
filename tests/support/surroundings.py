"""A private, quiet place for each test: no real home, no real screen, no network.

Loaded before Qt, because Qt reads most of these variables once. Must never let
a test touch the files of the person who runs it.
"""

from __future__ import annotations

import atexit
import ipaddress
import locale
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


_home = Path(tempfile.mkdtemp(prefix="safesession-tests-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)

# A test of real windows starts its own program on its own display (see display.py).
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# FFmpeg and VA-API tell about drivers a test machine has not got.
os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false")

# A shell's background job ignores Ctrl+C, and so would the programs that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

if sys.platform.startswith("linux"):
    for _name, _folder in {
        "HOME": "home",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_RUNTIME_DIR": "runtime",
    }.items():
        (_home / _folder).mkdir(mode=0o700)
        os.environ[_name] = str(_home / _folder)
    # Qt warns in a locale that is not UTF-8, and Qt's warnings fail tests.
    locale.setlocale(locale.LC_CTYPE, "")
    if locale.nl_langinfo(locale.CODESET) != "UTF-8":
        os.environ["LC_ALL"] = "C.UTF-8"


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test its own state folder (not yet created)."""
    folder = tmp_path / "state"
    monkeypatch.setenv("SAFESESSION_STATE_DIR", str(folder))
    return folder


_looked_up: list[str] = []


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not host or host in ("localhost", socket.gethostname()):
        return True
    try:
        ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return str(host).endswith((".invalid", ".localhost"))
    return True


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo" and not _is_local(arguments[0]):
        _looked_up.append(str(arguments[0]))
        raise OSError(f"tests have no network: {arguments[0]}")


sys.addaudithook(_audit)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail a test in which anything asked the name service for a host."""
    _looked_up.clear()
    yield
    assert not _looked_up, f"reached for the network: {_looked_up}"
