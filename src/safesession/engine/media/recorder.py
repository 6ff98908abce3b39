"""Write to disk what was seen and heard of the peer, and only that.

`video.mkv` holds every picture that went through the gate, as JPEG at its own
time; `audio.wav` what a listener heard, from the first sound on. A
kind that never came leaves no file. Disk work has a thread of its own: a slow
disk loses pictures from the recording, counted, and never delays the call.
"""

from __future__ import annotations

import logging
import queue
import threading
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import VideoReformatter

from safesession.core.ports import AUDIO_RATE_HZ
from safesession.errors import MediaError


logger = logging.getLogger(__name__)

VIDEO_NAME = "video.mkv"
AUDIO_NAME = "audio.wav"
QUEUE_LIMIT = 120  # about two seconds of both kinds
TIME_BASE = Fraction(1, 90_000)
# Constant fine quantiser: 2.4 ms of CPU for 1280x720, and a counter drawn into
# the picture stays readable.
_JPEG_OPTIONS = {"qmin": "3", "qmax": "3", "strict": "unofficial"}


@dataclass(frozen=True, slots=True)
class _Picture:
    frame: av.VideoFrame
    at_s: float


class Recorder:
    """Records one session into a folder until closed.

    Raises:
        MediaError: the folder cannot be made or written to.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in (VIDEO_NAME, AUDIO_NAME):
                (folder / name).unlink(missing_ok=True)
        except OSError:
            raise MediaError("cannot record into this folder") from None
        self._folder = folder
        self._queue: queue.Queue[_Picture | bytes | None] = queue.Queue(QUEUE_LIMIT)
        self._shift_s: float | None = None  # media time to recording time
        self._start_s: float | None = None
        self._last_s = -1.0
        self.lost = 0  # pictures or pieces of sound the disk was too slow for
        self._thread = threading.Thread(
            target=self._write_all, name="recorder", daemon=True
        )
        self._thread.start()

    def picture(self, frame: av.VideoFrame, now_s: float) -> None:
        """Record one picture; its distance to the others is the sender's."""
        media_s = float(frame.time or 0.0)
        if self._start_s is None:
            self._start_s = now_s
        if self._shift_s is None or media_s + self._shift_s <= self._last_s:
            # A new connection counts from zero again: go by the clock once.
            self._shift_s = now_s - self._start_s - media_s
        self._last_s = max(media_s + self._shift_s, self._last_s)
        self._put(_Picture(frame, self._last_s))

    def sound(self, samples: bytes) -> None:
        """Record sound: mono, 48 kHz, signed 16-bit."""
        self._put(samples)

    def interrupted(self) -> None:
        """The connection went: the next picture's time starts over."""
        self._shift_s = None

    def close(self) -> None:
        """Finish the files and wait for them (blocks: not on the event loop)."""
        self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Picture | bytes) -> None:
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self.lost += 1

    def _write_all(self) -> None:
        video = _VideoFile(self._folder / VIDEO_NAME)
        audio = _AudioFile(self._folder / AUDIO_NAME)
        try:
            while (item := self._queue.get()) is not None:
                if isinstance(item, _Picture):
                    video.write(item)
                else:
                    audio.write(item)
        except (OSError, av.FFmpegError):
            logger.warning("the recording broke off: the disk refused it")
            while self._queue.get() is not None:
                self.lost += 1
        finally:
            video.close()
            audio.close()


class _AudioFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: wave.Wave_write | None = None

    def write(self, samples: bytes) -> None:
        if self._file is None:
            self._file = wave.open(str(self._path), "wb")  # noqa: SIM115 - see close
            self._file.setnchannels(1)
            self._file.setsampwidth(2)
            self._file.setframerate(AUDIO_RATE_HZ)
        self._file.writeframesraw(samples)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class _VideoFile:
    """JPEG pictures in Matroska; the first one decides the size."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reformatter = VideoReformatter()
        self._container: Any = None
        self._stream: Any = None
        self._last_pts = -1

    def write(self, picture: _Picture) -> None:
        frame = picture.frame
        if self._container is None:
            self._open(frame.width, frame.height)
        frame = self._reformatter.reformat(
            frame, self._stream.width, self._stream.height, "yuv420p"
        )
        self._last_pts = max(round(picture.at_s / TIME_BASE), self._last_pts + 1)
        frame.pts = self._last_pts
        frame.time_base = TIME_BASE
        self._container.mux(self._stream.encode(frame))

    def _open(self, width: int, height: int) -> None:
        self._container = av.open(self._path, "w", format="matroska")
        self._stream = self._container.add_stream("mjpeg", options=_JPEG_OPTIONS)
        self._stream.width = width
        self._stream.height = height
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TIME_BASE
        self._stream.codec_context.thread_count = 1

    def close(self) -> None:
        if self._container is not None:
            self._container.mux(self._stream.encode(None))
            self._container.close()
