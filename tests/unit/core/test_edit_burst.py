"""Autosave: within a second, one at a time, and nothing is dropped."""

from __future__ import annotations

from safesession.core.edit_burst import (
    LONGEST_S,
    PAUSE_S,
    RETRY_S,
    EditBurst,
    SaveOrder,
    SaveState,
)
from safesession.core.note_types import Saved


def test_a_burst_is_saved_after_a_pause_or_a_second() -> None:
    burst = EditBurst(Saved(7, 1, 50))
    assert burst.deadline is None
    assert burst.take() is None
    now = 10.0
    burst.edited(now)
    assert burst.deadline == now + PAUSE_S
    while burst.deadline is not None and burst.deadline > now:
        now += 0.1
        burst.edited(now)
    assert now <= 10.0 + LONGEST_S + 0.1
    assert burst.take() == SaveOrder(7, 1)
    assert burst.state is SaveState.SAVING
    assert burst.saved_at_ms == 50, "not before it is"
    burst.done(Saved(7, 2, 99))
    assert (burst.state, burst.saved_at_ms) == (SaveState.SAVED, 99)


def test_edits_during_a_save_are_saved_next() -> None:
    burst = EditBurst(Saved(7, 1, 50))
    burst.edited(0)
    burst.take()
    burst.edited(0.1)
    assert burst.take() is None, "one at a time"
    assert burst.deadline is None
    burst.done(Saved(7, 2, 60))
    assert burst.state is SaveState.TYPING
    assert burst.take() == SaveOrder(7, 2)


def test_a_failed_save_is_tried_again_and_says_so_until_it_succeeds() -> None:
    burst = EditBurst(Saved(7, 1, 50))
    burst.edited(0)
    burst.take()
    burst.failed(0.2)
    assert burst.state is SaveState.NOT_SAVED
    assert burst.deadline == 0.2 + RETRY_S
    burst.edited(0.5)
    assert burst.state is SaveState.NOT_SAVED, "typing on does not make it good"
    assert burst.deadline is not None
    assert burst.deadline <= 0.5 + RETRY_S + LONGEST_S
    assert burst.take() == SaveOrder(7, 1)
    assert burst.state is SaveState.NOT_SAVED
    assert burst.saved_at_ms == 50
    burst.done(Saved(7, 2, 60))
    assert burst.state is SaveState.SAVED
