"""The frozen vectors, recomputed by the second implementation, byte for byte."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from nacl import bindings
from tests.unit.crypto import second_implementation as second
from tests.unit.crypto import second_mlkem


FOLDER = Path(__file__).parent
FROZEN = json.loads((FOLDER / "vectors" / "suite_ss1.json").read_text("utf-8"))


@pytest.mark.parametrize("mode", ["PAIR", "SESSION", "RESUME"])
def test_the_handshake_is_the_frozen_one(mode) -> None:
    assert second.handshake(mode, FROZEN[mode]) == FROZEN[mode]


def test_the_uses_of_the_keys_are_the_frozen_ones() -> None:
    assert second.uses() == FROZEN["USE"]


def test_nothing_frozen_is_left_out() -> None:
    assert set(FROZEN) == {"PAIR", "SESSION", "RESUME", "USE"}


@pytest.mark.parametrize("module", [second, second_mlkem])
def test_it_shares_no_code_with_the_product(module) -> None:
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    names = [
        name
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    ]
    assert names
    assert not [name for name in names if name.startswith("safesession")]


def test_a_forged_kem_ciphertext_gives_an_unrelated_secret() -> None:
    public, secret = second_mlkem.keygen(bytes(32), bytes(range(32)))
    assert len(public) == 1184
    forged = second_mlkem.decapsulate(secret, bytes(1088))
    assert forged == second_mlkem.decapsulate(secret, bytes(1088))
    assert forged != second_mlkem.decapsulate(secret, bytes(1087) + b"\1")


def test_the_ladder_in_integers_is_x25519() -> None:
    for seed in range(4):
        drawn = second.Randomness(seed)
        scalar, share = drawn(32), drawn(32)
        expected = bindings.crypto_scalarmult(scalar, share)
        assert second.x25519(scalar, second.u_of(share)) == expected
