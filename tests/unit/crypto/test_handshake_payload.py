"""Names and versions inside the handshake: exact or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.crypto.handshake_payload import (
    HandshakePayload,
    PayloadError,
    is_display_name,
)
from safesession.crypto.handshake_schedule import MAX_PAYLOAD_BYTES
from safesession.errors import LocalProtocolError


@pytest.mark.parametrize(
    "name", ["", "Li Lei", "李雷", "𠮷野家", "ن\u200cا", "👩\u200d🎓", "字" * 60]
)
def test_names_of_many_scripts_travel(name):
    payload = HandshakePayload(name, "0.1.0+build")
    data = payload.to_bytes()
    assert len(data) <= MAX_PAYLOAD_BYTES
    assert HandshakePayload.parse(data) == payload
    assert name == "" or name not in repr(payload)


@pytest.mark.parametrize(
    "name",
    [
        "a\n",
        "\x00",
        "\x7f",
        "\x9b",
        "\u202eevil",
        "\u2028",
        "\ud800",
        "\ue000",
        "x" * 61,
    ],
)
def test_control_characters_and_long_names_do_not(name):
    assert not is_display_name(name)
    with pytest.raises(LocalProtocolError):
        HandshakePayload(name, "1").to_bytes()
    raw = name.encode("utf-8", "surrogatepass")
    with pytest.raises(PayloadError):
        HandshakePayload.parse(bytes([1, len(raw)]) + raw + b"\x011")


@pytest.mark.parametrize("version", ["1 2", "é", "\t", "v" * 33])
def test_a_strange_version_does_not(version):
    with pytest.raises(LocalProtocolError):
        HandshakePayload("a", version).to_bytes()
    raw = version.encode()
    with pytest.raises(PayloadError):
        HandshakePayload.parse(b"\x01\x01a" + bytes([len(raw)]) + raw)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x00\x00\x00",
        b"\x02\x01a\x011",
        b"\x01\x02a",
        b"\x01\x01a\x02",
        b"\x01\x01a\x011x",
        b"\x01\x01\xff\x011",
        b"\x01\x02\xc0\x80\x011",
        b"\x01\x01a\x011" + bytes(500),
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(PayloadError):
        HandshakePayload.parse(data)


@given(st.binary(max_size=60), st.booleans())
def test_the_parser_raises_only_its_error(data, headed):
    data = b"\x01" * headed + data
    try:
        payload = HandshakePayload.parse(data)
    except PayloadError:
        return
    assert payload.to_bytes() == data
