"""An open invite as a later start of the app must know it.

Only an app with a safe place (`device_state.InviteStore`) keeps one. It holds the
secret digits, so it must never be logged, shown or written in the clear.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from safesession.crypto.invite_code import InviteCode


class InviteStage(StrEnum):
    """How far the present claimant had got."""

    OFFERED = "offered"  # M0 is parked; nobody was asked for a proof
    CHALLENGED = "challenged"  # M2 may have left: a guess may be under way


@dataclass(frozen=True, slots=True)
class KeptInvite:
    """`origin` is `host[:port]`; `nonce` that of the parked M0 for `attempt`.

    `wrong_attempts` is the count when this was written. One that was kept as
    CHALLENGED costs a try, unless the count has risen since.
    """

    origin: str
    code: InviteCode = field(repr=False)
    expires_at: int  # Unix seconds
    seat_token: str = field(repr=False)
    attempt: int
    nonce: bytes = field(repr=False)
    stage: InviteStage
    wrong_attempts: int
