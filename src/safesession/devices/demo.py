"""The project's own clip or voice in place of a device that does not exist.

The composition root brings the player. It must never run beside a real device
and its pictures and sound must never pass as real: the state says DEMO.
"""

from __future__ import annotations

from collections.abc import Callable

from safesession.core.ports import AudioPort, VideoInPort
from safesession.devices.gate import Gate
from safesession.devices.meter import PeakMeter


Stop = Callable[[], None]
StartDemoCamera = Callable[[VideoInPort], Stop]
StartDemoMicrophone = Callable[[AudioPort], Stop]

_ATTEMPT = 1  # a demo gate knows only open and shut


class Demo:
    """A player that can be started and stopped; shut means nothing passes."""

    def __init__(self, start: Callable[[Gate], Stop]) -> None:
        self._start = start
        self._gate = Gate()
        self._stop: Stop | None = None

    @property
    def running(self) -> bool:
        """Whether the player is on."""
        return self._stop is not None

    def start(self) -> None:
        """Start the player unless it runs already."""
        if self._stop is None:
            self._gate.open_for(_ATTEMPT)
            self._stop = self._start(self._gate)

    def stop(self) -> None:
        """Stop the player; when this returns nothing more is handed on."""
        self._gate.shut()
        if self._stop is not None:
            stop, self._stop = self._stop, None
            stop()


class GatedVideo:
    """A `VideoInPort` for the player that the gate can shut."""

    def __init__(self, port: VideoInPort, gate: Gate) -> None:
        self._port = port
        self._gate = gate

    def on_frame(
        self,
        pixel_format: str,
        width: int,
        height: int,
        data: bytes,
        stride: int,
    ) -> None:
        """Hand a picture on while the gate is open."""
        picture = (pixel_format, width, height, data, stride)
        self._gate.pass_picture(_ATTEMPT, self._port, picture)


class GatedAudio:
    """An `AudioPort` for the player that the gate can shut, with a level meter."""

    def __init__(
        self,
        port: AudioPort,
        gate: Gate,
        on_level: Callable[[float], None],
    ) -> None:
        self._port = port
        self._gate = gate
        self._meter = PeakMeter()
        self._on_level = on_level

    def on_captured(self, block: bytes) -> None:
        """Hand 20 ms on while the gate is open."""
        if self._gate.pass_sound(_ATTEMPT, self._port, block):
            level_dbfs = self._meter.add(block)
            if level_dbfs is not None:
                self._on_level(level_dbfs)

    def pull(self) -> bytes:
        """Return the next 20 ms for a speaker."""
        return self._port.pull()

    def set_device_delay(self, delay_ms: int) -> None:
        """A voice from a file has no echo."""
