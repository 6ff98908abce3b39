"""Pictures give way while a line is full, and go on at a key frame after a hole."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcrtpsender import RTCRtpSender
from aiortc.rtp import RTCP_RTPFB_NACK, RtcpRtpfbPacket, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from safesession.engine.peer.pictures import (
    MediaSender,
    skip_holes,
    starts_key_frame,
)


KEY, DELTA = b"\x10", b"\x11"  # the lowest bit of the first byte (RFC 6386, 9.1)


def payload(body: bytes, *, first: bool = True) -> bytes:
    return bytes(VpxPayloadDescriptor(partition_start=first, partition_id=0)) + body


def test_the_first_packet_of_a_key_frame_is_known() -> None:
    assert starts_key_frame(payload(KEY))
    assert not starts_key_frame(payload(DELTA))
    assert not starts_key_frame(payload(KEY, first=False))
    assert not starts_key_frame(payload(b""))


@given(st.binary(max_size=12))
def test_any_payload_is_a_key_frame_or_not(body: bytes) -> None:
    assert starts_key_frame(body) in (True, False)


def add(buffer: JitterBuffer, number: int) -> bytes | None:
    """Add a picture of one packet; return what became complete."""
    packet: Any = RtpPacket(
        sequence_number=number & 0xFFFF, timestamp=(number % 65536) * 3000
    )
    packet._data = b"%d" % number
    _, frame = buffer.add(packet)
    return frame.data if frame else None


@pytest.mark.parametrize("start", [100, 65_530])
def test_a_key_frame_after_a_hole_is_shown_at_once(start: int) -> None:
    buffer, missing = JitterBuffer(512, is_video=True), SimpleNamespace(missing={1})
    add(buffer, start)
    assert add(buffer, start + 1) == b"%d" % start
    for number in range(start + 5, start + 20):
        assert add(buffer, number) is None  # the hole holds everything back
    skip_holes(buffer, missing, (start + 20) & 0xFFFF)
    assert not missing.missing
    add(buffer, start + 20)
    assert add(buffer, start + 21) == b"%d" % (start + 20)


def test_without_a_hole_nothing_is_skipped() -> None:
    buffer, missing = JitterBuffer(512, is_video=True), SimpleNamespace(missing=set())
    for number in range(7, 10):
        add(buffer, number)
    skip_holes(buffer, missing, 10)
    assert add(buffer, 10) == b"9"


def test_an_old_or_a_far_key_frame_breaks_nothing() -> None:
    buffer, missing = JitterBuffer(512, is_video=True), SimpleNamespace(missing=set())
    skip_holes(buffer, missing, 5)  # nothing came yet
    for number in range(1000, 1003):
        add(buffer, number)
    skip_holes(buffer, missing, 900)
    assert add(buffer, 1003) == b"1002"
    skip_holes(buffer, missing, 1003 + 5000)
    add(buffer, 6003)
    assert add(buffer, 6004) == b"6003"


async def test_repeats_wait_for_a_key_frame_while_pictures_are_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repeated, keys = [], []

    async def remember(_: Any, sequence_number: int) -> None:
        repeated.append(sequence_number)

    monkeypatch.setattr(RTCRtpSender, "_retransmit", remember)
    monkeypatch.setattr(RTCRtpSender, "_send_keyframe", lambda _: keys.append(1))
    sender = MediaSender("video", SimpleNamespace(state="new"))
    nack = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=2, lost=[7, 8])
    await sender._handle_rtcp_packet(nack)
    assert repeated == [7, 8]
    sender.limit(0)
    await sender._handle_rtcp_packet(nack)
    assert repeated == [7, 8]
    assert not keys
    sender.limit(200_000)
    assert keys == [1]
    sender.limit(210_000)
    assert keys == [1]
    assert sender.fps == 15
    assert sender.picture_encoder().target_bitrate == 390_000
