"""What people and links call a server becomes one address."""

from __future__ import annotations

import pytest

from safesession.engine.server_address import server_address
from safesession.errors import LocalProtocolError


@pytest.mark.parametrize(
    ("server", "origin", "url"),
    [
        (
            "relay.example.org",
            "https://relay.example.org",
            "wss://relay.example.org/ws",
        ),
        ("relay.example.org:443", "https://relay.example.org", None),
        ("relay.example.org:8443", "https://relay.example.org:8443", None),
        ("127.0.0.1:8470", "http://127.0.0.1:8470", "ws://127.0.0.1:8470/ws"),
        ("localhost:80", "http://localhost", None),
        ("[::1]:8470", "http://[::1]:8470", "ws://[::1]:8470/ws"),
        ("http://10.0.0.5:8470", "http://10.0.0.5:8470", None),
        ("HTTPS://Relay.Example.org/", "https://relay.example.org", None),
    ],
)
def test_addresses_become_origins(server: str, origin: str, url: str | None) -> None:
    address = server_address(server)
    assert address.origin == origin
    assert url is None or address.websocket_url == url


@pytest.mark.parametrize(
    "server",
    [
        "",
        "http://",
        "ftp://a",
        "a:port",
        "a:99999",
        "a/path",
        "u:p@a",
        "a?b=c",
        "[::1",
        "a#b",
    ],
)
def test_what_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(LocalProtocolError):
        server_address(server)


@pytest.mark.parametrize(
    "odd",
    ["h\x1c:", ":1[::1]@@h]", "ho st", "h\u2029", "h\u202eo", "h\x85:1", "\ud800"],
)
def test_an_address_has_no_spaces_and_nothing_invisible(odd):
    with pytest.raises(LocalProtocolError):
        server_address(f"{odd}.example")
