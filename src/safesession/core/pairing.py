"""From an invite code to session keys: the counselor's and the client's side.

Sans-I/O (PROTOCOL §§3, 4). Guesses are counted by the endpoint and written down
before whatever would answer them; three wrong ones burn the invite. Neither
machine may hand out keys before the other side has proved the code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from safesession.core.effects import (
    CloseInvite,
    DropSeat,
    ForgetInvite,
    ForgiveGuess,
    KeepInvite,
    KeepSeat,
    PersistGuess,
    SendEnvelope,
)
from safesession.core.kept_invite import InviteStage, KeptInvite
from safesession.core.status import Problem
from safesession.crypto.handshake import (
    HandshakeError,
    HandshakeFailure,
    Initiator,
    PairAccess,
    Responder,
    SessionKeys,
    pair_context,
)
from safesession.crypto.handshake_messages import NONCE_BYTES
from safesession.crypto.identity import IdentityKey
from safesession.crypto.invite_code import InviteCode
from safesession.protocol.peer_messages import FrameKind, pack_frame


MAX_WRONG_ATTEMPTS = 3
ANSWER_LIMIT_S = 20.0
# A challenged claimant may take this long; the server frees the seat before.
CHALLENGE_LIMIT_S = 60.0
# After the code was proved: how long the claimant may take to come back and say so.
CONFIRM_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class PairingContext:
    """What both machines need and neither may change."""

    identity: IdentityKey
    payload: bytes
    relay_origin: str
    entropy: Callable[[int], bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Paired:
    """Both sides proved the code; `keys` belong to epoch 0."""

    keys: SessionKeys


@dataclass(frozen=True, slots=True)
class PairingFailed:
    """Final for this invite on this side."""

    problem: Problem


Output = (
    SendEnvelope
    | KeepInvite
    | ForgetInvite
    | KeepSeat
    | DropSeat
    | CloseInvite
    | PersistGuess
    | ForgiveGuess
    | Paired
    | PairingFailed
)


def invite_tag(number: str, relay_origin: str, expires_at: int = 0) -> bytes:
    """Name of an invite in the guess counter: a hash, not the number."""
    text = f"SafeSession/1 guess counter|{number}|{relay_origin}|{expires_at}"
    return hashlib.sha256(text.encode()).digest()[:16]


def _handshake(body: bytes) -> SendEnvelope:
    return SendEnvelope(pack_frame(FrameKind.HANDSHAKE, body))


class _Host(Enum):
    AWAY = auto()  # taken up from an earlier start, not seated yet
    OFFERED = auto()  # M0 parked, waiting for M1
    CHALLENGED = auto()  # M2 sent, waiting for M3
    CONFIRMING = auto()  # code proved, M4 sent, waiting for M5
    PAIRED = auto()
    DROPPING = auto()  # claimant refused, waiting for the server's next attempt
    OVER = auto()


class HostPairing:
    """The counselor's side of one invite.

    With a `seat_token` the invite is kept for later starts of the app. What is kept
    says before M2 leaves that somebody is being challenged: a start that finds it so
    counts a guess, for the end of the last one may have hidden it.
    """

    def __init__(
        self,
        context: PairingContext,
        code: InviteCode,
        expires_at: int,
        wrong_attempts_by_tag: Mapping[bytes, int],
        seat_token: str = "",
    ) -> None:
        self._context = context
        self._code = code
        self._expires_at = expires_at
        self._seat_token = seat_token
        self._attempt = 0
        self._nonce = b""
        self._left: KeptInvite | None = None
        self._state = _Host.OFFERED
        self._responder: Responder | None = None
        self.deadline: float | None = None
        self.tag = invite_tag(code.number, context.relay_origin, expires_at)
        self.wrong_attempts = wrong_attempts_by_tag.get(self.tag, 0)

    @classmethod
    def taken_up(
        cls,
        context: PairingContext,
        kept: KeptInvite,
        wrong_attempts_by_tag: Mapping[bytes, int],
    ) -> HostPairing:
        """Go on with an invite of an earlier start."""
        host = cls(
            context, kept.code, kept.expires_at, wrong_attempts_by_tag, kept.seat_token
        )
        host._state = _Host.AWAY
        host._left = kept
        host._attempt = kept.attempt
        host._nonce = kept.nonce
        return host

    @property
    def seat_token(self) -> str:
        """The way back into the room, while this invite is kept; else empty."""
        return self._seat_token

    @property
    def returning(self) -> bool:
        """True until we sit again in the room of an earlier start."""
        return self._left is not None

    @property
    def burned(self) -> bool:
        """True when this invite's tries are used up."""
        return self.wrong_attempts >= MAX_WRONG_ATTEMPTS

    @property
    def under_way(self) -> bool:
        """True while a claimant is being challenged."""
        return self._state in (_Host.CHALLENGED, _Host.CONFIRMING)

    @property
    def confirming(self) -> bool:
        """True between a right proof and the claimant's receipt."""
        return self._state is _Host.CONFIRMING

    def start(self) -> list[Output]:
        """Park the first M0 in the mailbox, or settle what the last start left."""
        left = self._left
        if left is None:
            return self._offer(0)
        settled = self.wrong_attempts > left.wrong_attempts
        if left.stage is InviteStage.OFFERED or settled:
            return []
        self.wrong_attempts = left.wrong_attempts + 1
        return [PersistGuess(self.tag, self.wrong_attempts)]

    def new_attempt(self, attempt: int) -> list[Output]:
        """The server freed the seat for claimant number `attempt`.

        It may do so just before it hears that the last one proved the code; then
        our answer reached nobody, and the next one is asked like any other.
        """
        over = self._state in (_Host.PAIRED, _Host.OVER)
        if self._left is not None:
            left, self._left = self._left, None
            return self._seated(left, attempt)
        if over or attempt <= self._attempt:
            return []
        return self._offer(attempt)

    def handle_timeout(self, now: float) -> list[Output]:
        """The claimant proves nothing, or proved the code and did not come back."""
        if self.deadline is None or now < self.deadline:
            return []
        self.deadline = None
        if self._state is _Host.CHALLENGED:
            return self._drop()
        self._state = _Host.OVER
        return [CloseInvite(), PairingFailed(Problem.PEER_LEFT)]

    def receive(self, untrusted_body: bytes, now: float) -> list[Output]:
        """Take M1, M3 or M5 of whoever claimed the seat."""
        if self._responder is None or self._state in (_Host.OVER, _Host.DROPPING):
            return []
        try:
            return self._advance(self._responder, untrusted_body, now)
        except HandshakeError as error:
            return self._refuse(error.reason)

    def _advance(
        self, responder: Responder, untrusted_body: bytes, now: float
    ) -> list[Output]:
        match self._state:
            case _Host.OFFERED:
                m2 = responder.receive_m1(untrusted_body)
                self._state = _Host.CHALLENGED
                self.deadline = now + CHALLENGE_LIMIT_S
                return [*self._keep(InviteStage.CHALLENGED), _handshake(m2)]
            case _Host.CHALLENGED:
                m4 = responder.receive_m3(untrusted_body)
                self._state = _Host.CONFIRMING
                self.deadline = now + CONFIRM_LIMIT_S
                return [*self._forget(), KeepSeat(), _handshake(m4)]
            case _Host.CONFIRMING:
                if untrusted_body[3:4] == b"3":
                    return [_handshake(responder.receive_m3(untrusted_body))]
                responder.receive_m5(untrusted_body)
                self._state = _Host.PAIRED
                self.deadline = None
                return [CloseInvite(), Paired(responder.keys)]
            case _:
                return []

    def _seated(self, left: KeptInvite, attempt: int) -> list[Output]:
        """We are back in the room, where claimant number `attempt` is expected."""
        if self.burned:
            self._state = _Host.OVER
            return [CloseInvite(), PairingFailed(Problem.TOO_MANY_ATTEMPTS)]
        if attempt > left.attempt:
            return self._offer(attempt)
        if attempt == left.attempt and left.stage is InviteStage.OFFERED:
            # Whoever has read that M0 may have answered it.
            return self._offer(attempt, left.nonce)
        self._attempt = attempt
        return self._drop()

    def _keep(self, stage: InviteStage) -> list[Output]:
        if not self._seat_token:
            return []
        kept = KeptInvite(
            origin=self._context.relay_origin,
            code=self._code,
            expires_at=self._expires_at,
            seat_token=self._seat_token,
            attempt=self._attempt,
            nonce=self._nonce,
            stage=stage,
            wrong_attempts=self.wrong_attempts,
        )
        return [KeepInvite(kept)]

    def _forget(self) -> list[Output]:
        """The code was proved: a later start could do nothing with this invite."""
        kept, self._seat_token = self._seat_token, ""
        return [ForgetInvite()] if kept else []

    def _offer(self, attempt: int, nonce: bytes | None = None) -> list[Output]:
        context = self._context
        self._attempt = attempt
        self._nonce = context.entropy(NONCE_BYTES) if nonce is None else nonce
        self.deadline = None
        self._responder = Responder(
            PairAccess(self._code.secret),
            pair_context(self._code.number, context.relay_origin),
            context.identity,
            context.payload,
            context.entropy,
        )
        self._state = _Host.OFFERED
        m0 = self._responder.offer(self._expires_at, attempt & 0xFF, self._nonce)
        return [*self._keep(InviteStage.OFFERED), _handshake(m0)]

    def _refuse(self, reason: HandshakeFailure) -> list[Output]:
        if self._state is _Host.CONFIRMING:
            # The code was proved already; a broken M5 is the network's or the
            # peer's fault, never a guess.
            self._state = _Host.OVER
            self.deadline = None
            return [CloseInvite(), PairingFailed(Problem.PEER_MISBEHAVED)]
        outputs: list[Output] = []
        if reason is HandshakeFailure.CONFIRMATION_FAILED:
            self.wrong_attempts += 1
            outputs.append(PersistGuess(self.tag, self.wrong_attempts))
        if self.burned:
            self._state = _Host.OVER
            self.deadline = None
            burned = PairingFailed(Problem.TOO_MANY_ATTEMPTS)
            return [*outputs, DropSeat(), CloseInvite(), burned]
        return [*outputs, *self._drop()]

    def _drop(self) -> list[Output]:
        self._state = _Host.DROPPING
        self._responder = None
        self.deadline = None
        return [DropSeat()]


class _Guest(Enum):
    AWAIT_M0 = auto()
    AWAIT_M2 = auto()
    AWAIT_M4 = auto()
    OVERDUE = auto()  # the same, and nobody has been there to answer
    PAIRED = auto()
    OVER = auto()


_PROVED = (_Guest.AWAIT_M4, _Guest.OVERDUE)  # M3 has left


class GuestPairing:
    """The client's side of one invite.

    Whoever reads M3 can test one code with it. So M3 counts as a wrong guess from
    before it leaves until M4 proves that the code was right: neither a crash nor
    leaving nor a server that stays silent makes that guess free.
    """

    def __init__(
        self,
        context: PairingContext,
        code: InviteCode,
        key_prefix: str,
        wrong_attempts_by_tag: Mapping[bytes, int],
    ) -> None:
        self._state = _Guest.AWAIT_M0
        self._initiator = Initiator(
            PairAccess(code.secret, key_prefix),
            pair_context(code.number, context.relay_origin),
            context.identity,
            context.payload,
            context.entropy,
        )
        self.tag = invite_tag(code.number, context.relay_origin)
        self.wrong_attempts = wrong_attempts_by_tag.get(self.tag, 0)
        self.deadline: float | None = None
        self._offer = b""

    @property
    def burned(self) -> bool:
        """True when this device has used up its tries for this invite."""
        return self.wrong_attempts >= MAX_WRONG_ATTEMPTS

    @property
    def under_way(self) -> bool:
        """True once the counselor's app has answered."""
        return self._state in (*_PROVED, _Guest.PAIRED)

    @property
    def overdue(self) -> bool:
        """True when the answer to our proof is late because nobody was there."""
        return self._state is _Guest.OVERDUE

    def receive(self, untrusted_body: bytes, now: float) -> list[Output]:
        """Take M0, M2 or M4."""
        try:
            return self._advance(untrusted_body, now)
        except HandshakeError as error:
            self._state = _Guest.OVER
            self.deadline = None
            if error.reason is HandshakeFailure.CONFIRMATION_FAILED:
                return [self._wrong_code()]
            if error.reason is HandshakeFailure.IDENTITY_CHANGED:
                return [PairingFailed(Problem.IDENTITY_CHANGED)]
            return [PairingFailed(Problem.PEER_MISBEHAVED)]

    def seat_lost(self) -> list[Output]:
        """The server took our seat away: after M3 that looks like a wrong code."""
        if self._state in _PROVED:
            self._state = _Guest.OVER
            self.deadline = None
            return [self._wrong_code()]
        if self._state in (_Guest.PAIRED, _Guest.OVER):
            return []
        self._state = _Guest.OVER
        return [PairingFailed(Problem.CODE_UNAVAILABLE)]

    def handle_timeout(self, now: float, *, peer_present: bool) -> list[Output]:
        """No M4 in time while the counselor is there looks like a wrong code."""
        if self.deadline is None or now < self.deadline:
            return []
        if peer_present:
            return self.seat_lost()
        self._state = _Guest.OVERDUE
        self.deadline = now + ANSWER_LIMIT_S
        return []

    def _advance(self, untrusted_body: bytes, now: float) -> list[Output]:
        match self._state:
            case _Guest.AWAIT_M0:
                m1 = self._initiator.start(untrusted_body)
                self._state = _Guest.AWAIT_M2
                self._offer = untrusted_body
                return [_handshake(m1)]
            case _Guest.AWAIT_M2 if untrusted_body == self._offer:
                return []  # parked once more by a counselor's app that was restarted
            case _Guest.AWAIT_M2:
                m3 = self._initiator.receive_m2(untrusted_body)
                self._state = _Guest.AWAIT_M4
                self.deadline = now + ANSWER_LIMIT_S
                self.wrong_attempts += 1
                return [PersistGuess(self.tag, self.wrong_attempts), _handshake(m3)]
            case _Guest.AWAIT_M4 | _Guest.OVERDUE:
                m5 = self._initiator.receive_m4(untrusted_body)
                keys = self._initiator.keys
                self.deadline = None
                self._state = _Guest.PAIRED
                self.wrong_attempts -= 1
                return [_handshake(m5), ForgiveGuess(self.tag), Paired(keys)]
            case _Guest.PAIRED | _Guest.OVER:
                return []  # a late or repeated message changes nothing

    def _wrong_code(self) -> PairingFailed:
        burned = Problem.TOO_MANY_ATTEMPTS
        return PairingFailed(burned if self.burned else Problem.CODE_WRONG)
