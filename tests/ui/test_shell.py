"""The session window under a person's hands: every page, keyboard and mouse."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from tests.support.window_states import BASE, IN_CALL, LOST, press, words_of

from safesession.core.effects import StatusChanged
from safesession.core.inputs import (
    CreateInvite,
    JoinByCode,
    Leave,
    PickSafetyCode,
    RetryNow,
    StartSafetyCode,
    Suspend,
)
from safesession.core.status import (
    CaptureState,
    EndReason,
    InviteView,
    PeerView,
    Phase,
    Problem,
    Role,
    SafetyCodeState,
    SafetyCodeView,
    ServerLink,
)
from safesession.ui.gallery import GALLERY_CLOCK_S
from safesession.ui.view_models.shell import Page
from safesession.ui.views.first_run import FirstRunView


INVITE = InviteView(
    "4821093755162084",
    "safesession:join?c=4821093755162084",
    int(GALLERY_CLOCK_S) + 3600,
)
COMPARING = SafetyCodeView(
    state=SafetyCodeState.COMPARING,
    read_aloud=(1, 2),
    choices=((3, 4), (5, 6), (7, 8), (9, 10)),
    read_number="123456",
    choice_numbers=("111111", "222222", "333333", "444444"),
)


# --- the bridge -------------------------------------------------------------------


def test_events_cross_from_another_thread(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    heard_on: list[threading.Thread] = []
    window.bridge.status_changed.connect(
        lambda _status: heard_on.append(threading.current_thread())
    )
    worker = threading.Thread(target=engine.send, args=(StatusChanged(IN_CALL),))
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: window.shell.page is Page.CALL)
    assert heard_on == [threading.main_thread()]


def test_a_closed_window_hears_and_says_nothing(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.close()
    engine.send(StatusChanged(IN_CALL))
    qtbot.wait(10)
    assert window.shell.page is Page.JOIN
    window.bridge.submit(Leave())
    assert engine.submitted == []


# --- counselor --------------------------------------------------------------------


def test_invite_from_choice_to_handover(
    open_window, engine, qtbot, tmp_path: Path
) -> None:
    window = open_window(Role.COUNSELOR)
    counselor = replace(BASE, role=Role.COUNSELOR)
    window.show_status(counselor)
    qtbot.mouseClick(window.findChild(QWidget, "ttl_3600"), Qt.MouseButton.LeftButton)
    press(qtbot, window, "create_invite")
    assert engine.submitted == [CreateInvite(ttl_s=3600)]

    window.show_status(replace(counselor, phase=Phase.CREATING_INVITE))
    assert not window.findChild(QPushButton, "create_invite").isEnabled()
    assert window.focusWidget().objectName() == "stop_creating"

    window.show_status(replace(counselor, phase=Phase.INVITED, invite=INVITE))
    assert window.focusWidget().objectName() == "copy_message"
    # Four groups may break only in the middle.
    code = window.findChild(QLabel, "invite_code").text()
    assert code == "4821\u00a00937 5516\u00a02084"
    assert "60 minutes left" in words_of(window, "invite_expiry")
    press(qtbot, window, "copy_message")
    assert INVITE.link in QGuiApplication.clipboard().text()
    press(qtbot, window, "discreet")
    press(qtbot, window, "copy_message")
    assert "SafeSession" not in QGuiApplication.clipboard().text()

    window.invite.save_calendar(tmp_path / "a.ics")
    saved = (tmp_path / "a.ics").read_bytes()
    assert saved.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"4821" not in saved
    window.invite.save_calendar(tmp_path / "missing" / "a.ics")
    assert "could not be written" in words_of(window, "invite_note")

    tried = replace(INVITE, wrong_attempts=2)
    window.show_status(replace(counselor, phase=Phase.INVITED, invite=tried))
    assert "2 times" in words_of(window, "invite_attempts")
    press(qtbot, window, "withdraw_invite")
    assert engine.submitted[-1] == Leave()
    window.show_status(counselor)
    assert window.focusWidget().objectName() == "create_invite"


def test_server_down_has_a_way_on(open_window, engine, qtbot) -> None:
    window = open_window(Role.COUNSELOR)
    down = replace(BASE, role=Role.COUNSELOR, server_link=ServerLink.DOWN)
    window.show_status(down)
    assert "cannot be reached" in words_of(window, "invite_problem")
    press(qtbot, window, "action_retry")
    assert engine.submitted == [RetryNow()]


# --- client -----------------------------------------------------------------------


def test_typing_a_code_by_keyboard_alone(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(BASE)
    field = window.join.field
    assert window.focusWidget() is field
    qtbot.keyClicks(field, "4821093755162084")
    assert field.text() == "4821 0937 5516 2084"
    assert "16 of 16" in words_of(window, "join_hint")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert engine.submitted == [JoinByCode("4821 0937 5516 2084")]

    window.show_status(replace(BASE, problem=Problem.CODE_MISTYPED))
    assert "mistyped" in words_of(window, "join_error")
    assert field.text() == "4821 0937 5516 2084"
    assert "mistyped" in field.accessibleDescription()
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert not window.findChild(QLabel, "join_error").isVisible()


def test_grouping_keeps_the_cursor(open_window, qtbot) -> None:
    field = open_window(Role.CLIENT).join.field
    qtbot.keyClicks(field, "482109375516")
    field.setCursorPosition(2)
    qtbot.keyClicks(field, "9")
    assert field.text() == "4892 1093 7551 6"
    assert field.cursorPosition() == 3


def test_chinese_numerals_and_links_stay_as_typed(open_window, ime, qtbot) -> None:
    window = open_window(Role.CLIENT)
    ime(window.join.field, "四八二一")
    assert window.join.field.text() == "四八二一"
    assert "4 of 16" in words_of(window, "join_hint")
    window.join.field.setText("safesession:join?c=4821093755162084")
    assert "This is a link" in words_of(window, "join_hint")


def test_server_is_named_before_anything_else(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    assert "sessions.example.org" in words_of(window, "join_server")
    window.show_status(replace(BASE, server_link=ServerLink.DOWN))
    assert "no answer yet" in words_of(window, "join_server")


def test_another_server_is_asked_about(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    link = "safesession:join?c=4821093755162084&h=there.example"
    window.join.field.setText(link)
    press(qtbot, window, "join_continue")
    window.show_status(replace(BASE, asks_server="there.example"))
    assert "there.example" in words_of(window, "join_problem")
    press(qtbot, window, "action_accept")
    assert engine.submitted[-1] == JoinByCode(link, "there.example")


def test_waiting_room(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(replace(BASE, phase=Phase.WAITING, camera=CaptureState.ON))
    assert window.waiting.preview.has_picture
    with qtbot.waitSignal(window.camera_toggled) as wanted:
        press(qtbot, window, "waiting_camera")
    assert wanted.args == [False]
    window.show_status(replace(BASE, phase=Phase.WAITING))
    assert not window.waiting.preview.has_picture
    press(qtbot, window, "leave_quietly")
    assert engine.submitted == [Leave()]


# --- call -------------------------------------------------------------------------


def test_controls_by_mouse_and_keyboard(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    with qtbot.waitSignal(window.microphone_toggled) as wanted:
        press(qtbot, window, "call_microphone")
    assert wanted.args == [False]
    with qtbot.waitSignal(window.camera_toggled) as wanted:
        qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert wanted.args == [False]
    window.show_status(replace(IN_CALL, microphone=CaptureState.OFF))
    button = window.findChild(QWidget, "call_microphone")
    assert "it is off" in button.accessibleName()
    with qtbot.waitSignal(window.microphone_toggled) as wanted:
        qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert wanted.args == [True]


def test_leaving_asks_and_escape_stays(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    press(qtbot, window, "call_leave")
    assert window.focusWidget().objectName() == "confirm_no"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not window._confirm.isVisible()
    assert engine.submitted == []
    press(qtbot, window, "call_leave")
    press(qtbot, window, "confirm_yes")
    assert engine.submitted == [Leave()]


def test_closing_the_window_in_a_call_asks_first(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window.close()
    assert window.isVisible()
    with qtbot.waitSignal(window.closed):
        press(qtbot, window, "confirm_yes")
    assert engine.submitted == [Leave()]
    assert not window.isVisible()


def test_closing_the_window_with_an_open_invite_does_not_withdraw_it(
    open_window, engine
) -> None:
    window = open_window(Role.COUNSELOR)
    counselor = replace(IN_CALL, role=Role.COUNSELOR, phase=Phase.INVITED)
    window.show_status(replace(counselor, invite=INVITE))
    window.close()
    assert engine.submitted == [Suspend()]


def test_tab_stays_inside_the_question(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    press(qtbot, window, "call_leave")
    seen = []
    for _ in range(3):
        seen.append(window.focusWidget().objectName())
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert seen == ["confirm_no", "confirm_yes", "confirm_no"]


def test_help_opens_everywhere(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    for status in (BASE, IN_CALL, replace(BASE, phase=Phase.FROZEN)):
        window.show_status(status)
        qtbot.keyClick(window, Qt.Key.Key_F1)
        assert window._help.isVisible()
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
        assert not window._help.isVisible()


def test_capture_trouble_offers_ways_on(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(replace(IN_CALL, camera=CaptureState.BUSY))
    assert "Another program" in words_of(window, "camera_strip")
    strip = window.findChild(QWidget, "camera_strip")
    with qtbot.waitSignal(window.camera_toggled) as wanted:
        press(qtbot, strip, "action_try_again")
    assert wanted.args == [True]
    with qtbot.waitSignal(window.camera_toggled) as wanted:
        press(qtbot, strip, "action_switch_off")
    assert wanted.args == [False]
    window.show_status(IN_CALL)
    assert not strip.isVisible()


def test_reconnecting_dims_and_lets_text_go_on(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    seen = PeerView(present=True, camera=CaptureState.ON)
    window.show_status(replace(IN_CALL, peer=seen))
    window.show_status(replace(LOST, peer=seen))
    assert "Text goes on" in words_of(window, "reconnect_banner")
    assert "Last picture" in words_of(window, "peer_notes")
    press(qtbot, window, "plan_retry")
    assert engine.submitted == [RetryNow()]
    window.show_status(IN_CALL)
    assert not window.findChild(QWidget, "reconnect_banner").isVisible()


def test_self_view_hides_and_moves_by_menu(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window._menu.rebuild()
    texts = [action.text() for action in window._menu.actions()]
    assert texts[0] == "Hide my own picture"
    assert {"Camera", "Microphone", "Speaker"} <= set(texts)
    before = window.call.stage.own.pos()
    places = window._menu.actions()[1].menu()
    places.actions()[0].trigger()
    assert window.call.stage.own.pos() != before
    window._menu.actions()[0].trigger()
    assert not window.call.stage.own.isVisible()


# --- safety code ------------------------------------------------------------------


def test_comparison_from_start_to_verified(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    assert window.call.safety_open  # offered once, by itself
    press(qtbot, window, "safety_start")
    assert engine.submitted == [StartSafetyCode()]
    window.show_status(replace(IN_CALL, safety_code=COMPARING))
    assert "Panda 熊猫" in words_of(window, "safety_panel")
    button = window.findChild(QPushButton, "safety_choice_2")
    assert button.accessibleName() == "Owl 猫头鹰, Parrot 鹦鹉"
    press(qtbot, window, "safety_choice_2")
    assert engine.submitted[-1] == PickSafetyCode(2)
    assert not button.isEnabled()
    waiting = replace(COMPARING, state=SafetyCodeState.WAITING_PEER)
    window.show_status(replace(IN_CALL, safety_code=waiting))
    assert "still choosing" in words_of(window, "safety_result")
    matched = SafetyCodeView(state=SafetyCodeState.MATCHED, verified_at=GALLERY_CLOCK_S)
    window.show_status(replace(IN_CALL, safety_code=matched))
    assert "Verified at" in words_of(window, "safety_result")
    assert "verified" in window.call.bar.badge.text()


def test_the_other_side_opens_the_comparison(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(IN_CALL)
    window.call.close_drawer()
    window.show_status(replace(IN_CALL, safety_code=COMPARING))
    assert window.call.safety_open


def test_numbers_instead_of_words(open_window, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(replace(IN_CALL, safety_code=COMPARING))
    press(qtbot, window, "safety_form")
    assert "1 2 3 4 5 6" in words_of(window, "safety_panel")
    choice = window.findChild(QPushButton, "safety_choice_0")
    assert choice.text() == "111 111"


def test_none_of_these_freezes(open_window, engine, qtbot) -> None:
    window = open_window(Role.CLIENT)
    window.show_status(replace(IN_CALL, safety_code=COMPARING))
    press(qtbot, window, "safety_none")
    assert engine.submitted == [PickSafetyCode(None)]
    code = SafetyCodeView(state=SafetyCodeState.MISMATCHED)
    problem = Problem.SAFETY_CODE_MISMATCH
    window.show_status(
        replace(IN_CALL, phase=Phase.FROZEN, safety_code=code, problem=problem)
    )
    assert window.shell.page is Page.FROZEN
    assert "not the same" in words_of(window, "frozen_title")
    assert not window.call.stage.remote.has_picture
    press(qtbot, window, "frozen_leave")
    assert engine.submitted[-1] == Leave()


# --- for people who listen to the screen -------------------------------------------


def test_turns_of_the_session_are_announced(open_window, monkeypatch) -> None:
    said: list[tuple[str, bool]] = []
    levels = QAccessible.AnnouncementPoliteness

    def hear(event) -> None:
        said.append((event.message(), event.politeness() is levels.Assertive))

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    window = open_window(Role.CLIENT)
    window.show_status(BASE)
    window.show_status(IN_CALL)
    window.show_status(LOST)
    window.show_status(IN_CALL)
    matched = SafetyCodeView(state=SafetyCodeState.MATCHED)
    window.show_status(replace(IN_CALL, safety_code=matched))
    window.show_status(replace(BASE, phase=Phase.ENDED, ended=EndReason.LEFT))
    assert said == [
        ("You are connected", False),
        (
            "Connection lost, reconnecting. The other person cannot see or hear you.",
            True,
        ),
        ("The connection is back", True),
        ("The safety code was confirmed", False),
        ("The session has ended", True),
    ]


# --- first run --------------------------------------------------------------------


@pytest.mark.usefixtures("plain_look")
def test_first_run_by_hand(qtbot) -> None:
    view = FirstRunView()
    qtbot.addWidget(view)
    view.show()
    press(qtbot, view, "choose_counselor")
    press(qtbot, view, "first_run_continue")
    errors = [one.text() for one in view.findChildren(QLabel) if one.isVisible()]
    assert any("Enter the token" in words for words in errors)
    server = view.findChild(QWidget, "server_address")
    assert view.focusWidget() is server
    qtbot.keyClicks(server, "sessions.example.org")
    qtbot.keyClicks(view.findChild(QWidget, "enrolment_token"), "ABC")
    qtbot.keyClicks(view.findChild(QWidget, "display_name"), "Wang")
    with qtbot.waitSignal(view.finished) as done:
        press(qtbot, view, "first_run_continue")
    assert done.args[0].server_origin == "https://sessions.example.org"
    view.show_problem(Problem.SERVER_UNREACHABLE)
    shown = [one.accessibleName() for one in view.findChildren(QLabel)]
    assert any("cannot be reached" in words for words in shown)
    assert server.text() == "sessions.example.org"
