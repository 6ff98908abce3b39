"""What systemd wants to hear: ready, reloading, stopping, still alive.

Does nothing where there is no systemd. The protocol is one datagram per message.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import suppress


class ServiceManager:
    """The one that started this process, if it asked to be told."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        interval = os.environ.get("WATCHDOG_USEC", "")
        self.watchdog_s = int(interval) / 2e6 if interval.isdecimal() else 0.0

    def ready(self) -> None:
        """Clients are served."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """Settings are being read again; `ready` follows."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Clients are being told."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """The loop goes round."""
        self._tell("WATCHDOG=1")

    def _tell(self, message: str) -> None:
        if not self._address or sys.platform == "win32":
            return
        address = self._address
        if address.startswith("@"):
            address = "\0" + address[1:]
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.sendto(message.encode(), address)
