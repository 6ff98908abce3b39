"""128 bits have exactly one spelling."""

from hypothesis import given
from hypothesis import strategies as st

from safesession.crypto.crockford import encode, is_128_bits


def test_known_values():
    assert encode(bytes(16)) == "0" * 26
    assert encode(b"\xff" * 16) == "7" + "Z" * 25
    assert encode(b"\x00" * 15 + b"\x20") == "0" * 24 + "10"
    assert encode(bytes(10)) == "0" * 16


@given(st.binary(min_size=16, max_size=16))
def test_every_128_bit_value_has_its_own_valid_spelling(data):
    text = encode(data)
    assert is_128_bits(text)
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    value = 0
    for symbol in text:
        value = value * 32 + alphabet.index(symbol)
    assert value.to_bytes(16, "big") == data


def test_other_texts_are_not_128_bits():
    good = encode(bytes(range(16)))
    bad = ["", good[:-1], good + "0", good.lower(), "8" + good[1:], good[:-1] + "I"]
    assert not any(map(is_128_bits, [*bad, good + "\n"]))
