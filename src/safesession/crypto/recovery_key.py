"""The recovery key on the printed sheet: 160 random bits people can retype.

    7KQ2-M4XV-0F9T-…  eight groups of four symbols, then a check of two

The check tells a typing error from a wrong sheet before anything is tried. The
key must never appear in a repr; `text` is for the sheet and nothing else.
"""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from safesession.crypto import crockford
from safesession.crypto.encoding import H
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.key_schedule import equal
from safesession.errors import LocalProtocolError, RemoteProtocolError


KEY_BYTES = 20
GROUPS = 8
GROUP_SYMBOLS = 4
CHECK_SYMBOLS = 2
_SYMBOLS = GROUPS * GROUP_SYMBOLS
_CHECK_MASK = (1 << 5 * CHECK_SYMBOLS) - 1
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED = " -\t\r\n\u2010\u2011\u2012\u2013\u2014\u3000"


class RecoveryKeyTypingError(RemoteProtocolError):
    """What was typed is no recovery key: wrong length, symbol or check."""

    code: ClassVar[str] = "recovery_key_typing"


class RecoveryKey:
    """160 secret bits and their spelling."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        """Take 20 secret bytes.

        Raises:
            LocalProtocolError: another length.
        """
        if len(secret) != KEY_BYTES:
            raise LocalProtocolError("recovery key length")
        self._secret = secret

    @classmethod
    def generate(cls, entropy: Entropy) -> RecoveryKey:
        """Draw a new key."""
        return cls(draw(entropy, KEY_BYTES))

    @classmethod
    def parse(cls, untrusted_text: str) -> RecoveryKey:
        """Read a typed key; spaces, dashes, small and full-width letters are fine.

        Raises:
            RecoveryKeyTypingError: not a recovery key.
        """
        text = _normal(untrusted_text)
        if len(text) != _SYMBOLS + CHECK_SYMBOLS:
            raise RecoveryKeyTypingError("length")
        try:
            value = crockford.decode(text[:_SYMBOLS])
        except ValueError:
            raise RecoveryKeyTypingError("symbol") from None
        key = cls(value.to_bytes(KEY_BYTES, "big"))
        if key._check() != text[_SYMBOLS:]:
            raise RecoveryKeyTypingError("check")
        return key

    @property
    def secret(self) -> bytes:
        """The 20 bytes, for key derivation only."""
        return self._secret

    @property
    def groups(self) -> tuple[str, ...]:
        """The eight groups, without the check."""
        symbols = crockford.encode(self._secret)
        starts = range(0, _SYMBOLS, GROUP_SYMBOLS)
        return tuple(symbols[start : start + GROUP_SYMBOLS] for start in starts)

    @property
    def text(self) -> str:
        """The key as it stands on the sheet."""
        return "-".join((*self.groups, self._check()))

    def group_matches(self, index: int, untrusted_text: str) -> bool:
        """Say whether a group was retyped as it stands on the sheet."""
        typed = _normal(untrusted_text).encode("utf-8", "surrogatepass")
        return equal(typed, self.groups[index].encode("ascii"))

    def _check(self) -> str:
        digest = int.from_bytes(H(b"recovery key check", self._secret)[:2], "big")
        return crockford.encode((digest & _CHECK_MASK).to_bytes(2, "big"))[
            -CHECK_SYMBOLS:
        ]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RecoveryKey):
            return NotImplemented
        return equal(self._secret, other._secret)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "RecoveryKey(hidden)"


def _normal(untrusted_text: str) -> str:
    text = unicodedata.normalize("NFKC", untrusted_text).upper()
    return "".join(c for c in text if c not in _IGNORED).translate(_READ_AS)
