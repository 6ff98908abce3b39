"""One direction of a room: accepted means acknowledged or committed, in order.

Sans-I/O. An envelope goes out live only when nothing older of its direction
waits (law 1); it is kept in memory until the receiver acknowledges it, and goes
to the store when that takes too long or the receiver is gone. This module must
never tell a sender "accepted" before one of the two has happened.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import Any

from safesession.protocol.close_codes import CloseCode
from safesession.protocol.relay_frames import (
    HEADER_BYTES,
    RelayFrame,
    RelayKind,
    encode_frame,
)
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import (
    FetchEnvelopes,
    ForgetEnvelopes,
    PutEnvelope,
    SaveFloor,
    StoredEnvelope,
    StorePort,
)
from safesession.signaling_server.visits import Visit


class Novelty(Enum):
    """What an id is to a direction."""

    NEW = auto()
    SETTLED = auto()  # answered accepted at once (law 2)
    UNDER_WAY = auto()  # already taken; its acceptance will come
    OUT_OF_TURN = auto()  # after a refused one that was not resent yet (law 4)


class Direction:
    """What one seat sends. Ids are the sender's, rising.

    `taken`: newest id taken from the sender. `accepted`: newest id the sender may
    forget. `handed`: newest id given to the receiver's present connection.
    `acked`: newest id the receiver acknowledged. Taken ids above `acked` are in
    `_live` (handed on, in memory only) or `_kept` (on disk or on the way there).
    """

    def __init__(
        self, room: bytes, seat: int, store: StorePort, limits: Limits
    ) -> None:
        self._room = room
        self._seat = seat
        self._store = store
        self._limits = limits
        self._generation = 0
        self._live: deque[tuple[int, bytes, float]] = deque()
        self._kept: deque[StoredEnvelope] = deque()
        self._kept_bytes = 0
        self._fetching = False
        self._refused: int | None = None
        self._saved_floor = 0
        self._forgetting = 0  # deletions under way
        self._to_forget = 0  # a deletion that failed and is owed
        self.taken = self.accepted = self.handed = self.acked = 0
        self.voided = 0  # newest id that went with a dropped claimant
        self.sender: Visit | None = None
        self.receiver: Visit | None = None

    def restore(self, floor: int, kept: tuple[StoredEnvelope, ...]) -> None:
        """Go on after a restart: everything on disk is taken and accepted."""
        self._kept.extend(kept)
        self._kept_bytes = sum(envelope.size for envelope in kept)
        newest = kept[-1].id if kept else 0
        self._saved_floor = floor
        self.taken = self.accepted = max(floor, newest)
        self.acked = kept[0].id - 1 if kept else self.accepted
        self.handed = self.acked

    @property
    def needs_attention(self) -> bool:
        """Whether `tick` has something to do."""
        waits = bool(self._kept) and self.receiver is not None
        return waits or bool(self._live or self._forgetting or self._to_forget)

    @property
    def waiting(self) -> tuple[int, int]:
        """How many envelopes are on disk or on the way there, and their bytes."""
        return len(self._kept), self._kept_bytes

    # --- the sender -----------------------------------------------------------------

    def sender_joined(self, sender: Visit) -> None:
        """A connection that resends from `accepted` on sat down."""
        self.sender = sender
        self._refused = None

    def sender_left(self) -> None:
        """The sender's connection is gone."""
        self.sender = None
        if self.accepted > self._saved_floor:
            self._saved_floor = self.accepted
            self._store.submit(SaveFloor(self._room, self._seat, self.accepted))

    def novelty(self, id_: int) -> Novelty:
        """Classify an id; a settled one is answered here, before any other check."""
        if id_ <= self.accepted:
            self._tell_accepted()
            return Novelty.SETTLED
        if id_ <= self.taken:
            return Novelty.UNDER_WAY
        if self._refused is not None and id_ > self._refused:
            return Novelty.OUT_OF_TURN
        return Novelty.NEW

    def refuse(self, id_: int) -> None:
        """Take nothing from this id on until it is resent."""
        self._refused = id_

    def has_room(self, size: int) -> bool:
        """Say whether an envelope of `size` bytes would fit if it had to wait."""
        return (
            len(self._kept) < self._limits.mailbox_messages
            and self._kept_bytes + size <= self._limits.mailbox_bytes
            and len(self._live) < self._limits.live_messages
        )

    def take(self, id_: int, frame: bytes, expires_at: int, now: float) -> bool:
        """Take a new envelope; return whether it went out live."""
        self._refused = None
        nothing_waits = self.handed >= self.taken
        self.taken = id_
        receiver = self.receiver
        if (
            receiver is not None
            and nothing_waits
            and receiver.port.buffered < self._limits.congested_bytes
        ):
            self.handed = id_
            receiver.send_frame(frame)
            self._live.append((id_, frame, now))
            return True
        self._keep(id_, frame, expires_at)
        return False

    # --- the receiver ---------------------------------------------------------------

    def receiver_joined(self, receiver: Visit, have: int) -> None:
        """Hand over what waits above `have`."""
        self.receiver = receiver
        self.acknowledge(have)
        self.handed = self.acked
        if not self._kept:
            self.handed = self.acked = max(self.acked, self.taken)
        self._pump()

    def receiver_left(self, expires_at: int) -> None:
        """What the lost receiver had not acknowledged goes to disk now."""
        self.receiver = None
        self.flush(expires_at)

    def acknowledge(self, ack: int) -> bool:
        """Everything up to `ack` has arrived; return whether that was news."""
        if ack <= self.acked:
            return False
        self.acked = ack
        while self._live and self._live[0][0] <= ack:
            self._live.popleft()
        forget = False
        while self._kept and self._kept[0].id <= ack:
            self._kept_bytes -= self._kept.popleft().size
            forget = True
        if forget:
            self._forget(ack)
        if ack > self.accepted:
            self.accepted = ack
            self.taken = max(self.taken, ack)
            return True
        return False

    def acknowledged(self, *, told: bool) -> None:
        """Pass the acceptance on, unless it was `told` already; hand over more."""
        if not told:
            self._tell_accepted()
        self._pump()

    # --- time, failure, a new claimant ------------------------------------------------

    def tick(self, expires_at: int, now: float) -> None:
        """Store what waited too long for its acknowledgement; retry a hand-over."""
        if self._live and now - self._live[0][2] >= self._limits.ack_wait_s:
            self.flush(expires_at)
        up_to, self._to_forget = self._to_forget, 0
        if up_to:
            self._forget(up_to)
        self._pump()

    def flush(self, expires_at: int) -> None:
        """Send everything that is only in memory to the store."""
        while self._live:
            id_, frame, _ = self._live.popleft()
            self._keep(id_, frame, expires_at)

    def expire(self, unix: int) -> None:
        """Forget kept envelopes whose time is over."""
        up_to = 0
        while self._kept and self._kept[0].expires_at <= unix:
            envelope = self._kept.popleft()
            self._kept_bytes -= envelope.size
            up_to = envelope.id
        if up_to:
            self._forget(up_to)

    def void(self) -> None:
        """Forget everything taken so far: it was meant for a dropped claimant.

        The store's rows are the caller's to delete.
        """
        self._generation += 1
        self._live.clear()
        self._kept.clear()
        self._kept_bytes = 0
        self._refused = None
        self.voided = self.accepted = self.handed = self.acked = self.taken

    # --- inside -----------------------------------------------------------------------

    def _tell_accepted(self) -> None:
        if self.sender is not None:
            frame = RelayFrame(RelayKind.ACCEPTED, ack=self.accepted)
            self.sender.send_frame(encode_frame(frame))

    def _forget(self, up_to: int) -> None:
        self._forgetting += 1

        def forgotten(result: Any) -> None:
            self._forgetting -= 1
            if result is not True:
                self._to_forget = max(self._to_forget, up_to)

        self._store.submit(ForgetEnvelopes(self._room, self._seat, up_to), forgotten)

    def _keep(self, id_: int, frame: bytes, expires_at: int) -> None:
        body = frame[HEADER_BYTES:]
        self._kept.append(StoredEnvelope(id_, len(body), expires_at))
        self._kept_bytes += len(body)
        generation = self._generation

        def committed(result: Any) -> None:
            if generation == self._generation:
                self._committed(id_, stored=result is True)

        self._store.submit(
            PutEnvelope(self._room, self._seat, generation, id_, body, expires_at),
            committed,
        )

    def _committed(self, id_: int, *, stored: bool) -> None:
        if not stored:
            self._store_failed()
            return
        if id_ > self.accepted:
            self.accepted = id_
            self._tell_accepted()
        self._pump()

    def _store_failed(self) -> None:
        """Untake what is neither acknowledged nor stored; the sender resends it."""
        self._generation += 1
        self._live.clear()
        while self._kept and self._kept[-1].id > self.accepted:
            self._kept_bytes -= self._kept.pop().size
        self._refused = None
        self.taken = self.accepted
        if self.sender is not None:
            self.sender.dismiss(CloseCode.STORE_FAILED)

    def _pump(self) -> None:
        """Hand over the next stored envelopes, paced by acknowledgements."""
        receiver = self.receiver
        waits = bool(self._kept) and self._kept[-1].id > self.handed
        if receiver is None or self._fetching or not waits or self.acked < self.handed:
            return
        self._fetching = True
        generation = self._generation

        def fetched(rows: list[tuple[int, bytes]] | None) -> None:
            self._fetching = False
            if rows is None:
                return  # the next tick tries again
            if generation != self._generation or receiver is not self.receiver:
                self._pump()
                return
            for id_, body in rows:
                if id_ > self.handed:
                    self.handed = id_
                    frame = RelayFrame(RelayKind.ENVELOPE, id_, 0, body)
                    receiver.send_frame(encode_frame(frame))

        self._store.submit(
            FetchEnvelopes(
                self._room, self._seat, self.handed, self._limits.congested_bytes
            ),
            fetched,
        )
