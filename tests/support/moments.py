"""Moments of a session at which an end may die: each just before one effect."""

from __future__ import annotations

from collections.abc import Callable

from safesession.core import effects
from safesession.protocol.peer_messages import FrameKind


Moment = Callable[[effects.Effect], bool]


def _before_message(number: int) -> Moment:
    head = bytes([FrameKind.HANDSHAKE]) + b"SS1%d" % number
    return lambda effect: (
        isinstance(effect, effects.SendEnvelope) and effect.body.startswith(head)
    )


def _before_envelope(kind: FrameKind) -> Moment:
    return lambda effect: (
        isinstance(effect, effects.SendEnvelope) and effect.body[0] == kind
    )


def _before_control(kind: FrameKind) -> Moment:
    return lambda effect: (
        isinstance(effect, effects.SendControl) and effect.body[0] == kind
    )


MOMENTS: dict[str, Moment] = {
    "before-counting": lambda effect: isinstance(effect, effects.PersistGuess),
    "before-M1": _before_message(1),
    "before-M2": _before_message(2),
    "before-M3": _before_message(3),
    "before-M4": _before_message(4),
    "before-M5": _before_message(5),
    "before-keeping": lambda effect: isinstance(effect, effects.KeepSeat),
    "before-dropping": lambda effect: isinstance(effect, effects.DropSeat),
    # The client's offer, the counselor's answer.
    "before-description": _before_envelope(FrameKind.SIGNAL),
    "before-BIND": _before_control(FrameKind.BIND),
}
