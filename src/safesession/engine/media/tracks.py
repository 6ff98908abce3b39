"""The two tracks this person sends: microphone and camera.

They read what the device threads left behind and obey the media gate. `recv`
must never outlive `stop`, and before the gate was opened it must never return.
"""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from safesession.core.ports import AUDIO_BLOCK_SAMPLES, AUDIO_RATE_HZ
from safesession.engine.media.audio_bridge import SILENCE, AudioBridge
from safesession.engine.media.camera_in import CameraFrame, CameraIn
from safesession.engine.media.gate import MediaGate, SendGate


if TYPE_CHECKING:
    from collections.abc import Callable


BLOCK_S = AUDIO_BLOCK_SAMPLES / AUDIO_RATE_HZ
CAPTURE_PATIENCE_S = 0.1  # a device may hand over five blocks at a time
AUDIO_TIME_BASE = Fraction(1, AUDIO_RATE_HZ)
VIDEO_TIME_BASE = Fraction(1, 90_000)
MAX_PICTURE_AGE_S = 0.5  # older pictures were taken for somebody else
MAX_FPS = 30


def _waker(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> Callable[[], None]:
    """Return a callable that sets `event` from any thread."""

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(event.set)

    return wake


class MicrophoneTrack(MediaStreamTrack):
    """20 ms of mono sound at a time: captured blocks, else digital silence.

    While blocks come, the device's clock paces the track; when they stop (muted,
    no microphone) this track's own clock goes on with silence.
    """

    kind = "audio"

    def __init__(self, bridge: AudioBridge, gate: MediaGate) -> None:
        super().__init__()
        self._bridge = bridge
        self._gate = gate
        self._arrived = asyncio.Event()
        self._samples = 0
        self._due_s = 0.0
        self._capturing = False
        self._wake = _waker(asyncio.get_running_loop(), self._arrived)
        bridge.set_wake(self._wake)

    async def recv(self) -> av.Packet[Any]:
        """Return the next 20 ms of samples. Raises MediaStreamError once stopped.

        As a packet, not a frame: aiortc would encode a frame in another thread and
        write its loudness, in the clear, beside it (RFC 6464).
        """
        if self.readyState != "live":
            raise MediaStreamError
        if self._gate.send is SendGate.SHUT:
            if not await self._gate.until_sound_may_leave():
                raise MediaStreamError
            self._bridge.forget_captured()
            self._due_s = time.monotonic()
        block = await self._next_block()
        if self._gate.send is not SendGate.OPEN:
            block = SILENCE
        packet = av.Packet(block)
        packet.time_base = AUDIO_TIME_BASE
        packet.pts = self._samples
        self._samples += AUDIO_BLOCK_SAMPLES
        return packet

    async def _next_block(self) -> bytes:
        """Return a captured block, or silence when it is time for one."""
        while self.readyState == "live":
            self._arrived.clear()
            block = self._bridge.take_captured()
            now_s = time.monotonic()
            if block is not None:
                self._capturing = True
                self._due_s = now_s + BLOCK_S
                return block
            patience_s = CAPTURE_PATIENCE_S if self._capturing else 0.0
            wait_s = self._due_s + patience_s - now_s
            if wait_s <= 0:
                self._capturing = False
                # Never repay a stall with a burst of silence.
                self._due_s = max(self._due_s, now_s - BLOCK_S) + BLOCK_S
                return SILENCE
            try:
                async with asyncio.timeout(wait_s):
                    await self._arrived.wait()
            except TimeoutError:
                continue
        raise MediaStreamError

    def stop(self) -> None:
        """End the track and any `recv` that waits."""
        self._bridge.drop_wake(self._wake)
        super().stop()
        self._arrived.set()


class CameraTrack(MediaStreamTrack):
    """The newest camera picture each time one is wanted, at most 30 a second."""

    kind = "video"

    def __init__(self, camera: CameraIn, gate: MediaGate) -> None:
        super().__init__()
        self._camera = camera
        self._gate = gate
        self._arrived = asyncio.Event()
        self._last_sequence = -1
        self._due_s = 0.0
        self._origin_s = time.monotonic()
        self._last_pts = -1
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._gap_s = 0.0
        self.pace(MAX_FPS)
        self._wake = _waker(asyncio.get_running_loop(), self._arrived)
        camera.set_wake(self._wake)

    def pace(self, fps: int) -> None:
        """Yield no more than this many pictures a second."""
        self._gap_s = 1 / (fps + 1)  # and a little, for cameras that run fast

    def hold(self, held: bool) -> None:
        """Yield no picture while held: the line has to serve speech first."""
        if held:
            self._flowing.clear()
        else:
            self._flowing.set()

    async def recv(self) -> av.VideoFrame:
        """Return the next picture. Raises MediaStreamError once stopped."""
        while True:
            await self._flowing.wait()
            if self.readyState != "live":
                raise MediaStreamError
            if not await self._gate.until_pictures_may_leave():
                raise MediaStreamError
            self._arrived.clear()
            picture = self._camera.newest()
            if picture is not None and self._wanted(picture):
                return self._stamped(picture)
            await self._arrived.wait()

    def _wanted(self, picture: CameraFrame) -> bool:
        return (
            picture.sequence != self._last_sequence
            # One early picture is jitter; only a faster camera is thinned out.
            and picture.at_s >= self._due_s - self._gap_s
            and time.monotonic() - picture.at_s <= MAX_PICTURE_AGE_S
        )

    def _stamped(self, picture: CameraFrame) -> av.VideoFrame:
        self._last_sequence = picture.sequence
        self._due_s = max(self._due_s, picture.at_s) + self._gap_s
        pts = int((picture.at_s - self._origin_s) * VIDEO_TIME_BASE.denominator)
        self._last_pts = max(pts, self._last_pts + 1, 0)
        frame = picture.frame
        frame.pts = self._last_pts
        frame.time_base = VIDEO_TIME_BASE
        return frame

    def stop(self) -> None:
        """End the track and any `recv` that waits."""
        self._camera.drop_wake(self._wake)
        super().stop()
        self._flowing.set()
        self._arrived.set()
