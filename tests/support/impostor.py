"""An attacker who speaks the handshake himself, from the relay's place.

Made of the product's own crypto: what it cannot do without the code, nobody can.
"""

from __future__ import annotations

import os
import time

from tests.support.evil_relay import EvilRelay, Seat, handshake, step

from safesession.core.status import Role
from safesession.crypto.handshake import (
    HandshakeError,
    Initiator,
    PairAccess,
    Responder,
    pair_context,
)
from safesession.crypto.handshake_payload import HandshakePayload
from safesession.crypto.identity import IdentityKey


PAYLOAD = HandshakePayload("王老师", "1").to_bytes()
FORGED_M4 = b"SS14P" + bytes(560)


class Impostor:
    """A hook: towards the client a counselor, and towards her a client if asked."""

    def __init__(
        self,
        relay: EvilRelay,
        secret: bytes,
        *,
        towards_counselor: bool = False,
        identity: IdentityKey | None = None,
        payload: bytes = PAYLOAD,
    ) -> None:
        self._relay = relay
        self._towards_counselor = towards_counselor
        number = relay.seat(Role.COUNSELOR).number
        context = pair_context(number, relay.origin.partition("://")[2])
        identity = identity or IdentityKey.generate(os.urandom)
        arguments = (PairAccess(secret), context, identity, payload, os.urandom)
        self.responder = Responder(*arguments)
        self.initiator = Initiator(*arguments)

    def __call__(self, seat: Seat, body: bytes) -> list[bytes]:
        if seat.role is Role.COUNSELOR:
            return self._from_counselor(seat, body)
        match step(body):
            case 1:
                self._answer(seat, self.responder.receive_m1(body[1:]))
            case 3:
                self._answer(seat, self._m4(body[1:]))
            case _:
                pass
        return []

    def _m4(self, m3: bytes) -> bytes:
        try:
            return self.responder.receive_m3(m3)
        except HandshakeError:
            return FORGED_M4  # wrong guess; the client has to find out for herself

    def _from_counselor(self, seat: Seat, body: bytes) -> list[bytes]:
        number = step(body)
        if number == 0:
            if self._towards_counselor:
                self._answer(seat, self.initiator.start(body[1:]))
            offer = self.responder.offer(int(time.time()) + 3600, 0)
            return [handshake(offer)]
        if self._towards_counselor and number == 2:
            self._answer(seat, self.initiator.receive_m2(body[1:]))
        return []

    def _answer(self, seat: Seat, message: bytes) -> None:
        self._relay.answer(seat, handshake(message))
