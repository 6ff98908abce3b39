"""Server messages: round trips, and refusal of everything else."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.errors import RemoteProtocolError
from safesession.protocol import server_messages as wire
from safesession.protocol.server_codec import (
    decode_client_message,
    decode_server_message,
    encode_message,
)


HEX16, HEX32, HEX64 = "ab" * 16, "cd" * 32, "ef" * 64

CLIENT = [
    wire.Hello([1, 2]),
    wire.Auth(HEX16, 1_800_000_000, HEX64),
    wire.Bearer(HEX32),
    wire.Enrol("0" * 26, HEX32, HEX64),
    wire.InviteNew(172_800),
    wire.InviteClose(),
    wire.InviteClose(HEX16),
    wire.InviteList(),
    wire.Open("012345"),
    wire.SeatKeep(3),
    wire.SeatDrop(0),
    wire.Resume(HEX32, str(2**64 - 1)),
    wire.TurnPlease(),
]
SERVER = [
    wire.Welcome([1], HEX32, 1_800_000_000),
    wire.SignedIn(HEX16, HEX32, 43_200),
    wire.Invite("999999", HEX16, 1_800_000_000),
    wire.Invites([wire.InviteEntry(HEX16, 1)]),
    wire.Joined(HEX32, "17", peer=True, attempt=2),
    wire.Peer(present=False, attempt=1),
    wire.Ok("seat.keep"),
    wire.No(),
    wire.No(wait_s=3.5),
    wire.Full(5.0),
    wire.Retry(1.0),
    wire.Turn(["turn:relay.example.org"], "1:ab", "cGFzcw==", 7200),
    wire.Drain(10_000),
]


@pytest.mark.parametrize("message", CLIENT, ids=lambda m: type(m).__name__)
def test_client_messages_survive_the_wire(message) -> None:
    assert decode_client_message(encode_message(message)) == message


@pytest.mark.parametrize(
    "message",
    [m for m in CLIENT if not isinstance(m, wire.TurnPlease)],
    ids=lambda m: type(m).__name__,
)
def test_a_reflected_client_message_is_no_server_message(message) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_server_message(encode_message(message))


@pytest.mark.parametrize("message", SERVER, ids=lambda m: type(m).__name__)
def test_server_messages_survive_the_wire(message) -> None:
    assert decode_server_message(encode_message(message)) == message


def test_the_wire_form_is_the_documented_one() -> None:
    assert json.loads(encode_message(wire.Open("012345"))) == {
        "t": "open",
        "number": "012345",
    }


@pytest.mark.parametrize("message", CLIENT, ids=lambda m: type(m).__name__)
def test_every_unknown_field_and_missing_field_is_refused(message) -> None:
    fields = json.loads(encode_message(message))
    with pytest.raises(RemoteProtocolError):
        decode_client_message(json.dumps(fields | {"admin": 1}).encode())
    for name in set(fields) - {"mailbox"}:
        rest = {key: value for key, value in fields.items() if key != name}
        with pytest.raises(RemoteProtocolError):
            decode_client_message(json.dumps(rest).encode())


@pytest.mark.parametrize("message", CLIENT + SERVER, ids=lambda m: type(m).__name__)
def test_wrong_types_are_refused(message) -> None:
    decode = decode_client_message if message in CLIENT else decode_server_message
    fields = json.loads(encode_message(message))
    for name in set(fields) - {"t"}:
        for wrong in ({"$ne": 1}, [[]], -1, "\u0661" * 6, True):
            free_text = name in ("username", "password") and isinstance(wrong, str)
            if free_text or (wrong is True and isinstance(fields[name], bool)):
                continue
            with pytest.raises(RemoteProtocolError):
                decode(json.dumps(fields | {name: wrong}).encode())


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_arbitrary_bytes_give_a_message_or_a_typed_error(data: bytes) -> None:
    for decode in (decode_client_message, decode_server_message):
        try:
            message = decode(data)
        except RemoteProtocolError:
            continue
        assert isinstance(message, msgspec.Struct)


@given(st.sampled_from(CLIENT + SERVER), st.data())
def test_damaged_messages_never_raise_anything_else(message, data) -> None:
    text = bytearray(encode_message(message))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.integers(0, 255))
    for decode in (decode_client_message, decode_server_message):
        try:
            decode(bytes(text))
        except RemoteProtocolError:
            continue


def test_depth_and_length_are_bounded() -> None:
    for text in (b'{"t":"open","number":' + b"[" * 4000, b" " * 4097, b"[" * 4096):
        with pytest.raises(RemoteProtocolError):
            decode_client_message(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"t":"open","number":"123456","number":"654321"}',
        b'{"t":"open","number":"123456","number":"123456"}',
        b'{"t":"open","number":"123456","n\\u0075mber":"654321"}',
        b'{"t":"open","t":"open","number":"123456"}',
        b'{"t":"invite.close","mailbox":null,"mailbox":null}',
    ],
)
def test_a_field_that_is_there_twice_is_refused(text: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_client_message(text)


def test_a_doubled_field_deeper_down_is_refused() -> None:
    entry = b'{"mailbox":"%s","exp":1,"exp":2}' % HEX16.encode()
    with pytest.raises(RemoteProtocolError):
        decode_server_message(b'{"t":"invites","invites":[%s]}' % entry)


@pytest.mark.parametrize(
    "value",
    [
        b"1.0",
        b"1e2",
        b"-0.0",
        b"1e400",
        b"9" * 3000,
        b"NaN",
        b"Infinity",
        b"01",
        b'"1"',
    ],
)
def test_only_plain_small_integers_count(value: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_client_message(b'{"t":"seat.keep","attempt":%s}' % value)


@pytest.mark.parametrize(
    "text",
    [
        b'\xef\xbb\xbf{"t":"turn"}',  # a byte order mark
        '{"t":"turn"}'.encode("utf-16"),
        b'{"t":"turn"}{"t":"turn"}',
        b'{"t":"turn",}',
        b'{"t":"turn","\\ud800":1}',
        b'{"t":"open","number":"\\ud800"}',
        b'{"t":"open","number":"\xed\xa0\x80"}',
        b'["turn"]',
        b'"turn"',
        b"null",
    ],
)
def test_what_is_not_one_plain_object_is_refused(text: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_client_message(text)


def test_an_error_never_quotes_its_input() -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_client_message(b'{"t":"open","number":"secret-canary"}')
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__
