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


def test_turn_over_tcp_alone_gives_no_stun() -> None:
    turns = "turns:relay.example.org:443?transport=tcp"
    assert servers(turns) == [[turns]]
