"""Fuzz targets: what we read ourselves of pictures, the data channel and relay addresses.

The libraries' own parsers are met by `tests/integration/test_hostile_peer.py`, which
feeds a living connection.
"""

from __future__ import annotations

import struct
from contextlib import suppress

from aiortc.rtcicetransport import parse_stun_turn_uri
from tests.fuzz.catalogue import as_text, target

from safesession.engine.media import vp8
from safesession.engine.media.voice import opus
from safesession.engine.peer import association, ice_servers, pictures
from safesession.signaling_server.masking import MaskWatch


def _vp8() -> tuple[bytes, ...]:
    head = b"\x10\x02\x00\x9d\x01\x2a"
    sizes = [(640, 360), (1920, 1200), (16383, 16383)]
    frames = [head + struct.pack("<HH", *size) + bytes(20) for size in sizes]
    return (
        *frames,
        *(b"\x10" + frame for frame in frames),
        b"\x90\x80\x01" + frames[0],
    )


@target("vp8_payload", _vp8)
def vp8_payload(data: bytes) -> None:
    pictures.starts_key_frame(data)
    pixels = vp8._announced_pixels(data)
    assert 0 <= pixels <= 0x3FFF**2
    if len(data) < 10 or data[0] & 1:
        assert pixels == 0


def _packets() -> tuple[bytes, ...]:
    encoder = opus.OpusEncoder()
    return tuple(encoder.encode(bytes([n, 3]) * 960) for n in range(3))


@target("opus_packet", _packets, weight=6)
def opus_packet(data: bytes) -> None:
    opus.has_copy(data)
    try:
        samples = opus.packet_samples(data)
    except ValueError:
        return
    assert 0 < samples <= opus.MAX_PACKET_SAMPLES
    decoder = opus.OpusDecoder()
    with suppress(ValueError):
        assert len(decoder.decode(data)) == samples
    with suppress(ValueError):
        assert len(decoder.recover(data, 960)) <= 960


def _params() -> tuple[bytes, ...]:
    two = struct.pack("!HHI", 0xC000, 8, 7) + struct.pack("!HH", 0x8008, 5) + b"\x82"
    return (two, two + bytes(3), struct.pack("!HH", 7, 0))


@target("sctp_params", _params)
def sctp_params(data: bytes) -> None:
    try:
        params = association.decode_params(data)
    except ValueError:
        return
    assert sum(4 + len(value) for _, value in params) <= len(data)


def _relay_addresses() -> tuple[bytes, ...]:
    urls = ("turn:t.example.org:3478", "turns:t.example.org?transport=tcp", "stun:a.b")
    other_digits = "turn:t.example.org:3\N{MATHEMATICAL BOLD DIGIT NINE}78"
    return ("\n".join(urls).encode(), *(url.encode() for url in (*urls, other_digits)))


@target("relay_addresses", _relay_addresses)
def relay_addresses(data: bytes) -> None:
    """Those that are kept, aiortc can read; the others are left out, not an error."""
    for server in ice_servers.ice_servers(as_text(data).split("\n"), "u", "p"):
        for url in server.urls:
            assert parse_stun_turn_uri(url)["host"]


def _masked_frames() -> tuple[bytes, ...]:
    mask = b"mask"
    short = b"\x81\x85" + mask + b"hello"
    longer = b"\x82\xfe\x01\x00" + mask + bytes(256)
    longest = b"\x82\xff" + (300).to_bytes(8, "big") + mask + bytes(300)
    return (short, short + longer, longest, b"\x81\x05hello")


@target("websocket_masks", _masked_frames)
def websocket_masks(data: bytes) -> None:
    """However the bytes are cut into pieces, the answer is the same."""
    whole, bytewise = MaskWatch(), MaskWatch()
    said = whole.masked(data)
    pieces = all(bytewise.masked(data[at : at + 1]) for at in range(len(data)))
    assert said == pieces
    assert whole.frames == bytewise.frames
