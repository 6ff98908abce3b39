"""Which ICE servers a connection asks: only what our own server named."""

from __future__ import annotations

import pytest

from safesession.core.effects import OpenPeerConnection
from safesession.engine.peer.link import _configuration


def servers(*urls: str) -> list[list[str]]:
    effect = OpenPeerConnection(0, True, bytes(64), urls, "user", "password")
    return [list(server.urls) for server in _configuration(effect).iceServers]


def test_without_turn_nobody_is_asked() -> None:
    assert servers() == []


@pytest.mark.parametrize("suffix", ["", "?transport=udp"])
def test_a_turn_server_on_udp_is_asked_for_our_address_too(suffix: str) -> None:
    turn = f"turn:relay.example.org:3478{suffix}"
    assert servers(turn) == [["stun:relay.example.org:3478"], [turn]]


@pytest.mark.parametrize(
    "bad",
    [
        "turn:",
        "stun:",
        "turn:a:b:c",
        "turn:[::1",
        "turn:127.0.0.1:0",
        "turn:127.0.0.1:99999",
        "stun:127.0.0.1:99999",
        "stun:127.0.0.1:-1",
        "turn:relay.example.org:1e3",
        "turn:relay.example.org?transport=sctp",
        "turns:relay.example.org?transport=udp",
        "stun:relay.example.org?transport=udp",
        "turn:*",
        "turn:..:3478",
        "turn:" + "a" * 64 + ".example",
        "turn:%00",
        "http://relay.example.org",
    ],
)
def test_what_is_no_address_is_left_out(bad: str) -> None:
    """aiortc raises at some of them, or hangs, or raises behind our back."""
    good = "turns:relay.example.org:443?transport=tcp"
    assert servers(bad) == []
    assert servers(bad, good) == [[good]]


def test_turn_over_tcp_alone_gives_no_stun() -> None:
    turns = "turns:relay.example.org:443?transport=tcp"
    assert servers(turns) == [[turns]]
