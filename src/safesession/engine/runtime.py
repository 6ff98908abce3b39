"""Carries out what the session decides, on one asyncio loop, with one timer.

Inputs come in through `dispatch`, effects go to the signaling connection, the
peer connection, the state file and the listeners, in the order the core gave
them. This module must never decide anything about a session; only a fault of this
program ends one from here, and says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from safesession.core import effects, inputs
from safesession.core.device_state import StateStore
from safesession.core.effects import FrontEvent
from safesession.core.session import Session
from safesession.core.status import Phase, SessionStatus
from safesession.engine.clock import now_s
from safesession.errors import StateError
from safesession.tasks import spawn


_log = logging.getLogger(__name__)
# A session that is over closes its adapters within this time or is abandoned.
CLOSE_LIMIT_S = 5.0
# The loop's clock stands still while the machine sleeps and ours does not: after
# waking, what became due meanwhile is found within this time.
LONGEST_TIMER_S = 2.0
_DURABLE = (effects.PersistGuess, effects.KeepInvite)
_FIRST = (effects.OpenInvite, effects.ClaimInvite, effects.ReturnToRoom)


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
        state: StateStore,
    ) -> None:
        self._make_session = make_session
        self._make_signaling = make_signaling
        self._make_peer = make_peer
        self._state = state
        self._listeners: list[Callable[[FrontEvent], None]] = []
        self._queue: deque[tuple[int, inputs.Input | None]] = deque()
        self._draining = False
        self._timer: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._generation = 0
        self._line = 0
        self._signaling: Signaling | None = None
        self._peer: Peer | None = None
        self._capture: inputs.CaptureChanged | None = None
        self.session = make_session(now_s())

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
        self.dispatch(inputs.Suspend())
        self._disarm()
        self._retire()
        if self._closing:
            _, left = await asyncio.wait(self._closing, timeout=CLOSE_LIMIT_S)
            for task in left:
                _log.warning("%s did not end in time", task.get_name())
                task.cancel()

    # --- the one loop ----------------------------------------------------------------

    def _enqueue(self, generation: int, event: inputs.Input | None) -> None:
        """Queue: an adapter may report back from within an effect. None is time."""
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

    def _handle(self, event: inputs.Input | None) -> None:
        try:
            self._carry_out(event)
        except Exception as error:  # noqa: BLE001 - the session must end, not hang
            self._give_up(error)

    def _carry_out(self, event: inputs.Input | None) -> None:
        if isinstance(event, inputs.StartOver):
            self._start_over()
            return
        if isinstance(event, inputs.CaptureChanged):
            self._capture = event
        if event is None:
            decided = self.session.handle_timeout(now_s())
        else:
            decided = self.session.handle(event, now_s())
        for effect in decided:
            if isinstance(effect, _DURABLE) and not self._written(effect):
                # What follows would let somebody use a guess that is not counted.
                self._queue.appendleft((self._generation, inputs.StateNotSaved()))
                return
            self._execute(effect)

    def _give_up(self, error: Exception) -> None:
        """Something here is broken: stop everything and tell the person."""
        _log.error("the session was stopped by a fault: %s", type(error).__name__)
        _report("a fault in the engine", error)
        for effect in self.session.abandon():
            if isinstance(effect, effects.StatusChanged):
                self._emit(effect)
        try:
            self._retire()
        except Exception as another:  # noqa: BLE001 - nothing more can be done
            _report("a fault while stopping", another)

    def _on_timer(self) -> None:
        self._timer = None
        self._enqueue(self._generation, None)

    def _arm(self) -> None:
        self._disarm()
        deadline = self.session.deadline
        if deadline is not None:
            delay_s = min(max(0.0, deadline - now_s()), LONGEST_TIMER_S)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay_s, self._on_timer)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_over(self) -> None:
        if self.session.status.phase is not Phase.ENDED:
            self._carry_out(inputs.Leave())
        self._retire()
        self._generation += 1
        self.session = self._make_session(now_s())
        self._emit(effects.StatusChanged(self.session.status))
        if self._capture is not None:
            self._carry_out(self._capture)

    # --- effects -----------------------------------------------------------------------

    def _execute(self, effect: effects.Effect) -> None:
        match effect:
            case effects.StatusChanged() | effects.TextChanged():
                self._emit(effect)
            case effects.PersistGuess() | effects.KeepInvite():
                pass  # written down already
            case effects.ForgiveGuess():
                self._forgive(effect)
            case effects.ForgetInvite():
                self._forget_invite()
            case (
                effects.OpenPeerConnection()
                | effects.ApplyRemoteDescription()
                | effects.SendControl()
                | effects.SetMediaGate()
                | effects.ClosePeerConnection()
                | effects.OpenPath()
                | effects.UsePath()
                | effects.DropPath()
            ):
                self._peer_effect(effect)
            case effects.CloseSignaling():
                self._close_signaling(effect)
            case _:
                self._signaling_effect(effect)

    def _written(self, effect: effects.PersistGuess | effects.KeepInvite) -> bool:
        try:
            if isinstance(effect, effects.PersistGuess):
                self._state.count_guess(effect.invite_tag, effect.wrong_attempts)
            elif self._state.invites is not None:
                self._state.invites.keep_invite(effect.invite)
        except StateError:
            _log.error("a guess or an invite could not be written down")
            return False
        return True

    def _forget_invite(self) -> None:
        try:
            if self._state.invites is not None:
                self._state.invites.forget_invite()
        except StateError:
            _log.warning("a spent invite stays written down")

    def _forgive(self, effect: effects.ForgiveGuess) -> None:
        try:
            self._state.forgive_guess(effect.invite_tag)
        except StateError:
            _log.warning("a right code stays counted as a guess")

    def _emit(self, event: FrontEvent) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - a window's fault, not ours
                _report("a listener failed", error)

    def _peer_effect(self, effect: effects.PeerEffect) -> None:
        if self._peer is None:
            if not isinstance(effect, effects.OpenPeerConnection):
                return
            generation = self._generation
            self._peer = self._make_peer(lambda event: self._enqueue(generation, event))
        self._peer.execute(effect)

    def _signaling_effect(self, effect: effects.SignalingEffect) -> None:
        if self._signaling is None:
            if not isinstance(effect, _FIRST):
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


def _report(message: str, error: Exception) -> None:
    """Hand a fault to the loop's exception handler, as failed tasks are."""
    context = {"message": message, "exception": error}
    asyncio.get_running_loop().call_exception_handler(context)
