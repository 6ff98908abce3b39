"""Binary relay frames: packed, split, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.errors import RemoteProtocolError
from safesession.protocol.relay_frames import (
    MAX_BODY_BYTES,
    MAX_FRAME_BYTES,
    MAX_ID,
    RelayFrame,
    RelayKind,
    decode_frame,
    encode_frame,
)


def test_the_wire_form_is_the_documented_one() -> None:
    frame = RelayFrame(RelayKind.ENVELOPE, 0x0102, 3, b"xy")
    wire = b"\x01" + b"\0" * 6 + b"\x01\x02" + b"\0" * 7 + b"\x03" + b"xy"
    assert encode_frame(frame) == wire
    assert decode_frame(wire) == frame


@given(st.integers(1, MAX_ID), st.integers(0, MAX_ID), st.binary(max_size=300))
def test_envelopes_survive_the_wire(id_: int, ack: int, body: bytes) -> None:
    frame = RelayFrame(RelayKind.ENVELOPE, id_, ack, body)
    assert decode_frame(encode_frame(frame)) == frame


@pytest.mark.parametrize("kind", [RelayKind.ACK, RelayKind.ACCEPTED])
def test_acknowledgements_carry_nothing_else(kind: RelayKind) -> None:
    assert decode_frame(encode_frame(RelayFrame(kind, ack=9))).ack == 9
    for wrong in (RelayFrame(kind, id=1, ack=9), RelayFrame(kind, ack=9, body=b"x")):
        with pytest.raises(RemoteProtocolError):
            decode_frame(encode_frame(wrong))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        encode_frame(RelayFrame(RelayKind.ENVELOPE, 1))[:-1],
        encode_frame(RelayFrame(RelayKind.ENVELOPE, 0, 0, b"x")),
        encode_frame(RelayFrame(RelayKind.ENVELOPE, MAX_ID + 1)),
        encode_frame(RelayFrame(RelayKind.ACK, 0, MAX_ID + 1)),
        b"\x02" + bytes(16),
        bytes(17),
        encode_frame(RelayFrame(RelayKind.ENVELOPE, 1, 0, bytes(MAX_BODY_BYTES + 1))),
    ],
)
def test_malformed_frames_are_refused(frame: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_frame(frame)


def test_the_largest_body_fits_exactly() -> None:
    frame = encode_frame(RelayFrame(RelayKind.ENVELOPE, 1, 0, bytes(MAX_BODY_BYTES)))
    assert len(frame) == MAX_FRAME_BYTES
    assert decode_frame(frame).id == 1


@given(st.binary(max_size=64))
def test_arbitrary_bytes_give_a_frame_or_a_typed_error(data: bytes) -> None:
    try:
        frame = decode_frame(data)
    except RemoteProtocolError:
        return
    assert encode_frame(frame) == data


def test_a_frame_hides_its_body() -> None:
    assert "canary" not in repr(RelayFrame(RelayKind.ENVELOPE, 1, 0, b"canary"))
