"""All rooms: invites, claims, seats, and what goes between two seats.

Sans-I/O: messages, `now` and entropy in; calls on ports and store operations out.
A claim never consumes a number; unknown, expired, used and busy numbers get the
same answer. This module must never look into an envelope.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from safesession.crypto.entropy import Entropy
from safesession.crypto.tokens import hash_token
from safesession.protocol.close_codes import CloseCode
from safesession.protocol.relay_frames import (
    ACK_KIND,
    ENVELOPE_KIND,
    HEADER_BYTES,
    MAX_ID,
    unpack_header,
)
from safesession.protocol.server_messages import (
    Full,
    Invite,
    InviteEntry,
    Invites,
    No,
    Ok,
    Retry,
)
from safesession.signaling_server.counters import Counters
from safesession.signaling_server.direction import Novelty
from safesession.signaling_server.limits import KeyedBuckets, Limits
from safesession.signaling_server.numbers import free_number
from safesession.signaling_server.operations import (
    CloseInvite,
    CreateRoom,
    DeleteRoom,
    ExtendRoom,
    FreeSeat,
    KeepSeat,
    Stored,
    StorePort,
    TakeSeat,
)
from safesession.signaling_server.owed import OwedOperations
from safesession.signaling_server.room import CLIENT, COUNSELOR, Claim, Room, Seat
from safesession.signaling_server.visits import Instant, Visit, VisitState


TOKEN_BYTES = 32
ROOM_ID_BYTES = 16
_FULL_WAIT_S = 5.0
_RETRY_WAIT_S = 1.0
_EXTEND_STEP_S = 3600

Close = Callable[..., None]


class Rooms:
    """The registry and its rules. `close(visit, code, reason)` ends a connection."""

    def __init__(
        self,
        store: StorePort,
        entropy: Entropy,
        pepper: bytes,
        limits: Limits,
        counters: Counters,
        close: Close,
    ) -> None:
        self._store = store
        self._entropy = entropy
        self._pepper = pepper
        self._limits = limits
        self._close = close
        self._rooms: dict[bytes, Room] = {}
        self._by_number: dict[bytes, Room] = {}
        self._by_token: dict[bytes, tuple[Room, int]] = {}
        self._busy: dict[bytes, Room] = {}
        self._provisional: dict[bytes, Room] = {}
        self._owed = OwedOperations(store)
        self._persist = self._owed.submit
        self._counters = counters
        self._claims = KeyedBuckets(limits.claims_per_s, limits.claims_burst)

    def restore(self, stored: Stored, now: Instant) -> None:
        """Take over what the store holds."""
        for stored_room in stored.rooms:
            room = Room.restored(stored_room, self._store, self._limits)
            room.progress_at = room.claimed_at = now.mono
            self._rooms[room.id] = room
            if room.invite_open:
                self._by_number[room.number_hash] = room
            for seat, taken in enumerate(room.seats):
                if taken is not None:
                    self._by_token[taken.token_hash] = (room, seat)
            if room.claim is Claim.PROVISIONAL:
                self._provisional[room.id] = room

    @property
    def count(self) -> int:
        """How many rooms there are."""
        return len(self._rooms)

    @property
    def invites(self) -> int:
        """How many numbers are open."""
        return len(self._by_number)

    @property
    def waiting(self) -> tuple[int, int]:
        """How many envelopes wait on disk, and their bytes."""
        waits = [d.waiting for room in self._rooms.values() for d in room.directions]
        return sum(n for n, _ in waits), sum(size for _, size in waits)

    def room_of(self, visit: Visit) -> Room | None:
        """Return the room a connection sits in."""
        return None if visit.room is None else self._rooms.get(visit.room)

    # --- invites ----------------------------------------------------------------------

    def create(self, visit: Visit, ttl_s: int, now: Instant) -> None:
        """Open a room for a signed-in counselor and seat them in it."""
        owner = visit.account
        if owner is None or not self._may_create(owner):
            visit.tell(No(wait_s=60.0))
            return
        drawn = free_number(self._pepper, self._by_number, self._entropy)
        if drawn is None:
            visit.tell(No(wait_s=60.0))
            return
        number, number_hash = drawn
        token = self._entropy(TOKEN_BYTES).hex()
        token_hash = hash_token(self._pepper, token)
        room = Room(
            self._entropy(ROOM_ID_BYTES), owner, token_hash, self._store, self._limits
        )
        room.number_hash = number_hash
        room.invite_expires_at = now.unix + ttl_s
        room.expires_at = room.invite_expires_at + self._limits.invite_grace_s
        self._rooms[room.id] = room
        self._by_number[room.number_hash] = room
        self._by_token[token_hash] = (room, COUNSELOR)
        visit.state = VisitState.SITTING_DOWN

        def committed(result: Any) -> None:
            if result is not True:
                self._forget(room)
                self._close(visit, CloseCode.STORE_FAILED)
                return
            if visit.state is not VisitState.SITTING_DOWN:
                self._forget(room)  # nobody ever learned the number
                self._persist(DeleteRoom(room.id))
                return
            self._counters.invites += 1
            expires_at = room.invite_expires_at
            visit.tell(Invite(number, room.id.hex(), expires_at))
            room.sit_down(visit, COUNSELOR, token, 0, now)

        self._store.submit(
            CreateRoom(
                room.id,
                owner,
                room.number_hash,
                room.invite_expires_at,
                room.expires_at,
                token_hash,
            ),
            committed,
        )

    def list_invites(self, visit: Visit, now: Instant) -> None:
        """Tell a counselor the own open invites, and nobody else's."""
        own = [
            InviteEntry(room.id.hex(), room.invite_expires_at)
            for room in self._by_number.values()
            if room.owner == visit.account and room.invite_expires_at > now.unix
        ]
        visit.tell(Invites(own))

    def close_invite(self, visit: Visit, mailbox: str | None, now: Instant) -> None:
        """Withdraw a number. A room that was never kept ends with it."""
        room = self._own_room(visit, mailbox)
        if room is None:
            visit.tell(No())
            return

        def committed(_result: Any) -> None:
            visit.tell(Ok("invite.close"))

        if room.claim is Claim.KEPT:
            self._withdraw(room)
            self._persist(CloseInvite(room.id), committed)
            return
        self._end_room(room, now, spare=visit)
        self._persist(DeleteRoom(room.id), committed)

    # --- the client's seat ----------------------------------------------------------------

    def claim(self, visit: Visit, number: str, now: Instant) -> None:
        """Take the free seat behind a number, provisionally."""
        wait_s = self._claims.take(visit.port.prefix, now.mono)
        if wait_s:
            self._close(visit, CloseCode.TRY_LATER, str(int(wait_s) + 1))
            return
        room = self._by_number.get(hash_token(self._pepper, number))
        if room is None or not self._claimable(room, now):
            visit.tell(No())
            return
        if room.claim is Claim.PROVISIONAL:  # its claimant is gone
            self._drop(room, now, counselor_knows=False)
        self._counters.claims += 1
        token = self._entropy(TOKEN_BYTES).hex()
        seat = Seat(hash_token(self._pepper, token))
        room.seats[CLIENT] = seat
        room.claim = Claim.COMMITTING
        room.claim_prefix = visit.port.prefix
        self._by_token[seat.token_hash] = (room, CLIENT)
        visit.state = VisitState.SITTING_DOWN

        def committed(result: Any) -> None:
            if room.seats[CLIENT] is not seat:
                self._close(visit, CloseCode.MAILBOX_CLOSED)
                return
            if result is not True:
                self._by_token.pop(seat.token_hash, None)
                room.seats[CLIENT] = None
                room.claim = Claim.FREE
                self._close(visit, CloseCode.STORE_FAILED)
                return
            room.claim = Claim.PROVISIONAL
            room.progress_at = room.claimed_at = now.mono
            self._provisional[room.id] = room
            if visit.state is VisitState.SITTING_DOWN:
                room.sit_down(visit, CLIENT, token, 0, now)
                self._busy[room.id] = room

        floor = room.directions[CLIENT].accepted
        self._store.submit(
            TakeSeat(room.id, room.attempt, room.voided, seat.token_hash, floor),
            committed,
        )

    def resume(self, visit: Visit, token: str, have: int, now: Instant) -> None:
        """Sit down again; the newest proof of a token wins."""
        found = self._by_token.get(hash_token(self._pepper, token))
        if found is None or have > MAX_ID:
            visit.tell(No())
            return
        room, seat = found
        taken = room.seats[seat]
        committing = seat == CLIENT and room.claim is Claim.COMMITTING
        if taken is None or committing or room.expires_at <= now.unix:
            visit.tell(No())
            return
        older = taken.visit
        if older is not None:
            room.stand_up(older, now, quietly=True)
            self._close(older, CloseCode.REPLACED)
        self._extend(room, now)
        room.sit_down(visit, seat, token, have, now)
        self._busy[room.id] = room

    def keep(self, visit: Visit, attempt: int, now: Instant) -> None:
        """The claimant proved the code: the seat is theirs for good."""
        room = self._own_room(visit, None)
        if room is None:
            visit.tell(No())
            return

        def committed(result: Any) -> None:
            if result is True:
                visit.tell(Ok("seat.keep"))
            else:
                # The seat stays provisional on disk; the counselor says it again.
                self._close(visit, CloseCode.STORE_FAILED)

        if attempt != room.attempt or room.claim not in (
            Claim.PROVISIONAL,
            Claim.KEPT,
        ):
            # A claimant that is gone. The counselor learned or learns it by `peer`.
            visit.tell(Ok("seat.keep"))
            return
        if room.claim is Claim.PROVISIONAL:
            self._claims.give_back(room.claim_prefix)
        room.claim = Claim.KEPT
        self._provisional.pop(room.id, None)
        room.expires_at = max(room.expires_at, now.unix + self._limits.kept_room_s)
        self._store.submit(KeepSeat(room.id, room.expires_at), committed)

    def drop(self, visit: Visit, attempt: int, now: Instant) -> None:
        """The claimant did not prove the code, or the counselor saw them go."""
        room = self._own_room(visit, None)
        if room is None:
            visit.tell(No())
            return
        if attempt == room.attempt and room.claim is not Claim.KEPT:
            self._drop(room, now, counselor_knows=True)
        elif attempt + 1 == room.attempt:
            room.counselor_behind = False
        else:
            visit.tell(Ok("seat.drop"))
            return
        # A kill before the commit would let the claimant sit down again. Freeing
        # a seat that is free already changes nothing.
        self._persist(
            FreeSeat(room.id, room.attempt, room.voided),
            lambda _result: visit.tell(Ok("seat.drop")),
        )

    # --- envelopes --------------------------------------------------------------------------

    def frame(self, visit: Visit, frame: bytes, now: Instant) -> None:
        """Take an envelope or an acknowledgement from a seated connection.

        `frame` is well formed as far as its length goes.
        """
        room = self.room_of(visit)
        if room is None:
            self._close(visit, CloseCode.POLICY)
            return
        kind, id_, ack = unpack_header(frame)
        outgoing = room.directions[visit.seat]
        incoming = room.directions[1 - visit.seat]
        if ack > incoming.handed or kind not in (ENVELOPE_KIND, ACK_KIND):
            self._close(visit, CloseCode.PROTOCOL)
            return
        arrived = incoming.acknowledge(ack)
        live = False
        if kind == ENVELOPE_KIND:
            if not 0 < id_ <= MAX_ID:
                self._close(visit, CloseCode.PROTOCOL)
                return
            if not (visit.seat == COUNSELOR and room.counselor_behind):
                novelty = outgoing.novelty(id_)
                if novelty is Novelty.NEW and self._admit(visit, room, frame, now):
                    expires_at = room.envelope_expiry(now.unix)
                    live = outgoing.take(id_, frame, expires_at, now.mono)
                    self._counters.envelopes_live += live
                    self._counters.envelopes_waiting += not live
                    room.progress_at = now.mono
        self._busy[room.id] = room
        if arrived:
            # A live frame carries its acknowledgement to the other side itself.
            incoming.acknowledged(told=live)
        elif ack:
            incoming.acknowledged(told=True)

    def leave(self, visit: Visit, now: Instant, *, deliberate: bool) -> None:
        """A connection is gone. A claimant that leaves on purpose frees the seat."""
        room = self.room_of(visit)
        if room is None:
            return
        seat = visit.seat
        room.stand_up(visit, now)
        if deliberate and seat == CLIENT and room.claim is Claim.PROVISIONAL:
            self._drop(room, now, counselor_knows=False)

    # --- time ---------------------------------------------------------------------------------

    def tick(self, now: Instant) -> None:
        """Store what waits too long, free seats nobody makes progress on."""
        self._owed.retry()
        for room in list(self._busy.values()):
            if not room.tick(now):
                del self._busy[room.id]
        for room in list(self._provisional.values()):
            if room.claimant_overdue(now):
                self._drop(room, now, counselor_knows=False)

    def sweep(self, now: Instant) -> None:
        """Forget what has expired; once a minute is enough."""
        self._claims.forget_full(now.mono)
        for room in list(self._rooms.values()):
            room.expire(now)
            if room.invite_open and room.invite_expires_at <= now.unix:
                self._withdraw(room)
                self._persist(CloseInvite(room.id))
            if room.expires_at <= now.unix:
                self._end_room(room, now)
                self._persist(DeleteRoom(room.id))

    def end_rooms_of(self, owner: str, now: Instant) -> None:
        """A counselor's account was revoked: none of their rooms goes on."""
        for room in [room for room in self._rooms.values() if room.owner == owner]:
            counselor = room.visit_of(COUNSELOR)
            if counselor is not None:
                self._close(counselor, CloseCode.ACCOUNT_REVOKED)
            self._end_room(room, now)
            self._persist(DeleteRoom(room.id))

    def flush(self, now: Instant) -> None:
        """Put everything that is only in memory on disk (before a restart)."""
        for room in self._rooms.values():
            for direction in room.directions:
                direction.flush(room.envelope_expiry(now.unix))

    # --- inside -------------------------------------------------------------------------------

    def _may_create(self, owner: str) -> bool:
        limits = self._limits
        if len(self._by_number) >= limits.invites_total or not self._store.healthy:
            return False
        open_invites = sum(room.owner == owner for room in self._by_number.values())
        rooms = sum(room.owner == owner for room in self._rooms.values())
        return (
            open_invites < limits.invites_per_account
            and rooms < limits.rooms_per_account
        )

    def _claimable(self, room: Room, now: Instant) -> bool:
        if not room.invite_open or room.invite_expires_at <= now.unix:
            return False
        if room.claim is Claim.PROVISIONAL:
            return room.visit_of(CLIENT) is None
        return room.claim is Claim.FREE

    def _own_room(self, visit: Visit, mailbox: str | None) -> Room | None:
        """The counselor's own room: the one sat in, or one named by its owner."""
        if mailbox is None:
            return self.room_of(visit) if visit.seat == COUNSELOR else None
        room = self._rooms.get(bytes.fromhex(mailbox))
        owned = room is not None and room.owner == visit.account
        return room if owned else None

    def _admit(self, visit: Visit, room: Room, frame: bytes, now: Instant) -> bool:
        """Check rate and room for a new envelope; a refusal is answered here."""
        _, id_, _ = unpack_header(frame)
        outgoing = room.directions[visit.seat]
        if visit.envelopes.take(now.mono):
            outgoing.refuse(id_)
            visit.refusals += 1
            if visit.refusals >= self._limits.retries_before_close:
                self._close(visit, CloseCode.POLICY)
            else:
                visit.tell(Retry(_RETRY_WAIT_S))
            return False
        if not outgoing.has_room(len(frame) - HEADER_BYTES):
            outgoing.refuse(id_)
            visit.tell(Full(_FULL_WAIT_S))
            return False
        return True

    def _extend(self, room: Room, now: Instant) -> None:
        expires_at = now.unix + self._limits.kept_room_s
        if room.claim is Claim.KEPT and expires_at > room.expires_at + _EXTEND_STEP_S:
            room.expires_at = expires_at
            self._store.submit(ExtendRoom(room.id, expires_at))

    def _drop(self, room: Room, now: Instant, *, counselor_knows: bool) -> None:
        seat = room.seats[CLIENT]
        self._provisional.pop(room.id, None)
        if seat is not None:
            self._by_token.pop(seat.token_hash, None)
            claimant = seat.visit
            if claimant is not None:
                room.stand_up(claimant, now, quietly=True)
                self._close(claimant, CloseCode.MAILBOX_CLOSED)
        room.free_client_seat(counselor_knows=counselor_knows)
        self._persist(FreeSeat(room.id, room.attempt, room.voided))
        if room.attempt >= self._limits.attempts_per_invite:
            self._withdraw(room)
            self._persist(CloseInvite(room.id))

    def _withdraw(self, room: Room) -> None:
        room.invite_open = False
        if self._by_number.get(room.number_hash) is room:
            del self._by_number[room.number_hash]

    def _end_room(self, room: Room, now: Instant, spare: Visit | None = None) -> None:
        for seat in (COUNSELOR, CLIENT):
            visit = room.visit_of(seat)
            if visit is None:
                continue
            room.stand_up(visit, now, quietly=True)
            if visit is spare:
                signed_in = visit.account is not None
                visit.state = VisitState.SIGNED_IN if signed_in else VisitState.UNPROVEN
            else:
                self._close(visit, CloseCode.MAILBOX_CLOSED)
        self._forget(room)

    def _forget(self, room: Room) -> None:
        self._withdraw(room)
        self._rooms.pop(room.id, None)
        self._busy.pop(room.id, None)
        self._provisional.pop(room.id, None)
        for taken in room.seats:
            if taken is not None:
                self._by_token.pop(taken.token_hash, None)
        room.seats = [None, None]
        for direction in room.directions:
            direction.void()
