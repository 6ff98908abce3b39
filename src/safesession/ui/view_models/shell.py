"""Which page the window shows, derived from the session's phase alone."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.status import Phase, Role, SessionStatus


class Page(Enum):
    """The pages of a session window."""

    INVITE = "invite"
    JOIN = "join"
    WAITING = "waiting"
    PAIRING = "pairing"
    CALL = "call"
    FROZEN = "frozen"
    ENDED = "ended"


def page_for(status: SessionStatus) -> Page:
    """Return the page of a snapshot."""
    match status.phase:
        case Phase.IDLE:
            return Page.INVITE if status.role is Role.COUNSELOR else Page.JOIN
        case Phase.CREATING_INVITE | Phase.INVITED:
            return Page.INVITE
        case Phase.JOINING:
            return Page.JOIN
        case Phase.WAITING:
            return Page.WAITING
        case Phase.PAIRING | Phase.CONNECTING:
            return Page.PAIRING
        case Phase.IN_CALL | Phase.RECONNECTING:
            return Page.CALL
        case Phase.FROZEN:
            return Page.FROZEN
        case Phase.ENDED:
            return Page.ENDED


class ShellViewModel(QObject):
    """Holds the newest snapshot; tells when the page changes."""

    page_changed = Signal(object)

    def __init__(self, role: Role, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status = SessionStatus(role=role)
        self._page = page_for(self._status)

    @property
    def status(self) -> SessionStatus:
        """The newest snapshot."""
        return self._status

    @property
    def page(self) -> Page:
        """The page to show."""
        return self._page

    @property
    def needs_confirmation_to_close(self) -> bool:
        """True while closing the window would cut two people off."""
        return self._page in (Page.CALL, Page.FROZEN)

    @property
    def may_leave(self) -> bool:
        """True while there is something to leave."""
        return self._status.phase not in (Phase.IDLE, Phase.ENDED)

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        self._status = status
        page = page_for(status)
        if page is not self._page:
            self._page = page
            self.page_changed.emit(page)
