"""Where speech leaves and enters aiortc: RED payloads out, packets in, reports.

Like `seams`, this module reaches into aiortc: its audio decoder and encoder are
bypassed. It must never decode (the loudspeaker's clock does), and never hand a
packet on that the DTLS transport's media gate has not let through.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiortc.codecs
from aiortc import RTCRtpReceiver, RTCRtpSender, clock
from aiortc.codecs.base import Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, RtpPacket

from safesession.core.ports import AUDIO_RATE_HZ
from safesession.engine.media.voice.loss import LossReport
from safesession.engine.media.voice.red import Block, unpack
from safesession.engine.media.voice.redundancy import RedundantEncoder, VoicePlan


RED = "audio/red"
OPUS = "audio/opus"
RED_PAYLOAD_TYPE = 111
OPUS_PAYLOAD_TYPE = 96

_sending: ContextVar[SpeechSender] = ContextVar("sending")


@dataclass(frozen=True, slots=True)
class SpeechPacket:
    """One RTP packet of the peer's speech, redundancy taken apart."""

    sequence_number: int
    timestamp: int
    untrusted_packet: bytes
    earlier: list[Block]


class SpeechPacker(Encoder):
    """Encodes 20 ms of sound; what aiortc takes for packing is done here whole."""

    def __init__(self, *, redundant: bool, plan: VoicePlan) -> None:
        self._redundant = redundant
        self._encoder = RedundantEncoder(OPUS_PAYLOAD_TYPE)
        self.obey(plan)

    def obey(self, plan: VoicePlan) -> None:
        """Encode by this plan from the next packet on."""
        if not self._redundant:
            plan = VoicePlan((), plan.bitrate_bps, plan.fec_percent)
        self._encoder.obey(plan)

    def encode(self, *_: Any) -> tuple[list[bytes], int]:
        """Never called: our track hands over sound as packets."""
        raise TypeError("speech comes as packets of samples")

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        """Turn 20 ms of samples into one payload and its timestamp."""
        pcm = bytes(packet)
        encode = self._encoder.encode if self._redundant else self._encoder.encode_plain
        return [encode(pcm)], int(packet.pts or 0)


class SpeechSender(RTCRtpSender):
    """A sender whose encoder follows a plan and that hears the peer's reports."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.on_report: Callable[[LossReport], None] | None = None
        self._plan = VoicePlan()
        self._packer: SpeechPacker | None = None

    async def send(self, parameters: Any) -> None:
        """Start sending; the encoder made in its task will know this sender."""
        token = _sending.set(self)
        try:
            await super().send(parameters)
        finally:
            _sending.reset(token)

    def obey(self, plan: VoicePlan) -> None:
        """Send by this plan from now on."""
        self._plan = plan
        if self._packer is not None:
            self._packer.obey(plan)

    def packer(self, *, redundant: bool) -> SpeechPacker:
        """Make the encoder of this sender (aiortc asks once)."""
        self._packer = SpeechPacker(redundant=redundant, plan=self._plan)
        return self._packer

    async def _handle_rtcp_packet(self, packet: Any) -> None:
        is_report = isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP
        if is_report and self.on_report is not None:
            try:
                self.on_report(LossReport.parse(packet.fci))
            except ValueError:
                pass
            else:
                return
        await super()._handle_rtcp_packet(packet)


class SpeechReceiver(RTCRtpReceiver):
    """A receiver that hands speech packets on instead of decoding them."""

    def __init__(self, kind: str, transport: Any) -> None:
        super().__init__(kind, transport)
        self._speech = kind == "audio"
        self._ssrc: int | None = None
        self.on_speech: Callable[[SpeechPacket], None] | None = None

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        if not self._speech:
            await super()._handle_rtp_packet(packet, arrival_time_ms)
            return
        inner: Any = self
        codec = inner._RTCRtpReceiver__codecs.get(packet.payload_type)  # noqa: SLF001 - the seam
        if not self._enabled or codec is None:
            return
        self._ssrc = packet.ssrc
        inner._RTCRtpReceiver__active_ssrc[packet.ssrc] = clock.current_datetime()  # noqa: SLF001 - the seam
        streams = inner._RTCRtpReceiver__remote_streams  # noqa: SLF001 - the seam
        if packet.ssrc not in streams:
            streams[packet.ssrc] = StreamStatistics(codec.clockRate)
        streams[packet.ssrc].add(packet)
        if packet.payload and self.on_speech is not None:
            self._hand_on(packet, codec)

    def _hand_on(self, packet: RtpPacket, codec: RTCRtpCodecParameters) -> None:
        newest = packet.payload
        earlier: list[Block] = []
        if codec.mimeType.lower() == RED:
            try:
                newest, earlier = unpack(OPUS_PAYLOAD_TYPE, packet.payload)
            except ValueError:
                return
        if self.on_speech is not None:
            self.on_speech(
                SpeechPacket(packet.sequence_number, packet.timestamp, newest, earlier)
            )

    async def report(self, report: LossReport) -> None:
        """Tell the peer how its speech arrives."""
        inner: Any = self
        own_ssrc = inner._RTCRtpReceiver__rtcp_ssrc  # noqa: SLF001 - the seam
        if self._ssrc is not None and own_ssrc is not None:
            await self._send_rtcp(
                RtcpPsfbPacket(
                    fmt=RTCP_PSFB_APP,
                    ssrc=own_ssrc,
                    media_ssrc=self._ssrc,
                    fci=report.to_bytes(),
                )
            )


def encoder_for(codec: Any) -> SpeechPacker | None:
    """Return our encoder for a speech codec, None for anything else."""
    name = codec.mimeType.lower()
    if name not in (RED, OPUS):
        return None
    return sending().packer(redundant=name == RED)


def sending() -> SpeechSender:
    """Return the sender for which aiortc makes an encoder just now."""
    return _sending.get()


def offer_redundancy() -> None:
    """Let every offer name RED before Opus; safe to call again."""
    audio = aiortc.codecs.CODECS["audio"]
    if any(codec.mimeType == RED for codec in audio):
        return
    # RFC 2198 section 5: the formats that blocks may have.
    blocks = f"{OPUS_PAYLOAD_TYPE}/{OPUS_PAYLOAD_TYPE}"
    audio.insert(
        0,
        RTCRtpCodecParameters(
            mimeType=RED,
            clockRate=AUDIO_RATE_HZ,
            channels=2,
            payloadType=RED_PAYLOAD_TYPE,
            parameters={blocks: None},
        ),
    )
