"""What is read out of a certificate."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.certificates import make_certificate

from safesession.crypto.certificate import key_fits, read_certificate
from safesession.errors import StateError


@pytest.fixture
def pair(tmp_path) -> tuple[bytes, bytes]:
    names = ("Relay.Example.org", "*.inner.example.org", "192.0.2.7", "2001:db8::1")
    crt, key = make_certificate(tmp_path, *names)
    return crt.read_bytes(), key.read_bytes()


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("relay.example.org", True),
        ("RELAY.example.ORG", True),
        ("example.org", False),
        ("a.inner.example.org", True),
        ("a.b.inner.example.org", False),
        ("inner.example.org", False),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("2001:DB8:0::1", True),
        ("", False),
    ],
)
def test_names_are_covered_as_clients_compare_them(pair, host, covered) -> None:
    assert read_certificate(pair[0]).covers(host) is covered


def test_times_and_the_key_are_read(pair) -> None:
    facts = read_certificate(pair[0])
    assert facts.not_before < time.time() - 86_000
    assert 89 < (facts.not_after - time.time()) / 86_400 < 91
    assert key_fits(pair[1], facts)


def test_another_key_does_not_fit(pair, tmp_path) -> None:
    _, other = make_certificate(tmp_path, "a.example.org", stem="other")
    assert not key_fits(other.read_bytes(), read_certificate(pair[0]))


def test_a_key_under_a_passphrase_is_said(pair, tmp_path) -> None:
    _, sealed = make_certificate(tmp_path, "a", passphrase=b"pass", stem="sealed")
    with pytest.raises(StateError, match="passphrase"):
        key_fits(sealed.read_bytes(), read_certificate(pair[0]))


@given(st.binary(max_size=200))
def test_nonsense_is_one_declared_error(data: bytes) -> None:
    with pytest.raises(StateError):
        read_certificate(data)
    with pytest.raises(StateError):
        read_certificate(b"-----BEGIN CERTIFICATE-----\n" + data)
