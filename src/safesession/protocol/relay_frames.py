"""Binary frames between a client and the relay: header and opaque body.

Pure. `kind u8 | id u64 | ack u64 | body`, big-endian, at most 64 KiB in all. The
header belongs to the server; the body is sealed between the two people and must
never be looked into here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

from safesession.errors import RemoteProtocolError


MAX_FRAME_BYTES = 65_536
_HEADER = struct.Struct("!BQQ")
HEADER_BYTES = _HEADER.size
MAX_BODY_BYTES = MAX_FRAME_BYTES - HEADER_BYTES
# Ids keep one second's worth of room so that a floor can always be exceeded.
MAX_ID = (1 << 64) - (1 << 32) - 1


class RelayKind(IntEnum):
    """What a frame is."""

    ENVELOPE = 1  # id, body; ack = newest id received (client to server) or accepted
    ACK = 3  # client to server: received everything up to `ack`
    ACCEPTED = 4  # server to client: everything up to `ack` may be forgotten


@dataclass(frozen=True, slots=True)
class RelayFrame:
    """One decoded frame. `body` is empty except for ENVELOPE."""

    kind: RelayKind
    id: int = 0
    ack: int = 0
    body: bytes = field(default=b"", repr=False)


_KINDS = {int(kind): kind for kind in RelayKind}


def encode_frame(frame: RelayFrame) -> bytes:
    """Return the frame's bytes."""
    return _HEADER.pack(frame.kind, frame.id, frame.ack) + frame.body


def decode_frame(untrusted_frame: bytes) -> RelayFrame:
    """Return the typed frame.

    Raises:
        RemoteProtocolError: unknown kind, wrong length, or an id out of range.
    """
    if not HEADER_BYTES <= len(untrusted_frame) <= MAX_FRAME_BYTES:
        raise RemoteProtocolError("frame length")
    kind_value, id_, ack = _HEADER.unpack_from(untrusted_frame)
    kind = _KINDS.get(kind_value)
    if kind is None:
        raise RemoteProtocolError("frame kind")
    if id_ > MAX_ID or ack > MAX_ID:
        raise RemoteProtocolError("frame id")
    body = untrusted_frame[HEADER_BYTES:]
    if (kind is RelayKind.ENVELOPE) != (id_ > 0) or (
        body and kind is not RelayKind.ENVELOPE
    ):
        raise RemoteProtocolError("frame shape")
    return RelayFrame(kind, id_, ack, body)


ENVELOPE_KIND = int(RelayKind.ENVELOPE)
ACK_KIND = int(RelayKind.ACK)
ACCEPTED_KIND = int(RelayKind.ACCEPTED)
unpack_header = _HEADER.unpack_from


def parse_id(untrusted_decimal: str) -> int:
    """Return an envelope id that came as decimal text of a typed message.

    Raises:
        RemoteProtocolError: out of range.
    """
    value = int(untrusted_decimal)
    if value > MAX_ID:
        raise RemoteProtocolError("id out of range")
    return value
