"""The other person's program sends what no WebRTC endpoint sends, rightly sealed.

Whatever reaches aiortc after decryption: our link goes on, or it is lost with a
reason the session has a sentence for. It never hangs and never eats the memory.
"""

from __future__ import annotations

import asyncio
import struct

import pytest
from aiortc import clock
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import (
    SCTP_DATA_FIRST_FRAG,
    DataChunk,
    crc32c,
    serialize_packet,
)
from tests.fuzz.mutate import mutated
from tests.integration.peer_pair import Pair, Side

from safesession.core.inputs import PeerConnectionLost


MEDIA_SEEDS = (
    b"\x80\x60" + bytes(range(10)) + b"\x10" + bytes(40),  # RTP, VP8 payload
    b"\x90\xe0" + bytes(10) + b"\xbe\xde\x00\x01\x12abc" + bytes(20),  # extension
    b"\x80\xc8\x00\x06" + bytes(24),  # sender report
    b"\x81\xc9\x00\x07" + bytes(28),  # receiver report
    b"\x81\xcd\x00\x03" + bytes(12),  # NACK
    b"\x8f\xce\x00\x05" + bytes(8) + b"REMB\x01\x00\x00\x00" + bytes(4),
    b"\x81\xcb\x00\x01" + bytes(4),  # goodbye
)


async def _met(pair: Pair) -> None:
    pair.feed()
    pair.connect()
    await pair.opened()
    pair.open_gates()
    await pair.b.until(lambda: pair.b.decoded["video"] > 3)


async def _still_talks(pair: Pair) -> None:
    pair.a.peer._link.send(b"\x05 still there")
    await pair.b.until(lambda: b"\x05 still there" in pair.b.received)
    assert not pair.b.all(PeerConnectionLost)


def _dtls(side: Side):
    return side.peer._link._dtls


def _association(side: Side):
    return side.peer._link._connection.sctp


def _packet(pair: Pair, chunk: DataChunk) -> bytes:
    tag = _association(pair.a)._remote_verification_tag
    return serialize_packet(5000, 5000, tag, chunk)


async def test_a_media_packet_that_breaks_the_parser_is_dropped():
    async with Pair() as pair:
        await _met(pair)
        ids = _dtls(pair.b)._rtp_header_extensions_map
        sent_at = ids._HeaderExtensionsMap__ids.abs_send_time
        # One byte where three belong raises struct.error out of aiortc's parser.
        extension = b"\xbe\xde\x00\x01" + bytes([sent_at << 4, 1, 0, 0])
        broken = b"\x90\x60" + bytes(10) + extension + bytes(20)
        for _ in range(3):
            await RTCDtlsTransport._send_rtp(_dtls(pair.a), broken)
        await pair.b.until(lambda: _dtls(pair.b).malformed_in >= 1)
        before = pair.b.decoded["video"]
        await pair.b.until(lambda: pair.b.decoded["video"] > before + 3)
        await _still_talks(pair)


async def test_no_media_packet_raises_or_stops_the_line(rng, profile):
    async with Pair() as pair:
        await _met(pair)
        mine = _dtls(pair.b)
        for number in range(profile.count(ci=1500, soak=100_000)):
            data = mutated(rng, MEDIA_SEEDS)
            if len(data) >= 12:
                await mine._handle_rtp_data(data, clock.current_ms())
            await mine._handle_rtcp_data(data)
            if number % 200 == 0:
                await asyncio.sleep(0)
        await _still_talks(pair)


async def test_a_clock_that_steps_does_not_stop_the_line(monkeypatch):
    async with Pair() as pair:
        await _met(pair)
        real = clock.current_ms
        monkeypatch.setattr(clock, "current_ms", lambda: real() + 86_400_000 * 3650)
        before = pair.b.decoded["video"]
        await pair.b.until(lambda: pair.b.decoded["video"] > before + 10, limit_s=5)
        await _still_talks(pair)


async def test_a_broken_association_is_a_loss_not_a_hang():
    async with Pair() as pair:
        await _met(pair)
        tsn = _association(pair.a)._local_tsn
        chunk = DataChunk(flags=3)
        chunk.tsn, chunk.stream_id, chunk.stream_seq = tsn, 1, 1
        chunk.protocol = 50  # opens the channel that is open already
        label = b"ss1"
        chunk.user_data = struct.pack("!BBHLHH", 3, 0, 0, 0, len(label), 0) + label
        await _dtls(pair.a)._send_data(_packet(pair, chunk))
        assert await pair.b.lost() == "closed"


async def test_unfinished_messages_do_not_eat_the_memory():
    async with Pair() as pair:
        await _met(pair)
        tsn = _association(pair.a)._local_tsn
        for number in range(2000):
            chunk = DataChunk(flags=SCTP_DATA_FIRST_FRAG if number == 0 else 0)
            chunk.tsn = (tsn + number) % 2**32
            chunk.stream_id, chunk.stream_seq, chunk.protocol = 1, 1, 53
            chunk.user_data = bytes(1100)
            if pair.b.all(PeerConnectionLost) or _dtls(pair.a).state != "connected":
                break
            await _dtls(pair.a)._send_data(_packet(pair, chunk))
            if number % 20 == 0:
                await asyncio.sleep(0.005)
        assert await pair.b.lost() == "closed"


@pytest.mark.parametrize("length", [0, 1, 3, 200])
@pytest.mark.parametrize("kind", [1, 9, 130])
async def test_a_parameter_of_a_false_length_is_dropped(kind, length):
    """aiortc would loop for ever over one of length 0, and keep each round's copy."""
    async with Pair() as pair:
        await _met(pair)
        association = _association(pair.b)
        fixed = bytes(16) if kind == 1 else b""
        param = struct.pack("!HH", 0x8002, length) + bytes(4)
        chunk = struct.pack("!BBH", kind, 0, 4 + len(fixed + param)) + fixed + param
        tag = 0 if kind == 1 else association._local_verification_tag
        head = struct.pack("!HHL", 5000, 5000, tag)
        sum_ = struct.pack("<L", crc32c(head + bytes(4) + chunk))
        await _dtls(pair.a)._send_data(head + sum_ + chunk)
        await _still_talks(pair)


@pytest.mark.parametrize("seed_name", ["data", "sack", "forward", "init", "reset"])
async def test_no_association_packet_hangs_the_line(seed_name, rng, profile):
    """Any packet is taken, dropped, or ends the connection; nothing else."""
    seeds = {
        "data": b"\x00\x03\x00\x18" + bytes(8) + b"\x00\x00\x00\x35" + bytes(8),
        "sack": b"\x03\x00\x00\x14"
        + bytes(4)
        + b"\x00\x10\x00\x00\x00\x01\x00\x00"
        + bytes(4),
        "forward": b"\xc0\x00\x00\x0c" + bytes(8),
        "init": b"\x01\x00\x00\x14" + bytes(range(16)),
        "reset": b"\x82\x00\x00\x18\x00\x0d\x00\x14" + bytes(16),
    }
    async with Pair() as pair:
        await _met(pair)
        association = _association(pair.b)
        for _ in range(profile.count(ci=100, soak=5_000)):
            body = mutated(rng, (seeds[seed_name],))
            tag = 0 if body[:1] == b"\x01" else association._local_verification_tag
            head = struct.pack("!HHL", 5000, 5000, tag)
            sum_ = struct.pack("<L", crc32c(head + bytes(4) + body))
            try:
                async with asyncio.timeout(5):
                    await association._handle_data(head + sum_ + body)
            except ConnectionError:
                break
