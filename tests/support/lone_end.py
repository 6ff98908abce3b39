"""One real session with its real state file, and a world that the test plays.

It may be killed before any effect, and restarted from what is on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.support.sim_pair import ORIGIN, UNIX_AT_ZERO, seeded_entropy

from safesession.core import effects, inputs
from safesession.core.session import Session
from safesession.core.session_config import SessionConfig
from safesession.core.status import Role, SessionStatus
from safesession.crypto.handshake import PairAccess, Responder, pair_context
from safesession.crypto.handshake_payload import HandshakePayload
from safesession.crypto.identity import IdentityKey
from safesession.crypto.invite_code import parse_invite_code
from safesession.engine.local_state import LocalState
from safesession.protocol.peer_messages import FrameKind, pack_frame


class KilledError(Exception):
    """kill -9 just before an effect."""


class LoneEnd:
    """A counselor or a client without a counterpart."""

    def __init__(self, role: Role, folder: Path) -> None:
        self.role = role
        self.folder = folder
        self.births = 0
        self.kill_before: Callable[[effects.Effect], bool] = lambda _effect: False
        self.sent: list[bytes] = []  # handshake messages that left, over all lives
        self.done: list[effects.Effect] = []
        self.restart()

    def restart(self) -> None:
        """A new process."""
        self.births += 1
        self.now = 100.0
        self.state = LocalState(self.folder, os.urandom)
        self.kill_before = lambda _effect: False
        self.session = Session(
            SessionConfig(
                role=self.role,
                identity=self.state.identity,
                entropy=seeded_entropy(f"{self.role}|{self.births}"),
                relay_origin=ORIGIN,
                unix_at_zero=UNIX_AT_ZERO,
                wrong_attempts_by_tag=self.state.wrong_attempts,
            )
        )

    @property
    def status(self) -> SessionStatus:
        return self.session.status

    @property
    def on_disk(self) -> list[int]:
        """What a restarted app would find."""
        return sorted(LocalState(self.folder, os.urandom).wrong_attempts.values())

    def give(self, *events: inputs.Input) -> None:
        for event in events:
            self._carry_out(self.session.handle(event, self.now))

    def handshake(self, message: bytes) -> None:
        body = pack_frame(FrameKind.HANDSHAKE, message)
        self.give(inputs.EnvelopeReceived(body))

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while (due := self.session.deadline) is not None and due <= until:
            self.now = max(self.now, due)
            self._carry_out(self.session.handle_timeout(self.now))
        self.now = until

    def count(self, number: int) -> int:
        """How many messages M`number` ever left."""
        return sum(body[:4] == b"SS1%d" % number for body in self.sent)

    def _carry_out(self, decided: list[effects.Effect]) -> None:
        for effect in decided:
            if self.kill_before(effect):
                raise KilledError
            self.done.append(effect)
            match effect:
                case effects.PersistGuess():
                    self.state.count_guess(effect.invite_tag, effect.wrong_attempts)
                case effects.ForgiveGuess():
                    self.state.forgive_guess(effect.invite_tag)
                case effects.SendEnvelope():
                    self.sent.append(effect.body[1:])
                case _:
                    pass


class GuessingCounselor:
    """A server that plays the counselor with a code of its own."""

    def __init__(self, code: str, guess: int) -> None:
        parsed = parse_invite_code(code)
        self._entropy = seeded_entropy(f"guess {guess}")
        self._responder = Responder(
            PairAccess(f"{guess:08d}".encode()),
            pair_context(parsed.number, ORIGIN),
            IdentityKey.generate(self._entropy),
            HandshakePayload("", "").to_bytes(),
            self._entropy,
        )

    def question(self, victim: LoneEnd) -> None:
        """Lead the client to M3, as far as it goes."""
        before = victim.count(1)
        victim.give(inputs.ServerLinkChanged(up=True), inputs.RoomJoined(0, True))
        victim.handshake(self._responder.offer(0, 0))
        if victim.count(1) > before:
            victim.handshake(self._responder.receive_m1(victim.sent[-1]))
