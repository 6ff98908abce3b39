"""Whose connection a proxy carries, and what a client can invent."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesession.signaling_server.forwarded import client_address, is_trusted


PROXIES = (ipaddress.ip_network("10.0.0.1"), ipaddress.ip_network("2001:db8:1::/64"))


def head(*values: str, name: str = "X-Forwarded-For") -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for value in values)
    return f"GET /ws HTTP/1.1\r\nHost: a\r\n{lines}Accept: x".encode("latin-1")


@pytest.mark.parametrize(
    ("values", "client"),
    [
        (["203.0.113.5"], "203.0.113.5"),
        (["203.0.113.5:4711"], "203.0.113.5"),
        (["2001:db8:2::9"], "2001:db8:2::9"),
        (["[2001:db8:2::9]:4711"], "2001:db8:2::9"),
        (["[2001:db8:2::9]"], "2001:db8:2::9"),
        (["::ffff:203.0.113.5"], "203.0.113.5"),
        # What stands before the last stranger the client wrote itself.
        (["198.51.100.1, 203.0.113.5"], "203.0.113.5"),
        (["198.51.100.1", "203.0.113.5"], "203.0.113.5"),
        (["nonsense, 203.0.113.5"], "203.0.113.5"),
        # Two proxies in a row.
        (["198.51.100.1, 203.0.113.5, 10.0.0.1"], "203.0.113.5"),
        (["198.51.100.1, 203.0.113.5, 2001:db8:1::7, 10.0.0.1"], "203.0.113.5"),
        # Nobody, or nonsense where the client should stand.
        ([], None),
        ([""], None),
        (["10.0.0.1"], None),
        (["203.0.113.5, unknown"], None),
        (["203.0.113.5, nonsense, 10.0.0.1"], None),
        (["203.0.113.5, 999.1.1.1"], None),
    ],
)
def test_the_last_stranger_is_the_client(values, client) -> None:
    assert client_address(head(*values), PROXIES) == client


def test_the_name_of_the_header_has_any_case_and_no_other_counts() -> None:
    spelt = head("203.0.113.5", name="x-FORWARDED-for")
    assert client_address(spelt, PROXIES) == "203.0.113.5"
    for name in ("X-Forwarded-For ", "X-Forwarded", "Forwarded", "X-Real-IP"):
        assert client_address(head("203.0.113.5", name=name), PROXIES) is None


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.0.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("10.0.0.2", False),
        ("2001:db8:1::9", True),
        ("2001:db8:1::9%eth0", True),
        ("2001:db8:2::9", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_only_named_proxies_are_trusted(address, trusted) -> None:
    assert is_trusted(address, PROXIES) is trusted
    assert not is_trusted(address, ())


@given(st.binary(max_size=300))
def test_no_head_raises(untrusted: bytes) -> None:
    prefix = b"GET / HTTP/1.1\r\nX-Forwarded-For: "
    for data in (untrusted, prefix + untrusted):
        found = client_address(data, PROXIES)
        assert found is None or ipaddress.ip_address(found)


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")))
def test_whatever_a_client_writes_the_proxys_own_entry_wins(invented: str) -> None:
    assert client_address(head(f"{invented}, 203.0.113.5"), PROXIES) == "203.0.113.5"
