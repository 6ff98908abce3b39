"""The text conversation: what was said, how far it got, what is being typed.

Nothing typed is ever lost: a text stays in the draft or in the list until the
other side has it, and the ended page still offers what did not arrive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from safesession.core.effects import TextChanged
from safesession.core.inputs import Command, SendText
from safesession.core.status import (
    Phase,
    Role,
    SessionStatus,
    TextDirection,
    TextRoute,
    TextState,
)


MAX_TEXT_CHARS: Final = 10_000
_COUNTER_FROM: Final = 9_000


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One message of the list."""

    direction: TextDirection
    message_id: int
    text: str = field(repr=False)
    state: TextState
    at: float


class ChatViewModel(QObject):
    """Messages in order of appearance, the draft, and the unread count."""

    line_added = Signal(object)  # ChatLine
    line_changed = Signal(object)  # ChatLine
    changed = Signal()  # draft, route, counter, unread

    def __init__(
        self, submit: Callable[[Command], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._lines: dict[tuple[TextDirection, int], ChatLine] = {}
        self._awaiting: list[str] = []
        self._draft = ""
        self._status = SessionStatus(role=Role.CLIENT)
        self._visible = False
        self._unread = 0

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """All messages, oldest first."""
        return tuple(self._lines.values())

    @property
    def draft(self) -> str:
        """What is being typed."""
        return self._draft

    @property
    def route(self) -> TextRoute:
        """How text travels at the moment."""
        return self._status.text_route

    @property
    def unread(self) -> int:
        """Messages that came in while the panel was shut."""
        return self._unread

    @property
    def characters_left(self) -> int:
        """Room left in the draft; negative when it is too long."""
        return MAX_TEXT_CHARS - len(self._draft)

    @property
    def counter_visible(self) -> bool:
        """True when the limit comes near."""
        return len(self._draft) >= _COUNTER_FROM

    @property
    def is_open(self) -> bool:
        """True while the session takes text."""
        return self._status.phase in (Phase.IN_CALL, Phase.RECONNECTING)

    @property
    def may_send(self) -> bool:
        """True when the draft can go out."""
        return self.is_open and bool(self._draft.strip()) and self.characters_left >= 0

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Texts that were sent and that the other side has not acknowledged."""
        sent = [
            line.text
            for line in self._lines.values()
            if line.direction is TextDirection.SENT
            and line.state is not TextState.DELIVERED
        ]
        return (*sent, *self._awaiting)

    @property
    def undelivered(self) -> tuple[str, ...]:
        """The same, and the draft."""
        draft = [self._draft] if self._draft.strip() else []
        return (*self.unconfirmed, *draft)

    def shown(self, line: ChatLine) -> ChatLine:
        """The line as it is shown: what is not confirmed waits while nobody is there."""
        waits = line.state is TextState.SENT and self._away
        return replace(line, state=TextState.QUEUED) if waits else line

    @property
    def _away(self) -> bool:
        return self._status.phase is Phase.RECONNECTING

    def set_draft(self, text: str) -> None:
        """Take what is being typed."""
        if text != self._draft:
            self._draft = text
            self.changed.emit()

    def send(self) -> bool:
        """Send the draft; False (and the draft stays) when it cannot go out."""
        if not self.may_send:
            return False
        text, self._draft = self._draft, ""
        self._awaiting.append(text)
        self._submit(SendText(text))
        self.changed.emit()
        return True

    def set_visible(self, visible: bool) -> None:
        """The panel was opened or shut."""
        self._visible = visible
        if visible and self._unread:
            self._unread = 0
            self.changed.emit()

    def discard_undelivered(self) -> None:
        """The session is over, and what did not arrive need not."""
        self._lines = {
            key: line
            for key, line in self._lines.items()
            if line.direction is TextDirection.RECEIVED
            or line.state is TextState.DELIVERED
        }
        self._awaiting.clear()
        self._draft = ""
        self.changed.emit()

    def forget(self) -> None:
        """Begin anew: nothing of the last session stays."""
        self._lines.clear()
        self._awaiting.clear()
        self._draft = ""
        self._unread = 0
        self.changed.emit()

    def take(self, event: TextChanged) -> None:
        """Take a new message or a new delivery state."""
        key = (event.direction, event.message_id)
        line = ChatLine(
            event.direction, event.message_id, event.text, event.state, event.at
        )
        known = key in self._lines
        self._lines[key] = line
        if known:
            self.line_changed.emit(line)
            return
        if event.direction is TextDirection.SENT and event.text in self._awaiting:
            self._awaiting.remove(event.text)
        if event.direction is TextDirection.RECEIVED and not self._visible:
            self._unread += 1
        self.line_added.emit(line)
        self.changed.emit()

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        if status == self._status:
            return
        was_away = self._away
        self._status = status
        if self._away is not was_away:
            for line in self._lines.values():
                if line.state is TextState.SENT:
                    self.line_changed.emit(line)
        self.changed.emit()
