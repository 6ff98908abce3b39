"""Redundant audio payloads: RFC 2198, earlier packets beside the newest.

Pure bytes in and out. Received payloads are accepted whole or refused; a block
of another payload type is skipped, as the RFC demands.
"""

from __future__ import annotations

from dataclasses import dataclass


MAX_BLOCKS = 8
_MAX_AGE_SAMPLES = (1 << 14) - 1
_MAX_BLOCK_BYTES = (1 << 10) - 1
_HEADER_BYTES = 4
_FOLLOWS = 0x80


@dataclass(frozen=True, slots=True)
class Block:
    """An earlier packet, `age_samples` before the one it travels with."""

    age_samples: int
    payload: bytes


def pack(payload_type: int, newest: bytes, earlier: list[Block]) -> bytes:
    """Return one RED payload, oldest block first; what cannot travel is left out."""
    headers, bodies = bytearray(), bytearray()
    for block in sorted(earlier, key=lambda b: b.age_samples, reverse=True):
        fits = (
            0 < block.age_samples <= _MAX_AGE_SAMPLES
            and 0 < len(block.payload) <= _MAX_BLOCK_BYTES
        )
        if fits:
            word = _FOLLOWS << 24 | payload_type << 24
            word |= block.age_samples << 10 | len(block.payload)
            headers += word.to_bytes(_HEADER_BYTES, "big")
            bodies += block.payload
    return bytes(headers) + bytes([payload_type]) + bytes(bodies) + newest


def unpack(payload_type: int, untrusted: bytes) -> tuple[bytes, list[Block]]:
    """Return the newest packet and the earlier ones of our payload type.

    Raises:
        ValueError: malformed or truncated.
    """
    at = 0
    heads: list[tuple[int, int, int]] = []
    while True:
        if at >= len(untrusted):
            raise ValueError("RED header is cut off")
        first = untrusted[at]
        if not first & _FOLLOWS:
            at += 1
            break
        if at + _HEADER_BYTES > len(untrusted) or len(heads) == MAX_BLOCKS:
            raise ValueError("RED header")
        word = int.from_bytes(untrusted[at : at + _HEADER_BYTES], "big")
        heads.append((first & 0x7F, word >> 10 & _MAX_AGE_SAMPLES, word & 0x3FF))
        at += _HEADER_BYTES
    blocks = []
    for kind, age_samples, length in heads:
        if at + length > len(untrusted):
            raise ValueError("RED block is cut off")
        if kind == payload_type and length and age_samples:
            blocks.append(Block(age_samples, untrusted[at : at + length]))
        at += length
    if first != payload_type:
        raise ValueError("RED carries something else")
    return untrusted[at:], blocks
