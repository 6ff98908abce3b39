"""No phase strands a person: the window offers a step that the core takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from tests.support.promises import NEXT_STEPS
from tests.support.window_states import BASE, IN_CALL, words_of

from safesession.core.status import (
    EndReason,
    InviteView,
    Phase,
    Problem,
    Role,
    SafetyCodeState,
    SafetyCodeView,
)
from safesession.ui.gallery import GALLERY_CLOCK_S, Look, looking
from safesession.ui.theme.controller import SchemeChoice


INVITE = InviteView("4821093755162084", "safesession:x", int(GALLERY_CLOCK_S) + 3600)
ONLY = {
    Phase.CREATING_INVITE: Role.COUNSELOR,
    Phase.INVITED: Role.COUNSELOR,
    Phase.JOINING: Role.CLIENT,
    Phase.WAITING: Role.CLIENT,
}
# Typing a code is the step of an idle client; it is tested with the join page.
PLACES = [
    (role, phase)
    for phase in NEXT_STEPS
    for role in Role
    if ONLY.get(phase, role) is role and (role, phase) != (Role.CLIENT, Phase.IDLE)
]


def snapshot(role: Role, phase: Phase):
    status = replace(IN_CALL, role=role, phase=phase)
    match phase:
        case Phase.INVITED:
            return replace(status, invite=INVITE)
        case Phase.FROZEN:
            code = SafetyCodeView(SafetyCodeState.MISMATCHED, may_run_again=True)
            problem = Problem.SAFETY_CODE_MISMATCH
            return replace(status, safety_code=code, problem=problem)
        case Phase.ENDED:
            return replace(status, ended=EndReason.PEER_LEFT)
        case _:
            return status


# They open menus, dialogs and help; none is a step of a session.
ASIDE = (
    *("switch_language", "open_menu", "open_help", "call_menu", "call_help"),
    *("save_calendar", "copy_message", "copy_code"),
)


def buttons(window) -> list[QAbstractButton]:
    return [
        one
        for one in window.findChildren(QAbstractButton)
        if one.isVisible() and one.isEnabled() and one.objectName() not in ASIDE
    ]


@pytest.mark.parametrize(
    ("role", "phase"), PLACES, ids=[f"{r.value}-{p.value}" for r, p in PLACES]
)
def test_every_phase_has_a_button_for_a_next_step(
    open_window, engine, qtbot, role, phase
) -> None:
    window = open_window(role)
    window.show_status(replace(BASE, role=role))
    status = snapshot(role, phase)
    window.show_status(status)
    wanted = tuple(type(step) for step in NEXT_STEPS[phase])
    for button in buttons(window):
        known = set(buttons(window))
        if not button.isVisible():
            continue
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        for asked in set(buttons(window)) - known:  # "really leave?"
            qtbot.mouseClick(asked, Qt.MouseButton.LeftButton)
        if any(isinstance(command, wanted) for command in engine.submitted):
            return
        window.show_status(status)
    raise AssertionError(f"nothing to do in {phase.name}")


@pytest.mark.parametrize(
    ("language", "once", "twice"),
    [
        ("en", "A wrong code was tried once.", "A wrong code was tried 2 times."),
        ("zh_CN", "1", "2"),
    ],
)
def test_the_counselor_reads_how_many_wrong_codes_there_were(
    open_window, language, once, twice
) -> None:
    window = open_window(Role.COUNSELOR)
    with looking(Look(language, SchemeChoice.LIGHT)):
        for tries, words in ((1, once), (2, twice)):
            tried = replace(INVITE, wrong_attempts=tries)
            status = replace(BASE, role=Role.COUNSELOR, invite=tried)
            window.show_status(replace(status, phase=Phase.INVITED))
            assert words in words_of(window, "invite_attempts")
