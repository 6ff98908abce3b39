"""A video file and a sound file in place of camera and microphone.

Used by the headless peer and as the demo source. Each file plays in real time on
a thread of its own, over and over if asked, with no drift. A file that cannot be
read is a MediaError before anything starts.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import av

from safesession.core.ports import (
    AUDIO_BLOCK_BYTES,
    AUDIO_BLOCK_SAMPLES,
    AUDIO_RATE_HZ,
    AudioPort,
)
from safesession.engine.media.pacing import Clock, Pacer
from safesession.errors import MediaError


logger = logging.getLogger(__name__)

LATE_PICTURE_S = 0.1  # a picture this late is skipped
NOMINAL_FPS = 30.0


class PictureSink(Protocol):
    """Where decoded pictures go: `CameraIn`, or a port of the devices."""

    def push(self, frame: av.VideoFrame) -> None:
        """Take a picture; it is not changed any more."""

    def clear(self) -> None:
        """The pictures ended: forget the last one."""


class FileSource:
    """Feeds a picture sink and an AudioPort from files until closed.

    Args:
        video: a file with pictures, or None for no camera.
        audio: a file with sound, or None for no microphone.
        repeat: start again at the end; otherwise fall still.

    Raises:
        MediaError: a file cannot be opened or holds no such stream.
    """

    def __init__(
        self,
        camera: PictureSink,
        audio_port: AudioPort,
        *,
        video: Path | None = None,
        audio: Path | None = None,
        repeat: bool = True,
    ) -> None:
        self._camera = camera
        self._audio_port = audio_port
        self._repeat = repeat
        self._stop = threading.Event()
        self._clock = Clock(time.monotonic, self._stop.wait)
        self._threads: list[threading.Thread] = []
        if video is not None:
            _probe(video, "video")
            self._threads.append(self._thread("file-video", self._show, video))
        if audio is not None:
            _probe(audio, "audio")
            self._threads.append(self._thread("file-audio", self._speak, audio))

    def start(self) -> None:
        """Begin to play; returns at once."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop playing and wait for the threads; the last picture is forgotten."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self._threads.clear()
        self._camera.clear()

    def _thread(self, name: str, play: Any, path: Path) -> threading.Thread:
        return threading.Thread(target=play, args=(path,), name=name, daemon=True)

    def _show(self, path: Path) -> None:
        pacer = Pacer[av.VideoFrame](self._clock, self._clock.now(), LATE_PICTURE_S)
        try:
            for frame in pacer.pace(pictures(path, repeat=self._repeat)):
                self._camera.push(frame)
        except av.FFmpegError:
            logger.warning("the video file broke off")

    def _speak(self, path: Path) -> None:
        pacer = Pacer[bytes](self._clock, self._clock.now())
        try:
            for block in pacer.pace(sound_blocks(path, repeat=self._repeat)):
                self._audio_port.on_captured(block)
        except av.FFmpegError:
            logger.warning("the audio file broke off")


def pictures(path: Path, *, repeat: bool) -> Iterator[tuple[float, av.VideoFrame]]:
    """Yield (seconds from the start, picture), on and on when `repeat`.

    Raises:
        av.FFmpegError: the file broke off.
    """
    offset_s = 0.0
    while True:
        at_s = -1.0
        gap_s = 1 / NOMINAL_FPS
        with av.open(path) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            if stream.average_rate:
                gap_s = 1 / float(stream.average_rate)
            first_s: float | None = None
            for frame in container.decode(stream):
                shown_s = at_s + gap_s if frame.pts is None else frame.time
                first_s = shown_s if first_s is None else first_s
                at_s = max(at_s, shown_s - first_s)
                yield offset_s + at_s, frame
        if not repeat or at_s < 0:
            return
        offset_s += at_s + gap_s


def sound_blocks(path: Path, *, repeat: bool) -> Iterator[tuple[float, bytes]]:
    """Yield (seconds from the start, 20 ms block), on and on when `repeat`.

    Raises:
        av.FFmpegError: the file broke off.
    """
    blocks = 0
    while True:
        before = blocks
        for block in _file_blocks(path):
            yield blocks * AUDIO_BLOCK_SAMPLES / AUDIO_RATE_HZ, block
            blocks += 1
        if not repeat or blocks == before:
            return


def _file_blocks(path: Path) -> Iterator[bytes]:
    """Yield the sound of one pass; the last block is filled with silence."""
    resampler = av.AudioResampler(
        "s16", "mono", AUDIO_RATE_HZ, frame_size=AUDIO_BLOCK_SAMPLES
    )
    with av.open(path) as container:
        frames: Iterator[av.AudioFrame | None] = container.decode(audio=0)
        for frame in _then_flush(frames):
            for out in resampler.resample(frame):
                block = bytes(out.planes[0])[: out.samples * 2]
                yield block.ljust(AUDIO_BLOCK_BYTES, b"\0")


def _then_flush(
    frames: Iterator[av.AudioFrame | None],
) -> Iterator[av.AudioFrame | None]:
    yield from frames
    yield None  # the resampler's tail


def _probe(path: Path, kind: str) -> None:
    try:
        with av.open(path) as container:
            found = any(stream.type == kind for stream in container.streams)
    except (av.FFmpegError, OSError, ValueError):
        raise MediaError(f"cannot read the {kind} file") from None
    if not found:
        raise MediaError(f"the {kind} file holds no {kind}")
