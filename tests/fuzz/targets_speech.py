"""Fuzz targets: what the other person's program sends as speech."""

from __future__ import annotations

import math
from functools import cache

from tests.fuzz.catalogue import target

from safesession.engine.media.voice.loss import LossReport
from safesession.engine.media.voice.opus import RATE_HZ, OpusDecoder, OpusEncoder
from safesession.engine.media.voice.playout import BLOCK, Playout
from safesession.engine.media.voice.red import Block, pack, unpack


PAYLOAD_TYPE = 96
HEAD_BYTES = 6  # of a record: timestamp and length


@cache
def _packets() -> tuple[bytes, ...]:
    encoder = OpusEncoder()
    return tuple(encoder.encode(bytes([n, 3]) * 960) for n in range(4))


def _redundant() -> tuple[bytes, ...]:
    first, second, third, fourth = _packets()
    earlier = [Block(960, third), Block(1920, second), Block(2880, first)]
    return tuple(pack(PAYLOAD_TYPE, fourth, earlier[:n]) for n in range(4))


@target("speech_redundancy", _redundant)
def speech_redundancy(data: bytes) -> None:
    try:
        newest, earlier = unpack(PAYLOAD_TYPE, data)
    except ValueError:
        return
    assert len(newest) + sum(len(block.payload) for block in earlier) < len(data)
    again = unpack(PAYLOAD_TYPE, pack(PAYLOAD_TYPE, newest, earlier))
    by_age = sorted(earlier, key=lambda b: b.age_samples, reverse=True)
    assert again == (newest, by_age)


def _streams() -> tuple[bytes, ...]:
    def record(timestamp: int, payload: bytes) -> bytes:
        head = timestamp.to_bytes(4, "big") + len(payload).to_bytes(2, "big")
        return head + payload

    redundant = _redundant()
    regular = [record(960 * n, redundant[n % 4]) for n in range(8)]
    holes = [record(960 * n, redundant[3]) for n in (0, 1, 2, 6, 5, 40)]
    wraps = [record((2**32 - 1920 + 960 * n) % 2**32, redundant[1]) for n in range(6)]
    return tuple(b"".join(records) for records in (regular, holes, wraps))


@target("speech_playout", _streams, weight=3)
def speech_playout(data: bytes) -> None:
    """Packets at any time, of any content; the loudspeaker asks after each."""
    playout, now_s = Playout(OpusDecoder()), 0.0
    while len(data) > HEAD_BYTES:
        timestamp = int.from_bytes(data[:4], "big")
        end = HEAD_BYTES + int.from_bytes(data[4:HEAD_BYTES], "big")
        payload, data = data[HEAD_BYTES:end], data[end:]
        now_s += BLOCK / RATE_HZ
        try:
            newest, earlier = unpack(PAYLOAD_TYPE, payload)
        except ValueError:
            continue
        playout.push(timestamp, newest, earlier, now_s)
        assert len(playout.pull()) == BLOCK
        assert math.isfinite(playout.target_ms)
    for _ in range(4):
        assert len(playout.pull()) == BLOCK


@target("speech_report", lambda: (LossReport(0.1, 1.5, 20).to_bytes(),))
def speech_report(data: bytes) -> None:
    try:
        report = LossReport.parse(data)
    except ValueError:
        return
    assert 0 <= report.loss_share <= 1
    assert math.isfinite(report.burst_packets)
    assert LossReport.parse(report.to_bytes()) == report
