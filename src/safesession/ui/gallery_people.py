"""The people of the gallery: whom its snapshots show, and what they wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from safesession.core.contact_view import ContactState, ContactView
from safesession.core.effects import TextChanged
from safesession.core.status import (
    CaptureState,
    PeerView,
    Phase,
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


if TYPE_CHECKING:
    from safesession.ui.door import DoorWindow
    from safesession.ui.shell import SessionWindow
    from safesession.ui.views.first_run import FirstRunView


GALLERY_CLOCK_S: Final = 1_773_300_310.0  # 12 March 2026
GALLERY_NOW_S: Final = 50_000.0  # the core's clock
SERVER: Final = "https://sessions.example.org"


@dataclass(frozen=True, slots=True)
class GalleryState:
    """One page in one state."""

    name: str
    status: SessionStatus
    before: SessionStatus | None = None
    texts: tuple[TextChanged, ...] = ()
    prepare: Callable[[SessionWindow], object] | None = None
    first_run: bool = False
    prepare_first_run: Callable[[FirstRunView], None] | None = None
    prepare_door: Callable[[DoorWindow], object] | None = None
    pictures: bool = True


def show_counselor(phase: Phase, **changes: object) -> SessionStatus:
    """A counselor in a phase."""
    base = SessionStatus(
        role=Role.COUNSELOR,
        phase=phase,
        server_link=ServerLink.UP,
        server_origin=SERVER,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def show_client(phase: Phase, **changes: object) -> SessionStatus:
    """A client in a phase."""
    return replace(show_counselor(phase, **changes), role=Role.CLIENT)


def show_in_call(role: Role, **changes: object) -> SessionStatus:
    """A call that nobody has compared words in."""
    name = "王老师" if role is Role.CLIENT else "A-018"
    status = show_counselor(
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
        contact=ContactView(ContactState.TOGETHER, met_s=GALLERY_NOW_S - 1390),
    )
    return replace(status, role=role, **changes)  # type: ignore[arg-type]


def show_verified(role: Role, **changes: object) -> SessionStatus:
    """A call with a confirmed safety code."""
    code = SafetyCodeView(
        state=SafetyCodeState.MATCHED, verified_at=GALLERY_CLOCK_S - 900
    )
    return show_in_call(role, safety_code=code, **changes)


def sample_texts() -> tuple[TextChanged, ...]:
    """A conversation with every state of delivery."""
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
