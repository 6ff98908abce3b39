"""The notes in the session window: before the session's pages, beside a call.

Ways in: the button on top, the ended page, the call's own button, Ctrl+Shift+N.
Two people together are never covered: then the notes move into the drawer.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from safesession.core.notebook_port import NotebookPort
from safesession.ui.notes_room import NotesRoom, VaultDoor
from safesession.ui.shell import SessionWindow
from safesession.ui.view_models.shell import Page


class NotesCorner(QObject):
    """Belongs to one session window and lives as long."""

    def __init__(
        self, window: SessionWindow, port: NotebookPort, door: VaultDoor
    ) -> None:
        super().__init__(window)
        self._window = window
        self._closing = False
        self.room = NotesRoom(port, door, clock=window.clock, parent=self)
        page = self.room.page
        window.host(page)
        page.leave_requested.connect(self.toggle)
        window.header.notes.setVisible(door.is_open)
        door.opened.connect(lambda _report=None: window.header.notes.show())
        door.locking.connect(window.header.notes.hide)
        window.header.notes_requested.connect(self.toggle)
        window.call.offer_notes()
        window.call.notes_requested.connect(self.toggle)
        window.ended.offer_note()
        window.ended.note_requested.connect(self.toggle)
        window.shell.page_changed.connect(self._move)
        window.closed.connect(self.room.empty)
        window.installEventFilter(self)
        door.locking.connect(self._put_away)
        for keys, action in (
            ("Ctrl+Shift+N", self.toggle),
            ("Ctrl+Shift+B", self._toggle_private),
            ("Ctrl+F", self._search),
        ):
            QShortcut(QKeySequence(keys), window).activated.connect(action)

    @property
    def shown(self) -> bool:
        """Whether the notes are on the screen."""
        return self.room.page.isVisibleTo(self._window)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Hold the window open while the disk refuses what was typed."""
        if event.type() is not QEvent.Type.Close:
            return False
        if self._closing or not self.room.has_unsaved_words:
            return False
        event.ignore()
        if not self.shown:
            self._show()
        self.room.page.ask_to_close(self._close_anyway)
        return True

    def _close_anyway(self) -> None:
        self._closing = True
        self._window.close()

    def toggle(self) -> None:
        """Open or leave the notes; while locked, offer to unlock."""
        if not self.room.is_open:
            self._window.notice_chosen.emit("unlock")
        elif self.shown:
            self._leave()
        else:
            self._show()

    def open_client(self, client_id: int) -> None:
        """Show a client's file, as somebody asked for it on another page."""
        if self.room.is_open:
            self._show()
            self.room.model.open_client(client_id)

    def _show(self) -> None:
        page = self.room.page
        self.room.model.open()
        if self._window.shell.page is Page.CALL:
            self._window.call.open_notes(page)
            page.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self._window.live:
            self._window.cover(page)

    def _leave(self) -> None:
        if self._window.call.notes_open:
            self._window.call.close_drawer()
        else:
            self._window.cover(None)

    def _move(self, page: Page) -> None:
        """Follow the session: into the drawer when a call begins, out of it after."""
        window, notes = self._window, self.room.page
        match page:
            case Page.CALL if window.cover_page is notes:
                window.cover(None)
                window.call.open_notes(notes)
            case Page.FROZEN:
                self._put_away()
            case _ if not window.live and window.call.notes_open:
                # Whoever is writing goes on writing; Back leads to the ended page.
                window.call.close_drawer()
                window.cover(notes)
            case _:
                pass

    def _put_away(self) -> None:
        if self._window.call.notes_open:
            self._window.call.close_drawer()
        if self._window.cover_page is self.room.page:
            self._window.cover(None)

    def _toggle_private(self) -> None:
        if self.shown:
            self.room.page.toggle_private()

    def _search(self) -> None:
        if self.shown:
            self.room.page.focus_search()
