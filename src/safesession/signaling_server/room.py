"""One room: exactly two seats, one direction each way, one claimant at a time.

Sans-I/O. Seat 0 is the counselor's, seat 1 the client's; the client's seat is
provisional until the counselor keeps it. There is never a third seat.
"""

from __future__ import annotations

from enum import Enum, auto

from safesession.errors import LocalProtocolError
from safesession.protocol.server_messages import Joined, Peer
from safesession.signaling_server.direction import Direction
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import StoredRoom, StorePort
from safesession.signaling_server.visits import Instant, Visit, VisitState


COUNSELOR = 0
CLIENT = 1


class Claim(Enum):
    """Whose the client's seat is."""

    FREE = auto()
    COMMITTING = auto()  # taken; the store has not confirmed yet
    PROVISIONAL = auto()  # a claimant sits there; the code is not proved
    KEPT = auto()  # the counselor kept them: nobody else ever sits there


class Seat:
    """A seat somebody may come back to with its token."""

    __slots__ = ("token_hash", "visit")

    def __init__(self, token_hash: bytes) -> None:
        self.token_hash = token_hash
        self.visit: Visit | None = None


class Room:
    """The state of one room. Every change that must last is the caller's to store."""

    def __init__(
        self,
        room_id: bytes,
        owner: str,
        counselor_token_hash: bytes,
        store: StorePort,
        limits: Limits,
    ) -> None:
        self.id = room_id
        self.owner = owner
        self.limits = limits
        self.number_hash = b""
        self.invite_open = True
        self.invite_expires_at = 0
        self.expires_at = 0
        self.attempt = 0
        self.claim = Claim.FREE
        self.claim_prefix = b""
        self.seats: list[Seat | None] = [Seat(counselor_token_hash), None]
        self.directions = (
            Direction(room_id, COUNSELOR, store, limits),
            Direction(room_id, CLIENT, store, limits),
        )
        # True while the counselor may not know yet that the claimant changed.
        self.counselor_behind = False
        self.progress_at = 0.0
        self.claimed_at = 0.0
        self.turn_grants: dict[int, list[float]] = {COUNSELOR: [], CLIENT: []}

    @classmethod
    def restored(cls, stored: StoredRoom, store: StorePort, limits: Limits) -> Room:
        """Return the room as it was when the server stopped."""
        counselor, client = stored.seats
        room = cls(stored.room, stored.owner, counselor.token_hash, store, limits)
        room.number_hash = stored.number_hash
        room.invite_open = stored.invite_open
        room.invite_expires_at = stored.invite_expires_at
        room.expires_at = stored.expires_at
        room.attempt = stored.attempt
        room.directions[COUNSELOR].restore(counselor.floor, counselor.envelopes)
        if client is not None:
            room.seats[CLIENT] = Seat(client.token_hash)
            room.claim = Claim.KEPT if client.kept else Claim.PROVISIONAL
            room.directions[CLIENT].restore(client.floor, client.envelopes)
        return room

    @property
    def voided(self) -> tuple[int, int]:
        """Newest ids of counselor and client that belong to dropped claimants."""
        counselor, client = self.directions
        return counselor.voided, client.voided

    def visit_of(self, seat: int) -> Visit | None:
        """Return the connection that sits there now."""
        taken = self.seats[seat]
        return None if taken is None else taken.visit

    def envelope_expiry(self, unix: int) -> int:
        """Return until when an envelope taken now is kept."""
        if self.claim is Claim.KEPT:
            return min(self.expires_at, unix + self.limits.envelope_life_s)
        return self.expires_at

    def sit_down(
        self, visit: Visit, seat: int, token: str, have: int, now: Instant
    ) -> None:
        """Seat a connection, tell both sides, hand over what waits."""
        mine = self.seats[seat]
        if mine is None:
            raise LocalProtocolError("nobody holds this seat")
        other = self.visit_of(1 - seat)
        mine.visit = visit
        visit.state = VisitState.SEATED
        visit.room = self.id
        visit.seat = seat
        if seat == COUNSELOR:
            self.counselor_behind = False
            self.progress_at = now.mono
            self.claimed_at = now.mono
        outgoing = self.directions[seat]
        visit.tell(
            Joined(token, str(outgoing.accepted), other is not None, self.attempt)
        )
        if other is not None:
            other.tell(Peer(present=True, attempt=self.attempt))
        outgoing.sender_joined(visit)
        self.directions[1 - seat].receiver_joined(visit, have)

    def stand_up(self, visit: Visit, now: Instant, *, quietly: bool = False) -> None:
        """The connection is gone; `quietly` when a newer one takes over at once."""
        seat = visit.seat
        mine = self.seats[seat]
        if mine is None or mine.visit is not visit:
            return
        mine.visit = None
        visit.room = None
        expires_at = self.envelope_expiry(now.unix)
        self.directions[1 - seat].receiver_left(expires_at)
        self.directions[seat].sender_left()
        other = self.visit_of(1 - seat)
        if other is not None and not quietly:
            other.tell(Peer(present=False, attempt=self.attempt))

    def free_client_seat(self, *, counselor_knows: bool) -> None:
        """Next claimant: forget this one and what either side sent for them."""
        self.seats[CLIENT] = None
        self.claim = Claim.FREE
        self.attempt += 1
        for direction in self.directions:
            direction.void()
        counselor = self.visit_of(COUNSELOR)
        self.counselor_behind = counselor is not None and not counselor_knows
        if counselor is not None:
            counselor.tell(Peer(present=False, attempt=self.attempt))

    def claimant_overdue(self, now: Instant) -> bool:
        """Say whether a provisional claimant has made no progress for too long.

        Time runs only while somebody could make progress: with the counselor
        there, or with the claimant gone.
        """
        if self.claim is not Claim.PROVISIONAL:
            return False
        waiting_for_counselor = (
            self.visit_of(COUNSELOR) is None and self.visit_of(CLIENT) is not None
        )
        if waiting_for_counselor:
            self.progress_at = self.claimed_at = now.mono
            return False
        return (
            now.mono - self.progress_at >= self.limits.progress_limit_s
            or now.mono - self.claimed_at >= self.limits.provisional_limit_s
        )

    def tick(self, now: Instant) -> bool:
        """Let both directions act; return whether they need more ticks."""
        expires_at = self.envelope_expiry(now.unix)
        for direction in self.directions:
            direction.tick(expires_at, now.mono)
        return any(direction.needs_attention for direction in self.directions)

    def expire(self, now: Instant) -> None:
        """Forget envelopes whose time is over."""
        for direction in self.directions:
            direction.expire(now.unix)
