"""Text messages between a client and the signaling server (safesession.1).

Pure. A message is one JSON object with the tag `t`; unknown tags and fields are
refused. Nothing about people travels here: numbers, tokens and counts only.
Binary values (nonces, keys, signatures, tokens) are lower-case hexadecimal.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


SUBPROTOCOL = "safesession.1"
VERSION = 1
MAX_TEXT_BYTES = 4096
InviteLifetime = Literal[3600, 172_800, 604_800]
NUMBER_DIGITS = 6

_Hex16 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
_Hex32 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_Hex64 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{128}\Z")]
_Number = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{6}\Z")]
_EnrolToken = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Z]{26}\Z")]
_Versions = Annotated[
    list[Annotated[int, msgspec.Meta(ge=0, le=65_535)]],
    msgspec.Meta(min_length=1, max_length=16),
]
# Bounds of what JSON numbers may carry: unsigned counters and Unix seconds.
_Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
_Wait = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
_Printable = Annotated[str, msgspec.Meta(max_length=200, pattern=r"\A[!-~]*\Z")]
_RelayUrl = Annotated[
    str, msgspec.Meta(max_length=200, pattern=r"\A(stun|turns?):[!-~]+\Z")
]
_Id = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,20}\Z")]


class _Message(msgspec.Struct, frozen=True, tag_field="t", forbid_unknown_fields=True):
    """Base: frozen, tagged, strict."""


# --- client to server -----------------------------------------------------------


class Hello(_Message, frozen=True, tag="hello"):
    """First message, within 5 s: the versions this client speaks."""

    v: _Versions


class Auth(_Message, frozen=True, tag="auth"):
    """Counselor signs in: signature over the welcome's nonce and time."""

    account: _Hex16
    time: _Seconds
    sig: _Hex64


class Bearer(_Message, frozen=True, tag="bearer"):
    """Counselor signs in again with the bearer of an earlier `signed_in`."""

    bearer: _Hex32


class Enrol(_Message, frozen=True, tag="enrol"):
    """Counselor registers a key with a one-use token."""

    token: _EnrolToken
    key: _Hex32
    sig: _Hex64


class InviteNew(_Message, frozen=True, tag="invite.new"):
    """Counselor asks for a number and sits down in its room."""

    ttl: InviteLifetime


class InviteClose(_Message, frozen=True, tag="invite.close"):
    """Counselor withdraws an invite; without `mailbox` the one of this seat."""

    mailbox: _Hex16 | None = None


class InviteList(_Message, frozen=True, tag="invite.list"):
    """Counselor asks for the own open invites."""


class Open(_Message, frozen=True, tag="open"):
    """Client claims the free seat behind a number."""

    number: _Number


class SeatKeep(_Message, frozen=True, tag="seat.keep"):
    """Counselor: claimant `attempt` proved the code."""

    attempt: _Count


class SeatDrop(_Message, frozen=True, tag="seat.drop"):
    """Counselor: claimant `attempt` did not, or is known to be gone."""

    attempt: _Count


class Resume(_Message, frozen=True, tag="resume"):
    """Either: sit down again. `have` is the newest id received, in decimal."""

    token: _Hex32
    have: _Id


class TurnPlease(_Message, frozen=True, tag="turn"):
    """Either, on a kept seat: relay credentials, please."""


ClientMessage = (
    Hello
    | Auth
    | Bearer
    | Enrol
    | InviteNew
    | InviteClose
    | InviteList
    | Open
    | SeatKeep
    | SeatDrop
    | Resume
    | TurnPlease
)


# --- server to client -----------------------------------------------------------


class Welcome(_Message, frozen=True, tag="welcome"):
    """First message: versions, a one-use nonce and the server's Unix time."""

    v: _Versions
    nonce: _Hex32
    time: _Seconds


class SignedIn(_Message, frozen=True, tag="signed_in"):
    """The counselor is known. The bearer is good for `ttl` seconds."""

    account: _Hex16
    bearer: _Hex32
    ttl: _Count


class Invite(_Message, frozen=True, tag="invite"):
    """The number of the new room; `joined` follows."""

    number: _Number
    mailbox: _Hex16
    exp: _Seconds


class InviteEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One open invite of the counselor who asks."""

    mailbox: _Hex16
    exp: _Seconds


class Invites(_Message, frozen=True, tag="invites"):
    """Answer to `invite.list`."""

    invites: Annotated[list[InviteEntry], msgspec.Meta(max_length=64)]


class Joined(_Message, frozen=True, tag="joined"):
    """This connection sits in the room.

    `acc` (decimal) is the floor: our next id must be greater, and what we sent up
    to it is settled. `attempt` counts the claimants that were dropped.
    """

    token: _Hex32
    acc: _Id
    peer: bool
    attempt: _Count


class Peer(_Message, frozen=True, tag="peer"):
    """The other seat was taken or left, or its claimant was dropped."""

    present: bool
    attempt: _Count


class Ok(_Message, frozen=True, tag="ok"):
    """A seat.keep, seat.drop or invite.close is done for good."""

    of: Literal["seat.keep", "seat.drop", "invite.close"]


class No(_Message, frozen=True, tag="no"):
    """Refused; the same for every reason."""

    wait_s: _Wait = 0.0


class Full(_Message, frozen=True, tag="full"):
    """The other seat's mailbox is full; nothing from the last envelope on was taken."""

    wait_s: _Wait


class Retry(_Message, frozen=True, tag="retry"):
    """Too fast; nothing from the last envelope on was taken."""

    wait_s: _Wait


class Turn(_Message, frozen=True, tag="turn"):
    """Relay credentials; no urls where the server has none."""

    urls: Annotated[list[_RelayUrl], msgspec.Meta(max_length=8)]
    username: _Printable
    password: _Printable
    ttl: _Count


class Drain(_Message, frozen=True, tag="drain"):
    """The server is about to restart."""

    in_ms: _Count


ServerMessage = (
    Welcome
    | SignedIn
    | Invite
    | Invites
    | Joined
    | Peer
    | Ok
    | No
    | Full
    | Retry
    | Turn
    | Drain
)


def as_invite_lifetime(ttl_s: int) -> InviteLifetime | None:
    """Return `ttl_s` if it is one of the lifetimes an invite may have."""
    match ttl_s:
        case 3600 | 172_800 | 604_800:
            return ttl_s
        case _:
            return None
