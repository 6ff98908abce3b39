"""How long files are kept and who touched them, as a front end asks for it.

The user interface depends on this protocol only and never imports the vault. All
methods return at once; outcomes come on the vault's thread, in order. A refusal is a
`SafeSessionError` whose `code` says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from safesession.core.keeping_types import (
    ChainPart,
    DeletionReview,
    LogPage,
    LogState,
    LogTopic,
    RetentionState,
)
from safesession.core.vault_port import Outcome


class KeepingPort(Protocol):
    """Custody log and retention of an unlocked vault."""

    def log(self, topic: LogTopic, before: int | None = None) -> Outcome[LogPage]:
        """Return lines of the log, newest first, older than number `before`."""

    def log_state(self) -> Outcome[LogState]:
        """Return its length and what the evidence kept elsewhere says."""

    def follow_log(self, part: ChainPart) -> Outcome[ChainPart]:
        """Check some more lines after `part`; repeat until finished or broken."""

    def retention(self) -> Outcome[RetentionState]:
        """Return the period and the files whose time is over."""

    def set_retention_years(self, years: int) -> Outcome[None]:
        """Set the vault's period, the institution's rule. Deletes nothing."""

    def keep_longer(
        self, review: DeletionReview, years: int, reason: str
    ) -> Outcome[None]:
        """Keep a reviewed file for more years from today (`review_stale`)."""

    def erase(self, reviews: Sequence[DeletionReview]) -> Outcome[None]:
        """Delete reviewed files for good: rows, index, keys of every older copy.

        Refusals: `still_retained`, `review_stale`, and what the disk says.
        """
