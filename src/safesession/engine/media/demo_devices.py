"""The demo clip and voice in the form that devices have, started and stopped apart.

For the windows: a missing camera or microphone is replaced on its own. Whoever
plays them must say so (`CaptureState.DEMO`).
"""

from __future__ import annotations

from collections.abc import Callable

import av

from safesession.core.ports import AudioPort, VideoInPort
from safesession.core.status import Role
from safesession.engine.media.demo import demo_clip
from safesession.engine.media.file_source import FileSource


def start_demo_camera(role: Role, port: VideoInPort) -> Callable[[], None]:
    """Play the pictures into `port` until the returned callable is called."""
    source = FileSource(_PictureSink(port), _Silence(), video=demo_clip(role))
    source.start()
    return source.close


def start_demo_microphone(role: Role, port: AudioPort) -> Callable[[], None]:
    """Play the voice into `port` until the returned callable is called."""
    source = FileSource(_NoPictures(), port, audio=demo_clip(role))
    source.start()
    return source.close


class _PictureSink:
    """Hands decoded pictures on in the form a camera has."""

    def __init__(self, port: VideoInPort) -> None:
        self._port = port

    def push(self, frame: av.VideoFrame) -> None:
        """Pack the planes tightly, as `VideoInPort` wants them."""
        planar = (
            frame
            if frame.format.name == "yuv420p"
            else frame.reformat(format="yuv420p")
        )
        data = planar.to_ndarray().tobytes()
        self._port.on_frame("yuv420p", planar.width, planar.height, data, planar.width)

    def clear(self) -> None:
        """The port's owner forgets the picture itself."""


class _NoPictures:
    def push(self, frame: av.VideoFrame) -> None:
        """There is no camera here."""

    def clear(self) -> None:
        """There is nothing to forget."""


class _Silence:
    def on_captured(self, block: bytes) -> None:
        """There is no microphone here."""

    def pull(self) -> bytes:
        """There is no speaker here."""
        return b""

    def set_device_delay(self, delay_ms: int) -> None:
        """There is no device here."""
