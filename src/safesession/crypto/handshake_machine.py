"""States, events and transition tables of the handshake, and what both sides share.

One table per side. An error in a state that is not terminal leads to FAILED and
drops every secret; there must be no other way out of a state than its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from safesession.crypto.handshake_messages import (
    M1,
    M2,
    HandshakeError,
    HandshakeFailure,
)
from safesession.crypto.handshake_schedule import MAX_PAYLOAD_BYTES, Finished
from safesession.crypto.session_keys import SessionKeys
from safesession.errors import LocalProtocolError


class InitiatorState(Enum):
    """Where the client's side stands."""

    NEW = "new"
    AWAITING_M2 = "awaiting_m2"
    AWAITING_M4 = "awaiting_m4"
    DONE = "done"
    FAILED = "failed"


class InitiatorEvent(Enum):
    """What moves the client's side."""

    START = "start"
    M2 = "m2"
    M4 = "m4"
    M4_AGAIN = "m4_again"  # byte for byte the M4 already accepted


class ResponderState(Enum):
    """Where the counselor's side stands. SESSION and RESUME begin at AWAITING_M1."""

    NEW = "new"
    AWAITING_M1 = "awaiting_m1"
    AWAITING_M3 = "awaiting_m3"
    AWAITING_M5 = "awaiting_m5"
    DONE = "done"
    FAILED = "failed"


class ResponderEvent(Enum):
    """What moves the counselor's side."""

    OFFER = "offer"
    M1 = "m1"
    M3 = "m3"
    M3_AGAIN = "m3_again"  # byte for byte the M3 already accepted
    M5 = "m5"


# Any error in a state that is not terminal leads to FAILED.
INITIATOR_TRANSITIONS: Mapping[
    InitiatorState, Mapping[InitiatorEvent, InitiatorState]
] = {
    InitiatorState.NEW: {InitiatorEvent.START: InitiatorState.AWAITING_M2},
    InitiatorState.AWAITING_M2: {InitiatorEvent.M2: InitiatorState.AWAITING_M4},
    InitiatorState.AWAITING_M4: {InitiatorEvent.M4: InitiatorState.DONE},
    InitiatorState.DONE: {InitiatorEvent.M4_AGAIN: InitiatorState.DONE},
    InitiatorState.FAILED: {},
}
RESPONDER_TRANSITIONS: Mapping[
    ResponderState, Mapping[ResponderEvent, ResponderState]
] = {
    ResponderState.NEW: {ResponderEvent.OFFER: ResponderState.AWAITING_M1},
    ResponderState.AWAITING_M1: {ResponderEvent.M1: ResponderState.AWAITING_M3},
    ResponderState.AWAITING_M3: {ResponderEvent.M3: ResponderState.AWAITING_M5},
    ResponderState.AWAITING_M5: {
        ResponderEvent.M3_AGAIN: ResponderState.AWAITING_M5,
        ResponderEvent.M5: ResponderState.DONE,
    },
    ResponderState.DONE: {},
    ResponderState.FAILED: {},
}

_State = TypeVar("_State", bound=Enum)
_Event = TypeVar("_Event", bound=Enum)
_Progress = TypeVar("_Progress")


@dataclass(slots=True, repr=False)
class Closing:
    """The last exchange, kept so that it can be served again unchanged."""

    received: bytes
    answer: bytes


class HandshakeMachine(Generic[_State, _Event]):
    """A state, its table, and one rule: an error ends everything."""

    def __init__(
        self,
        table: Mapping[_State, Mapping[_Event, _State]],
        start: _State,
        done: _State,
        failed: _State,
    ) -> None:
        self._table = table
        self._state = start
        self._done = done
        self._failed = failed
        self._finished: Finished | None = None

    @property
    def state(self) -> _State:
        """The present state."""
        return self._state

    @property
    def active(self) -> bool:
        """True when both ends are known to hold the keys."""
        return self._state is self._done

    @property
    def keys(self) -> SessionKeys:
        """The session keys.

        Raises:
            LocalProtocolError: not agreed yet, or the handshake failed.
        """
        if self._finished is None:
            raise LocalProtocolError("no session keys in this state")
        return self._finished.keys

    def _forget(self) -> None:
        """Drop what only the next step would have needed."""
        raise NotImplementedError

    @contextmanager
    def _own_step(self, event: _Event) -> Iterator[None]:
        if event not in self._table[self._state]:
            raise LocalProtocolError("handshake step out of order")
        with self._moving(event):
            yield

    @contextmanager
    def _received(self, event: _Event) -> Iterator[None]:
        if event not in self._table[self._state]:
            if self._state not in (self._done, self._failed):
                self._fail()
            raise HandshakeError(HandshakeFailure.OUT_OF_STATE)
        with self._moving(event):
            yield

    @contextmanager
    def _moving(self, event: _Event) -> Iterator[None]:
        target = self._table[self._state][event]
        try:
            yield
        except BaseException:
            self._fail()
            raise
        self._state = target

    def _fail(self) -> None:
        self._state = self._failed
        self._finished = None
        self._forget()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._state.value})"


def require_payload(payload: bytes) -> None:
    """Raise LocalProtocolError when the payload does not fit its box."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise LocalProtocolError("handshake payload too long")


def refuse_echo(m1: M1, m2: M2) -> None:
    """Refuse an answer made of our own values, or of the asker's."""
    if m2.nonce == m1.nonce or m2.x25519 == m1.x25519 or m2.cpace == m1.cpace:
        raise HandshakeError(HandshakeFailure.REFLECTION)


def expect(progress: object, kind: type[_Progress]) -> _Progress:
    """Narrow what the table already guarantees."""
    if not isinstance(progress, kind):
        raise LocalProtocolError("handshake state is inconsistent")
    return progress
