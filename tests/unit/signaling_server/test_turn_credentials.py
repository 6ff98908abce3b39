"""TURN credentials: time-limited, and none without a secret."""

from __future__ import annotations

import base64
import hashlib
import hmac

from safesession.signaling_server.turn_credentials import TurnConfig, issue_turn


def test_coturn_would_compute_the_same_password() -> None:
    config = TurnConfig(("turn:relay.example.org:3478",), b"shared", 7200)
    turn = issue_turn(config, 1_000, bytes)
    assert turn.username == "8200:" + "00" * 8
    digest = hmac.new(b"shared", turn.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(turn.password) == digest
    assert (turn.urls, turn.ttl) == (["turn:relay.example.org:3478"], 7200)


def test_without_a_turn_server_the_answer_is_empty() -> None:
    assert issue_turn(TurnConfig(), 0, bytes).urls == []
    assert issue_turn(TurnConfig(("turn:a",)), 0, bytes).urls == []


def test_the_secret_is_not_in_the_repr() -> None:
    assert "canary" not in repr(TurnConfig(("turn:a",), b"canary"))
