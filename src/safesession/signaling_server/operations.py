"""What the rooms ask of a store, as values; every store carries out the same.

An operation is carried out in order of submission; its result arrives once it is
committed. None as a result means that nothing of it (and of its group) happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class PutEnvelope:
    """Keep one envelope. Result True.

    Once a put failed, every later put of the same `generation` and direction fails
    too: acknowledgement is cumulative, so a gap would lose what fell into it.
    """

    room: bytes
    seat: int  # the sender's
    generation: int
    id: int
    body: bytes = field(repr=False)
    expires_at: int


@dataclass(frozen=True, slots=True)
class ForgetEnvelopes:
    """Delete a direction's envelopes up to an id. Result True."""

    room: bytes
    seat: int
    up_to: int


@dataclass(frozen=True, slots=True)
class FetchEnvelopes:
    """Read envelopes above an id in order, about `limit_bytes` of them.

    Result: list of (id, body), at least one if there is any.
    """

    room: bytes
    seat: int
    after: int
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """A room, its open invite and the counselor's seat. Result True."""

    room: bytes
    owner: str
    number_hash: bytes = field(repr=False)
    invite_expires_at: int
    room_expires_at: int
    token_hash: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """The client's seat, provisionally, whoever held it before. Result True.

    `up_to`: newest id of counselor and client that was not meant for them.
    """

    room: bytes
    attempt: int
    up_to: tuple[int, int]
    token_hash: bytes = field(repr=False)
    floor: int


@dataclass(frozen=True, slots=True)
class KeepSeat:
    """The client's seat is kept and the room lives on. Result True."""

    room: bytes
    room_expires_at: int


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """Drop the claimant before `attempt` and what was sent till then. Result True.

    Does nothing when a later claimant's seat was taken already.
    """

    room: bytes
    attempt: int
    up_to: tuple[int, int]


@dataclass(frozen=True, slots=True)
class CloseInvite:
    """The number opens nothing any more. Result True."""

    room: bytes


@dataclass(frozen=True, slots=True)
class ExtendRoom:
    """Move the room's end. Result True."""

    room: bytes
    room_expires_at: int


@dataclass(frozen=True, slots=True)
class SaveFloor:
    """Remember the newest settled id of a seat. Result True."""

    room: bytes
    seat: int
    floor: int


@dataclass(frozen=True, slots=True)
class DeleteRoom:
    """Delete the room with everything in it. Result True."""

    room: bytes


@dataclass(frozen=True, slots=True)
class AddEnrolment:
    """A one-use enrolment token. Result True.

    `account`: the account whose key it renews; empty for a new one.
    """

    token_hash: bytes = field(repr=False)
    expires_at: int
    account: str = ""


@dataclass(frozen=True, slots=True)
class RedeemEnrolment:
    """Use a token. Result: the account that has the key now, or False.

    That is `account`, unless the token was made to renew another one's key.
    """

    token_hash: bytes = field(repr=False)
    account: str
    key: bytes
    unix: int


@dataclass(frozen=True, slots=True)
class ReadAccounts:
    """Look whether another program changed the file. Result: False, or all accounts.

    The latter as a dict from account to key, without the revoked ones.
    """


@dataclass(frozen=True, slots=True)
class Probe:
    """Commit nothing in particular. Result True."""


Operation = (
    PutEnvelope
    | ForgetEnvelopes
    | FetchEnvelopes
    | CreateRoom
    | TakeSeat
    | KeepSeat
    | FreeSeat
    | CloseInvite
    | ExtendRoom
    | SaveFloor
    | DeleteRoom
    | AddEnrolment
    | RedeemEnrolment
    | ReadAccounts
    | Probe
)
Done = Callable[[Any], None]


class StorePort(Protocol):
    """Where operations go."""

    @property
    def healthy(self) -> bool:
        """Whether the last group was committed."""

    def submit(self, operation: Operation, done: Done | None = None) -> None:
        """Queue an operation; `done` is called later on the caller's loop."""


@dataclass(frozen=True, slots=True)
class StoredEnvelope:
    """What is known of an envelope on disk without reading it."""

    id: int
    size: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class StoredSeat:
    """A seat as found at start."""

    token_hash: bytes = field(repr=False)
    floor: int
    kept: bool
    envelopes: tuple[StoredEnvelope, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """A room as found at start. `seats` are counselor, client or None."""

    room: bytes
    owner: str
    attempt: int
    expires_at: int
    number_hash: bytes = field(repr=False)
    invite_expires_at: int
    invite_open: bool
    seats: tuple[StoredSeat, StoredSeat | None]


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything a server needs to go on where it stopped."""

    rooms: tuple[StoredRoom, ...] = ()
    accounts: dict[str, bytes] = field(default_factory=dict)
