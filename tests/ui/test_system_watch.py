"""The system's own signals, over a message bus of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.children import need_programs

from safesession.ui.system_watch import session_path
from safesession.ui.windows_watch import is_away


SCRIPT = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from safesession.ui.system_watch import SystemWatch
app = QCoreApplication([])
watch = SystemWatch()
watch.away.connect(lambda: (print("away", flush=True), app.quit()))
QTimer.singleShot(20_000, lambda: app.exit(1))
print("ready", flush=True)
sys.exit(app.exec())
"""
LOGIN = "org.freedesktop.login1"


@pytest.mark.parametrize(
    ("given", "spelled"),
    [("3", "_33"), ("c1", "c1"), ("12", "_312"), ("a-b", "a_2db"), ("", "")],
)
def test_logind_spells_session_ids_so(given, spelled) -> None:
    expected = f"/org/freedesktop/login1/session/{spelled}" if spelled else ""
    assert session_path(given) == expected


@pytest.mark.parametrize(
    "signal",
    [
        ("system", "/org/freedesktop/login1", f"{LOGIN}.Manager.PrepareForSleep", "1"),
        ("system", "/org/freedesktop/login1/session/_37", f"{LOGIN}.Session.Lock", ""),
        (
            "session",
            "/org/freedesktop/ScreenSaver",
            "org.freedesktop.ScreenSaver.ActiveChanged",
            "1",
        ),
    ],
    ids=["sleep", "lock", "saver"],
)
def test_the_systems_signals_are_heard(tmp_path: Path, signal) -> None:
    need_programs("dbus-daemon", "dbus-send")
    bus, path, name, flag = signal
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address=1", "--nofork"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = daemon.stdout.readline().strip()
        environment = _environment(address)
        child = subprocess.Popen(
            _python(), env=environment, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout.readline() == "ready\n"
        command = ["dbus-send", f"--{bus}", "--type=signal", path, name]
        command += ["boolean:true"] if flag else []
        subprocess.run(command, env=environment, check=True)
        assert child.stdout.readline() == "away\n"
        assert child.wait(10) == 0
        child.stdout.close()
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()


@pytest.mark.parametrize(
    ("message", "detail", "away"),
    [
        (0x0218, 4, True),  # suspend
        (0x0218, 7, False),  # resume
        (0x02B1, 7, True),  # lock
        (0x02B1, 8, False),  # unlock
        (0x02B1, 2, True),  # another user at the console
        (0x0100, 7, False),  # a key
    ],
)
def test_windows_messages_are_understood(message, detail, away) -> None:
    assert is_away(message, detail) is away


def _python() -> list[str]:
    return [sys.executable, "-c", SCRIPT]


def _environment(address: str) -> dict[str, str]:
    return os.environ | {
        "DBUS_SYSTEM_BUS_ADDRESS": address,
        "DBUS_SESSION_BUS_ADDRESS": address,
        "XDG_SESSION_ID": "7",
    }
