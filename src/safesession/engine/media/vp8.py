"""VP8 for a face in a quiet room: aiortc's packets, our encoder settings and bounds.

aiortc re-opens its encoder, with a key frame, whenever the receiver's estimate
moves by a tenth; here the rate moves on a few rungs with hysteresis, so that a
climbing estimate does not pump key frames.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import deque
from fractions import Fraction
from typing import Any

import av
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder, number_of_threads
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType


# A quarter apart: the receiver never estimates more than 1.5 times what comes
# (aiortc's REMB), so wider rungs could not be climbed.
RUNGS_BPS = (
    160_000,
    200_000,
    250_000,
    310_000,
    390_000,
    490_000,
    610_000,
    770_000,
    960_000,
    1_200_000,
    1_500_000,
)
START_BPS = 1_200_000  # 1280x720 is washed out below 1 Mbit/s
CLIMB_MARGIN = 1.15  # the estimate must clear the next rung by this much
USED_MARGIN = 1.2  # an estimate this far above our use limits nothing
USED_WINDOW = 60  # pictures, two seconds
DENOISE_MAX_PIXELS = 640 * 480  # above, noise reduction costs a third of a frame
NOMINAL_TIME_BASE = Fraction(1, 30)
MAX_DECODED_PIXELS = 1920 * 1200  # our own endpoint sends 1280x720 at most
KEY_FRAME_HEADER_BYTES = 10
# Fewer pictures, each as good: a narrow line has no room for all of them.
FULL_FPS = 30
FPS_STEPS = ((400_000, FULL_FPS), (200_000, 15), (0, 10))  # from that rate on
KEY_FRAME_PERCENT = 300  # of a mean picture; unlimited, one takes a narrow line 2 s
GROUP_OF_PICTURES = 3000  # key frames come when asked for, not by the clock


def rung_for(estimate_bps: int, present_bps: int) -> int:
    """Return the rate to encode at: down at once, up only with a margin."""
    reachable = RUNGS_BPS[max(0, bisect_right(RUNGS_BPS, estimate_bps) - 1)]
    if reachable <= present_bps:
        return reachable
    cautious = int(estimate_bps / CLIMB_MARGIN)
    reachable = RUNGS_BPS[max(0, bisect_right(RUNGS_BPS, cautious) - 1)]
    return max(present_bps, reachable)


def fps_for(limit_bps: int | None, present_fps: int) -> int:
    """Return how many pictures a second fit: fewer at once, more with a margin."""
    if limit_bps is None:
        return FULL_FPS
    cautious = int(limit_bps / CLIMB_MARGIN)
    fewer = next(fps for least, fps in FPS_STEPS if limit_bps >= least)
    more = next(fps for least, fps in FPS_STEPS if cautious >= least)
    return min(fewer, max(present_fps, more))


class BoundedVp8Decoder(Vp8Decoder):
    """VP8 payloads to pictures no larger than a screen.

    A key frame of a few bytes may announce 16383x16383; the decoder would fetch
    half a gigabyte for it before it found out that the rest is missing.
    """

    def decode(self, encoded_frame: Any) -> list[Any]:
        """Return the pictures; none for a key frame that is too large."""
        if _announced_pixels(encoded_frame.data) > MAX_DECODED_PIXELS:
            return []
        pictures: list[Any] = super().decode(encoded_frame)
        return pictures


def _announced_pixels(untrusted_frame: bytes) -> int:
    """Return what a key frame announces (RFC 6386 §9.1); 0 for any other frame."""
    if len(untrusted_frame) < KEY_FRAME_HEADER_BYTES or untrusted_frame[0] & 1:
        return 0
    width, height = (
        int.from_bytes(untrusted_frame[at : at + 2], "little") & 0x3FFF for at in (6, 8)
    )
    return width * height


class SteadyVp8Encoder(Vp8Encoder):
    """I420 pictures to VP8 payloads, at one of RUNGS_BPS."""

    def __init__(self) -> None:
        super().__init__()
        self._rate_bps = START_BPS
        self._limit_bps: int | None = None
        self._fps = FULL_FPS
        self._opened_for: tuple[int, int, int] | None = None
        self._encoded = 0
        self._sizes: deque[int] = deque(maxlen=USED_WINDOW)

    @property
    def target_bitrate(self) -> int:
        """The rung in use, in bits per second."""
        return self._rate_bps

    @target_bitrate.setter
    def target_bitrate(self, estimate_bps: int) -> None:
        estimate_bps = self._as_if_full(estimate_bps)
        if USED_MARGIN * self._used_bps() <= estimate_bps < self._rate_bps:
            # The estimate follows what comes; a calm picture just sends little.
            return
        if self._limit_bps is not None:
            estimate_bps = min(estimate_bps, self._as_if_full(self._limit_bps))
        self._rate_bps = rung_for(estimate_bps, self._rate_bps)

    def limit(self, limit_bps: int | None, fps: int) -> None:
        """Encode `fps` pictures a second within what the line leaves; None: no limit.

        Down at once; up again only as the receiver's estimate climbs.
        """
        self._limit_bps, self._fps = limit_bps, fps
        if limit_bps is not None:
            full_bps = self._as_if_full(limit_bps)
            self._rate_bps = min(self._rate_bps, rung_for(full_bps, self._rate_bps))

    def _as_if_full(self, bps: int) -> int:
        """Return what `bps` would be at all pictures: rungs count them so."""
        return bps * FULL_FPS // self._fps

    def _used_bps(self) -> float:
        """Return what the last pictures took."""
        pictures = max(1, len(self._sizes))
        return sum(self._sizes) * 8 / (pictures * float(NOMINAL_TIME_BASE))

    def encode(
        self, frame: object, force_keyframe: bool = False
    ) -> tuple[list[bytes], int]:
        """Return the RTP payloads of one picture and its 90 kHz timestamp."""
        if not isinstance(frame, av.VideoFrame):
            raise TypeError("a video encoder takes pictures")
        if frame.format.name != "yuv420p":
            frame = frame.reformat(format="yuv420p")
        wanted = (frame.width, frame.height, self._rate_bps)
        if self.codec is None or self._opened_for != wanted:
            self.codec = _open(*wanted)
            self._opened_for = wanted
        # The picture may have been a key frame of another encoder before.
        frame.pict_type = PictureType.I if force_keyframe else PictureType.NONE
        taken_at, time_base = frame.pts, frame.time_base
        if taken_at is None or time_base is None:
            raise TypeError("a picture to send has a timestamp")
        # The encoder counts pictures at the nominal rate: told the real gap, it
        # spends several pictures' bits on one that is late, which is late then too.
        frame.pts, frame.time_base = self._encoded, NOMINAL_TIME_BASE
        self._encoded += 1
        payloads: list[bytes] = []
        timestamp = 0
        for packet in self.codec.encode(frame):  # one for each picture, lag is 0
            packet.pts, packet.time_base = taken_at, time_base
            more, timestamp = self.pack(packet)
            payloads += more
        self._sizes.append(sum(map(len, payloads)))
        return payloads, timestamp


def _open(width: int, height: int, rate_bps: int) -> VideoCodecContext:
    """Open libvpx for real time at a constant rate."""
    codec = av.CodecContext.create("libvpx", "w")
    codec.width = width
    codec.height = height
    codec.time_base = NOMINAL_TIME_BASE
    codec.framerate = 1 / NOMINAL_TIME_BASE
    codec.bit_rate = rate_bps
    codec.pix_fmt = "yuv420p"
    codec.gop_size = GROUP_OF_PICTURES
    codec.qmin = 2
    codec.qmax = 56
    denoise = width * height <= DENOISE_MAX_PIXELS
    codec.options = {
        "bufsize": str(rate_bps),  # one second
        "cpu-used": "-6",
        "deadline": "realtime",
        "lag-in-frames": "0",
        "max-intra-rate": str(KEY_FRAME_PERCENT),
        "minrate": str(rate_bps),  # minimum = maximum selects CBR
        "maxrate": str(rate_bps),
        "noise-sensitivity": "4" if denoise else "0",
        "overshoot-pct": "15",
        "partitions": "0",
        "static-thresh": "1",
        "undershoot-pct": "100",
    }
    codec.thread_count = number_of_threads(width * height, os.cpu_count() or 1)
    return codec
