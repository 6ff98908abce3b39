"""Looking for words in all notes: in which kind, for whom, in which order.

It asks after a short pause in typing and shows what belongs to the last question.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from safesession.core.note_types import Found, NoteKind, Order
from safesession.core.notebook_port import NotebookPort
from safesession.ui.answers import Answers
from safesession.ui.i18n import translate


_PAUSE_MS = 180
_MOST = 50  # what the vault returns at once


class NoteSearchViewModel(QObject):
    """The query, its three filters, and what was found."""

    changed = Signal()
    failed = Signal(str)

    def __init__(
        self, port: NotebookPort, answers: Answers, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self._query = ""
        self._kind: NoteKind | None = None
        self._client_id: int | None = None
        self._order = Order.NEWEST
        self._found: tuple[Found, ...] = ()
        self._question = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.search_now)

    @property
    def query(self) -> str:
        """What is looked for."""
        return self._query

    @property
    def kind(self) -> NoteKind | None:
        """The kind of notes looked at; None: both."""
        return self._kind

    @property
    def client_id(self) -> int | None:
        """Whose notes are looked at; None: everybody's."""
        return self._client_id

    @property
    def order(self) -> Order:
        """How results are sorted."""
        return self._order

    @property
    def found(self) -> tuple[Found, ...]:
        """What was found."""
        return self._found

    @property
    def narrowed(self) -> bool:
        """Whether only some notes are looked at."""
        return self._kind is not None or self._client_id is not None

    def rest_words(self) -> str:
        """Say that there may be more than is shown."""
        if len(self._found) < _MOST:
            return ""
        words = translate("NoteSearch", "The first {n} are shown. One more word helps.")
        return words.format(n=_MOST)

    def set_query(self, query: str) -> None:
        """Look for words, after a short pause in typing."""
        query = query.strip()
        if query == self._query:
            return
        self._query = query
        self._found = ()
        if query:
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    def set_kind(self, kind: NoteKind | None) -> None:
        """Look at one kind of notes, or at both."""
        self._kind = kind
        self._anew()

    def set_client(self, client_id: int | None) -> None:
        """Look at one client's notes, or at everybody's."""
        self._client_id = client_id
        self._anew()

    def set_order(self, order: Order) -> None:
        """Sort by time or by how well it fits."""
        self._order = order
        self._anew()

    def search_now(self) -> None:
        """Ask for what the query finds, without waiting for a pause."""
        self._timer.stop()
        self._question += 1
        asked = self._question

        def came(results: tuple[Found, ...]) -> None:
            if asked == self._question:
                self._found = results if self._query else ()
                self.changed.emit()

        outcome = self._port.find(
            self._query, order=self._order, client_id=self._client_id, kind=self._kind
        )
        self._answers.ask(outcome, came, self.failed.emit)

    def forget(self) -> None:
        """Hold neither words nor what they found; look at everything again."""
        self._timer.stop()
        self._question += 1
        self._query, self._found = "", ()
        self._kind = self._client_id = None
        self._order = Order.NEWEST
        self.changed.emit()

    def _anew(self) -> None:
        if self._query:
            self.search_now()
        self.changed.emit()
