"""The data channel's association, so that an authenticated peer cannot misuse it.

Like `seams`, this module reaches into aiortc, which trusts the lengths in SCTP: it
would loop for ever over one, keep unfinished messages without limit, and go on
after an error with its state half changed. Nothing here may keep such an
association alive.
"""

from __future__ import annotations

import struct
from typing import Any

import aiortc.rtcpeerconnection
import aiortc.rtcsctptransport
from aiortc.rtcsctptransport import RTCSctpTransport, padl


_HEADER = struct.Struct("!HH")


class BoundedSctpTransport(RTCSctpTransport):
    """An association that ends at what breaks it, and keeps no more than it offers."""

    async def _handle_data(self, data: bytes) -> None:
        try:
            await super()._handle_data(data)
        except Exception as error:
            raise ConnectionError("malformed association") from error
        if self._advertised_rwnd < 0:
            raise ConnectionError("more than was offered to receive")
        if data[12:13] == b"\0":  # RFC 9260: after the header, a chunk of type DATA
            self.transport.on_channel_data()  # type: ignore[attr-defined]


def decode_params(untrusted: bytes) -> list[tuple[int, bytes]]:
    """Return the parameters of a chunk (RFC 9260 section 3.2.1).

    Raises:
        ValueError: a length is shorter than its own header or longer than the chunk.
    """
    params = []
    at = 0
    while at <= len(untrusted) - _HEADER.size:
        kind, length = _HEADER.unpack_from(untrusted, at)
        if length < _HEADER.size or at + length > len(untrusted):
            raise ValueError("SCTP parameter length")
        params.append((kind, untrusted[at + _HEADER.size : at + length]))
        at += length + padl(length)
    return params


def install() -> None:
    """Let every association be of this kind (after `seams.check`)."""
    users: Any = aiortc.rtcpeerconnection
    users.RTCSctpTransport = BoundedSctpTransport
    parser: Any = aiortc.rtcsctptransport
    parser.decode_params = decode_params
