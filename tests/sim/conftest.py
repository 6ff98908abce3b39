"""Fixtures of the simulations."""

from __future__ import annotations

import pytest

from safesession.crypto.handshake_responder import Responder
from safesession.crypto.handshake_shares import encapsulate_mlkem768


@pytest.fixture
def same_encapsulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one thing the core cannot be given from outside: drawn once per key."""
    drawn: dict[bytes, tuple[bytes, bytes]] = {}

    def encapsulate(public_key: bytes) -> tuple[bytes, bytes]:
        if public_key not in drawn:
            drawn[public_key] = encapsulate_mlkem768(public_key)
        return drawn[public_key]

    defaults = {**Responder.__init__.__kwdefaults__, "encapsulate": encapsulate}
    monkeypatch.setattr(Responder.__init__, "__kwdefaults__", defaults)
