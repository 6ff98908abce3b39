"""Custody log and retention in the session window: pages beyond the vault's page.

A lock empties them; while they are left they hold nothing either.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from safesession.core.keeping_port import KeepingPort
from safesession.ui.answers import Answers
from safesession.ui.notes_room import VaultDoor
from safesession.ui.shell import SessionWindow
from safesession.ui.view_models.custody_log import CustodyLogViewModel
from safesession.ui.view_models.retention import RetentionViewModel
from safesession.ui.views.custody_log import CustodyLogView
from safesession.ui.views.retention import RetentionView


class KeepingCorner(QObject):
    """Belongs to one session window. `back` leads to the vault's page."""

    due_counted = Signal(int)  # files that wait for their review

    def __init__(
        self,
        window: SessionWindow,
        port: KeepingPort,
        door: VaultDoor,
        *,
        back: Callable[[], None],
        open_client: Callable[[int], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._door = door
        self._answers = Answers(self)
        self.log = CustodyLogView(CustodyLogViewModel(port, self._answers, self))
        self.retention = RetentionView(RetentionViewModel(port, self._answers, self))
        for page in (self.log, self.retention):
            window.host(page)
            page.view_model.done.connect(self.empty)
            page.view_model.done.connect(back)
        self.retention.view_model.due_counted.connect(self.due_counted)
        self.retention.view_model.open_wanted.connect(self._open_client)
        self._open = open_client
        door.locking.connect(self.empty)
        door.opened.connect(self.count_due)

    def count_due(self, _report: object = None) -> None:
        """Count what is due, for whoever reminds of it."""
        self.retention.view_model.look()

    def show_log(self) -> None:
        """Show the custody log."""
        if self._door.is_open:
            self.log.view_model.open()
            self._window.cover(self.log)

    def show_retention(self) -> None:
        """Show what is due."""
        if self._door.is_open:
            self.retention.view_model.open()
            self._window.cover(self.retention)

    def _open_client(self, client_id: int) -> None:
        self.empty()
        self._open(client_id)

    def empty(self) -> None:
        """Hold nothing of the vault any more."""
        self._answers.forget()
        self.log.view_model.forget()
        self.retention.view_model.forget()
        self.retention.clear()
