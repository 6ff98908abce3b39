"""Close codes of the signaling server's WebSocket (RFC 6455 §7.4 and our own)."""

from __future__ import annotations

from enum import IntEnum


class CloseCode(IntEnum):
    """Why a connection was closed; clients act on these numbers."""

    NORMAL = 1000  # from a client: it leaves for good
    GOING_AWAY = 1001  # from a client: it will be back
    PROTOCOL = 1002
    BAD_MESSAGE = 1007
    POLICY = 1008  # out of state, too fast, too slow
    TOO_BIG = 1009
    STORE_FAILED = 1011  # resend after reconnecting
    RESTART = 1012
    TRY_LATER = 1013  # the reason is a number of seconds
    BEARER_GONE = 4401
    ACCOUNT_REVOKED = 4403  # by the institution: do not reconnect
    REPLACED = 4408  # by your newer connection: do not reconnect
    SEAT_TAKEN = 4409
    MAILBOX_CLOSED = 4410
    VERSION = 4426


DEFAULT_WAIT_S = 60.0
MAX_WAIT_S = 3600.0


def wait_in_reason(untrusted_reason: str) -> float:
    """Return the seconds that TRY_LATER names, within reason."""
    if untrusted_reason.isascii() and untrusted_reason.isdigit():
        return min(float(untrusted_reason[:6]), MAX_WAIT_S)
    return DEFAULT_WAIT_S


# After these, asking again in the same way would not help a client.
REFUSALS: dict[int, str] = {
    CloseCode.REPLACED: "replaced",
    CloseCode.ACCOUNT_REVOKED: "revoked",
    CloseCode.MAILBOX_CLOSED: "closed",
    CloseCode.SEAT_TAKEN: "unavailable",
    CloseCode.VERSION: "version",
}
