"""Text that was not delivered last time, and what this computer keeps of text.

Follows the conversation and leaves word of every change with the keeper. What is
of last time stays on offer until the person uses or discards it; it is shown only
when they ask, since somebody else may look at the screen.
"""

from __future__ import annotations

import weakref

from PySide6.QtCore import QObject, Qt, Signal

from safesession.core.ports import Keeping, UnsentNews, UnsentPort
from safesession.core.status import Role
from safesession.ui.i18n import translate
from safesession.ui.view_models.chat import ChatViewModel


_BETWEEN = "\n\n"


class NoUnsent:
    """Keeps nothing: a demo, or a picture of a window."""

    def subscribe(self, listener: object) -> None:
        """There is no news."""

    def keep(self, texts: tuple[str, ...], *, at_once: bool) -> None:
        """Let it go."""

    def set_aside(self, texts: tuple[str, ...]) -> None:
        """Let it go."""

    def share(self, shared: bool) -> None:
        """Nothing is kept anyway."""


class UnsentViewModel(QObject):
    """Between the conversation and the keeper of unsent text."""

    changed = Signal()
    sharing_changed = Signal(bool)
    _arrived = Signal(object)

    def __init__(
        self,
        port: UnsentPort,
        chat: ChatViewModel,
        role: Role,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._chat = chat
        self._role = role
        self._news = UnsentNews(Keeping.OFF)
        self._last_time: tuple[str, ...] = ()
        self._told: tuple[tuple[str, ...], str] = ((), "")
        self._open = True
        self._shown = False
        self._arrived.connect(self.take, Qt.ConnectionType.QueuedConnection)
        # The port has no unsubscribe, so the keeper may outlive this object.
        reference = weakref.ref(self)

        def listener(news: UnsentNews) -> None:
            model = reference()
            if model is not None and model._open:  # noqa: SLF001 - a closure of the class
                model._arrived.emit(news)  # noqa: SLF001

        port.subscribe(listener)
        chat.changed.connect(self._follow)
        chat.line_changed.connect(self._follow)

    @property
    def keeping(self) -> Keeping:
        """What this computer does with unsent text."""
        return self._news.keeping

    @property
    def last_time(self) -> tuple[str, ...]:
        """What was not delivered when the program ended last."""
        return self._last_time

    @property
    def joined(self) -> str:
        """The same as one text."""
        return _BETWEEN.join(self._last_time)

    @property
    def shown(self) -> bool:
        """Whether the person asked to read it here."""
        return self._shown

    @property
    def may_share(self) -> bool:
        """Whether this person is asked about a shared computer."""
        return self._role is Role.CLIENT and self.keeping is not Keeping.OFF

    @property
    def shared(self) -> bool:
        """Whether this computer is shared with others."""
        return self.keeping is Keeping.SHARED

    def promise(self) -> str:
        """What a person should know while they type."""
        match self.keeping:
            case Keeping.SEALED:
                return translate(
                    "Unsent", "What could not be sent is kept here, locked."
                )
            case Keeping.UNAVAILABLE:
                return translate(
                    "Unsent",
                    "What could not be sent is lost if SafeSession stops: this "
                    "computer has no safe place for it.",
                )
            case Keeping.SHARED:
                return translate(
                    "Unsent", "Shared computer: nothing you write is kept here."
                )
            case Keeping.STARTING | Keeping.OFF:
                return ""

    def fate(self) -> str:
        """What becomes of undelivered text when the window closes."""
        if self.keeping is Keeping.SEALED:
            return translate(
                "Unsent", "They stay here, locked, and are offered again next time."
            )
        return translate("Unsent", "They are gone once this window closes.")

    def toggle_shown(self) -> None:
        """Show the words, or hide them again."""
        self._shown = not self._shown
        self.changed.emit()

    def reuse(self) -> None:
        """Put what was not delivered into the message field."""
        draft = [self._chat.draft] if self._chat.draft.strip() else []
        self._chat.set_draft(_BETWEEN.join((*self._last_time, *draft)))
        self.discard()

    def discard(self) -> None:
        """Forget what was not delivered last time."""
        self._set_last_time(())

    def begin_anew(self) -> None:
        """Another session begins: what this one leaves counts as last time's."""
        self._set_last_time((*self._last_time, *self._chat.undelivered))

    def share(self, shared: bool) -> None:
        """Others use this computer, too, or no longer."""
        self._port.share(shared)
        self.sharing_changed.emit(shared)

    def close(self) -> None:
        """Hear no more. Call before the object is deleted."""
        self._open = False

    def _set_last_time(self, texts: tuple[str, ...]) -> None:
        self._last_time = texts
        self._shown = False
        self._port.set_aside(texts)
        self.changed.emit()

    def take(self, news: UnsentNews) -> None:
        """Hear what the keeper has to say."""
        if not self._open:
            return
        first = self._news.last_time is None
        self._news = news
        if news.keeping is Keeping.SHARED:
            self._last_time = ()
        elif first and news.last_time is not None:
            self._last_time = news.last_time
        self.changed.emit()

    def _follow(self) -> None:
        before = self._told
        self._told = now = (self._chat.unconfirmed, self._chat.draft)
        if now != before:
            sent = len(now[0]) > len(before[0])
            self._port.keep(self._chat.undelivered, at_once=sent)
