"""Codes with the right number and check digits, and another secret."""

from __future__ import annotations

from safesession.crypto.invite_code import InviteCode, parse_invite_code


def with_another_secret(code: str, by: int = 1) -> str:
    """Return a well-formed code for the same room that does not open it."""
    right = parse_invite_code(code)
    secret = (int(right.secret) + by) % 10**8
    return InviteCode(right.number, f"{secret:08d}".encode()).digits
