"""Server tokens and their keyed hash."""

from tests.unit.crypto import kit

from safesession.crypto.crockford import is_128_bits
from safesession.crypto.tokens import hash_token, make_token


def test_tokens_are_128_bits_and_differ():
    entropy = kit.SeededEntropy("tokens")
    tokens = {make_token(entropy) for _ in range(20)}
    assert len(tokens) == 20
    assert all(map(is_128_bits, tokens))


def test_the_hash_depends_on_pepper_and_token():
    token = make_token(kit.SeededEntropy("tokens"))
    hashed = hash_token(b"pepper", token)
    assert len(hashed) == 32
    assert hashed == hash_token(b"pepper", token)
    assert hashed != hash_token(b"salt", token)
    assert hashed != hash_token(b"pepper", token[::-1])
    assert len(hash_token(b"pepper", "\ud800")) == 32
