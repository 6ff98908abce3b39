"""`safesession:` links: strict, with the hosts the product needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.crypto import kit

from safesession.crypto.identity import key_prefix, matches_key_prefix
from safesession.crypto.invite_code import (
    CodeError,
    CodeIncompleteError,
    CodeMistypedError,
    make_invite_code,
)
from safesession.crypto.invite_link import (
    JoinRequest,
    LinkInvalidError,
    is_host,
    make_link,
    parse_join_text,
)
from safesession.errors import LocalProtocolError


CODE = make_invite_code("042917", kit.SeededEntropy("code"))
KEY = kit.COUNSELOR_KEY.public_key
GOOD = f"safesession:join?c={CODE.digits}"
PREFIX = key_prefix(KEY)

GOOD_HOSTS = [
    "relay.example.org",
    "relay.example.org:8443",
    "localhost:1",
    "127.0.0.1:43125",
    "[::1]:8080",
    "[2001:db8::1]",
    "a-b.example",
    "xn--fiqs8s",
]
BAD_HOSTS = [
    "",
    "-a",
    "a-",
    "a..b",
    ".a",
    "a.",
    "A.example",
    "a_b",
    "a b",
    "a@b",
    "a/b",
    "a:",
    "a:0",
    "a:65536",
    "a:123456",
    "a:080",
    "a:-1",
    "::1",
    "[::1",
    "[:::]",
    "[1.2.3.4]",
    "[fe80::1%eth0]",
    "a" * 64,
    "a." * 140 + "a",
    "例え.jp",
    "a\n",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_links_come_back_as_they_were(host):
    link = make_link(CODE, host, KEY)
    assert len(link) <= 400
    request = parse_join_text(link)
    assert request == JoinRequest(CODE, host, PREFIX)
    assert matches_key_prefix(request.key_prefix, KEY)
    assert not matches_key_prefix(request.key_prefix, kit.CLIENT_KEY.public_key)
    assert parse_join_text(f"\n {link} ") == request


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_bad_hosts_are_refused(host):
    assert not is_host(host)
    with pytest.raises(LocalProtocolError):
        make_link(CODE, host, KEY)
    if host != "A.example":  # case does not matter to a reader
        with pytest.raises(LinkInvalidError):
            parse_join_text(f"{GOOD}&h={host}x".removesuffix("x") + "&k=" + PREFIX)


def test_a_typed_code_is_a_request_without_server():
    assert parse_join_text(f" {CODE.digits[:8]} {CODE.digits[8:]}") == JoinRequest(CODE)
    with pytest.raises(CodeIncompleteError):
        parse_join_text("1234")
    with pytest.raises(CodeMistypedError):
        parse_join_text("1" * 16)


def test_optional_fields_and_escapes():
    assert parse_join_text(GOOD) == JoinRequest(CODE)
    assert parse_join_text(GOOD.replace("safesession", "SafeSession")).code == CODE
    assert parse_join_text(GOOD + "&h=127.0.0.1%3A80").server == "127.0.0.1:80"
    assert parse_join_text(GOOD + "&h=%5B::1%5D:80").server == "[::1]:80"
    assert parse_join_text(GOOD + "&h=Relay.Example").server == "relay.example"
    k_first = f"safesession:join?k={PREFIX}&c={CODE.digits}"
    assert parse_join_text(k_first).key_prefix == PREFIX


@pytest.mark.parametrize(
    "link",
    [
        "safesession:",
        "safesession:join",
        "safesession:join?",
        "safesession://evil/join?c=" + CODE.digits,
        "safesession:/join?c=" + CODE.digits,
        "safesession:JOIN?c=" + CODE.digits,
        "safesession:leave?c=" + CODE.digits,
        "safesession:join?c=",
        "safesession:join?x=1",
        "safesession:join?h=relay.example",
        GOOD + "&c=" + CODE.digits,
        GOOD + "&x=1",
        GOOD + "&",
        GOOD + "&h",
        GOOD + "&h=",
        GOOD + "&k=",
        GOOD + "#fragment",
        GOOD + "%00",
        GOOD + "&h=a%2Fb",
        GOOD + "&h=a;b",
        GOOD + "&k=" + PREFIX.lower().replace("0", "o"),
        GOOD + "&k=" + PREFIX[:-1],
        GOOD + "&k=8" + PREFIX[1:],
        GOOD + "&k=" + PREFIX[:-1] + "U",
        GOOD[:-1],
        GOOD + "0",
        GOOD[:-16] + "１" * 16,
        GOOD + "&h=" + "a" * 500,
    ],
)
def test_hostile_links_are_refused(link):
    with pytest.raises(LinkInvalidError):
        parse_join_text(link)


def test_a_link_with_wrong_check_digits_is_mistyped():
    with pytest.raises(CodeMistypedError):
        parse_join_text("safesession:join?c=" + "1" * 16)


def test_repr_hides_the_secret():
    request = parse_join_text(make_link(CODE, "relay.example", KEY))
    assert CODE.secret.decode() not in repr(request)
    assert PREFIX not in repr(request)


@given(st.text(max_size=80), st.booleans())
def test_any_text_gives_a_request_or_a_typed_error(text, linked):
    try:
        request = parse_join_text(f"{GOOD}&{text}" if linked else text)
    except CodeError:
        return
    assert request.server == "" or is_host(request.server)


@given(st.text(alphabet="safeion:jh?ck&=%.[]0123456789ABZ", max_size=60))
def test_nearly_links_give_a_request_or_a_typed_error(text):
    for candidate in (text, "safesession:" + text, "safesession:join?" + text):
        try:
            parse_join_text(candidate)
        except CodeError:
            continue
