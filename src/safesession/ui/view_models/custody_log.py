"""The custody log as a person reads it: newest first, by topic, checked while read.

The chain is followed in parts, so that nobody's saving waits behind a long log.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from safesession.core.keeping_port import KeepingPort
from safesession.core.keeping_types import (
    ChainPart,
    LogLine,
    LogPage,
    LogState,
    LogTopic,
)
from safesession.ui import keeping_texts
from safesession.ui.answers import Answers
from safesession.ui.i18n import translate
from safesession.ui.vault_texts import Notice, vault_problem_text
from safesession.ui.view_models.rows import Row, RowsModel


_OLDER = 1  # the key of the row that shows more


class CustodyLogViewModel(QObject):
    """What the log's page shows."""

    changed = Signal()
    done = Signal()

    def __init__(
        self, port: KeepingPort, answers: Answers, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self.list = RowsModel(self)
        self._topic = LogTopic.ALL
        self._lines: tuple[LogLine, ...] = ()
        self._older = False
        self._state: LogState | None = None
        self._chain: ChainPart | None = None
        self._problem = ""
        self._asked = 0  # which question an answer belongs to

    @property
    def topic(self) -> LogTopic:
        """What of the log is shown."""
        return self._topic

    @property
    def is_empty(self) -> bool:
        """Whether there is no line of this topic."""
        return not self._lines

    @property
    def chain(self) -> ChainPart | None:
        """How far the chain was followed."""
        return self._chain

    def notices(self) -> tuple[Notice, ...]:
        """Return what is known about the log as a whole."""
        found = []
        if self._problem:
            words = vault_problem_text(self._problem).joined()
            found.append(Notice("warn", words))
        if self._state is not None:
            found.append(keeping_texts.chain_notice(self._state, self._chain))
            found += keeping_texts.evidence_notices(self._state)
        return tuple(found)

    def open(self) -> None:
        """Read the newest lines and check the log from its beginning."""
        self.forget()
        self._answers.ask(self._port.log_state(), self._know_state, self._fail)
        self._ask_lines()
        self._follow(ChainPart())

    def choose_topic(self, topic: LogTopic) -> None:
        """Show other lines."""
        if topic is self._topic:
            return
        self._topic = topic
        self._lines, self._older = (), False
        self._show()
        self._ask_lines()

    def choose(self, key: int) -> None:
        """Open what a row stands for: older lines."""
        if key == _OLDER and self._lines:
            self._ask_lines(self._lines[-1].entry.number)

    def forget(self) -> None:
        """Hold nothing of the log any more."""
        self._asked += 1
        self._lines, self._older, self._topic = (), False, LogTopic.ALL
        self._state = self._chain = None
        self._problem = ""
        self._show()

    def retranslate(self) -> None:
        """Put the words of the list in again."""
        self._show()

    # --- inside ------------------------------------------------------------------

    def _ask_lines(self, before: int | None = None) -> None:
        self._asked += 1
        asked = self._asked

        def came(page: LogPage) -> None:
            if asked == self._asked:
                shown = self._lines if before is not None else ()
                self._lines = (*shown, *page.lines)
                self._older = page.older
                self._show()

        self._answers.ask(self._port.log(self._topic, before), came, self._fail)

    def _know_state(self, state: LogState) -> None:
        self._state = state
        self.changed.emit()

    def _follow(self, part: ChainPart) -> None:
        self._chain = part
        if part.finished:
            self.changed.emit()
            return

        def followed(further: ChainPart) -> None:
            if self._chain is part:  # else the page was left or opened again
                self._follow(further)

        self.changed.emit()
        self._answers.ask(self._port.follow_log(part), followed, self._fail)

    def _fail(self, code: str) -> None:
        self._problem = code
        self.changed.emit()

    def _show(self) -> None:
        rows = [
            Row(
                None,
                keeping_texts.line_title(line),
                keeping_texts.line_detail(line),
                keeping_texts.line_icon(line),
            )
            for line in self._lines
        ]
        if self._older:
            words = translate("CustodyLog", "Show older lines")
            rows.append(Row(_OLDER, words, icon="versions"))
        self.list.show_rows(rows)
        self.changed.emit()
