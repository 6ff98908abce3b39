"""Identity keys against RFC 8032, a second library and small-order forgeries."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings
from tests.unit.crypto import kit

from safesession.crypto.identity import (
    IdentityKey,
    fingerprint,
    is_valid_public_key,
    key_prefix,
    matches_key_prefix,
    sign_server_auth,
    verify,
    verify_server_auth,
)
from safesession.errors import LocalProtocolError


KEY = kit.CLIENT_KEY
ONE = (1).to_bytes(32, "little")
NEUTRAL = b"\x01" + bytes(31)


def test_rfc_8032_first_vector():
    seed = bytes.fromhex(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    )
    key = IdentityKey(seed)
    assert key.public_key.hex() == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33b"
        "acc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert key.export_seed() == seed


def test_signatures_agree_with_the_other_library():
    other = Ed25519PrivateKey.from_private_bytes(KEY.export_seed())
    assert other.public_key().public_bytes_raw() == KEY.public_key
    assert other.sign(b"message") == KEY.sign(b"message")
    assert verify(KEY.public_key, other.sign(b"message"), b"message")


def test_changed_signatures_messages_and_keys_fail():
    signature = KEY.sign(b"message")
    assert verify(KEY.public_key, signature, b"message")
    assert not verify(KEY.public_key, signature, b"massage")
    assert not verify(kit.COUNSELOR_KEY.public_key, signature, b"message")
    for position in range(64):
        changed = bytearray(signature)
        changed[position] ^= 0x10
        assert not verify(KEY.public_key, bytes(changed), b"message")


@given(st.binary(max_size=40), st.binary(max_size=70), st.binary(max_size=10))
def test_verify_answers_anything(key, signature, message):
    assert verify(key, signature, message) is False
    assert verify(KEY.public_key, signature, message) is False


def test_small_order_keys_are_refused_where_openssl_accepts_the_forgery():
    forged = bindings.crypto_scalarmult_ed25519_base_noclamp(ONE) + ONE
    accepted = True
    try:
        Ed25519PublicKey.from_public_bytes(NEUTRAL).verify(forged, b"anything")
    except InvalidSignature:
        accepted = False
    assert accepted, "OpenSSL has changed: the reason for libsodium may be gone"
    assert not is_valid_public_key(NEUTRAL)
    assert not verify(NEUTRAL, forged, b"anything")


def test_a_seed_of_strange_length_is_our_own_mistake():
    for length in (0, 31, 64):
        with pytest.raises(LocalProtocolError):
            IdentityKey(bytes(length))


def test_short_forms():
    assert fingerprint(KEY.public_key) == fingerprint(KEY.public_key)
    groups = fingerprint(KEY.public_key).split(" ")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert fingerprint(KEY.public_key) != fingerprint(kit.COUNSELOR_KEY.public_key)
    assert len(key_prefix(KEY.public_key)) == 26
    assert matches_key_prefix(key_prefix(KEY.public_key), KEY.public_key)
    for prefix in ("", "é" * 26, key_prefix(KEY.public_key).lower()):
        assert not matches_key_prefix(prefix, KEY.public_key)


SIGN_IN = ("relay.example.org", "li", b"n" * 32, 1_800_000_000)


@pytest.mark.parametrize(
    "other",
    [
        ("evil.example.org", *SIGN_IN[1:]),
        ("relay.example.or", "gli", *SIGN_IN[2:]),
        (SIGN_IN[0], "lei", *SIGN_IN[2:]),
        (*SIGN_IN[:2], b"m" * 32, SIGN_IN[3]),
        (*SIGN_IN[:3], SIGN_IN[3] + 1),
        (SIGN_IN[0], "\ud800", *SIGN_IN[2:]),
    ],
)
def test_a_sign_in_answer_is_good_for_one_challenge_only(other):
    signature = sign_server_auth(KEY, *SIGN_IN)
    assert verify_server_auth(KEY.public_key, *SIGN_IN, signature)
    assert not verify_server_auth(KEY.public_key, *other, signature)
    assert not verify_server_auth(kit.COUNSELOR_KEY.public_key, *SIGN_IN, signature)
    assert not verify_server_auth(KEY.public_key, *SIGN_IN, signature + b"x")
    assert not verify_server_auth(b"", *SIGN_IN, signature)


def test_times_out_of_range_are_our_own_mistake():
    for time_s in (-1, 1 << 64):
        with pytest.raises(LocalProtocolError):
            sign_server_auth(KEY, *SIGN_IN[:3], time_s)


def test_repr_hides_the_key():
    assert repr(KEY) == "IdentityKey(hidden)"
