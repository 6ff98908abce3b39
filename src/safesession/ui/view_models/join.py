"""The client's join page: what was typed stays, whatever the answer is."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from PySide6.QtCore import QObject, Signal

from safesession.core.inputs import Command, JoinByCode, Leave, RetryNow
from safesession.core.status import Phase, Problem, Role, ServerLink, SessionStatus
from safesession.ui import texts


CODE_DIGITS: Final = 16
_LINK: Final = "safesession:"


class JoinStage(Enum):
    """Where the page stands."""

    TYPING = "typing"
    ASKING_ABOUT_SERVER = "asking_about_server"  # a link leads to another server
    JOINING = "joining"


class JoinViewModel(QObject):
    """The typed text, the server's name, and what to say under the field."""

    changed = Signal()

    def __init__(
        self,
        submit: Callable[[Command], None],
        server_origin: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._configured = server_origin
        self._status = SessionStatus(role=Role.CLIENT)
        self._text = ""
        self._declined = False
        self._hidden_problem: Problem | None = None

    @property
    def stage(self) -> JoinStage:
        """Where the page stands."""
        if self._status.phase is Phase.JOINING:
            return JoinStage.JOINING
        if self._status.asks_server and not self._declined:
            return JoinStage.ASKING_ABOUT_SERVER
        return JoinStage.TYPING

    @property
    def typed(self) -> str:
        """What the person typed, untouched."""
        return self._text

    @property
    def server_origin(self) -> str:
        """The server that will be asked."""
        return self._status.server_origin or self._configured

    @property
    def server_link(self) -> ServerLink:
        """The line to the server."""
        return self._status.server_link

    @property
    def problem(self) -> Problem | None:
        """What to say under the field; goes away once the text is changed."""
        problem = self._status.problem
        return None if problem is self._hidden_problem else problem

    @property
    def retry_in_s(self) -> float | None:
        """Seconds to the next try by itself."""
        return self._status.retry_in_s

    @property
    def is_link(self) -> bool:
        """True when the text is a `safesession:` link."""
        return self._text.strip().lower().startswith(_LINK)

    @property
    def digits_typed(self) -> int:
        """How many of the 16 digits are there."""
        return texts.count_digits(self._text)

    @property
    def may_continue(self) -> bool:
        """True when there is something to try."""
        return bool(self._text.strip()) and self.stage is JoinStage.TYPING

    @property
    def asked_server(self) -> str:
        """The server a link leads to, when the person has to agree first."""
        return self._status.asks_server

    def set_text(self, text: str) -> None:
        """Take what the person typed."""
        if text != self._text:
            self._text = text
            self._declined = True
            self._hidden_problem = self._status.problem
            self.changed.emit()

    def submit(self) -> None:
        """Go on with the typed text; the core asks about a foreign server."""
        if self.may_continue:
            self._join("")

    def accept_server(self) -> None:
        """The person agreed to use the server in the link."""
        if self.stage is JoinStage.ASKING_ABOUT_SERVER:
            self._join(self._status.asks_server)

    def decline_server(self) -> None:
        """Back to the field; the text stays."""
        self._declined = True
        self.changed.emit()

    def cancel(self) -> None:
        """Stop joining."""
        self._submit(Leave())

    def retry(self) -> None:
        """Reach the server again at once."""
        self._submit(RetryNow())

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        if status.phase is Phase.JOINING or status.problem is None:
            self._hidden_problem = None
        if status != self._status:
            self._status = status
            self.changed.emit()

    def _join(self, accepted_server: str) -> None:
        self._hidden_problem = None
        self._declined = False
        self._submit(JoinByCode(self._text, accepted_server))
        self.changed.emit()
