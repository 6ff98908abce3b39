"""All sound and picture of one session, whatever its connections do.

A peer connection comes and goes with its epoch; the plane stays: slots for the
views, the sound bridge, the camera, the recorder and the figures. It must never
show, play or record a frame that the connection did not hand over.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import av

from safesession.core.ports import AUDIO_BLOCK_SAMPLES, AUDIO_RATE_HZ
from safesession.engine.media.audio_bridge import AudioBridge
from safesession.engine.media.camera_in import CameraIn
from safesession.engine.media.figures import MediaFigures
from safesession.engine.media.recorder import Recorder
from safesession.engine.media.slot import FrameSlot
from safesession.engine.media.voice.red import Block


BLOCK_S = AUDIO_BLOCK_SAMPLES / AUDIO_RATE_HZ
NOBODY_S = 0.1  # a loudspeaker asks every 20 ms


class MediaPlane:
    """The engine's media; the ports of core.ports are its attributes.

    `on_first_frame(kind)` is called once per kind, on the event loop, with the
    first remote frame that was decoded and let through.
    """

    def __init__(
        self,
        on_first_frame: Callable[[str], None] | None = None,
        *,
        recorder: Recorder | None = None,
    ) -> None:
        self._recorder = recorder
        self.remote_video = FrameSlot("remote")
        self.self_video = FrameSlot("self")
        self.audio = AudioBridge(recorder.sound if recorder else None)
        self.camera = CameraIn(self.self_video)
        self.figures = MediaFigures(lambda: self.audio.played)
        self._on_first_frame = on_first_frame
        self._seen: set[str] = set()

    def decoded(self) -> None:
        """Count a picture of the peer as it leaves the decoder."""
        self.figures.picture(time.monotonic())

    def show(self, frame: av.VideoFrame) -> None:
        """Show a picture that the gate let through."""
        self._first("video")
        self.remote_video.offer(frame)
        if self._recorder is not None:
            self._recorder.picture(frame, time.monotonic())

    def hear(
        self, timestamp: int, untrusted_packet: bytes, earlier: list[Block]
    ) -> None:
        """Let a packet of speech wait for its turn; the gate let it through."""
        self.audio.receive(timestamp, untrusted_packet, earlier)
        if "audio" not in self._seen and self.audio.played.decoded_packets:
            self._first("audio")

    async def keep_listening(self) -> None:
        """Take the sound that no loudspeaker asks for, until cancelled.

        So that it is decoded, counted and recorded on a machine without one.
        """
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            due_s = max(due_s + BLOCK_S, loop.time() - BLOCK_S)
            await asyncio.sleep(due_s - loop.time())
            if self.audio.unheard_s() > NOBODY_S:
                self.audio.listen()

    def _first(self, kind: str) -> None:
        if kind in self._seen:
            return
        self._seen.add(kind)
        if self._on_first_frame is not None:
            self._on_first_frame(kind)

    def received_fps(self) -> float | None:
        """Pictures decoded per second just now; None without a picture."""
        return self.figures.received_fps(time.monotonic())

    def interrupted(self) -> None:
        """The receive gate shut: fall silent; the last picture stays."""
        self.audio.forget_played()
        self.figures.interrupted()
        if self._recorder is not None:
            self._recorder.interrupted()

    async def close(self) -> None:
        """Stop every thread of the plane and finish the recording."""
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        self.camera.close()
        self.remote_video.close()
        self.self_video.close()
        if self._recorder is not None:
            self._recorder.close()
