"""A session bus with a real, unlocked Secret Service, for one test alone."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.children import need_programs, running, wait_until


@contextlib.contextmanager
def keyring_room(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of a person whose keyring is open."""
    need_programs("dbus-daemon", "gnome-keyring-daemon")
    home, runtime = folder / "home", folder / "run"
    for place in (home / ".cache", home / ".local/share/keyrings", runtime):
        place.mkdir(parents=True, mode=0o700)
    socket = runtime / "bus"
    address = f"unix:path={socket}"
    environment = os.environ | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "DBUS_SESSION_BUS_ADDRESS": address,
    }
    bus = ["dbus-daemon", "--session", f"--address={address}", "--nofork"]
    log = folder / "bus.log"
    with running(*bus, environment=environment, log=log):
        wait_until(socket.exists, "the bus is there")
        daemon = subprocess.Popen(
            [
                "gnome-keyring-daemon",
                "--unlock",
                "--components=secrets",
                "--foreground",
            ],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            daemon.stdin.write(b"a password")
            daemon.stdin.close()
            yield environment
        finally:
            daemon.terminate()
            daemon.wait(10)
