"""The fixed snapshots of the gallery: each page in each of its states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

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
)
from safesession.ui.gallery_dropout import dropout_states
from safesession.ui.gallery_people import (
    GALLERY_CLOCK_S,
    GalleryState,
    sample_texts,
    show_client,
    show_counselor,
    show_in_call,
    show_verified,
)
from safesession.ui.gallery_unsent import unsent_states
from safesession.ui.view_models.safety_code import CodeForm


if TYPE_CHECKING:
    from safesession.ui.shell import SessionWindow
    from safesession.ui.views.first_run import FirstRunView


_CODE: Final = "4821093755162084"
_INVITE: Final = InviteView(
    code=_CODE,
    link=f"safesession:join?c={_CODE}&h=sessions.example.org&k=7XQ2M9KD4B6T0V1ZC8R3HPWJNE",
    expires_at=int(GALLERY_CLOCK_S) + 172_000,
    outlives_app=True,
)
_CODE_VIEW: Final = SafetyCodeView(
    state=SafetyCodeState.COMPARING,
    read_aloud=(0, 57),
    choices=((4, 51), (16, 2), (43, 30), (25, 61)),
    read_number="481093",
    choice_numbers=("120945", "774310", "602218", "935571"),
)


def gallery_states() -> tuple[GalleryState, ...]:
    """Return all states, in the order of a session."""
    return (
        *_first_run_states(),
        *_vault_states(),
        *_notes_states(),
        *_invite_states(),
        *_join_states(),
        *_way_in_states(),
        *_call_states(),
        *_safety_states(),
        *_chat_states(),
        *unsent_states(),
        *dropout_states(),
        *_trouble_states(),
        *_end_states(),
    )


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


def _vault_states() -> tuple[GalleryState, ...]:
    from safesession.ui.gallery_keeping import keeping_scenes
    from safesession.ui.gallery_vault import door_scenes, room_scenes

    idle = show_counselor(Phase.IDLE)
    return (
        *(GalleryState(s.name, idle, prepare_door=s.build) for s in door_scenes()),
        *(
            GalleryState(
                s.name,
                show_verified(Role.COUNSELOR) if s.in_call else idle,
                prepare=s.build,
            )
            for s in room_scenes()
        ),
        *(GalleryState(s.name, idle, prepare=s.build) for s in keeping_scenes()),
    )


def _notes_states() -> tuple[GalleryState, ...]:
    from safesession.ui.gallery_notes import notes_scenes

    idle = show_counselor(Phase.IDLE)
    return tuple(
        GalleryState(
            s.name,
            show_verified(Role.COUNSELOR) if s.in_call else idle,
            prepare=s.build,
        )
        for s in notes_scenes()
    )


def _invite_states() -> tuple[GalleryState, ...]:
    opened = show_counselor(Phase.INVITED, invite=_INVITE)
    return (
        GalleryState("invite_new", show_counselor(Phase.IDLE)),
        GalleryState(
            "invite_server_down",
            show_counselor(
                Phase.IDLE,
                server_link=ServerLink.DOWN,
                problem=Problem.SERVER_UNREACHABLE,
            ),
        ),
        GalleryState("invite_creating", show_counselor(Phase.CREATING_INVITE)),
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
            window.show_status(show_client(phase))
            window.show_status(show_client(phase, problem=what, **more))

        return GalleryState(name, show_client(phase), prepare=prepare)

    def other_server(window: SessionWindow) -> None:
        link = _INVITE.link.replace("sessions.example.org", "other.example.net")
        window.join_model.set_text(link)
        window.join_model.submit()
        asks = show_client(Phase.IDLE, asks_server="other.example.net")
        window.show_status(asks)

    return (
        GalleryState(
            "join_empty", show_client(Phase.IDLE, server_link=ServerLink.IDLE)
        ),
        GalleryState(
            "join_typing", show_client(Phase.IDLE), prepare=typed("4821 0937 55")
        ),
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
        GalleryState(
            "join_other_server", show_client(Phase.IDLE), prepare=other_server
        ),
        GalleryState(
            "join_joining",
            show_client(Phase.JOINING),
            before=show_client(Phase.IDLE),
            prepare=typed("4821 0937 5516 2084"),
        ),
    )


def _way_in_states() -> tuple[GalleryState, ...]:
    on = {"microphone": CaptureState.ON, "camera": CaptureState.ON}
    return (
        GalleryState("waiting", show_client(Phase.WAITING, **on)),
        GalleryState(
            "waiting_seen_camera_off",
            show_client(Phase.WAITING, peer=PeerView(present=True)),
        ),
        GalleryState("pairing", show_client(Phase.PAIRING)),
        GalleryState("connecting", show_counselor(Phase.CONNECTING)),
        GalleryState(
            "connecting_no_route",
            show_client(Phase.CONNECTING, problem=Problem.NO_ROUTE),
        ),
    )


def _call_states() -> tuple[GalleryState, ...]:
    client, counselor = Role.CLIENT, Role.COUNSELOR
    peer = show_in_call(client).peer
    silent = replace(peer, microphone=CaptureState.OFF, camera=CaptureState.OFF)
    demo = replace(peer, microphone=CaptureState.DEMO, camera=CaptureState.DEMO)
    return (
        GalleryState("call_not_compared", show_in_call(client)),
        GalleryState("call_verified", show_verified(client)),
        GalleryState(
            "call_relay",
            show_verified(counselor, quality=QualityView(path="relay")),
        ),
        GalleryState(
            "call_muted",
            show_verified(
                client,
                microphone=CaptureState.OFF,
                camera=CaptureState.OFF,
                peer=silent,
            ),
            pictures=False,
        ),
        GalleryState(
            "call_demo",
            show_verified(
                counselor,
                microphone=CaptureState.DEMO,
                camera=CaptureState.DEMO,
                peer=demo,
            ),
        ),
        GalleryState(
            "call_leave_question",
            show_verified(client),
            prepare=lambda window: window.call.leave_requested.emit(),
        ),
        GalleryState(
            "call_help",
            show_verified(client),
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

        return GalleryState(
            name, show_in_call(client, safety_code=view), prepare=opened
        )

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


def _chat_states() -> tuple[GalleryState, ...]:
    def opened(draft: str) -> Callable[[SessionWindow], None]:
        def prepare(window: SessionWindow) -> None:
            window.chat_model.set_draft(draft)
            window.call.toggle_chat()

        return prepare

    client = Role.CLIENT
    return (
        GalleryState("chat_empty", show_verified(client), prepare=opened("")),
        GalleryState(
            "chat_messages",
            show_verified(client),
            texts=sample_texts(),
            prepare=opened("好的，"),
        ),
        GalleryState(
            "chat_too_long",
            show_verified(client),
            texts=sample_texts(),
            prepare=opened("字" * 10_012),
        ),
        GalleryState("chat_unread", show_verified(client), texts=sample_texts()),
    )


def _trouble_states() -> tuple[GalleryState, ...]:
    client = Role.CLIENT
    captures = (
        CaptureState.MISSING,
        CaptureState.BUSY,
        CaptureState.REFUSED,
        CaptureState.LOST,
    )
    return (
        *(
            GalleryState(f"camera_{state.value}", show_verified(client, camera=state))
            for state in captures
        ),
        *(
            GalleryState(
                f"microphone_{state.value}", show_verified(client, microphone=state)
            )
            for state in captures
        ),
    )


def _end_states() -> tuple[GalleryState, ...]:
    def failed(problem: Problem, role: Role) -> GalleryState:
        status = show_counselor(Phase.ENDED, ended=EndReason.FAILED, problem=problem)
        name = f"ended_{problem.value}"
        return GalleryState(name, replace(status, role=role))

    client, counselor = Role.CLIENT, Role.COUNSELOR
    code = SafetyCodeView(state=SafetyCodeState.MISMATCHED, may_run_again=True)
    spent = SafetyCodeView(state=SafetyCodeState.MISMATCHED)
    gone = show_in_call(client, phase=Phase.ENDED, ended=EndReason.PEER_LEFT)
    return (
        GalleryState(
            "frozen",
            show_in_call(
                client,
                phase=Phase.FROZEN,
                safety_code=code,
                problem=Problem.SAFETY_CODE_MISMATCH,
            ),
        ),
        GalleryState(
            "frozen_for_good",
            show_in_call(
                client,
                phase=Phase.FROZEN,
                safety_code=spent,
                problem=Problem.SAFETY_CODE_MISMATCH,
            ),
        ),
        GalleryState(
            "ended_left_client",
            show_in_call(client, phase=Phase.ENDED, ended=EndReason.LEFT),
        ),
        GalleryState(
            "ended_left_counselor",
            show_in_call(counselor, phase=Phase.ENDED, ended=EndReason.LEFT),
        ),
        GalleryState("ended_peer_left_undelivered", gone, texts=sample_texts()),
        GalleryState(
            "ended_cancelled", show_counselor(Phase.ENDED, ended=EndReason.CANCELLED)
        ),
        failed(Problem.CODE_WRONG, client),
        failed(Problem.TOO_MANY_ATTEMPTS, counselor),
        failed(Problem.BIND_FAILED, client),
        failed(Problem.IDENTITY_CHANGED, client),
        failed(Problem.INVITE_EXPIRED, counselor),
        failed(Problem.INSTALLATION_DAMAGED, counselor),
        failed(Problem.OPENED_ELSEWHERE, client),
        failed(Problem.ACCOUNT_REVOKED, counselor),
        failed(Problem.INTERNAL, client),
    )
