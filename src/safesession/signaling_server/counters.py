"""What the server counts while it runs: numbers alone, never whose.

Sans-I/O. Close codes are the only labels; nothing a client sends becomes one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Totals since the start of the process."""

    envelopes_live: int = 0  # forwarded at once
    envelopes_waiting: int = 0  # taken while the receiver was away or behind
    sign_ins: int = 0
    sign_ins_refused: int = 0
    enrolments: int = 0
    invites: int = 0
    claims: int = 0
    turn_issued: int = 0
    revocations: int = 0
    closed: Counter[int] = field(default_factory=Counter)  # by close code, by us
