"""Untrusted text of server or client to typed messages, and back.

Pure. Whatever does not decode is a RemoteProtocolError without the input in it.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from safesession.errors import RemoteProtocolError
from safesession.protocol.server_messages import (
    MAX_TEXT_BYTES,
    ClientMessage,
    ServerMessage,
)
from safesession.protocol.strict_json import refuse_doubled_fields


_T = TypeVar("_T")
_client_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(
    ClientMessage
)
_server_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(
    ServerMessage
)
_encoder = msgspec.json.Encoder()


def encode_message(message: ClientMessage | ServerMessage) -> bytes:
    """Return the message as UTF-8 JSON."""
    return _encoder.encode(message)


def decode_client_message(untrusted_text: bytes) -> ClientMessage:
    """Return what a client said.

    Raises:
        RemoteProtocolError: too long, not JSON, unknown tag or field, wrong type.
    """
    return _decode(_client_decoder, untrusted_text)


def decode_server_message(untrusted_text: bytes) -> ServerMessage:
    """Return what the server said.

    Raises:
        RemoteProtocolError: too long, not JSON, unknown tag or field, wrong type.
    """
    return _decode(_server_decoder, untrusted_text)


def _decode(decoder: msgspec.json.Decoder[_T], untrusted_text: bytes) -> _T:
    if len(untrusted_text) > MAX_TEXT_BYTES:
        raise RemoteProtocolError("text message too long")
    try:
        message = decoder.decode(untrusted_text)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        # Not chained: the cause may quote the input.
        raise RemoteProtocolError("text message does not decode") from None
    refuse_doubled_fields(untrusted_text)
    return message
