"""A line that hangs, breaks, comes back or does not, as a person meets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget
from tests.support.window_states import BASE, IN_CALL, LOST, press, words_of

from safesession.core.call import LOST_AFTER_S, STALE_AFTER_S
from safesession.core.contact_view import (
    CALL_AFTER_S,
    END_AFTER_S,
    SUSPEND_AFTER_S,
    ContactState,
    ContactView,
)
from safesession.core.effects import TextChanged
from safesession.core.inputs import RetryNow, SendText
from safesession.core.status import (
    EndReason,
    Phase,
    Role,
    SafetyCodeState,
    ServerLink,
    SessionStatus,
    TextDirection,
    TextRoute,
    TextState,
)
from safesession.core.verification import VERIFIED_SURVIVES_S
from safesession.ui.gallery import GALLERY_NOW_S
from safesession.ui.interruption_plan import interruption_plan
from safesession.ui.view_models.dropout import DropoutViewModel, Tone
from safesession.ui.view_models.ended import EndedViewModel
from safesession.ui.view_models.shell import Page


class Clocks:
    """The core's clock and the one on the wall."""

    def __init__(self) -> None:
        self.now_s = GALLERY_NOW_S
        self.wall_s = datetime(2026, 3, 12, 10, 31, 5).astimezone().timestamp()

    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds
        self.wall_s += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def model(plain_look, clocks: Clocks) -> DropoutViewModel:
    return DropoutViewModel(lambda: clocks.now_s, lambda: clocks.wall_s, Role.CLIENT)


def step(state: ContactState, away_s: float, base: SessionStatus = LOST) -> object:
    contact = replace(base.contact, state=state, away_since_s=GALLERY_NOW_S - away_s)
    return replace(base, contact=contact)


# --- words -----------------------------------------------------------------------


def test_the_plans_words_and_the_cores_clock_agree() -> None:
    plan = interruption_plan()
    assert plan.parameters["unstable_after_s"] == STALE_AFTER_S
    assert plan.parameters["reconnecting_after_s"] == LOST_AFTER_S
    assert plan.parameters["plan_card_after_s"] == CALL_AFTER_S
    assert plan.parameters["suspend_after_min"] * 60 == SUSPEND_AFTER_S
    assert plan.parameters["wait_limit_min"] * 60 == END_AFTER_S
    assert plan.parameters["reverify_gap_s"] == VERIFIED_SURVIVES_S
    assert [step.at for step in plan.steps] == [
        *("0 s", "5 s", "60 s", "5 min", "15 min", "back")
    ]
    for step in plan.steps:
        for words in (step.text.zh, step.text.en):
            assert words
            assert "{" not in words
    assert "110" in plan.limits.zh
    assert "120" in plan.limits.en


def test_silence_is_named_calmly_and_a_loss_plainly(model) -> None:
    model.update(IN_CALL)
    assert model.banner() is None
    unsteady = replace(IN_CALL.contact, state=ContactState.UNSTABLE)
    model.update(replace(IN_CALL, contact=unsteady))
    banner = model.banner()
    assert banner.tone is Tone.INFO
    assert banner.counter == ""
    assert not model.shows_plan
    model.update(LOST)
    banner = model.banner()
    assert banner.tone is Tone.WARN
    assert "cannot see or hear you right now" in banner.text
    assert "camera and microphone are off" in banner.text
    assert banner.counter == "0:12"
    assert model.shows_plan


def test_what_becomes_of_text_is_said(model) -> None:
    model.update(LOST)
    assert "Text goes on meanwhile" in model.banner().text
    assert "1 message is waiting" in model.banner(1).text
    assert "2 messages are waiting" in model.banner(2).text
    model.update(replace(LOST, text_route=TextRoute.NONE))
    assert "kept and sent later" in model.banner().text
    model.update(replace(LOST, server_link=ServerLink.DOWN))
    assert "server cannot be reached either" in model.banner().text


def test_a_step_of_the_wall_clock_moves_no_counter(model, clocks: Clocks) -> None:
    model.update(LOST)
    clocks.pass_time(30)
    assert model.banner().counter == "0:42"
    assert model.last_seen_text == "10:30:53"
    clocks.wall_s += 3600  # the system's clock was put forward
    assert model.banner().counter == "0:42"
    assert model.length_s == 630
    # Times of day are those of the clock on the wall, as it goes now.
    assert model.last_seen_text == "11:30:53"


def test_the_plan_says_who_calls_and_when_the_clock_stops(model, clocks) -> None:
    model.update(step(ContactState.AWAY, 42))
    plan = model.plan()
    assert plan.title == "If it is not back within a minute"
    assert "stay where you are" in plan.steps[0]
    assert "counselor calls you on the number they have on file" in plan.steps[1]
    assert "At 10:35 the session's clock pauses; at 10:45" in plan.steps[2]
    assert "110 or 120" in plan.limits

    model.update(step(ContactState.CALL_DUE, 61))
    assert "go on by phone" in model.plan().title

    model.update(step(ContactState.SUSPENDED, 400))
    plan = model.plan()
    assert "suspended" in plan.title
    assert "agree whether to wait" in plan.steps[0]
    assert "clock stands at 8:20" in plan.steps[2]  # 600 s less the pause


def test_the_counselor_sees_the_number_that_they_entered(plain_look, clocks) -> None:
    model = DropoutViewModel(
        lambda: clocks.now_s, lambda: clocks.wall_s, Role.COUNSELOR
    )
    model.update(replace(LOST, role=Role.COUNSELOR))
    assert "number you have on file" in model.plan().steps[1]
    model.set_number("  138 0000 0000 ")
    assert model.plan().steps[1] == "You call the client: 138 0000 0000"
    model.forget()
    assert model.number == ""


def test_the_return_is_said_until_it_was_read(model, clocks: Clocks) -> None:
    model.update(LOST)
    back = replace(
        IN_CALL,
        contact=replace(
            LOST.contact,
            state=ContactState.TOGETHER,
            away_since_s=None,
            away_before_s=72.0,
        ),
    )
    model.update(back)
    banner = model.banner()
    assert banner.tone is Tone.OK
    assert "back after 1 minute 12 seconds" in banner.text
    assert "still private" in banner.text
    model.dismiss()
    assert model.banner() is None

    again = replace(LOST.contact, away_before_s=72.0, gaps=2)
    model.update(replace(LOST, contact=again))
    twice = replace(back.contact, away_before_s=90.0, gaps=2)
    model.update(replace(back, contact=twice))
    clocks.pass_time(59)
    model.tick()
    assert "back after 18 seconds" in model.banner().text
    clocks.pass_time(2)
    model.tick()
    assert model.banner() is None


def test_nobody_who_was_never_there_is_said_to_be_lost(model) -> None:
    model.update(replace(LOST, contact=replace(LOST.contact, met_s=None)))
    assert "no connection yet" in model.banner().text


@pytest.mark.parametrize("role", Role)
def test_an_end_by_dropout_blames_nobody_and_leads_on(role: Role) -> None:
    model = EndedViewModel(lambda _command: None, lambda: GALLERY_NOW_S, role)
    over = ContactView(
        ContactState.EXPIRED,
        met_s=GALLERY_NOW_S - 1500,
        away_since_s=GALLERY_NOW_S - 900,
        gaps=2,
        away_before_s=30.0,
        over_s=GALLERY_NOW_S,
    )
    ended = SessionStatus(
        role=role, phase=Phase.ENDED, ended=EndReason.DROPOUT, contact=over
    )
    model.update(ended)
    text = model.text()
    assert "did not come back within 15 minutes" in text.happened
    assert "Nobody ended it on purpose" in text.meaning
    way_on = "new code" if role is Role.CLIENT else "new invite"
    assert way_on in text.next_step
    assert model.duration_text() == (
        "You were in contact for 9 minutes 30 seconds. The line was gone 2 times, "
        "for 15 minutes 30 seconds in all."
    )
    never = EndedViewModel(lambda _command: None, lambda: GALLERY_NOW_S, role)
    never.update(replace(ended, contact=ContactView()))
    assert "No connection came about" in never.text().happened
    assert never.duration_text() == ""


# --- the window -------------------------------------------------------------------


def test_the_plan_stands_before_the_dimmed_picture(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    stage = window.call.stage
    writing = window.focusWidget()
    assert stage.own.isVisible()
    window.show_status(LOST)
    assert stage.plan.isVisible()
    assert not stage.own.isVisible()
    assert window.focusWidget() is writing
    aside = window.findChild(QWidget, "reconnect_banner").findChild(
        QLabel, "strip_aside"
    )
    assert aside.text() == "0:12"
    assert "0:12" not in window.findChild(QWidget, "reconnect_banner").accessibleName()
    with qtbot.waitSignal(window.camera_toggled) as wanted:
        press(qtbot, window, "plan_voice_only")
    assert wanted.args == [False]
    assert engine.submitted == [RetryNow()]
    assert not window.call_model.camera_on
    assert "stays off" in words_of(window, "plan_camera_note")
    assert not window.findChild(QWidget, "plan_voice_only").isVisible()
    press(qtbot, window, "plan_help")
    assert window._help.isVisible()
    window._help.dismiss()
    window.show_status(IN_CALL)
    assert not stage.plan.isVisible()
    assert stage.own.isVisible()


def test_the_whole_plan_can_be_read_at_any_time(open_window, qtbot) -> None:
    window = open_window(Role.COUNSELOR)
    window.show_status(replace(IN_CALL, role=Role.COUNSELOR))
    window._menu.rebuild()
    (entry,) = [a for a in window._menu.actions() if a.text() == "If the line breaks…"]
    entry.trigger()
    assert window._plan.isVisible()
    qtbot.keyClicks(window._plan.number.edit, "555-0100")
    qtbot.keyClick(window._plan.number.edit, Qt.Key.Key_Escape)
    assert not window._plan.isVisible()
    window.show_status(replace(LOST, role=Role.COUNSELOR))
    assert "555-0100" in words_of(window, "plan_step_2")
    press(qtbot, window, "plan_whole")
    assert window._plan.isVisible()
    # The number was for one session.
    ended = replace(LOST, role=Role.COUNSELOR, phase=Phase.ENDED)
    window.show_status(replace(ended, ended=EndReason.DROPOUT))
    window.show_status(replace(BASE, role=Role.COUNSELOR))
    assert window._plan.number.text == ""
    assert window.dropout_model.number == ""


def test_a_client_is_asked_for_no_number(open_window) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window._plan.show_plan()
    assert not window._plan.number.isVisible()


def test_what_was_muted_is_shown_as_it_will_be(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    press(qtbot, window, "call_microphone")
    window.show_status(LOST)
    microphone = window.findChild(QWidget, "call_microphone")
    camera = window.findChild(QWidget, "call_camera")
    assert "stays muted" in microphone.accessibleName()
    assert "comes back on with the line" in camera.accessibleName()
    with qtbot.waitSignal(window.microphone_toggled) as wanted:
        qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert wanted.args == [True]
    assert "comes back on with the line" in microphone.accessibleName()


def test_typed_text_stays_and_waits_and_goes_out_once(
    open_window, engine, qtbot
) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window.call.toggle_chat()
    composer = window.call.chat_panel.composer
    qtbot.keyClicks(composer, "half a sent")
    window.show_status(LOST)
    qtbot.keyClicks(composer, "ence")
    assert composer.toPlainText() == "half a sentence"
    assert window.focusWidget() is composer
    qtbot.keyClick(composer, Qt.Key.Key_Return)
    assert engine.submitted == [SendText("half a sentence")]
    sent = TextDirection.SENT
    for state in (TextState.QUEUED, TextState.SENT):
        window.chat_model.take(TextChanged(sent, 1, "half a sentence", state, 0.0))
        assert "waiting for the line" in words_of(window, "chat_panel")
    assert "1 message is waiting" in words_of(window, "reconnect_banner")
    qtbot.keyClicks(composer, "the next one")
    window.show_status(IN_CALL)
    assert composer.toPlainText() == "the next one"
    assert "waiting for the line" not in words_of(window, "chat_panel")
    window.chat_model.take(
        TextChanged(sent, 1, "half a sentence", TextState.DELIVERED, 0.0)
    )
    assert words_of(window, "chat_panel").count("half a sentence") == 1
    assert len(engine.submitted) == 1


def test_each_step_is_said_aloud_and_no_counter(open_window, monkeypatch) -> None:
    said: list[tuple[str, bool]] = []
    levels = QAccessible.AnnouncementPoliteness

    def hear(event) -> None:
        said.append((event.message(), event.politeness() is levels.Assertive))

    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    unsteady = replace(IN_CALL.contact, state=ContactState.UNSTABLE)
    window.show_status(replace(IN_CALL, contact=unsteady))
    window.show_status(IN_CALL)
    window.show_status(LOST)
    window._tick()
    window.show_status(step(ContactState.CALL_DUE, 61))
    window._tick()
    window.show_status(step(ContactState.SUSPENDED, 301))
    window.show_status(IN_CALL)
    assert [urgent for _, urgent in said] == [False, False, True, False, False, True]
    words = [text for text, _ in said]
    assert "unsteady" in words[0]
    assert "steady again" in words[1]
    assert "cannot see or hear you" in words[2]
    assert "your counselor calls you" in words[3]
    assert "suspended" in words[4]
    assert "back" in words[5]


def test_a_suspended_clock_is_shown_standing(open_window) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    assert words_of(window, "elapsed") == "10:00"
    window.show_status(step(ContactState.SUSPENDED, 400))
    assert words_of(window, "elapsed") == "8:20 · clock stopped"


def test_the_end_says_how_long_it_was_in_contact_and_how_long_not(open_window) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    once = replace(IN_CALL.contact, gaps=1, away_before_s=72.0, over_s=GALLERY_NOW_S)
    ended = replace(IN_CALL, phase=Phase.ENDED, ended=EndReason.PEER_LEFT, contact=once)
    window.show_status(ended)
    assert window.shell.page is Page.ENDED
    assert words_of(window, "ended_duration") == (
        "You were in contact for 8 minutes 48 seconds. The line was gone once, for "
        "1 minute 12 seconds."
    )


def test_a_loss_while_words_are_compared_leaves_the_panel_open(open_window) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    assert IN_CALL.safety_code.state is SafetyCodeState.READY
    window.call.open_safety()
    window.show_status(LOST)
    assert window.call.safety_open
