"""The 16-digit invite code: `NNNN NNSS SSSS SSCC` (PROTOCOL §3).

N is the rendezvous number the server gave, S the secret drawn here, C the check
by ISO 7064 mod 97-10. Typing is normalised (spaces, dashes, full-width digits,
Chinese numerals) but never corrected. The secret must never be shown in a repr
or an error, and nothing is sent before the check digits agree.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import ClassVar

from safesession.crypto.entropy import Entropy, uniform_below
from safesession.errors import LocalProtocolError, SafeSessionError


NUMBER_DIGITS = 6
SECRET_DIGITS = 8
CODE_DIGITS = 16
_GROUP_DIGITS = 4
_MAX_TYPED_CHARACTERS = 200
_CHECK_MODULUS = 97
_CHECK_COMPLEMENT = 98

_CHINESE_DIGITS = {
    "0": "〇零",
    "1": "一壹幺",
    "2": "二贰貳两兩",
    "3": "三叁參",
    "4": "四肆",
    "5": "五伍",
    "6": "六陆陸",
    "7": "七柒",
    "8": "八捌",
    "9": "九玖",
}
_TO_ASCII_DIGIT = {
    ord(numeral): digit
    for digit, numerals in _CHINESE_DIGITS.items()
    for numeral in numerals
}
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212_.,·、，。:]+")
_ASCII_DIGITS = re.compile(r"[0-9]+")


class CodeError(SafeSessionError):
    """What was typed or opened is not an invite; the text is never repeated."""

    code: ClassVar[str] = "code"


class CodeIncompleteError(CodeError):
    """Not sixteen digits."""

    code: ClassVar[str] = "code_incomplete"


class CodeMistypedError(CodeError):
    """Sixteen digits whose check digits disagree: somebody mistyped."""

    code: ClassVar[str] = "code_mistyped"


@dataclass(frozen=True, slots=True)
class InviteCode:
    """A valid invite: 6 rendezvous digits and 8 secret digits (ASCII bytes)."""

    number: str = field(repr=False)
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not (
            _is_digits(self.number, NUMBER_DIGITS)
            and _is_digits(self.secret.decode("latin-1"), SECRET_DIGITS)
        ):
            raise LocalProtocolError("not an invite code")

    @property
    def digits(self) -> str:
        """All 16 digits, check digits included. Secret."""
        body = self.number + self.secret.decode("ascii")
        return body + _check_digits(body)


def make_invite_code(number: str, entropy: Entropy) -> InviteCode:
    """Draw eight uniform secret digits for the server's rendezvous number.

    Raises:
        LocalProtocolError: `number` is not 6 ASCII digits.
    """
    secret = uniform_below(10**SECRET_DIGITS, entropy)
    return InviteCode(number, f"{secret:0{SECRET_DIGITS}d}".encode("ascii"))


def parse_invite_code(untrusted_text: str) -> InviteCode:
    """Read a code as people type, paste or dictate it.

    Raises:
        CodeIncompleteError: not 16 digits once separators are gone.
        CodeMistypedError: the check digits disagree.
    """
    if len(untrusted_text) > _MAX_TYPED_CHARACTERS:
        raise CodeIncompleteError("too long")
    text = unicodedata.normalize("NFKC", untrusted_text).translate(_TO_ASCII_DIGIT)
    digits = _SEPARATORS.sub("", text)
    if not _is_digits(digits, CODE_DIGITS):
        raise CodeIncompleteError("not sixteen digits")
    body = digits[: NUMBER_DIGITS + SECRET_DIGITS]
    # Compared as text: 00 and 97 are congruent, only one of them is the check.
    if digits != body + _check_digits(body):
        raise CodeMistypedError("check digits")
    return InviteCode(body[:NUMBER_DIGITS], body[NUMBER_DIGITS:].encode("ascii"))


def format_groups(digits: str) -> str:
    """Return digits in groups of four: `1234 5678 9012 3456`."""
    starts = range(0, len(digits), _GROUP_DIGITS)
    return " ".join(digits[start : start + _GROUP_DIGITS] for start in starts)


def _is_digits(text: str, count: int) -> bool:
    return len(text) == count and _ASCII_DIGITS.fullmatch(text) is not None


def _check_digits(body: str) -> str:
    """Return the two check digits (ISO 7064 mod 97-10), 02..98."""
    return f"{_CHECK_COMPLEMENT - int(body) * 100 % _CHECK_MODULUS:02d}"
