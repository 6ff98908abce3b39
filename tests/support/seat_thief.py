"""Somebody who takes a person's place at the relay while they are cut off.

Holds back what a victim's engine hands to the relay and what the relay brings, and
talks to the victim instead. The server can do that to anybody; without keys it is
worth nothing, which is what the tests see. `leave` hands over what was held, as a
relay that stores and forwards does.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from tests.support.real_pair import End

from safesession.core import inputs
from safesession.core.effects import SendEnvelope, SignalingEffect
from safesession.core.resume import PAIR_ID_BYTES, Resume
from safesession.crypto.handshake import (
    HandshakeError,
    Initiator,
    Mode,
    Responder,
    ResumeAccess,
    handshake_context,
    message_number,
)
from safesession.crypto.handshake_messages import SUITE
from safesession.crypto.identity import IdentityKey
from safesession.crypto.key_schedule import Label
from safesession.protocol.peer_messages import FrameKind, pack_frame


ANSWER_WITHIN_S = 3.0


@dataclass(frozen=True)
class Loot:
    """What a thief has of the person whose place is taken; the rest is made up."""

    identity: IdentityKey
    resume_secret: bytes


class SeatThief:
    """Sits between one engine and the relay from now on."""

    def __init__(self, victim: End) -> None:
        self.victim = victim
        self._runtime = victim.assembly.runtime
        self._line = self._runtime._signaling
        self._command = self._line.command
        self._bring = self._runtime._from_signaling
        self._held_out: list[SendEnvelope] = []
        self._held_in: list[tuple[int, inputs.SignalingInput]] = []
        self._said = asyncio.Event()
        self._line.command = self._take
        self._runtime._from_signaling = self._keep

    def _take(self, effect: SignalingEffect) -> None:
        if isinstance(effect, SendEnvelope):
            self._held_out.append(effect)
            self._said.set()
        else:
            self._command(effect)

    def _keep(self, line: int, event: inputs.SignalingInput) -> None:
        if isinstance(event, inputs.EnvelopeReceived):
            self._held_in.append((line, event))
        else:
            self._bring(line, event)

    def leave(self) -> None:
        """Give the seat back: everything that waited arrives."""
        self._line.command, self._runtime._from_signaling = self._command, self._bring
        for effect in self._held_out:
            self._command(effect)
        for line, event in self._held_in:
            self._bring(line, event)

    # --- talking to the victim -----------------------------------------------------------

    @property
    def _resume(self) -> Resume:
        return self._runtime.session._encounter._recovery.resume

    def loot(self, other: End, *, identity: bool, secret: bool) -> Loot:
        """What there is to steal from `other`, whose place this is."""
        own = IdentityKey.generate(secrets.token_bytes)
        stolen = other.assembly.state.identity
        resume_secret = self._resume._keys.derive(Label.RESUME)
        return Loot(
            identity=stolen if identity else own,
            resume_secret=resume_secret if secret else secrets.token_bytes(32),
        )

    def _arguments(self, loot: Loot) -> tuple[object, ...]:
        context = self._resume._context
        assert len(context.pair_id) == PAIR_ID_BYTES
        return (
            ResumeAccess(context.identity.public_key, loot.resume_secret),
            handshake_context(Mode.RESUME, context.pair_id, context.relay_origin),
            loot.identity,
            b"",
            secrets.token_bytes,
        )

    def say(self, message: bytes) -> None:
        frame = pack_frame(FrameKind.HANDSHAKE, message)
        self._runtime.dispatch(inputs.EnvelopeReceived(frame))

    async def _hear(self, number: int) -> bytes:
        """Take the victim's handshake message of this number; nobody else gets it."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while True:
                for effect in self._held_out:
                    if _number(effect) == number:
                        self._held_out.remove(effect)
                        return effect.body[1:]
                self._said.clear()
                await self._said.wait()

    def holds(self, number: int) -> bool:
        """Whether the victim answered with this handshake message."""
        return any(_number(effect) == number for effect in self._held_out)

    async def resume_as_client(self, loot: Loot) -> None:
        """M1, M3 to a counselor."""
        machine = Initiator(*self._arguments(loot))
        self.say(machine.start())
        m3 = machine.receive_m2(await self._hear(2))
        self.say(m3)

    async def resume_as_counselor(self, loot: Loot) -> None:
        """M2, M4 to a client who begins; a forged M4 where there is no right one."""
        machine = Responder(*self._arguments(loot))
        self.say(machine.receive_m1(await self._hear(1)))
        m3 = await self._hear(3)
        try:
            self.say(machine.receive_m3(m3))
        except HandshakeError:
            head = SUITE + b"4" + Mode.RESUME.value
            self.say(head + secrets.token_bytes(len(m3) - len(head)))


def _number(effect: SendEnvelope) -> int | None:
    is_handshake = effect.body[0] == FrameKind.HANDSHAKE
    return message_number(effect.body[1:]) if is_handshake else None
