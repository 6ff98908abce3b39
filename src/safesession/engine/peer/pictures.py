"""Where pictures give way to speech, and how they find back after a loss.

Like `seams` and `speech`, this module reaches into aiortc. A limit from the line
binds the encoder; while pictures are held, requests to repeat old packets are not
answered, because they would fill the queue that has to drain; a key frame follows instead.
One that arrives makes every hole before it worthless. It must never hold speech back.
"""

from __future__ import annotations

from typing import Any

from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import RTCP_RTPFB_NACK, RtcpRtpfbPacket, RtpPacket

from safesession.engine.media.vp8 import FULL_FPS, SteadyVp8Encoder, fps_for
from safesession.engine.peer.speech import SpeechReceiver, SpeechSender


VP8 = "video/vp8"
_NEWER = 1 << 15  # of 16-bit sequence numbers, half is newer


class MediaSender(SpeechSender):
    """A sender of either kind whose pictures obey a limit."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._limit_bps: int | None = None
        self._pictures: SteadyVp8Encoder | None = None
        self._refused = False
        self.fps = FULL_FPS

    def limit(self, bps: int | None) -> None:
        """Encode no faster than this from now on; 0 is nothing, None no limit."""
        self._limit_bps = bps
        if bps == 0:
            return
        self.fps = fps_for(bps, self.fps)
        if self._pictures is not None:
            self._pictures.limit(bps, self.fps)
        if self._refused:
            self._refused = False
            self._send_keyframe()

    def picture_encoder(self) -> SteadyVp8Encoder:
        """Make the encoder of this sender (aiortc asks once)."""
        self._pictures = SteadyVp8Encoder()
        self.limit(self._limit_bps)
        return self._pictures

    async def _handle_rtcp_packet(self, packet: Any) -> None:
        repeats = isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK
        if repeats and self._limit_bps == 0:
            self._refused = True
            return
        await super()._handle_rtcp_packet(packet)


class MediaReceiver(SpeechReceiver):
    """A receiver of either kind whose pictures go on at a key frame."""

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        inner: Any = self
        codec = inner._RTCRtpReceiver__codecs.get(packet.payload_type)  # noqa: SLF001 - the seam
        shows = codec is not None and codec.mimeType.lower() == VP8
        if shows and starts_key_frame(packet.payload):
            skip_holes(
                inner._RTCRtpReceiver__jitter_buffer,  # noqa: SLF001 - the seam
                inner._RTCRtpReceiver__nack_generator,  # noqa: SLF001 - the seam
                packet.sequence_number,
            )
        await super()._handle_rtp_packet(packet, arrival_time_ms)


def starts_key_frame(untrusted_payload: bytes) -> bool:
    """Tell whether a VP8 payload (RFC 7741) is the first of a key frame."""
    try:
        descriptor, body = VpxPayloadDescriptor.parse(untrusted_payload)
    except ValueError:
        return False
    first = descriptor.partition_start == 1 and descriptor.partition_id == 0
    return first and bool(body) and not body[0] & 1  # RFC 6386 section 9.1


def skip_holes(buffer: Any, missing: Any, sequence_number: int) -> None:
    """Let aiortc's jitter buffer go on here if something is missing before."""
    origin = buffer._origin  # noqa: SLF001 - the seam
    if origin is None:
        return
    ahead = (sequence_number - origin) & 0xFFFF
    if not 0 < ahead < _NEWER:
        return
    packets = buffer._packets  # noqa: SLF001 - the seam
    waiting = range(min(ahead, buffer.capacity))
    if ahead <= buffer.capacity and all(
        packets[(origin + step) % buffer.capacity] is not None for step in waiting
    ):
        return
    buffer.remove(len(waiting))
    buffer._origin = sequence_number  # noqa: SLF001 - the seam
    missing.missing.clear()
