"""Camera pictures on their way into the engine: newest wins.

Pictures come on the device's thread in whatever format the camera has and leave
as I420 of at most 1280x720. Conversion has a thread of its own; the caller never
waits. A picture that is not what it claims to be is counted and dropped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from safesession.engine.media.slot import FrameSlot, fit


MAX_WIDTH_PX = 1280
MAX_HEIGHT_PX = 720
MAX_INPUT_PX = 8192
# Bytes per pixel of the first plane and rows of the array per picture row.
_PACKED = {"yuyv422": 2, "bgra": 4, "rgba": 4}
_PLANAR = ("yuv420p", "nv12")


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One I420 picture. `at_s` is monotonic seconds, `sequence` rises by one."""

    frame: av.VideoFrame
    at_s: float
    sequence: int


@dataclass(frozen=True, slots=True)
class _Raw:
    pixel_format: str
    width: int
    height: int
    data: bytes
    stride: int
    at_s: float


class CameraIn:
    """The engine's end of core.ports.VideoInPort; all methods are thread-safe."""

    def __init__(self, self_view: FrameSlot) -> None:
        self._self_view = self_view
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._raw: _Raw | None = None
        self._newest: CameraFrame | None = None
        self._sequence = 0
        self._reformatter = VideoReformatter()  # of the one source that pushes
        self._wake: Callable[[], None] | None = None
        self.bad_frames = 0

    # --- the camera's side (VideoInPort) ---

    def on_frame(
        self, pixel_format: str, width: int, height: int, data: bytes, stride: int
    ) -> None:
        """Take one picture; an older one not yet converted is forgotten."""
        raw = _Raw(pixel_format, width, height, data, stride, time.monotonic())
        with self._changed:
            if self._closed:
                return
            self._raw = raw
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._convert_all, name="camera-convert", daemon=True
                )
                self._thread.start()
            self._changed.notify()

    # --- sources inside the engine ---

    def push(self, frame: av.VideoFrame) -> None:
        """Take a decoded picture that nobody changes any more (a file source)."""
        self._publish(_to_i420(self._reformatter, frame), time.monotonic())

    # --- the engine's side ---

    def set_wake(self, wake: Callable[[], None]) -> None:
        """Register what to call, on any thread, when a new picture is there."""
        with self._changed:
            self._wake = wake

    def drop_wake(self, wake: Callable[[], None]) -> None:
        """Forget `wake`, unless a later connection has registered its own."""
        with self._changed:
            if self._wake is wake:
                self._wake = None

    def newest(self) -> CameraFrame | None:
        """Return the newest picture, or None."""
        with self._changed:
            return self._newest

    def clear(self) -> None:
        """The camera is off: nothing old may be shown or sent any more."""
        with self._changed:
            self._raw = None
            self._newest = None
        self._self_view.clear()

    def close(self) -> None:
        """Stop the conversion thread and wait for it."""
        with self._changed:
            self._closed = True
            self._raw = None
            self._newest = None
            self._wake = None
            self._changed.notify()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _convert_all(self) -> None:
        converter = _Converter()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._raw is not None)
                if self._closed:
                    return
                raw, self._raw = self._raw, None
            if raw is None:
                continue
            try:
                frame = converter.convert(raw)
            except (ValueError, av.FFmpegError):
                self.bad_frames += 1
                continue
            self._publish(frame, raw.at_s)

    def _publish(self, frame: av.VideoFrame, at_s: float) -> None:
        with self._changed:
            if self._closed:
                return
            self._sequence += 1
            self._newest = CameraFrame(frame, at_s, self._sequence)
            wake = self._wake
        self._self_view.offer(frame)
        if wake is not None:
            wake()


class _Converter:
    """Camera formats to I420; keeps its decoder and tables between pictures."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._jpeg = av.CodecContext.create("mjpeg", "r")

    def convert(self, raw: _Raw) -> av.VideoFrame:
        """Return I420 of at most 1280x720.

        Raises:
            ValueError: the sizes do not fit the data, or the format is unknown.
            av.FFmpegError: a broken JPEG.
        """
        if raw.pixel_format == "mjpeg":
            frames = self._jpeg.decode(av.Packet(raw.data))
            if not frames:
                raise ValueError("no picture in this JPEG")
            frame = frames[-1]
            if max(frame.width, frame.height) > MAX_INPUT_PX:
                raise ValueError("picture too large")
        else:
            frame = _wrap(raw)
        return _to_i420(self._reformatter, frame)


def _wrap(raw: _Raw) -> av.VideoFrame:
    """Copy raw pixels into a frame, cropping odd edges."""
    width, height = raw.width & ~1, raw.height & ~1
    if not (0 < width <= MAX_INPUT_PX and 0 < height <= MAX_INPUT_PX):
        raise ValueError("picture size out of range")
    pixels = np.frombuffer(raw.data, np.uint8)
    picture: np.ndarray[Any, np.dtype[np.uint8]]
    if raw.pixel_format in _PACKED:
        depth = _PACKED[raw.pixel_format]
        if raw.stride < raw.width * depth or pixels.size < raw.stride * raw.height:
            raise ValueError("picture shorter than its size")
        rows = pixels[: raw.stride * raw.height].reshape(raw.height, raw.stride)
        picture = rows[:height, : width * depth].reshape(height, width, depth)
    elif raw.pixel_format in _PLANAR:
        # Odd planar sizes have no agreed layout; no camera sends them.
        if (raw.width, raw.height) != (width, height) or raw.stride < width:
            raise ValueError("odd planar picture")
        lines = height * 3 // 2
        if pixels.size < raw.stride * lines:
            raise ValueError("picture shorter than its size")
        picture = pixels[: raw.stride * lines].reshape(lines, raw.stride)
        if raw.stride != width:
            if raw.pixel_format == "yuv420p":
                raise ValueError("planes must be packed tightly")
            picture = picture[:, :width]
    else:
        raise ValueError("unknown pixel format")
    return av.VideoFrame.from_ndarray(
        np.ascontiguousarray(picture), format=raw.pixel_format
    )


def _to_i420(reformatter: VideoReformatter, frame: av.VideoFrame) -> av.VideoFrame:
    width, height = frame.width, frame.height
    if width > MAX_WIDTH_PX or height > MAX_HEIGHT_PX:
        width, height = fit(width, height, MAX_WIDTH_PX, MAX_HEIGHT_PX)
    width, height = max(2, width & ~1), max(2, height & ~1)
    if (width, height, frame.format.name) == (frame.width, frame.height, "yuv420p"):
        return frame
    return reformatter.reformat(frame, width, height, "yuv420p")
