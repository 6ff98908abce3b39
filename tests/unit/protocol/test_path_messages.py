"""Path messages: accepted whole, or refused whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.errors import RemoteProtocolError
from safesession.protocol.path_messages import (
    MAX_CANDIDATES,
    MAX_GENERATION,
    MAX_PATH_BYTES,
    Away,
    PathAnswer,
    PathEnd,
    PathOffer,
    decode_path,
    encode_path,
)


HOST = "4f1c 1 udp 2130706431 192.0.2.7 50000 typ host"
RELAY = "r1 1 udp 16777215 198.51.100.1 3478 typ relay raddr 192.0.2.7 rport 50001"
END = PathEnd("abcd", "p" * 22, (HOST, RELAY))


def body(**changes: object) -> bytes:
    end = {"name": "abcd", "password": "p" * 22, "candidates": [HOST]}
    message = {"t": "path_offer", "generation": 1, "end": end}
    for key, value in changes.items():
        (message if key in message else end)[key] = value
    return json.dumps(message).encode()


@pytest.mark.parametrize("form", [PathOffer, PathAnswer])
@pytest.mark.parametrize("generation", [1, MAX_GENERATION])
def test_messages_come_back_as_they_were(form: type, generation: int) -> None:
    message = form(generation, END)
    assert decode_path(encode_path(message)) == message


@pytest.mark.parametrize("for_ms", [0, 5_000, 900_000])
def test_the_length_of_a_dropout_comes_back_as_it_was(for_ms: int) -> None:
    assert decode_path(encode_path(Away(for_ms))) == Away(for_ms)


@pytest.mark.parametrize("for_ms", ["-1", "900001", "1.5", '"5"', "true", "null"])
def test_no_other_length_is_taken(for_ms: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_path(b'{"t":"away","for_ms":%s}' % for_ms.encode())


def test_the_largest_one_fits_its_padding() -> None:
    longest = " ".join([HOST, "x" * (255 - len(HOST))])
    end = PathEnd("a" * 32, "p" * 64, (longest,) * MAX_CANDIDATES)
    message = PathOffer(MAX_GENERATION, end)
    assert len(encode_path(message)) <= MAX_PATH_BYTES
    assert decode_path(encode_path(message)) == message


@pytest.mark.parametrize(
    "changes",
    [
        {"generation": 0},
        {"generation": MAX_GENERATION + 1},
        {"generation": "1"},
        {"name": "abc"},
        {"name": "a" * 33},
        {"name": "ab:d"},
        {"name": "abcd\n"},
        {"password": "p" * 21},
        {"password": "p" * 65},
        {"password": "p" * 22 + "\n"},
        {"candidates": []},
        {"candidates": [HOST] * (MAX_CANDIDATES + 1)},
        {"candidates": ["x" * 257]},
        {"candidates": [HOST.replace("192.0.2.7", "relay.example.org")]},
        {"candidates": [HOST.replace("192.0.2.7", "a1b2.local")]},
        {"candidates": [HOST.replace("50000", "65536")]},
        {"candidates": [HOST.replace(" 1 ", " 2 ")]},
        {"candidates": [HOST.replace("udp", "tcp")]},
        {"candidates": [HOST + "\n"]},
        {"candidates": [HOST + "\r\na=crypto:1"]},
        {"candidates": [HOST + " raddr ①"]},
        {"candidates": [HOST.replace("host", "elsewhere")]},
        {"candidates": [""]},
        {"t": "path_give"},
        {"fingerprint": "00"},
    ],
)
def test_anything_else_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_path(body(**changes))


def test_what_is_too_long_or_there_twice_is_refused() -> None:
    assert decode_path(body()).generation == 1
    for wrong in (
        body() + b" " * MAX_PATH_BYTES,
        body().replace(b'"generation": 1', b'"generation": 1, "generation": 2'),
        body().replace(b'"name": "abcd"', b'"name": "abcd", "name": "efgh"'),
        b"[" * 2000,
    ):
        with pytest.raises(RemoteProtocolError):
            decode_path(wrong)


@given(st.binary(max_size=300))
def test_bytes_of_anybody_raise_nothing_else(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_path(data)


def test_a_password_is_in_no_repr() -> None:
    assert "p" * 22 not in repr(PathOffer(1, END))
