"""What one microphone, camera or speaker is going through, as a pure machine.

It opens nothing and keeps no time: the adapters report cues, the machine says
which `CaptureState` a person should see. It must never report ON before the
first sample or picture has really arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from safesession.core.status import CaptureState


class Step(Enum):
    """How far the present attempt to use the device has got."""

    IDLE = "idle"  # nothing open
    OPENING = "opening"  # asked for, nothing has arrived yet
    FLOWING = "flowing"  # samples or pictures arrive (leave, for a speaker)
    BLOCKED = "blocked"  # it would not open, or opened and stayed dry
    CUT = "cut"  # it was flowing and stopped by itself


class Cue(Enum):
    """What happened to the device."""

    OPEN = "open"  # an attempt begins
    FLOW = "flow"  # the first sample or picture arrived
    FAIL = "fail"  # the system reported an error
    SILENCE = "silence"  # nothing arrived for too long
    VANISH = "vanish"  # it left the list of devices
    CLOSE = "close"  # the person switched it off


# A retry after trouble keeps showing the trouble until something flows;
# otherwise the window would flicker between "starting" and "busy".
TRANSITIONS: dict[tuple[Step, Cue], Step] = {
    (Step.IDLE, Cue.OPEN): Step.OPENING,
    (Step.OPENING, Cue.FLOW): Step.FLOWING,
    (Step.OPENING, Cue.FAIL): Step.BLOCKED,
    (Step.OPENING, Cue.SILENCE): Step.BLOCKED,
    (Step.OPENING, Cue.VANISH): Step.IDLE,
    (Step.FLOWING, Cue.OPEN): Step.OPENING,
    (Step.FLOWING, Cue.FAIL): Step.CUT,
    (Step.FLOWING, Cue.SILENCE): Step.CUT,
    (Step.FLOWING, Cue.VANISH): Step.CUT,
    (Step.BLOCKED, Cue.FLOW): Step.FLOWING,
    (Step.BLOCKED, Cue.VANISH): Step.IDLE,
    (Step.CUT, Cue.FLOW): Step.FLOWING,
    **{(step, Cue.CLOSE): Step.IDLE for step in Step},
}


def after(step: Step, cue: Cue) -> Step:
    """Return the step that follows; a cue that changes nothing is ignored."""
    return TRANSITIONS.get((step, cue), step)


class Absence(Enum):
    """Why the list of devices has none to offer."""

    NONE_EXISTS = "none_exists"
    IN_USE = "in_use"  # it exists, another program keeps it
    FORBIDDEN = "forbidden"  # it exists, this account may not open it


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything besides the step that decides what the person sees."""

    wanted: bool
    present: bool
    permitted: bool = True
    absence: Absence = Absence.NONE_EXISTS


_SHOWN = {
    Step.OPENING: CaptureState.STARTING,
    Step.FLOWING: CaptureState.ON,
    Step.BLOCKED: CaptureState.BUSY,
    Step.CUT: CaptureState.LOST,
}
_SHOWN_ABSENT = {
    Absence.NONE_EXISTS: CaptureState.MISSING,
    Absence.IN_USE: CaptureState.BUSY,
    Absence.FORBIDDEN: CaptureState.REFUSED,
}


def shown_state(step: Step, facts: Facts) -> CaptureState:
    """Return the one state a person should see (never DEMO: that is the app's)."""
    if facts.wanted and not facts.permitted:
        return CaptureState.REFUSED
    if step is not Step.IDLE:
        return _SHOWN[step]
    if not facts.present:
        return _SHOWN_ABSENT[facts.absence] if facts.wanted else CaptureState.MISSING
    # Wanted, present and idle: the system is still asking for permission.
    return CaptureState.STARTING if facts.wanted else CaptureState.OFF
