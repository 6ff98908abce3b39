"""The gate between a device and the engine: shut means nothing passes, at once.

Muting closes the device too, but that happens on another thread a moment later.
The gate makes the promise exact: when `shut` has returned, no sample and no
picture of that attempt is handed on, not even one already on its way.
"""

from __future__ import annotations

import threading

from safesession.core.ports import AudioPort, VideoInPort


class Gate:
    """Thread-safe; the work done while holding it must never block."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_for: int | None = None  # the one attempt let through

    def open_for(self, attempt: int) -> None:
        """Let the attempt with this number (1 or more) through, and no other."""
        with self._lock:
            self._open_for = attempt

    def shut(self) -> None:
        """Let nothing through. Waits for a hand-over that is under way."""
        with self._lock:
            self._open_for = None

    def pass_sound(self, attempt: int, port: AudioPort, block: bytes) -> bool:
        """Hand 20 ms of sound on; False when the gate is shut for `attempt`."""
        with self._lock:
            if self._open_for != attempt:
                return False
            port.on_captured(block)
            return True

    def pass_picture(
        self,
        attempt: int,
        port: VideoInPort,
        picture: tuple[str, int, int, bytes, int],
    ) -> bool:
        """Hand a picture on; False when the gate is shut for `attempt`."""
        with self._lock:
            if self._open_for != attempt:
                return False
            port.on_frame(*picture)
            return True
