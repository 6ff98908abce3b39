"""`safesession:join?c=<16 digits>&h=<relay host>&k=<26 symbols>` (PROTOCOL §3).

The same secret as the spoken code, plus the server and a hash prefix of the
counselor's identity key. The parser is strict: no authority, no unknown,
repeated or empty field, at most 400 characters. A link must never be opened
silently on a server the person has not seen; that is for the caller to ask.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import ClassVar

from safesession.crypto import crockford
from safesession.crypto.identity import key_prefix
from safesession.crypto.invite_code import (
    CODE_DIGITS,
    CodeError,
    InviteCode,
    parse_invite_code,
)
from safesession.errors import LocalProtocolError


MAX_LINK_CHARACTERS = 400
MAX_HOST_CHARACTERS = 260
_MAX_PORT = 65_535
_SCHEME = "safesession:"
_PATH = "join?"
_FIELDS = frozenset({"c", "h", "k"})
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")
_NAME_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(
    rf"(?:(?P<name>{_NAME_LABEL}(?:\.{_NAME_LABEL})*)|\[(?P<ipv6>[0-9a-f:.]{{2,45}})\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
)
# What browsers and chat programs escape although RFC 3986 does not ask for it.
_ESCAPES = {"%3A": ":", "%3a": ":", "%5B": "[", "%5b": "[", "%5D": "]", "%5d": "]"}


class LinkInvalidError(CodeError):
    """A `safesession:` link that is not exactly as specified."""

    code: ClassVar[str] = "link_invalid"


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What a client asked to join. Empty `server` or `key_prefix`: not given."""

    code: InviteCode
    server: str = ""  # host[:port], lower case
    key_prefix: str = field(default="", repr=False)


def parse_join_text(untrusted_text: str) -> JoinRequest:
    """Read a typed code or a `safesession:` link.

    Raises:
        CodeIncompleteError: not a link, and not 16 digits.
        CodeMistypedError: the check digits disagree.
        LinkInvalidError: a link that breaks a rule.
    """
    text = untrusted_text.strip()
    if text[: len(_SCHEME)].lower() == _SCHEME:
        return _parse_link(text)
    return JoinRequest(parse_invite_code(untrusted_text))


def make_link(code: InviteCode, server: str, identity_public: bytes) -> str:
    """Return the link for a code, a server (`host[:port]`) and a counselor key.

    Raises:
        LocalProtocolError: `server` is not a host with an optional port.
    """
    if not is_host(server):
        raise LocalProtocolError("not a host")
    prefix = key_prefix(identity_public)
    return f"{_SCHEME}{_PATH}c={code.digits}&h={server}&k={prefix}"


def is_host(untrusted_text: str) -> bool:
    """Say whether the text is a lower-case `host`, `host:port` or `[ipv6]:port`."""
    if len(untrusted_text) > MAX_HOST_CHARACTERS:
        return False
    match = _HOST.fullmatch(untrusted_text)
    if match is None or int(match["port"] or 1) > _MAX_PORT:
        return False
    return match["ipv6"] is None or _is_ipv6(match["ipv6"])


def _is_ipv6(untrusted_text: str) -> bool:
    try:
        ipaddress.IPv6Address(untrusted_text)
    except ValueError:
        return False
    return True


def _parse_link(untrusted_link: str) -> JoinRequest:
    if len(untrusted_link) > MAX_LINK_CHARACTERS:
        raise LinkInvalidError("too long")
    rest = untrusted_link[len(_SCHEME) :]
    if not rest.startswith(_PATH):
        raise LinkInvalidError("path")
    fields = _split_query(rest[len(_PATH) :])
    if "c" not in fields or _CODE.fullmatch(fields["c"]) is None:
        raise LinkInvalidError("code")
    server = _unescape(fields.get("h", "")).lower()
    if "h" in fields and not is_host(server):
        raise LinkInvalidError("host")
    prefix = fields.get("k", "")
    if "k" in fields and not crockford.is_128_bits(prefix):
        raise LinkInvalidError("key prefix")
    return JoinRequest(parse_invite_code(fields["c"]), server, prefix)


def _split_query(untrusted_query: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in untrusted_query.split("&"):
        name, separator, value = part.partition("=")
        if not separator or name not in _FIELDS or name in fields:
            raise LinkInvalidError("field")
        fields[name] = value
    return fields


def _unescape(untrusted_value: str) -> str:
    for escape, character in _ESCAPES.items():
        untrusted_value = untrusted_value.replace(escape, character)
    return untrusted_value
