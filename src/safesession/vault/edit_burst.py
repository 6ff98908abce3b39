"""Autosave of one note: when a burst of typing is written, and what may be said.

Time is an argument and no timer is in here: the window arms one for `deadline`. The
word "saved" with its time is `saved_at_ms`, which only a durable save sets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from safesession.vault.note_types import Saved


PAUSE_S = 0.4  # a pause in typing is a good moment
LONGEST_S = 1.0  # and nobody waits longer than this


class SaveState(StrEnum):
    """What may be said about the text before us."""

    SAVED = "saved"
    TYPING = "typing"
    SAVING = "saving"
    NOT_SAVED = "not_saved"  # the last try failed; the text is here alone


@dataclass(frozen=True, slots=True)
class Draft:
    """The text to write now, over this revision."""

    note_id: int
    revision: int
    title: str = field(repr=False)
    body: str = field(repr=False)


class EditBurst:
    """Collects edits of one note and says when to save them."""

    def __init__(self, saved: Saved) -> None:
        self._saved = saved
        self._text: tuple[str, str] | None = None
        self._first_s = 0.0
        self._last_s = 0.0
        self._in_flight: tuple[str, str] | None = None
        self.state = SaveState.SAVED

    @property
    def saved_at_ms(self) -> int:
        """When the last durable save was."""
        return self._saved.saved_at_ms

    @property
    def deadline(self) -> float | None:
        """When `take` should be called, or None."""
        if self._text is None or self._in_flight is not None:
            return None
        return min(self._last_s + PAUSE_S, self._first_s + LONGEST_S)

    def edited(self, title: str, body: str, now: float) -> None:
        """The person changed the text."""
        if self._text is None:
            self._first_s = now
        self._last_s = now
        self._text = (title, body)
        if self._in_flight is None:
            self.state = SaveState.TYPING

    def take(self) -> Draft | None:
        """Return what to save now; at most one save is under way at a time."""
        if self._text is None or self._in_flight is not None:
            return None
        self._in_flight, self._text = self._text, None
        self.state = SaveState.SAVING
        title, body = self._in_flight
        return Draft(self._saved.note_id, self._saved.revision, title, body)

    def done(self, saved: Saved) -> None:
        """The save is durable."""
        self._saved = saved
        self._in_flight = None
        self.state = SaveState.SAVED if self._text is None else SaveState.TYPING

    def failed(self, now: float) -> None:
        """The save failed: its text waits for the next try, unless it was edited."""
        if self._text is None:
            self._text = self._in_flight
            self._first_s = self._last_s = now
        self._in_flight = None
        self.state = SaveState.NOT_SAVED
