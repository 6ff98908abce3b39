"""The derivation has a price, and the price has two bounds."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from safesession.crypto.argon2 import (
    DEFAULT,
    LEAST,
    MOST,
    Argon2Cost,
    Argon2CostError,
    derive,
    passphrase_bytes,
)
from safesession.errors import LocalProtocolError


def test_a_second_implementation_agrees() -> None:
    salt, secret = b"somesalt00000000", "correct horse 电池".encode()
    other = Argon2id(
        salt=salt, length=32, iterations=3, lanes=1, memory_cost=LEAST.memory_kib
    )
    assert derive(secret, salt, LEAST) == other.derive(secret)
    assert derive(secret, salt[::-1], LEAST) != derive(secret, salt, LEAST)


@pytest.mark.parametrize(
    "cost",
    [
        Argon2Cost(LEAST.memory_kib - 1, 3),
        Argon2Cost(MOST.memory_kib + 1, 3),
        Argon2Cost(2**40, 3),
        Argon2Cost(-1, 3),
        Argon2Cost(DEFAULT.memory_kib, 2),
        Argon2Cost(DEFAULT.memory_kib, 11),
        Argon2Cost(DEFAULT.memory_kib, 2**31),
    ],
)
def test_an_impossible_price_is_refused_before_any_work(cost) -> None:
    began = time.monotonic()
    with pytest.raises(Argon2CostError):
        derive(b"x", bytes(16), cost)
    assert time.monotonic() - began < 0.02


def test_one_visible_text_is_one_passphrase() -> None:
    assert passphrase_bytes("Ｓeven é") == passphrase_bytes("Seven e\u0301")
    assert passphrase_bytes("a") != passphrase_bytes("A")
    assert passphrase_bytes("蓝色小象") != passphrase_bytes("蓝色 小象")


@pytest.mark.parametrize("text", ["", "x" * 5000])
def test_no_passphrase_is_empty_or_endless(text) -> None:
    with pytest.raises(LocalProtocolError):
        passphrase_bytes(text)
