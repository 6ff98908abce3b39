"""What each page decides to show and to ask of the engine, without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safesession.core.contact_view import ContactState, ContactView
from safesession.core.effects import TextChanged
from safesession.core.inputs import (
    CreateInvite,
    JoinByCode,
    Leave,
    PickSafetyCode,
    SendText,
    StartSafetyCode,
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
    SessionStatus,
    TextDirection,
    TextRoute,
    TextState,
)
from safesession.ui.view_models.call import BadgeShape, CallViewModel, Capture
from safesession.ui.view_models.chat import MAX_TEXT_CHARS, ChatViewModel
from safesession.ui.view_models.ended import EndedViewModel, Mood
from safesession.ui.view_models.first_run import (
    FieldName,
    FirstRunViewModel,
    origin_from,
)
from safesession.ui.view_models.invite import InviteStage, InviteViewModel
from safesession.ui.view_models.join import JoinStage, JoinViewModel
from safesession.ui.view_models.safety_code import CodeForm, SafetyCodeViewModel
from safesession.ui.view_models.shell import Page, ShellViewModel, page_for
from safesession.ui.view_models.waiting import StepState, WaitingViewModel


pytestmark = pytest.mark.usefixtures("plain_look")
NOW_S = 1_773_300_000.0
CLIENT = SessionStatus(role=Role.CLIENT, server_link=ServerLink.UP)
COUNSELOR = SessionStatus(role=Role.COUNSELOR, server_link=ServerLink.UP)
IN_CALL = replace(
    CLIENT,
    phase=Phase.IN_CALL,
    contact=ContactView(ContactState.TOGETHER, met_s=NOW_S - 65),
)


@pytest.fixture
def sent() -> list:
    """Commands in the order they were submitted."""
    return []


# --- shell ------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_a_page(role, phase) -> None:
    assert isinstance(page_for(SessionStatus(role=role, phase=phase)), Page)


def test_shell_tells_only_of_changes(qtbot) -> None:
    shell = ShellViewModel(Role.CLIENT)
    assert shell.page is Page.JOIN
    assert not shell.may_leave
    with qtbot.assertNotEmitted(shell.page_changed):
        shell.update(replace(CLIENT, phase=Phase.JOINING))
    with qtbot.waitSignal(shell.page_changed) as moved:
        shell.update(IN_CALL)
    assert moved.args == [Page.CALL]
    assert shell.needs_confirmation_to_close


# --- invite -----------------------------------------------------------------------


def test_invite_in_words(sent) -> None:
    model = InviteViewModel(sent.append, lambda: NOW_S)
    assert model.stage is InviteStage.CHOOSING
    model.ttl_s = 3600
    model.create()
    assert sent == [CreateInvite(ttl_s=3600)]
    model.update(replace(COUNSELOR, phase=Phase.CREATING_INVITE))
    assert model.stage is InviteStage.CREATING
    invite = InviteView("4821093755162084", "safesession:join?c=1", int(NOW_S) + 3600)
    model.update(replace(COUNSELOR, phase=Phase.INVITED, invite=invite))
    assert "close SafeSession" not in model.handover_text()
    kept = replace(invite, outlives_app=True)
    model.update(replace(COUNSELOR, phase=Phase.INVITED, invite=kept))
    assert "close SafeSession" in model.handover_text()
    model.update(replace(COUNSELOR, phase=Phase.INVITED, invite=invite))
    assert model.stage is InviteStage.OPEN
    assert model.code_in_groups == "4821 0937 5516 2084"
    assert "60 minutes left" in model.expiry_text()
    assert model.attempts_text() == ""
    for tries, words in ((1, "tried once"), (2, "tried 2 times")):
        tried = replace(invite, wrong_attempts=tries)
        model.update(replace(COUNSELOR, phase=Phase.INVITED, invite=tried))
        assert words in model.attempts_text()
    model.cancel()
    assert sent[-1] == Leave()


def test_message_is_bilingual_or_discreet(sent) -> None:
    model = InviteViewModel(sent.append, lambda: NOW_S)
    assert model.message() == ""
    link = "safesession:join?c=4821093755162084"
    invite = InviteView("4821093755162084", link, int(NOW_S) + 3600)
    model.update(replace(COUNSELOR, phase=Phase.INVITED, invite=invite))
    text = model.message()
    assert "邀请码" in text
    assert "invite code" in text
    assert link in text
    model.discreet = True
    text = model.message()
    assert "4821 0937 5516 2084" in text
    for word in ("SafeSession", "咨询", "counsel", "invite", "session"):
        assert word not in text
    calendar = model.calendar_text(NOW_S + 7200)
    assert "4821" not in calendar
    assert "咨询" not in calendar


# --- join -------------------------------------------------------------------------


def test_join_keeps_the_text_and_hides_an_old_problem(sent) -> None:
    model = JoinViewModel(sent.append, "https://here.example")
    assert model.server_origin == "https://here.example"
    assert not model.may_continue
    model.set_text("４８２１ 0937")
    assert model.digits_typed == 8
    model.submit()
    assert sent == [JoinByCode("４８２１ 0937")]
    model.update(replace(CLIENT, problem=Problem.CODE_INCOMPLETE))
    assert model.problem is Problem.CODE_INCOMPLETE
    assert model.typed == "４８２１ 0937"
    model.set_text("４８２１ 0937 5")
    assert model.problem is None
    model.submit()
    assert model.problem is Problem.CODE_INCOMPLETE  # until the core says otherwise


def test_join_asks_about_another_server(sent) -> None:
    model = JoinViewModel(sent.append, "https://here.example")
    model.set_text("safesession:join?c=1&h=there.example&k=2")
    assert model.is_link
    model.submit()
    model.update(replace(CLIENT, asks_server="there.example"))
    assert model.stage is JoinStage.ASKING_ABOUT_SERVER
    model.accept_server()
    assert sent[-1] == JoinByCode(model.typed, "there.example")
    model.decline_server()
    assert model.stage is JoinStage.TYPING
    model.submit()
    model.update(replace(CLIENT, phase=Phase.JOINING))
    assert model.stage is JoinStage.JOINING
    model.cancel()
    assert sent[-1] == Leave()


# --- safety code ------------------------------------------------------------------

COMPARING = SafetyCodeView(
    state=SafetyCodeState.COMPARING,
    read_aloud=(1, 2),
    choices=((3, 4), (5, 6), (7, 8), (9, 10)),
)


def test_a_choice_counts_once(sent, qtbot) -> None:
    model = SafetyCodeViewModel(sent.append)
    assert model.state is SafetyCodeState.NOT_YET
    model.start()
    with qtbot.waitSignal(model.comparison_opened):
        model.update(COMPARING)
    model.pick(2)
    model.pick(None)
    assert sent == [StartSafetyCode(), PickSafetyCode(2)]
    assert not model.may_pick
    model.update(replace(COMPARING, choices=((1, 2), (3, 4), (5, 6), (7, 8))))
    assert model.may_pick
    model.pick(None)
    assert sent[-1] == PickSafetyCode(None)
    model.set_form(CodeForm.NUMBERS)
    assert model.form is CodeForm.NUMBERS


# --- chat -------------------------------------------------------------------------


def line(direction, number, text, state) -> TextChanged:
    return TextChanged(direction, number, text, state, NOW_S)


def test_chat_never_loses_what_was_typed(sent) -> None:
    model = ChatViewModel(sent.append)
    model.set_draft("您好")
    assert not model.send()  # not in a call
    assert model.draft == "您好"
    model.update(replace(IN_CALL, text_route=TextRoute.DATA_CHANNEL))
    assert model.send()
    assert model.draft == ""
    assert sent == [SendText("您好")]
    assert model.undelivered == ("您好",)  # the engine has not answered yet
    model.take(line(TextDirection.SENT, 1, "您好", TextState.QUEUED))
    assert model.undelivered == ("您好",)
    model.set_draft("and this")
    assert model.undelivered == ("您好", "and this")
    model.take(line(TextDirection.SENT, 1, "您好", TextState.DELIVERED))
    assert model.undelivered == ("and this",)
    assert len(model.lines) == 1
    model.forget()
    assert model.undelivered == ()


def test_chat_limit(sent) -> None:
    model = ChatViewModel(sent.append)
    model.update(IN_CALL)
    model.set_draft("字" * MAX_TEXT_CHARS)
    assert model.counter_visible
    assert model.may_send
    model.set_draft("字" * (MAX_TEXT_CHARS + 1))
    assert model.characters_left == -1
    assert not model.send()
    assert len(model.draft) == MAX_TEXT_CHARS + 1
    model.set_draft("   ")
    assert not model.may_send


def test_chat_counts_unread_while_shut(sent) -> None:
    model = ChatViewModel(sent.append)
    model.take(line(TextDirection.RECEIVED, 1, "a", TextState.DELIVERED))
    model.take(line(TextDirection.RECEIVED, 2, "b", TextState.DELIVERED))
    assert model.unread == 2
    model.set_visible(True)
    assert model.unread == 0
    model.take(line(TextDirection.RECEIVED, 3, "c", TextState.DELIVERED))
    assert model.unread == 0


# --- call -------------------------------------------------------------------------


def call_model(status: SessionStatus, now_s: float = NOW_S) -> CallViewModel:
    model = CallViewModel(lambda _command: None, lambda: now_s, status.role)
    model.update(status)
    return model


def test_badge_by_shape_and_words() -> None:
    open_one = call_model(IN_CALL)
    assert open_one.badge_shape is BadgeShape.OPEN_SHIELD
    assert open_one.badge_text() == "Encrypted · not yet compared"
    code = SafetyCodeView(state=SafetyCodeState.MATCHED, verified_at=NOW_S)
    verified = call_model(replace(IN_CALL, safety_code=code))
    assert verified.badge_shape is BadgeShape.SHIELD
    assert verified.badge_text().startswith("Encrypted · verified ")
    lost = call_model(replace(IN_CALL, phase=Phase.RECONNECTING))
    assert lost.badge_shape is BadgeShape.PAUSE


def test_half_a_comparison_is_not_verified() -> None:
    for state in set(SafetyCodeState) - {SafetyCodeState.MATCHED}:
        model = call_model(replace(IN_CALL, safety_code=SafetyCodeView(state=state)))
        assert model.badge_shape is BadgeShape.OPEN_SHIELD
        assert "not yet compared" in model.badge_text()


def test_times_and_paths() -> None:
    model = call_model(IN_CALL)
    assert model.elapsed_text() == "1:05"
    assert model.path_text() == ""
    for path, word in (("direct", "Direct"), ("relay", "Relayed")):
        quality = replace(IN_CALL.quality, path=path)
        assert (
            call_model(replace(IN_CALL, quality=quality)).path_text().startswith(word)
        )
    assert model.peer_name() == "Your counselor"
    assert (
        call_model(replace(IN_CALL, role=Role.COUNSELOR)).peer_name() == "Your client"
    )


def test_while_the_line_is_gone_the_buttons_show_what_comes_back() -> None:
    lost = replace(IN_CALL, phase=Phase.RECONNECTING)
    model = call_model(replace(IN_CALL, microphone=CaptureState.ON))
    model.want(Capture.CAMERA, False)
    assert model.microphone_on
    assert not model.camera_on
    model.update(lost)
    assert lost.microphone is CaptureState.OFF, "nothing is captured"
    assert model.microphone_on
    assert not model.camera_on
    model.want(Capture.MICROPHONE, False)
    assert not model.microphone_on


def test_capture_problems_come_with_ways_on() -> None:
    model = call_model(
        replace(IN_CALL, microphone=CaptureState.LOST, camera=CaptureState.BUSY)
    )
    strips = model.capture_strips()
    assert [strip.capture for strip in strips] == [Capture.MICROPHONE, Capture.CAMERA]
    assert all(strip.ways for strip in strips)
    demo = replace(IN_CALL, microphone=CaptureState.DEMO, camera=CaptureState.DEMO)
    assert call_model(demo).capture_strips() == ()
    assert call_model(demo).self_label() == "You · demo picture"


@pytest.mark.parametrize("state", CaptureState)
def test_the_other_side_is_described(state) -> None:
    peer = PeerView(present=True, microphone=state, camera=state)
    model = call_model(replace(IN_CALL, peer=peer))
    healthy = state in (CaptureState.ON, CaptureState.STARTING)
    assert bool(model.peer_notes()) is not healthy
    assert model.remote_placeholder()


# --- waiting, ended, first run ----------------------------------------------------


def test_waiting_words_and_steps(sent) -> None:
    model = WaitingViewModel(sent.append, Role.CLIENT)
    assert "arrived" in model.status_line()
    model.update(replace(CLIENT, phase=Phase.WAITING, peer=PeerView(present=True)))
    assert "knows you are here" in model.status_line()
    model.update(replace(CLIENT, phase=Phase.PAIRING))
    done, running, ahead = StepState.DONE, StepState.RUNNING, StepState.AHEAD
    assert [state for _, state in model.steps()] == [done, running, ahead]
    model.update(replace(CLIENT, phase=Phase.CONNECTING))
    assert [state for _, state in model.steps()] == [done, done, running]
    model.leave()
    assert sent == [Leave()]


@pytest.mark.parametrize("reason", EndReason)
@pytest.mark.parametrize("role", Role)
def test_every_end_has_words(reason, role, sent) -> None:
    model = EndedViewModel(sent.append, lambda: NOW_S, role)
    status = SessionStatus(role=role, phase=Phase.ENDED, ended=reason)
    met = ContactView(ContactState.TOGETHER, met_s=NOW_S - 60)
    model.update(replace(status, contact=met))
    text = model.text()
    assert all((text.happened, text.meaning, text.next_step))
    assert model.duration_text() == "You were in contact for 1 minute."
    broken = reason in (EndReason.FAILED, EndReason.DROPOUT)
    assert (model.mood is Mood.ATTENTION) is broken


def test_first_run_says_what_is_missing(qtbot) -> None:
    model = FirstRunViewModel()
    model.choose(Role.COUNSELOR)
    model.submit()
    assert set(model.errors) == set(FieldName)
    model.server, model.token, model.name = "Sessions.Example.org ", " t ", " 王老师 "
    with qtbot.waitSignal(model.finished) as done:
        model.submit()
    choice = done.args[0]
    assert choice.server_origin == "https://sessions.example.org"
    assert (choice.enrolment_token, choice.display_name) == ("t", "王老师")
    assert "t" not in repr(choice).split("enrolment_token")[-1][:3]


def test_first_run_client_needs_nothing(qtbot) -> None:
    model = FirstRunViewModel()
    model.choose(Role.CLIENT)
    with qtbot.waitSignal(model.finished) as done:
        model.submit()
    assert done.args[0].role is Role.CLIENT
    assert done.args[0].server_origin == ""


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("sessions.example.org", "https://sessions.example.org"),
        ("https://a.example:8443/", "https://a.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("https://[2001:db8::1]:9", "https://[2001:db8::1]:9"),
        ("http://example.org", None),
        ("ftp://example.org", None),
        ("https://user@example.org", None),
        ("https://example.org/path", None),
        ("https://example.org:99999", None),
        ("two words", None),
        ("", None),
        ("https://", None),
    ],
)
def test_server_addresses(typed, origin) -> None:
    assert origin_from(typed) == origin
