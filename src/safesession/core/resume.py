"""A fresh epoch for a pair that lost its media: RESUME over the relay.

Sans-I/O (PROTOCOL §4, mode R). The client always starts; the counselor answers,
or asks for it. Neither needs a person: the secret comes from the epoch before and
the identity keys are pinned. It must never lower what was proven at pairing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from safesession.core.effects import SendEnvelope
from safesession.core.status import Role
from safesession.crypto.handshake import (
    HandshakeError,
    Initiator,
    Mode,
    Responder,
    ResumeAccess,
    SessionKeys,
    handshake_context,
    message_number,
)
from safesession.crypto.identity import IdentityKey
from safesession.crypto.key_schedule import Label
from safesession.protocol.peer_messages import FrameKind, pack_frame


FIRST_TRY_AFTER_S = 0.25
TRY_LIMIT_S = 8.0
MAX_BACKOFF_S = 30.0
_MAX_EXPONENT = 6  # reaches MAX_BACKOFF_S
_JITTER_STEPS = 256
PAIR_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Resumed:
    """Both sides hold fresh keys; they belong to the next epoch."""

    keys: SessionKeys


@dataclass(frozen=True, slots=True)
class ResumeContext:
    """What stays the same over all epochs of one encounter."""

    role: Role
    identity: IdentityKey
    relay_origin: str
    pair_id: bytes
    entropy: Callable[[int], bytes] = field(repr=False)


Output = SendEnvelope | Resumed


class Resume:
    """Makes the next epoch's keys out of the present ones, again and again."""

    def __init__(self, context: ResumeContext, keys: SessionKeys) -> None:
        self._context = context
        self._keys = keys
        self._initiator: Initiator | None = None
        self._responder: Responder | None = None
        # Our last M5, until the epoch it began has proved itself.
        self._receipt: SendEnvelope | None = None
        self._tries = 0
        self._try_until = 0.0
        self._reachable = True
        self.deadline: float | None = None
        self.refused = 0

    def renew(self, keys: SessionKeys) -> None:
        """A new epoch stands: the next RESUME starts from it.

        Only media (`cancel`) is a success: until then every further try waits longer,
        or a server with useless relay addresses could keep both ends spinning.
        """
        self._keys = keys
        self._initiator = None
        self._responder = None
        self.deadline = None

    def schedule(self, now: float) -> None:
        """Media is gone: try soon (client only; the counselor waits)."""
        if self._context.role is Role.CLIENT and self.deadline is None:
            pause_s = self._backoff_s() if self._tries else FIRST_TRY_AFTER_S
            self.deadline = now + pause_s

    def reachable(self, reachable: bool, now: float) -> None:
        """Say whether the peer can be reached over the relay.

        The relay keeps what it was handed, so a try that waits there is not
        repeated; it gets its full time once both are back.
        """
        back = reachable and not self._reachable
        self._reachable = reachable
        if back and self.deadline is not None:
            waiting = self._initiator is not None
            self._try_until = now + TRY_LIMIT_S if waiting else 0.0
            self.deadline = self._try_until if waiting else now + FIRST_TRY_AFTER_S

    def asked(self, now: float) -> list[Output]:
        """The counselor asks; one that asks again and again waits like everybody."""
        if self._tries:
            self.schedule(now)
            return []
        return self.ask(now)

    def ask(self, now: float) -> list[Output]:
        """Somebody does not want to wait; a try under way is not disturbed."""
        under_way = self._initiator is not None and now < self._try_until
        if self._context.role is not Role.CLIENT or under_way:
            return []
        return self._start(now)

    def _start(self, now: float) -> list[Output]:
        self._tries += 1
        self._initiator = Initiator(*self._arguments())
        self._try_until = now + TRY_LIMIT_S
        self.deadline = self._try_until + self._backoff_s()
        begun = _handshake(self._initiator.start())
        # Without it the counselor still stands one epoch behind us.
        return [self._receipt, begun] if self._receipt else [begun]

    def cancel(self) -> None:
        """Media is back."""
        self._receipt = None
        self.deadline = None
        self._tries = 0

    def handle_timeout(self, now: float) -> list[Output]:
        """Start the next try when its time has come."""
        if self.deadline is None or now < self.deadline:
            return []
        if not self._reachable:
            self.deadline = now + MAX_BACKOFF_S  # `reachable` comes sooner
            return []
        return self._start(now)

    def receive(self, untrusted_body: bytes, now: float) -> list[Output]:
        """Take M1, M3, M5 (counselor) or M2, M4 (client)."""
        try:
            if self._context.role is Role.CLIENT:
                return self._as_client(untrusted_body)
            return self._as_counselor(untrusted_body)
        except HandshakeError:
            self._initiator = None
            self._responder = None
            self.refused += 1
            if self.deadline is not None:
                self.deadline = min(self.deadline, now + self._backoff_s())
            return []

    def _as_client(self, untrusted_body: bytes) -> list[Output]:
        initiator = self._initiator
        if initiator is None:
            return []
        if message_number(untrusted_body) == 2:  # noqa: PLR2004 - M2
            return [_handshake(initiator.receive_m2(untrusted_body))]
        self._receipt = _handshake(initiator.receive_m4(untrusted_body))
        return [self._receipt, Resumed(initiator.keys)]

    def _as_counselor(self, untrusted_body: bytes) -> list[Output]:
        number = message_number(untrusted_body)
        if number == 1:
            # A newer M1 replaces a try whose answers were lost.
            responder = Responder(*self._arguments())
            m2 = responder.receive_m1(untrusted_body)
            self._responder = responder
            return [_handshake(m2)]
        if self._responder is None:
            return []
        if number == 3:  # noqa: PLR2004 - M3
            return [_handshake(self._responder.receive_m3(untrusted_body))]
        self._responder.receive_m5(untrusted_body)
        return [Resumed(self._responder.keys)]

    def _arguments(
        self,
    ) -> tuple[ResumeAccess, bytes, IdentityKey, bytes, Callable[[int], bytes]]:
        context = self._context
        secret = self._keys.derive(Label.RESUME)
        return (
            ResumeAccess(self._keys.peer_identity, secret),
            handshake_context(Mode.RESUME, context.pair_id, context.relay_origin),
            context.identity,
            b"",
            context.entropy,
        )

    def _backoff_s(self) -> float:
        """Doubling, with up to 20 % more by chance so that two do not collide."""
        base_s = min(MAX_BACKOFF_S, 0.5 * 2.0 ** min(self._tries, _MAX_EXPONENT))
        return base_s * (1 + 0.2 * self._context.entropy(1)[0] / _JITTER_STEPS)


def _handshake(body: bytes) -> SendEnvelope:
    return SendEnvelope(pack_frame(FrameKind.HANDSHAKE, body))
