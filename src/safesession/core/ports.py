"""The seams between the front end, the devices and the engine.

Front ends and devices depend on these protocols only, so that the engine can
move to its own process one day. No port may block its caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from safesession.core.effects import FrontEvent
from safesession.core.inputs import Command


AUDIO_RATE_HZ = 48_000
AUDIO_BLOCK_SAMPLES = 960  # 20 ms, mono, signed 16-bit little-endian
AUDIO_BLOCK_BYTES = AUDIO_BLOCK_SAMPLES * 2


@dataclass(frozen=True, slots=True)
class VideoImage:
    """One picture ready to paint: BGRA rows of `stride` bytes.

    `sequence` rises by one per picture; gaps are pictures a slow window missed.
    """

    width: int
    height: int
    stride: int
    pixels: memoryview | bytes
    sequence: int


@dataclass(frozen=True, slots=True)
class SoundProcessing:
    """What is done to the own voice before it leaves; each stage by itself."""

    echo: bool = True
    noise: bool = True
    gain: bool = True


class FrameSlotPort(Protocol):
    """Latest-wins hand-over of pictures to a view (one reader)."""

    def take(self) -> VideoImage | None:
        """Return the newest picture not yet taken, or None."""

    def set_view_size(self, width_px: int, height_px: int) -> None:
        """Say how large the picture will be painted; the engine scales to fit."""

    def set_wake(self, wake: Callable[[], None] | None) -> None:
        """Register a callable invoked (on any thread) when a picture waits.

        At most one call is pending between two `take` calls.
        """


class AudioPort(Protocol):
    """Sound between the device thread and the engine; never blocks."""

    def on_captured(self, block: bytes) -> None:
        """Take 20 ms from the microphone (AUDIO_BLOCK_BYTES bytes)."""

    def pull(self) -> bytes:
        """Return the next 20 ms for the speaker (silence when there is none)."""

    def set_device_delay(self, delay_ms: int) -> None:
        """Say how long a pulled block takes to be played and to be captured again."""


class VideoInPort(Protocol):
    """Pictures from the camera into the engine; latest wins, never blocks."""

    def on_frame(
        self, pixel_format: str, width: int, height: int, data: bytes, stride: int
    ) -> None:
        """Take one camera picture.

        `pixel_format` is a PyAV name: "yuv420p" (planes packed tightly, stride =
        width), "nv12", "yuyv422", "bgra", "rgba", or "mjpeg" (data = one JPEG).
        """


class EnginePort(Protocol):
    """The engine as a front end sees it. All methods return at once."""

    def submit(self, command: Command) -> None:
        """Queue a command of the person."""

    def subscribe(self, listener: Callable[[FrontEvent], None]) -> None:
        """Call `listener` (on the engine's thread) with every front event.

        The present snapshot comes first.
        """

    def now_s(self) -> float:
        """Return the core's clock, which sleep does not stop; from any thread."""

    @property
    def remote_video(self) -> FrameSlotPort:
        """Pictures of the other person."""

    @property
    def self_video(self) -> FrameSlotPort:
        """Pictures of this person's own camera."""

    @property
    def audio(self) -> AudioPort:
        """Sound in and out."""

    @property
    def camera(self) -> VideoInPort:
        """Where camera pictures go."""


class Keeping(Enum):
    """Whether unsent text outlives a crash of this program."""

    STARTING = "starting"  # being found out; nothing is on disk yet
    SEALED = "sealed"  # on disk, sealed; the key lies in the system's keyring
    UNAVAILABLE = "unavailable"  # no keyring, or no disk: nothing is kept
    SHARED = "shared"  # a computer shared with others: nothing is kept, on purpose
    OFF = "off"  # a demo


@dataclass(frozen=True, slots=True)
class UnsentNews:
    """What the keeper of unsent text has to say.

    `last_time` is what was not delivered when the program ended last; None before
    that is known.
    """

    keeping: Keeping
    last_time: tuple[str, ...] | None = field(default=None, repr=False)


class UnsentPort(Protocol):
    """Keeps texts that were typed or sent and not confirmed. Never blocks."""

    def subscribe(self, listener: Callable[[UnsentNews], None]) -> None:
        """Call `listener` (on any thread) with the present and all later news."""

    def keep(self, texts: tuple[str, ...], *, at_once: bool) -> None:
        """Replace what is kept of this session; at once, or within a second."""

    def set_aside(self, texts: tuple[str, ...]) -> None:
        """Replace what is kept of last time."""

    def share(self, shared: bool) -> None:
        """Others use this computer, too: forget everything and keep nothing."""
