"""Carries out what the session decides, on one asyncio loop, with one timer.

Inputs come in through `dispatch`, effects go to the signaling connection, the
peer connection, the state file and the listeners, in the order the core gave
them. This module must never decide anything about a session.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from safesession.core import effects, inputs
from safesession.core.effects import FrontEvent
from safesession.core.session import Session
from safesession.core.status import SessionStatus
from safesession.engine.local_state import LocalState
from safesession.tasks import spawn


_log = logging.getLogger(__name__)
# A session that is over closes its adapters within this time or is abandoned.
CLOSE_LIMIT_S = 5.0


class Signaling(Protocol):
    """The connection to the signaling server, as the runtime uses it."""

    def command(self, effect: effects.SignalingEffect) -> None:
        """Carry out one effect; never blocks."""

    async def close(self) -> None:
        """Close politely; what was handed over before still goes out."""


class Peer(Protocol):
    """The WebRTC side, as the runtime uses it."""

    def execute(self, effect: effects.PeerEffect) -> None:
        """Carry out one effect; never blocks."""

    async def close(self) -> None:
        """Close and free everything."""


SignalingFactory = Callable[[str, Callable[[inputs.SignalingInput], None]], Signaling]
PeerFactory = Callable[[Callable[[inputs.PeerInput], None]], Peer]
SessionFactory = Callable[[float], Session]


class Runtime:
    """Runs sessions one after the other; `dispatch` is for the loop's thread."""

    def __init__(
        self,
        make_session: SessionFactory,
        make_signaling: SignalingFactory,
        make_peer: PeerFactory,
        state: LocalState,
    ) -> None:
        self._make_session = make_session
        self._make_signaling = make_signaling
        self._make_peer = make_peer
        self._state = state
        self._listeners: list[Callable[[FrontEvent], None]] = []
        self._queue: deque[tuple[int, inputs.Input]] = deque()
        self._draining = False
        self._timer: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._generation = 0
        self._line = 0
        self._signaling: Signaling | None = None
        self._peer: Peer | None = None
        self._capture: inputs.CaptureChanged | None = None
        self.session = make_session(time.monotonic())

    @property
    def status(self) -> SessionStatus:
        """The present snapshot."""
        return self.session.status

    def subscribe(self, listener: Callable[[FrontEvent], None]) -> None:
        """Call `listener` with every front event, on this loop's thread."""
        self._listeners.append(listener)

    def dispatch(self, event: inputs.Input) -> None:
        """Give the session an input of the present generation."""
        self._enqueue(self._generation, event)

    async def close(self) -> None:
        """End the session if it runs, and free everything."""
        self.dispatch(inputs.Leave())
        self._disarm()
        self._retire()
        if self._closing:
            await asyncio.wait(self._closing, timeout=CLOSE_LIMIT_S)

    # --- the one loop ----------------------------------------------------------------

    def _enqueue(self, generation: int, event: inputs.Input) -> None:
        """Queue: an adapter may report back from within an effect."""
        self._queue.append((generation, event))
        if self._draining:
            return
        self._draining = True
        try:
            while self._queue:
                of_generation, queued = self._queue.popleft()
                if of_generation == self._generation:
                    self._handle(queued)
        finally:
            self._draining = False
        self._arm()

    def _handle(self, event: inputs.Input) -> None:
        if isinstance(event, inputs.StartOver):
            self._start_over()
            return
        if isinstance(event, inputs.CaptureChanged):
            self._capture = event
        for effect in self.session.handle(event, time.monotonic()):
            self._execute(effect)

    def _on_timer(self) -> None:
        self._timer = None
        for effect in self.session.handle_timeout(time.monotonic()):
            self._execute(effect)
        self._arm()

    def _arm(self) -> None:
        self._disarm()
        deadline = self.session.deadline
        if deadline is not None:
            delay_s = max(0.0, deadline - time.monotonic())
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay_s, self._on_timer)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_over(self) -> None:
        self._retire()
        self._generation += 1
        self.session = self._make_session(time.monotonic())
        self._emit(effects.StatusChanged(self.session.status))
        if self._capture is not None:
            self._handle(self._capture)

    # --- effects -----------------------------------------------------------------------

    def _execute(self, effect: effects.Effect) -> None:
        match effect:
            case effects.StatusChanged() | effects.TextChanged():
                self._emit(effect)
            case effects.PersistGuess():
                self._state.save_wrong_attempts(
                    effect.invite_tag, effect.wrong_attempts
                )
            case (
                effects.OpenPeerConnection()
                | effects.ApplyRemoteDescription()
                | effects.SendControl()
                | effects.SetMediaGate()
                | effects.ClosePeerConnection()
            ):
                self._peer_effect(effect)
            case effects.CloseSignaling():
                self._close_signaling(effect)
            case _:
                self._signaling_effect(effect)

    def _emit(self, event: FrontEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _peer_effect(self, effect: effects.PeerEffect) -> None:
        if self._peer is None:
            if not isinstance(effect, effects.OpenPeerConnection):
                return
            generation = self._generation
            self._peer = self._make_peer(lambda event: self._enqueue(generation, event))
        self._peer.execute(effect)

    def _signaling_effect(self, effect: effects.SignalingEffect) -> None:
        if self._signaling is None:
            if not isinstance(effect, effects.OpenInvite | effects.ClaimInvite):
                return
            self._line += 1
            line = self._line
            self._signaling = self._make_signaling(
                self.session.status.server_origin,
                lambda event: self._from_signaling(line, event),
            )
        self._signaling.command(effect)

    def _from_signaling(self, line: int, event: inputs.SignalingInput) -> None:
        if line == self._line:  # a closed connection has nothing more to say
            self.dispatch(event)

    def _close_signaling(self, effect: effects.CloseSignaling) -> None:
        if self._signaling is not None:
            self._line += 1
            self._signaling.command(effect)
            self._retire_later(self._signaling.close(), "signaling-close")
            self._signaling = None

    def _retire(self) -> None:
        self._close_signaling(effects.CloseSignaling())
        if self._peer is not None:
            self._retire_later(self._peer.close(), "peer-close")
            self._peer = None

    def _retire_later(self, closing: Coroutine[Any, Any, None], name: str) -> None:
        task = spawn(closing, name=name)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
