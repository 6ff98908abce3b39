"""Which of the two ends a key, a tag or a word belongs to.

The labels are part of the key schedule: they must never be translated.
"""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """One end of the pair. The client always initiates, the counselor responds."""

    CLIENT = "client"
    COUNSELOR = "counselor"

    @property
    def label(self) -> bytes:
        """The name of this end inside derivations."""
        return self.value.encode("ascii")

    @property
    def other(self) -> Role:
        """The opposite end."""
        return Role.COUNSELOR if self is Role.CLIENT else Role.CLIENT
