"""A device from wanted to running, and the ways it is lost."""

from __future__ import annotations

import pytest

from safesession.core.status import CaptureState
from safesession.devices.lifecycle import (
    TRANSITIONS,
    Absence,
    Cue,
    Facts,
    Step,
    after,
    shown_state,
)


ON = Facts(wanted=True, present=True)


def run(*cues: Cue) -> Step:
    step = Step.IDLE
    for cue in cues:
        step = after(step, cue)
    return step


@pytest.mark.parametrize(
    ("cues", "shown"),
    [
        ((), CaptureState.STARTING),  # the system is asking for permission
        ((Cue.OPEN,), CaptureState.STARTING),
        ((Cue.OPEN, Cue.FLOW), CaptureState.ON),
        ((Cue.OPEN, Cue.FAIL), CaptureState.BUSY),
        ((Cue.OPEN, Cue.SILENCE), CaptureState.BUSY),
        ((Cue.OPEN, Cue.FAIL, Cue.OPEN), CaptureState.BUSY),  # no flicker
        ((Cue.OPEN, Cue.FAIL, Cue.OPEN, Cue.FLOW), CaptureState.ON),
        ((Cue.OPEN, Cue.FLOW, Cue.SILENCE), CaptureState.LOST),
        ((Cue.OPEN, Cue.FLOW, Cue.FAIL), CaptureState.LOST),
        ((Cue.OPEN, Cue.FLOW, Cue.VANISH), CaptureState.LOST),
        ((Cue.OPEN, Cue.FLOW, Cue.VANISH, Cue.OPEN), CaptureState.LOST),
        ((Cue.OPEN, Cue.FLOW, Cue.VANISH, Cue.OPEN, Cue.FAIL), CaptureState.LOST),
        ((Cue.OPEN, Cue.FLOW, Cue.VANISH, Cue.OPEN, Cue.FLOW), CaptureState.ON),
        ((Cue.OPEN, Cue.FLOW, Cue.OPEN), CaptureState.STARTING),  # another device
    ],
)
def test_what_a_person_sees(cues: tuple[Cue, ...], shown: CaptureState) -> None:
    assert shown_state(run(*cues), ON) is shown


def test_only_arriving_data_leads_to_on() -> None:
    into_flowing = {
        cue for (_, cue), step in TRANSITIONS.items() if step is Step.FLOWING
    }
    assert into_flowing == {Cue.FLOW}


@pytest.mark.parametrize("step", Step)
def test_off_is_reachable_from_everywhere_and_final(step: Step) -> None:
    assert after(step, Cue.CLOSE) is Step.IDLE
    for late in (Cue.FLOW, Cue.FAIL, Cue.SILENCE, Cue.VANISH):
        assert after(Step.IDLE, late) is Step.IDLE


@pytest.mark.parametrize(
    ("absence", "shown"),
    [
        (Absence.NONE_EXISTS, CaptureState.MISSING),
        (Absence.IN_USE, CaptureState.BUSY),
        (Absence.FORBIDDEN, CaptureState.REFUSED),
    ],
)
def test_absent(absence: Absence, shown: CaptureState) -> None:
    facts = Facts(wanted=True, present=False, absence=absence)
    assert shown_state(Step.IDLE, facts) is shown


def test_not_wanted() -> None:
    assert shown_state(Step.IDLE, Facts(wanted=False, present=True)) is CaptureState.OFF
    absent = Facts(wanted=False, present=False)
    assert shown_state(Step.IDLE, absent) is CaptureState.MISSING


@pytest.mark.parametrize("step", Step)
def test_a_refusal_explains_everything_else(step: Step) -> None:
    refused = Facts(wanted=True, present=True, permitted=False)
    assert shown_state(step, refused) is CaptureState.REFUSED
