"""The few words inside M3 and M4: display name and app version, at most 414 bytes.

Layout: version u8 = 1, name length u8, name (UTF-8), app version length u8, app
version (printable ASCII). Strict: nothing before, between or after. Names come
from the other person; control and direction characters must never get through.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import ClassVar

from safesession.crypto.handshake_schedule import MAX_PAYLOAD_BYTES
from safesession.errors import LocalProtocolError, RemoteProtocolError


MAX_NAME_CHARACTERS = 60
MAX_NAME_BYTES = 240
MAX_VERSION_CHARACTERS = 32
_LAYOUT_VERSION = 1
_VERSION_TEXT = re.compile(rb"[!-~]{0,%d}" % MAX_VERSION_CHARACTERS)
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Zero-width (non-)joiner: several scripts and emoji cannot be spelt without them.
_ALLOWED_FORMAT = frozenset("\u200c\u200d")


class PayloadError(RemoteProtocolError):
    """The peer's payload is not laid out as specified."""

    code: ClassVar[str] = "handshake_payload"


@dataclass(frozen=True, slots=True)
class HandshakePayload:
    """What each end tells the other about itself. The name may be empty."""

    display_name: str = field(repr=False)
    app_version: str = ""

    def to_bytes(self) -> bytes:
        """Return the wire form.

        Raises:
            LocalProtocolError: a limit is broken or a character is not allowed.
        """
        name = self.display_name.encode("utf-8", "surrogatepass")
        version = self.app_version.encode("utf-8", "surrogatepass")
        if not (is_display_name(self.display_name) and _is_version(version)):
            raise LocalProtocolError("handshake payload out of limits")
        encoded = bytes([_LAYOUT_VERSION, len(name)]) + name
        encoded += bytes([len(version)]) + version
        if len(encoded) > MAX_PAYLOAD_BYTES:
            raise LocalProtocolError("handshake payload too long")
        return encoded

    @classmethod
    def parse(cls, untrusted: bytes) -> HandshakePayload:
        """Read the wire form.

        Raises:
            PayloadError: anything but exactly the layout above.
        """
        if len(untrusted) > MAX_PAYLOAD_BYTES or untrusted[:1] != bytes(
            [_LAYOUT_VERSION]
        ):
            raise PayloadError("layout version")
        name, rest = _take_field(untrusted[1:])
        version, rest = _take_field(rest)
        if rest:
            raise PayloadError("trailing bytes")
        try:
            display_name = name.decode("utf-8")
        except UnicodeDecodeError:
            raise PayloadError("not UTF-8") from None
        if not (is_display_name(display_name) and _is_version(version)):
            raise PayloadError("characters or length")
        return cls(display_name, version.decode("ascii"))


def is_display_name(text: str) -> bool:
    """Say whether the text can travel as a name (no control characters, short)."""
    if len(text) > MAX_NAME_CHARACTERS:
        return False
    if not all(map(_is_printable, text)):
        return False
    return len(text.encode("utf-8")) <= MAX_NAME_BYTES


def _is_printable(character: str) -> bool:
    if character in _ALLOWED_FORMAT:
        return True
    return unicodedata.category(character) not in _FORBIDDEN_CATEGORIES


def _is_version(version: bytes) -> bool:
    return _VERSION_TEXT.fullmatch(version) is not None


def _take_field(untrusted: bytes) -> tuple[bytes, bytes]:
    if not untrusted or len(untrusted) < 1 + untrusted[0]:
        raise PayloadError("truncated")
    end = 1 + untrusted[0]
    return untrusted[1:end], untrusted[end:]
