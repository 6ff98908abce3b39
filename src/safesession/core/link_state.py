"""Where the line to the signaling server stands: the states of `room_link`. No I/O."""

from __future__ import annotations

from enum import Enum, auto


class LinkState(Enum):
    """Where the line stands; exactly one at a time."""

    IDLE = auto()  # nothing asked for, or over
    WAITING = auto()  # a retry is scheduled
    CONNECTING = auto()
    GREETING = auto()  # socket stands, welcome awaited
    JOINING = auto()  # asked for the seat
    JOINED = auto()
    LEAVING = auto()  # joined, and closing once everything is safe


SEATED = (LinkState.JOINED, LinkState.LEAVING)
CONNECTED = (LinkState.GREETING, LinkState.JOINING, *SEATED)
