"""The gallery's snapshots of unsent text: offered again, kept, or not kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from safesession.core.ports import Keeping, UnsentNews
from safesession.core.status import EndReason, Phase, Role
from safesession.ui.gallery_people import (
    GalleryState,
    sample_texts,
    show_client,
    show_counselor,
    show_in_call,
    show_verified,
)


if TYPE_CHECKING:
    from safesession.ui.shell import SessionWindow


def _keeping(
    keeping: Keeping, last_time: tuple[str, ...] = ()
) -> Callable[[SessionWindow], None]:
    return lambda window: window.unsent_model.take(UnsentNews(keeping, last_time))


def unsent_states() -> tuple[GalleryState, ...]:
    """Return what was not delivered, wherever it is shown."""
    client = Role.CLIENT
    texts = ("我昨天没有说完：其实我一直很害怕。", "Can we talk about it next time?")
    offered = _keeping(Keeping.SEALED, texts)

    def read(window: SessionWindow) -> None:
        offered(window)
        window.unsent_model.toggle_shown()

    def chat(
        keeping: Keeping, last_time: tuple[str, ...] = ()
    ) -> Callable[[SessionWindow], None]:
        def prepare(window: SessionWindow) -> None:
            _keeping(keeping, last_time)(window)
            window.call.toggle_chat()

        return prepare

    gone = show_in_call(client, phase=Phase.ENDED, ended=EndReason.PEER_LEFT)

    def discarding(window: SessionWindow) -> None:
        offered(window)
        window.join.unsent.discard_requested.emit()

    return (
        GalleryState("unsent_join", show_client(Phase.IDLE), prepare=offered),
        GalleryState("unsent_join_read", show_client(Phase.IDLE), prepare=read),
        GalleryState(
            "unsent_join_discard", show_client(Phase.IDLE), prepare=discarding
        ),
        GalleryState(
            "unsent_join_shared",
            show_client(Phase.IDLE),
            prepare=_keeping(Keeping.SHARED),
        ),
        GalleryState("unsent_invite", show_counselor(Phase.IDLE), prepare=offered),
        GalleryState(
            "unsent_chat", show_verified(client), prepare=chat(Keeping.SEALED, texts)
        ),
        GalleryState(
            "unsent_chat_shared",
            show_verified(client),
            texts=sample_texts(),
            prepare=chat(Keeping.SHARED),
        ),
        GalleryState(
            "unsent_chat_unavailable",
            show_verified(client),
            texts=sample_texts(),
            prepare=chat(Keeping.UNAVAILABLE),
        ),
        GalleryState(
            "unsent_ended", gone, texts=sample_texts(), prepare=_keeping(Keeping.SEALED)
        ),
    )
