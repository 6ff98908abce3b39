"""The fixed snapshots of the gallery: each page in each of its states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from safesession.core.effects import TextChanged
from safesession.core.status import (
    CaptureState,
    EndReason,
    InviteView,
    PeerView,
    Phase,
    Problem,
    QualityView,
    Role,
    SafetyCodeState,
    SafetyCodeView,
    ServerLink,
    SessionStatus,
    TextDirection,
    TextRoute,
    TextState,
)
from safesession.ui.view_models.safety_code import CodeForm


if TYPE_CHECKING:
    from safesession.ui.shell import SessionWindow
    from safesession.ui.views.first_run import FirstRunView


GALLERY_CLOCK_S: Final = 1_773_300_310.0  # 12 March 2026
SERVER: Final = "https://sessions.example.org"
_CODE: Final = "4821093755162084"
_INVITE: Final = InviteView(
    code=_CODE,
    link=f"safesession:join?c={_CODE}&h=sessions.example.org&k=7XQ2M9KD4B6T0V1ZC8R3HPWJNE",
    expires_at=int(GALLERY_CLOCK_S) + 172_000,
)
_CODE_VIEW: Final = SafetyCodeView(
    state=SafetyCodeState.COMPARING,
    read_aloud=(0, 57),
    choices=((4, 51), (16, 2), (43, 30), (25, 61)),
    read_number="481093",
    choice_numbers=("120945", "774310", "602218", "935571"),
)


@dataclass(frozen=True, slots=True)
class GalleryState:
    """One page in one state."""

    name: str
    status: SessionStatus
    before: SessionStatus | None = None
    texts: tuple[TextChanged, ...] = ()
    prepare: Callable[[SessionWindow], None] | None = None
    first_run: bool = False
    prepare_first_run: Callable[[FirstRunView], None] | None = None
    pictures: bool = True


def gallery_states() -> tuple[GalleryState, ...]:
    """Return all states, in the order of a session."""
    return (
        *_first_run_states(),
        *_invite_states(),
        *_join_states(),
        *_way_in_states(),
        *_call_states(),
        *_safety_states(),
        *_chat_states(),
        *_trouble_states(),
        *_end_states(),
    )


def _counselor(phase: Phase, **changes: object) -> SessionStatus:
    base = SessionStatus(
        role=Role.COUNSELOR,
        phase=phase,
        server_link=ServerLink.UP,
        server_origin=SERVER,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def _client(phase: Phase, **changes: object) -> SessionStatus:
    return replace(_counselor(phase, **changes), role=Role.CLIENT)


def _in_call(role: Role, **changes: object) -> SessionStatus:
    name = "王老师" if role is Role.CLIENT else "A-018"
    status = _counselor(
        Phase.IN_CALL,
        peer=PeerView(
            display_name=name,
            present=True,
            fingerprint="7XQ2 M9KD",
            microphone=CaptureState.ON,
            camera=CaptureState.ON,
        ),
        safety_code=SafetyCodeView(state=SafetyCodeState.READY),
        microphone=CaptureState.ON,
        camera=CaptureState.ON,
        text_route=TextRoute.DATA_CHANNEL,
        quality=QualityView(rtt_ms=24.0, path="direct", received_fps=30.0),
        in_call_since=GALLERY_CLOCK_S - 1390,
    )
    return replace(status, role=role, **changes)  # type: ignore[arg-type]


def _verified(role: Role, **changes: object) -> SessionStatus:
    code = SafetyCodeView(
        state=SafetyCodeState.MATCHED, verified_at=GALLERY_CLOCK_S - 900
    )
    return _in_call(role, safety_code=code, **changes)


def _first_run_states() -> tuple[GalleryState, ...]:
    nobody = SessionStatus(role=Role.CLIENT)

    def who(role: Role) -> Callable[[FirstRunView], None]:
        return lambda view: view.view_model.choose(role)

    def missing(view: FirstRunView) -> None:
        view.view_model.choose(Role.COUNSELOR)
        view.view_model.submit()

    def refused(view: FirstRunView) -> None:
        view.view_model.choose(Role.COUNSELOR)
        view.show_problem(Problem.NOT_ENROLLED)

    def state(
        name: str, prepare: Callable[[FirstRunView], None] | None
    ) -> GalleryState:
        return GalleryState(name, nobody, first_run=True, prepare_first_run=prepare)

    return (
        state("first_run_who", None),
        state("first_run_counselor", who(Role.COUNSELOR)),
        state("first_run_client", who(Role.CLIENT)),
        state("first_run_missing", missing),
        state("first_run_refused", refused),
    )


def _invite_states() -> tuple[GalleryState, ...]:
    opened = _counselor(Phase.INVITED, invite=_INVITE)
    return (
        GalleryState("invite_new", _counselor(Phase.IDLE)),
        GalleryState(
            "invite_server_down",
            _counselor(
                Phase.IDLE,
                server_link=ServerLink.DOWN,
                problem=Problem.SERVER_UNREACHABLE,
            ),
        ),
        GalleryState("invite_creating", _counselor(Phase.CREATING_INVITE)),
        GalleryState("invite_open", opened),
        GalleryState(
            "invite_attempts",
            replace(opened, invite=replace(_INVITE, wrong_attempts=2)),
        ),
    )


def _join_states() -> tuple[GalleryState, ...]:
    def typed(text: str) -> Callable[[SessionWindow], None]:
        return lambda window: window.join_model.set_text(text)

    def problem(
        name: str, what: Problem, text: str, phase: Phase = Phase.IDLE, **more: object
    ) -> GalleryState:
        def prepare(window: SessionWindow) -> None:
            window.join_model.set_text(text)
            window.show_status(_client(phase))
            window.show_status(_client(phase, problem=what, **more))

        return GalleryState(name, _client(phase), prepare=prepare)

    def other_server(window: SessionWindow) -> None:
        link = _INVITE.link.replace("sessions.example.org", "other.example.net")
        window.join_model.set_text(link)
        window.join_model.submit()
        asks = _client(Phase.IDLE, asks_server="other.example.net")
        window.show_status(asks)

    return (
        GalleryState("join_empty", _client(Phase.IDLE, server_link=ServerLink.IDLE)),
        GalleryState("join_typing", _client(Phase.IDLE), prepare=typed("4821 0937 55")),
        problem("join_mistyped", Problem.CODE_MISTYPED, "4821 0937 5516 2048"),
        problem("join_incomplete", Problem.CODE_INCOMPLETE, "四八二一 0937"),
        problem("join_link_invalid", Problem.LINK_INVALID, "safesession:join?c=12"),
        problem("join_unavailable", Problem.CODE_UNAVAILABLE, "4821 0937 5516 2084"),
        problem(
            "join_server_down",
            Problem.SERVER_UNREACHABLE,
            "4821 0937 5516 2084",
            Phase.JOINING,
            server_link=ServerLink.DOWN,
            retry_in_s=4.0,
        ),
        GalleryState("join_other_server", _client(Phase.IDLE), prepare=other_server),
        GalleryState(
            "join_joining",
            _client(Phase.JOINING),
            before=_client(Phase.IDLE),
            prepare=typed("4821 0937 5516 2084"),
        ),
    )


def _way_in_states() -> tuple[GalleryState, ...]:
    on = {"microphone": CaptureState.ON, "camera": CaptureState.ON}
    return (
        GalleryState("waiting", _client(Phase.WAITING, **on)),
        GalleryState(
            "waiting_seen_camera_off",
            _client(Phase.WAITING, peer=PeerView(present=True)),
        ),
        GalleryState("pairing", _client(Phase.PAIRING)),
        GalleryState("connecting", _counselor(Phase.CONNECTING)),
        GalleryState(
            "connecting_no_route", _client(Phase.CONNECTING, problem=Problem.NO_ROUTE)
        ),
    )


def _call_states() -> tuple[GalleryState, ...]:
    client, counselor = Role.CLIENT, Role.COUNSELOR
    peer = _in_call(client).peer
    silent = replace(peer, microphone=CaptureState.OFF, camera=CaptureState.OFF)
    demo = replace(peer, microphone=CaptureState.DEMO, camera=CaptureState.DEMO)
    return (
        GalleryState("call_not_compared", _in_call(client)),
        GalleryState("call_verified", _verified(client)),
        GalleryState(
            "call_relay",
            _verified(counselor, quality=QualityView(path="relay")),
        ),
        GalleryState(
            "call_muted",
            _verified(
                client,
                microphone=CaptureState.OFF,
                camera=CaptureState.OFF,
                peer=silent,
            ),
            pictures=False,
        ),
        GalleryState(
            "call_demo",
            _verified(
                counselor,
                microphone=CaptureState.DEMO,
                camera=CaptureState.DEMO,
                peer=demo,
            ),
        ),
        GalleryState(
            "call_leave_question",
            _verified(client),
            prepare=lambda window: window.call.leave_requested.emit(),
        ),
        GalleryState(
            "call_help",
            _verified(client),
            prepare=lambda window: window.call.help_requested.emit(),
        ),
    )


def _safety_states() -> tuple[GalleryState, ...]:
    client = Role.CLIENT

    def state(
        name: str,
        view: SafetyCodeView,
        prepare: Callable[[SessionWindow], None] | None = None,
    ) -> GalleryState:
        def opened(window: SessionWindow) -> None:
            if prepare is not None:
                prepare(window)
            window.call.toggle_safety()

        return GalleryState(name, _in_call(client, safety_code=view), prepare=opened)

    return (
        state("safety_ready", SafetyCodeView(state=SafetyCodeState.READY)),
        state("safety_words", _CODE_VIEW),
        state(
            "safety_numbers",
            _CODE_VIEW,
            lambda window: window.safety_model.set_form(CodeForm.NUMBERS),
        ),
        state(
            "safety_checking", _CODE_VIEW, lambda window: window.safety_model.pick(1)
        ),
        state(
            "safety_waiting_peer",
            replace(_CODE_VIEW, state=SafetyCodeState.WAITING_PEER),
        ),
        state(
            "safety_matched",
            SafetyCodeView(
                state=SafetyCodeState.MATCHED, verified_at=GALLERY_CLOCK_S - 20
            ),
        ),
    )


def _texts() -> tuple[TextChanged, ...]:
    sent, received = TextDirection.SENT, TextDirection.RECEIVED
    at = GALLERY_CLOCK_S
    return (
        TextChanged(
            received, 1, "您好，能听到我说话吗？", TextState.DELIVERED, at - 300
        ),
        TextChanged(sent, 1, "听得很清楚。", TextState.DELIVERED, at - 280),
        TextChanged(
            sent,
            2,
            "Here is the exercise we talked about: breathe in for four counts, "
            "hold for four, breathe out for six.",
            TextState.SENT,
            at - 60,
        ),
        TextChanged(sent, 3, "https://" + "long-word" * 8, TextState.QUEUED, at - 5),
    )


def _chat_states() -> tuple[GalleryState, ...]:
    def opened(draft: str) -> Callable[[SessionWindow], None]:
        def prepare(window: SessionWindow) -> None:
            window.chat_model.set_draft(draft)
            window.call.toggle_chat()

        return prepare

    client = Role.CLIENT
    return (
        GalleryState("chat_empty", _verified(client), prepare=opened("")),
        GalleryState(
            "chat_messages", _verified(client), texts=_texts(), prepare=opened("好的，")
        ),
        GalleryState(
            "chat_too_long",
            _verified(client),
            texts=_texts(),
            prepare=opened("字" * 10_012),
        ),
        GalleryState("chat_unread", _verified(client), texts=_texts()),
    )


def _trouble_states() -> tuple[GalleryState, ...]:
    client = Role.CLIENT
    lost = _verified(
        client,
        phase=Phase.RECONNECTING,
        text_route=TextRoute.RELAY,
    )
    captures = (
        CaptureState.MISSING,
        CaptureState.BUSY,
        CaptureState.REFUSED,
        CaptureState.LOST,
    )
    return (
        GalleryState("reconnecting", lost, before=_verified(client)),
        GalleryState(
            "reconnecting_server_down",
            replace(
                lost,
                server_link=ServerLink.DOWN,
                text_route=TextRoute.NONE,
            ),
            before=_verified(client),
            texts=_texts(),
            prepare=lambda window: window.call.toggle_chat(),
        ),
        *(
            GalleryState(f"camera_{state.value}", _verified(client, camera=state))
            for state in captures
        ),
        *(
            GalleryState(
                f"microphone_{state.value}", _verified(client, microphone=state)
            )
            for state in captures
        ),
    )


def _end_states() -> tuple[GalleryState, ...]:
    def failed(problem: Problem, role: Role) -> GalleryState:
        status = _counselor(Phase.ENDED, ended=EndReason.FAILED, problem=problem)
        name = f"ended_{problem.value}"
        return GalleryState(name, replace(status, role=role))

    client, counselor = Role.CLIENT, Role.COUNSELOR
    code = SafetyCodeView(state=SafetyCodeState.MISMATCHED, may_run_again=True)
    spent = SafetyCodeView(state=SafetyCodeState.MISMATCHED)
    gone = _in_call(client, phase=Phase.ENDED, ended=EndReason.PEER_LEFT)
    return (
        GalleryState(
            "frozen",
            _in_call(
                client,
                phase=Phase.FROZEN,
                safety_code=code,
                problem=Problem.SAFETY_CODE_MISMATCH,
            ),
        ),
        GalleryState(
            "frozen_for_good",
            _in_call(
                client,
                phase=Phase.FROZEN,
                safety_code=spent,
                problem=Problem.SAFETY_CODE_MISMATCH,
            ),
        ),
        GalleryState(
            "ended_left_client",
            _in_call(client, phase=Phase.ENDED, ended=EndReason.LEFT),
        ),
        GalleryState(
            "ended_left_counselor",
            _in_call(counselor, phase=Phase.ENDED, ended=EndReason.LEFT),
        ),
        GalleryState("ended_peer_left_undelivered", gone, texts=_texts()),
        GalleryState(
            "ended_cancelled", _counselor(Phase.ENDED, ended=EndReason.CANCELLED)
        ),
        failed(Problem.CODE_WRONG, client),
        failed(Problem.TOO_MANY_ATTEMPTS, counselor),
        failed(Problem.BIND_FAILED, client),
        failed(Problem.IDENTITY_CHANGED, client),
        failed(Problem.INVITE_EXPIRED, counselor),
        failed(Problem.INSTALLATION_DAMAGED, counselor),
        failed(Problem.OPENED_ELSEWHERE, client),
        failed(Problem.INTERNAL, client),
    )
