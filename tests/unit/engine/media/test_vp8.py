"""The encoder's rate moves on rungs and its packets decode."""

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import av
import numpy as np
import pytest
from aiortc.codecs.vpx import vp8_depayload

from safesession.engine.media.vp8 import (
    RUNGS_BPS,
    START_BPS,
    BoundedVp8Decoder,
    SteadyVp8Encoder,
    fps_for,
    rung_for,
)


@pytest.mark.parametrize(
    ("estimate", "present", "expected"),
    [
        (1_200_000, 1_200_000, 1_200_000),
        (1_199_999, 1_200_000, 960_000),
        (300_000, 1_200_000, 250_000),
        (1, 1_200_000, 160_000),
        (1_300_000, 960_000, 960_000),  # not clear enough
        (1_400_000, 960_000, 1_200_000),
        (99_000_000, 160_000, 1_500_000),
    ],
)
def test_down_at_once_and_up_with_a_margin(estimate, present, expected):
    assert rung_for(estimate, present) == expected


def test_every_rung_can_be_climbed_from_the_one_below():
    for below, rung in pairwise(RUNGS_BPS):
        # aiortc's receiver estimates at most 1.5 times what arrives.
        assert rung_for(int(below * 1.5), below) >= rung
    assert START_BPS in RUNGS_BPS


def picture(number: int, width: int = 320, height: int = 180) -> av.VideoFrame:
    pixels = np.full((height * 3 // 2, width), 128, np.uint8)
    pixels[:height, number * 5 : number * 5 + 60] = 210
    frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
    frame.pts, frame.time_base = number * 3000, Fraction(1, 90_000)
    return frame


def is_key_frame(payloads: list[bytes]) -> bool:
    return not vp8_depayload(payloads[0])[0] & 1  # RFC 6386, 9.1


def test_pictures_survive_and_key_frames_come_only_when_asked_for():
    encoder, decoder = SteadyVp8Encoder(), av.CodecContext.create("libvpx", "r")
    keys = []
    for n in range(12):
        payloads, timestamp = encoder.encode(picture(n), n == 7)
        assert timestamp == n * 3000
        keys.append(is_key_frame(payloads))
        data = b"".join(vp8_depayload(payload) for payload in payloads)
        (decoded,) = decoder.decode(av.Packet(data))
        luma = decoded.reformat(format="gray").to_ndarray()
        assert int(luma[90, n * 5 + 30]) == pytest.approx(210, abs=25)
    assert [n for n, key in enumerate(keys) if key] == [0, 7]


def test_a_calm_picture_does_not_lower_its_own_rate():
    encoder = SteadyVp8Encoder()
    for n in range(60):
        encoder.encode(picture(3 + n % 2))
    used_bps = encoder._used_bps()
    assert used_bps < 400_000
    encoder.target_bitrate = int(used_bps * 1.5)
    assert encoder.target_bitrate == START_BPS
    encoder.target_bitrate = int(used_bps)
    assert encoder.target_bitrate < START_BPS


def test_a_new_size_is_a_key_frame_and_a_small_rate_change_is_not():
    encoder = SteadyVp8Encoder()
    assert is_key_frame(encoder.encode(picture(0))[0])
    encoder.target_bitrate = 1_350_000
    assert not is_key_frame(encoder.encode(picture(1))[0])
    encoder.target_bitrate = 1_000  # less than it sends: a real limit
    assert encoder.target_bitrate == 160_000
    assert is_key_frame(encoder.encode(picture(2))[0])
    assert is_key_frame(encoder.encode(picture(3, 160, 90))[0])


def _announcing(width: int, height: int) -> bytes:
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"\x10\x02\x00\x9d\x01\x2a" + size + bytes(40)


@pytest.mark.parametrize(
    ("data", "reaches_the_decoder"),
    [
        (_announcing(1280, 720), True),
        (_announcing(1920, 1200), True),
        (b"\x11" + _announcing(16383, 16383)[1:], True),  # not a key frame
        (b"\x10", True),
        (_announcing(16383, 16383), False),
        (_announcing(16383, 200), False),
    ],
)
def test_a_key_frame_may_not_announce_more_than_a_screen(data, reaches_the_decoder):
    reached = []
    decoder = BoundedVp8Decoder()
    decoder.codec = SimpleNamespace(decode=lambda p: reached.append(bytes(p)) or [])
    assert decoder.decode(SimpleNamespace(data=data, timestamp=0)) == []
    assert reached == ([data] if reaches_the_decoder else [])


@pytest.mark.parametrize(
    ("limit", "present", "fps"),
    [
        (None, 10, 30),
        (1_000_000, 30, 30),
        (399_999, 30, 15),
        (420_000, 15, 15),  # not clear enough
        (470_000, 15, 30),
        (199_999, 30, 10),
        (210_000, 10, 10),
        (240_000, 10, 15),
    ],
)
def test_a_narrow_line_gets_fewer_pictures(limit, present, fps):
    assert fps_for(limit, present) == fps


def test_a_limit_binds_at_once_and_an_estimate_climbs_no_further():
    encoder = SteadyVp8Encoder()
    encoder.limit(260_000, 15)
    # As good as 520 kbit/s at 30 pictures a second.
    assert encoder.target_bitrate == 490_000
    encoder.target_bitrate = 5_000_000
    assert encoder.target_bitrate == 490_000
    encoder.limit(750_000, 30)
    assert encoder.target_bitrate == 490_000
    encoder.target_bitrate = 5_000_000
    assert encoder.target_bitrate == 610_000
    encoder.limit(None, 30)
    encoder.target_bitrate = 5_000_000
    assert encoder.target_bitrate == 1_500_000


def test_a_key_frame_never_takes_a_narrow_line_for_long():
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 255, (480 * 3 // 2, 640), np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, 90_000)
    encoder = SteadyVp8Encoder()
    encoder.limit(250_000, 15)
    for number in range(4):
        frame.pts = number * 6000
        payloads, _ = encoder.encode(frame, number == 3)
    assert is_key_frame(payloads)
    # Noise cannot be made smaller than the coarsest quantiser makes it; one second
    # of the line is the most that even it may take.
    assert sum(map(len, payloads)) < 250_000 / 8 * 4
