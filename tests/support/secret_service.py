"""A real Secret Service for one test: private bus, gnome-keyring, own home.

No keyring of the machine or of the person who runs the tests is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.children import LEASH, need_programs, stop


_NAME = "org.freedesktop.secrets"
_WAIT_S = 10.0


class SecretService:
    """One bus and its keyring daemon; `environment` leads a program to it.

    With an `address` the bus is somebody else's, who also ends it.
    """

    def __init__(self, folder: Path, address: str = "") -> None:
        self._folder = folder
        run = folder / "run"
        run.mkdir(mode=0o700)
        (folder / ".local" / "share" / "keyrings").mkdir(parents=True)
        (folder / ".cache").mkdir()
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_DATA_HOME": str(folder / ".local" / "share"),
        }
        self._bus = None if address else self._start_bus()
        self.address = address or self._bus.stdout.readline().strip()
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.address
        self._daemon: subprocess.Popen[bytes] | None = None

    @property
    def keyrings(self) -> Path:
        """Where the daemon keeps its files."""
        return self._folder / ".local" / "share" / "keyrings"

    def unlock(self, password: bytes = b"login") -> None:
        """Start the daemon with its keyring open."""
        self._start("--unlock", password)

    def start_locked(self) -> None:
        """Start the daemon without a password: what is there stays locked."""
        self._start("--start", None)

    def stop_daemon(self) -> None:
        """End the keyring; the bus stays."""
        if self._daemon is not None:
            stop(self._daemon)
            self._daemon = None

    def close(self) -> None:
        """End everything."""
        self.stop_daemon()
        if self._bus is not None:
            stop(self._bus)
            self._bus.stdout.close()

    def lose_everything(self) -> None:
        """Begin anew with an empty keyring, as after a new installation."""
        self.stop_daemon()
        shutil.rmtree(self.keyrings)
        self.keyrings.mkdir()
        self.unlock(b"another password")

    def _start_bus(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*LEASH, "dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.environment,
        )

    def _start(self, how: str, password: bytes | None) -> None:
        options = ["--foreground", "--components=secrets"]
        if how == "--unlock":
            options.append(how)
        self._daemon = subprocess.Popen(
            [*LEASH, "gnome-keyring-daemon", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment,
        )
        assert self._daemon.stdin is not None
        if password is not None:
            self._daemon.stdin.write(password)
        self._daemon.stdin.close()
        self._wait_for_name()

    def _wait_for_name(self) -> None:
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            command = ["dbus-send", "--session", "--print-reply"]
            command += ["--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus"]
            command[-1] += ".GetNameOwner"
            asked = subprocess.run(
                [*command, f"string:{_NAME}"],
                env=self.environment,
                capture_output=True,
                check=False,
            )
            if asked.returncode == 0:
                return
            time.sleep(0.05)
        pytest.fail("the keyring daemon did not appear on the bus")


@contextmanager
def secret_service_in(folder: Path, address: str = "") -> Iterator[SecretService]:
    """Keep a bus with a keyring inside the block; the daemon is started by hand."""
    need_programs("dbus-daemon", "dbus-send", "gnome-keyring-daemon")
    service = SecretService(folder, address)
    try:
        yield service
    finally:
        service.close()


@pytest.fixture
def secret_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A Secret Service that this process finds; its socket needs a short path."""
    folder = Path(tempfile.mkdtemp(prefix="ss-"))
    try:
        with secret_service_in(folder) as service:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.address)
            yield service
    finally:
        shutil.rmtree(folder, ignore_errors=True)
