"""The signaling server's behaviour, one connection at a time.

Sans-I/O: the adapter says what came in and when, this module answers through the
connection's port. Malformed or unexpected input closes the connection with a
code; it never raises and never changes anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from safesession.crypto.entropy import Entropy
from safesession.crypto.tokens import hash_token
from safesession.errors import RemoteProtocolError
from safesession.protocol.close_codes import CloseCode
from safesession.protocol.relay_frames import HEADER_BYTES, MAX_FRAME_BYTES
from safesession.protocol.server_codec import decode_client_message
from safesession.protocol.server_messages import (
    MAX_TEXT_BYTES,
    VERSION,
    Auth,
    Bearer,
    ClientMessage,
    Drain,
    Enrol,
    Hello,
    InviteClose,
    InviteList,
    InviteNew,
    No,
    Open,
    Resume,
    SeatDrop,
    SeatKeep,
    SignedIn,
    Turn,
    TurnPlease,
    Welcome,
)
from safesession.signaling_server.accounts import Accounts
from safesession.signaling_server.counters import Counters
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.operations import RedeemEnrolment, Stored, StorePort
from safesession.signaling_server.room import Claim
from safesession.signaling_server.rooms import Rooms
from safesession.signaling_server.turn_credentials import TurnConfig, issue_turn
from safesession.signaling_server.visits import (
    ConnectionPort,
    Instant,
    Visit,
    VisitState,
)


_NONCE_BYTES = 32
_SWEEP_S = 60.0
_PATIENCE_S = 1.0

_EXPECTED: dict[VisitState, tuple[type, ...]] = {
    VisitState.GREETING: (Hello,),
    VisitState.UNPROVEN: (Auth, Bearer, Enrol, Open, Resume),
    VisitState.ENROLLING: (),
    VisitState.SIGNED_IN: (InviteNew, InviteList, InviteClose, Resume),
    VisitState.SITTING_DOWN: (),
    VisitState.SEATED: (SeatKeep, SeatDrop, InviteClose, InviteList, TurnPlease),
    VisitState.GONE: (),
}
_IDENTIFIED = (VisitState.SIGNED_IN, VisitState.SITTING_DOWN, VisitState.SEATED)


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """What a server is: where it is reached, its pepper, its limits, its TURN."""

    origins: tuple[str, ...]
    pepper: bytes = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    turn: TurnConfig = field(default_factory=TurnConfig)


class Service:
    """Every connection and every room of one server."""

    def __init__(
        self, config: ServiceConfig, store: StorePort, entropy: Entropy
    ) -> None:
        self._config = config
        self.limits = self._limits = config.limits
        self._store = store
        self._entropy = entropy
        self.counters = Counters()
        self.accounts = Accounts(config.origins, entropy, config.pepper, config.limits)
        self.rooms = Rooms(
            store, entropy, config.pepper, config.limits, self.counters, self.close
        )
        self._visits: dict[Visit, None] = {}  # ordered: the oldest goes first
        self._checked_at = 0.0
        self._swept_at = 0.0

    def restore(self, stored: Stored, now: Instant) -> None:
        """Take over what the store holds."""
        for account, key in stored.accounts.items():
            self.accounts.add(account, key)
        self.rooms.restore(stored, now)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._visits)

    def visits(self) -> list[Visit]:
        """Return every open connection, oldest first."""
        return list(self._visits)

    # --- what the adapter reports -------------------------------------------------------

    def opened(self, port: ConnectionPort, now: Instant) -> Visit:
        """A connection stands; greet it."""
        nonce = self._entropy(_NONCE_BYTES)
        visit = Visit(port, self._limits, now.mono, nonce, now.unix)
        self._make_place()
        self._visits[visit] = None
        visit.tell(Welcome([VERSION], nonce.hex(), now.unix))
        return visit

    def text(self, visit: Visit, untrusted_text: bytes, now: Instant) -> None:
        """A text message came in."""
        if visit.state is VisitState.GONE:
            return
        if len(untrusted_text) > MAX_TEXT_BYTES:
            self.close(visit, CloseCode.TOO_BIG)
            return
        if visit.texts.take(now.mono):
            self.close(visit, CloseCode.POLICY)
            return
        try:
            message = decode_client_message(untrusted_text)
        except RemoteProtocolError:
            self.close(visit, CloseCode.BAD_MESSAGE)
            return
        if not isinstance(message, _EXPECTED[visit.state]):
            self.close(visit, CloseCode.POLICY)
            return
        if visit.state is VisitState.SEATED:
            self._in_room(visit, message, now)
        else:
            self._at_the_door(visit, message, now)

    def binary(self, visit: Visit, untrusted_frame: bytes, now: Instant) -> None:
        """A binary message came in."""
        if visit.state is VisitState.GONE:
            return
        if visit.state is not VisitState.SEATED or visit.frames.take(now.mono):
            self.close(visit, CloseCode.POLICY)
        elif not HEADER_BYTES <= len(untrusted_frame) <= MAX_FRAME_BYTES:
            self.close(visit, CloseCode.PROTOCOL)
        else:
            self.rooms.frame(visit, untrusted_frame, now)

    def gone(self, visit: Visit, now: Instant, *, deliberate: bool) -> None:
        """The connection ended; `deliberate` when the client closed it with 1000."""
        self._visits.pop(visit, None)
        self.rooms.leave(visit, now, deliberate=deliberate)
        visit.state = VisitState.GONE

    def tick(self, now: Instant) -> None:
        """Ten times a second."""
        self.rooms.tick(now)
        if now.mono - self._checked_at >= _PATIENCE_S:
            self._checked_at = now.mono
            for visit in list(self._visits):
                self._check_patience(visit, now)
        if now.mono - self._swept_at >= _SWEEP_S:
            self._swept_at = now.mono
            self.rooms.sweep(now)
            self.accounts.sweep(now.mono)

    def close(self, visit: Visit, code: int, reason: str = "") -> None:
        """End a connection from our side; the adapter then reports it gone."""
        if visit.state is not VisitState.GONE:
            self.counters.closed[code] += 1
        visit.dismiss(code, reason)

    def accounts_read(self, accounts: dict[str, bytes], now: Instant) -> None:
        """The institution changed who may sign in; who may not is told and goes."""
        for account in self.accounts.replace(accounts):
            self.counters.revocations += 1
            self._end_visits(account)
            if account not in accounts:
                self.rooms.end_rooms_of(account, now)

    def _end_visits(self, account: str) -> None:
        for visit in list(self._visits):
            if visit.account == account:
                self.close(visit, CloseCode.ACCOUNT_REVOKED)

    def drain(self, visit: Visit, in_ms: int) -> None:
        """Tell a connection that the server is about to restart."""
        visit.tell(Drain(in_ms))

    # --- before a seat ------------------------------------------------------------------

    def _at_the_door(self, visit: Visit, message: ClientMessage, now: Instant) -> None:
        match message:
            case Hello():
                if VERSION in message.v:
                    visit.state = VisitState.UNPROVEN
                else:
                    self.close(visit, CloseCode.VERSION)
            case Auth():
                self._sign_in(visit, message, now)
            case Bearer():
                account = self.accounts.account_of(message.bearer, now.mono)
                if account is None:
                    self.close(visit, CloseCode.BEARER_GONE)
                else:
                    self._signed_in(visit, account, now)
            case Enrol():
                self._enrol(visit, message, now)
            case Open():
                self.rooms.claim(visit, message.number, now)
            case Resume():
                self.rooms.resume(visit, message.token, int(message.have), now)
            case InviteNew():
                self.rooms.create(visit, message.ttl, now)
            case InviteClose():
                self.rooms.close_invite(visit, message.mailbox, now)
            case InviteList():
                self.rooms.list_invites(visit, now)
            case _:
                self.close(visit, CloseCode.POLICY)

    def _take_nonce(self, visit: Visit, now: Instant) -> bytes | None:
        nonce, visit.nonce = visit.nonce, None
        fresh = now.mono - visit.opened_at <= self._limits.nonce_life_s
        return nonce if fresh else None

    def _sign_in(self, visit: Visit, message: Auth, now: Instant) -> None:
        nonce = self._take_nonce(visit, now)
        good = self.accounts.signature_good(
            message.account, nonce or b"", message.time, bytes.fromhex(message.sig)
        )
        if nonce is None or not good or message.time != visit.welcome_time:
            self._refuse(visit)
            return
        self._signed_in(visit, message.account, now)

    def _signed_in(self, visit: Visit, account: str, now: Instant) -> None:
        sockets = sum(other.account == account for other in self._visits)
        if sockets >= self._limits.sockets_per_account:
            self.close(visit, CloseCode.TRY_LATER, "10")
            return
        self.counters.sign_ins += 1
        visit.account = account
        visit.state = VisitState.SIGNED_IN
        bearer = self.accounts.issue_bearer(account, now.mono)
        visit.tell(SignedIn(account, bearer, self._limits.bearer_life_s))

    def _enrol(self, visit: Visit, message: Enrol, now: Instant) -> None:
        nonce = self._take_nonce(visit, now)
        key = bytes.fromhex(message.key)
        if nonce is None or not self.accounts.proof_good(
            key, "", nonce, visit.welcome_time, bytes.fromhex(message.sig)
        ):
            self._refuse(visit)
            return
        visit.state = VisitState.ENROLLING

        def redeemed(result: Any) -> None:
            if result:
                self.counters.enrolments += 1
                self._end_visits(result)  # of the key that this one replaces
                self.accounts.add(result, key)
            if visit.state is not VisitState.ENROLLING:
                return
            if result:
                self._signed_in(visit, result, now)
            elif result is None:
                self.close(visit, CloseCode.STORE_FAILED)
            else:
                self._refuse(visit)

        token_hash = hash_token(self._config.pepper, message.token)
        self._store.submit(
            RedeemEnrolment(token_hash, self.accounts.new_id(), key, now.unix), redeemed
        )

    def _refuse(self, visit: Visit) -> None:
        self.counters.sign_ins_refused += 1
        visit.tell(No())
        self.close(visit, CloseCode.POLICY)

    # --- in a room ------------------------------------------------------------------------

    def _in_room(self, visit: Visit, message: ClientMessage, now: Instant) -> None:
        match message:
            case SeatKeep():
                self.rooms.keep(visit, message.attempt, now)
            case SeatDrop():
                self.rooms.drop(visit, message.attempt, now)
            case InviteClose():
                self.rooms.close_invite(visit, message.mailbox, now)
            case InviteList():
                self.rooms.list_invites(visit, now)
            case TurnPlease():
                visit.tell(self._turn(visit, now))
            case _:
                self.close(visit, CloseCode.POLICY)

    def _turn(self, visit: Visit, now: Instant) -> Turn:
        room = self.rooms.room_of(visit)
        nothing = Turn([], "", "", 0)
        if room is None or room.claim is not Claim.KEPT:
            return nothing
        oldest = now.mono - self._limits.turn_window_s
        grants = [at for at in room.turn_grants[visit.seat] if at > oldest]
        if len(grants) >= self._limits.turn_per_seat:
            return nothing
        room.turn_grants[visit.seat] = [*grants, now.mono]
        self.counters.turn_issued += bool(self._config.turn.urls)
        return issue_turn(self._config.turn, now.unix, self._entropy)

    # --- patience -----------------------------------------------------------------------

    def _check_patience(self, visit: Visit, now: Instant) -> None:
        age = now.mono - visit.opened_at
        match visit.state:
            case VisitState.GREETING:
                late = age >= self._limits.hello_limit_s
            case VisitState.UNPROVEN:
                late = age >= self._limits.capability_limit_s
            case _:
                late = False
        if late:
            self.close(visit, CloseCode.POLICY)

    def _make_place(self) -> None:
        """Too many strangers: the one that has waited longest goes."""
        if len(self._visits) < self._limits.connections_unauthenticated:
            return
        strangers = [v for v in self._visits if v.state not in _IDENTIFIED]
        if len(strangers) >= self._limits.connections_unauthenticated:
            self.close(strangers[0], CloseCode.TRY_LATER, "10")
