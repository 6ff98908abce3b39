"""The gallery's broken lines: each step of a dropout, its return and its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from safesession.core.contact_view import (
    CALL_AFTER_S,
    END_AFTER_S,
    SUSPEND_AFTER_S,
    ContactState,
    ContactView,
)
from safesession.core.effects import TextChanged
from safesession.core.status import (
    CaptureState,
    EndReason,
    Phase,
    Role,
    SafetyCodeState,
    SafetyCodeView,
    ServerLink,
    SessionStatus,
    TextDirection,
    TextRoute,
    TextState,
)
from safesession.ui.gallery_people import (
    GALLERY_CLOCK_S,
    GALLERY_NOW_S,
    GalleryState,
    sample_texts,
    show_in_call,
    show_verified,
)
from safesession.ui.view_models.call import Capture


if TYPE_CHECKING:
    from safesession.ui.shell import SessionWindow


def dropout_states() -> tuple[GalleryState, ...]:
    """Return all of them."""
    return (*_lost_states(), *_plan_states(), *_return_states(), *_end_states())


def show_lost(role: Role, away_s: float, **changes: object) -> SessionStatus:
    """A verified call that was lost so long ago."""
    lost = show_verified(
        role,
        phase=Phase.RECONNECTING,
        text_route=TextRoute.RELAY,
        microphone=CaptureState.OFF,
        camera=CaptureState.OFF,
        contact=_contact(away_s),
    )
    if away_s > 120:  # noqa: PLR2004 - PROTOCOL §7.2
        lost = replace(lost, safety_code=SafetyCodeView(state=SafetyCodeState.NOT_YET))
    return replace(lost, **changes)  # type: ignore[arg-type]


def _contact(away_s: float) -> ContactView:
    state = ContactState.AWAY
    if away_s >= CALL_AFTER_S:
        state = ContactState.CALL_DUE
    if away_s >= SUSPEND_AFTER_S:
        state = ContactState.SUSPENDED
    return ContactView(
        state=state,
        met_s=GALLERY_NOW_S - 1390 - away_s,
        away_since_s=GALLERY_NOW_S - away_s,
        gaps=1,
    )


def _lost(
    name: str,
    role: Role,
    away_s: float,
    *,
    texts: tuple[TextChanged, ...] = (),
    chat: bool = False,
    **changes: object,
) -> GalleryState:
    return GalleryState(
        name,
        show_lost(role, away_s, **changes),
        before=show_verified(role),
        texts=texts,
        prepare=(lambda window: window.call.toggle_chat()) if chat else None,
    )


def _lost_states() -> tuple[GalleryState, ...]:
    client, counselor = Role.CLIENT, Role.COUNSELOR
    steady = show_verified(client).contact
    unsteady = replace(steady, state=ContactState.UNSTABLE)
    down = {"server_link": ServerLink.DOWN, "text_route": TextRoute.NONE}
    return (
        GalleryState(
            "unstable",
            show_verified(client, contact=unsteady, text_route=TextRoute.RELAY),
        ),
        _lost("reconnecting", client, 42),
        _lost("reconnecting_counselor", counselor, 42),
        _lost(
            "reconnecting_server_down",
            client,
            12,
            texts=sample_texts(),
            chat=True,
            **down,
        ),
        _lost("reconnecting_waiting_text", client, 12, texts=_waiting(), chat=True),
        _lost(
            "reconnecting_never_met",
            client,
            42,
            contact=replace(_contact(42), met_s=None),
            in_call_since=None,
        ),
    )


def _waiting() -> tuple[TextChanged, ...]:
    sent, at = TextDirection.SENT, GALLERY_CLOCK_S
    return (
        TextChanged(sent, 1, "我还在这里。", TextState.SENT, at - 4),
        TextChanged(sent, 2, "I am still here.", TextState.SENT, at - 2),
    )


def _plan_states() -> tuple[GalleryState, ...]:
    client, counselor = Role.CLIENT, Role.COUNSELOR

    def numbered(window: SessionWindow) -> None:
        window.dropout_model.set_number("138 0000 0000")

    def voice_only(window: SessionWindow) -> None:
        window.call_model.want(Capture.CAMERA, False)

    return (
        _lost("plan_call_due_client", client, 95),
        replace(_lost("plan_call_due_number", counselor, 95), prepare=numbered),
        replace(_lost("plan_voice_only", client, 42), prepare=voice_only),
        _lost("plan_suspended_client", client, 380),
        _lost("plan_suspended_counselor", counselor, 380),
        GalleryState(
            "plan_whole_client",
            show_verified(client),
            prepare=lambda window: window.call.plan_requested.emit(),
        ),
        GalleryState(
            "plan_whole_counselor",
            show_verified(counselor),
            prepare=lambda window: window.call.plan_requested.emit(),
        ),
    )


def _return_states() -> tuple[GalleryState, ...]:
    def back(name: str, role: Role, away_s: float) -> GalleryState:
        lost = show_lost(role, away_s)
        contact = replace(
            lost.contact,
            state=ContactState.TOGETHER,
            away_since_s=None,
            away_before_s=away_s,
        )
        there = show_in_call(role) if away_s > 120 else show_verified(role)  # noqa: PLR2004
        return GalleryState(
            name, replace(there, contact=contact), before=show_verified(role)
        )

    return (
        back("back_client", Role.CLIENT, 72),
        back("back_counselor_not_compared", Role.COUNSELOR, 190),
    )


def _end_states() -> tuple[GalleryState, ...]:
    def ended(name: str, role: Role, contact: ContactView) -> GalleryState:
        status = show_in_call(
            role, phase=Phase.ENDED, ended=EndReason.DROPOUT, contact=contact
        )
        return GalleryState(name, status)

    over = replace(_contact(END_AFTER_S), over_s=GALLERY_NOW_S)
    often = ContactView(
        ContactState.TOGETHER,
        met_s=GALLERY_NOW_S - 3012,
        gaps=2,
        away_before_s=112,
        over_s=GALLERY_NOW_S,
    )
    left = show_in_call(
        Role.COUNSELOR, phase=Phase.ENDED, ended=EndReason.LEFT, contact=often
    )
    return (
        ended("ended_dropout_client", Role.CLIENT, over),
        ended("ended_dropout_counselor", Role.COUNSELOR, over),
        ended("ended_dropout_never_met", Role.CLIENT, ContactView()),
        GalleryState("ended_after_dropouts", left),
    )
