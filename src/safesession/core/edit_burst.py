"""Autosave of one note: when a burst of typing is written, and what may be said.

Time is an argument and no timer is in here: the window arms one for `deadline`. No
text is in here either, the editor has it; it is read once per burst, never per key.
The word "saved" with its time is `saved_at_ms`, which only a durable save sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safesession.core.note_types import Saved


PAUSE_S = 0.4  # a pause in typing is a good moment
LONGEST_S = 1.0  # and nobody waits longer than this
RETRY_S = 2.0  # after a refusal by the disk


class SaveState(StrEnum):
    """What may be said about the text before us."""

    SAVED = "saved"
    TYPING = "typing"
    SAVING = "saving"
    NOT_SAVED = "not_saved"  # the last try failed; the text is in the editor alone


@dataclass(frozen=True, slots=True)
class SaveOrder:
    """Save the text now, over this revision."""

    note_id: int
    revision: int


class EditBurst:
    """Collects edits of one note and says when to save them."""

    def __init__(self, saved: Saved) -> None:
        self._saved = saved
        self._first_s: float | None = None  # first edit not handed over yet
        self._last_s = 0.0
        self._in_flight = False
        self.state = SaveState.SAVED

    @property
    def saved(self) -> Saved:
        """The last durable save."""
        return self._saved

    @property
    def saved_at_ms(self) -> int:
        """When the last durable save was."""
        return self._saved.saved_at_ms

    @property
    def waiting(self) -> bool:
        """Whether there are words that were not handed over yet."""
        return self._first_s is not None

    @property
    def deadline(self) -> float | None:
        """When `take` should be called, or None."""
        if self._first_s is None or self._in_flight:
            return None
        return min(self._last_s + PAUSE_S, self._first_s + LONGEST_S)

    def edited(self, now: float) -> None:
        """The person changed the text."""
        if self._first_s is None:
            self._first_s = now
        self._last_s = max(self._last_s, now)
        if not self._in_flight and self.state is not SaveState.NOT_SAVED:
            self.state = SaveState.TYPING

    def take(self) -> SaveOrder | None:
        """Return what to save now; at most one save is under way at a time."""
        if self._first_s is None or self._in_flight:
            return None
        self._first_s = None
        self._in_flight = True
        if self.state is not SaveState.NOT_SAVED:
            self.state = SaveState.SAVING
        return SaveOrder(self._saved.note_id, self._saved.revision)

    def done(self, saved: Saved) -> None:
        """The save is durable."""
        self._saved = saved
        self._in_flight = False
        self.state = SaveState.SAVED if self._first_s is None else SaveState.TYPING

    def rebase(self, revision: int) -> None:
        """Write over this revision next; the words before us stay as they are."""
        saved = self._saved
        self._saved = Saved(saved.note_id, revision, saved.saved_at_ms)

    def failed(self, now: float) -> None:
        """The save failed: everything in the editor waits for the next try."""
        self._in_flight = False
        self._first_s = self._last_s = now + RETRY_S - PAUSE_S
        self.state = SaveState.NOT_SAVED
