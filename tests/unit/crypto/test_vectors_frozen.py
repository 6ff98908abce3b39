"""The wire format and key schedule as frozen once, byte for byte."""

import json

import pytest
from tests.unit.crypto import make_vectors

from safesession.crypto.handshake import Mode


FROZEN = json.loads(make_vectors.PATH.read_text(encoding="utf-8"))


@pytest.mark.parametrize("mode", Mode)
def test_handshake_is_as_frozen(mode):
    frozen = FROZEN[mode.name]
    assert make_vectors.handshake_vector(mode, frozen) == frozen


def test_uses_of_the_keys_are_as_frozen():
    assert make_vectors.use_vector() == FROZEN["USE"]
