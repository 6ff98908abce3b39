"""The notes page: files and search on the left, a client or a note on the right.

In the narrow form (beside a call) one of the two is shown at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from safesession.core.note_types import NoteKind
from safesession.ui import note_texts
from safesession.ui.i18n import translate
from safesession.ui.theme.controller import theme
from safesession.ui.view_models.note_papers import (
    ExportWish,
    NotePapersViewModel,
)
from safesession.ui.view_models.note_versions import NoteVersionsViewModel
from safesession.ui.view_models.notebook import Desk, NotebookViewModel, Side
from safesession.ui.views.export_overlay import ExportOverlay
from safesession.ui.views.note_editor import NoteEditorView
from safesession.ui.views.note_overlays import ClientOverlay, NewNoteOverlay
from safesession.ui.views.note_papers import NotePapersStrip
from safesession.ui.views.note_search import SearchFilters
from safesession.ui.views.note_templates import NoteTemplatesOverlay
from safesession.ui.views.note_versions import NoteVersionsOverlay
from safesession.ui.widgets.basics import AppButton, label
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.overlay import ConfirmOverlay, Overlay
from safesession.ui.widgets.page import PageColumn
from safesession.ui.widgets.row_list import RowList
from safesession.ui.widgets.stack import CurrentStack
from safesession.ui.widgets.strip import Strip


_SIDE_PX = 320
_SIDE_MAX_PX = 400
_NARROW_PX = 760
_LIST_LINES = 3


class NotebookView(QWidget):
    """Shows a `NotebookViewModel`."""

    leave_requested = Signal()

    def __init__(
        self,
        view_model: NotebookViewModel,
        versions: NoteVersionsViewModel,
        papers: NotePapersViewModel,
        clock: Callable[[], float] = time.time,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page_notes")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view_model = view_model
        self._clock = clock
        self._papers = NotePapersStrip(papers, view_model)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._build_top())
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(0)
        self._halves.addWidget(self._build_side(), 3)
        self._halves.addWidget(self._build_desk(), 2)
        outer.addLayout(self._halves, 1)
        self._confirm = ConfirmOverlay(self)
        self._client_overlay = ClientOverlay(self)
        self._note_overlay = NewNoteOverlay(view_model.templates, self)
        self._templates_overlay = NoteTemplatesOverlay(view_model.templates, self)
        self._versions = NoteVersionsOverlay(versions, self)
        self._export = ExportOverlay(self)
        self._export.accepted.connect(self._papers.ask_place)
        self._overlays: tuple[Overlay, ...] = (
            self._confirm,
            self._client_overlay,
            self._note_overlay,
            self._templates_overlay,
            self._versions,
            self._export,
        )
        self._client_overlay.accepted.connect(self._client_given)
        self._note_overlay.accepted.connect(view_model.begin_note)
        self._note_overlay.templates_requested.connect(self._ask_templates)
        self._templates_overlay.closed.connect(self._after_templates)
        self._began: NoteKind | None = None  # the note that waits for a template
        self._renames = False
        view_model.changed.connect(self.refresh)
        view_model.editor.opened.connect(self._focus_note)
        theme().changed.connect(self._fit)
        self._fit()
        self.retranslate()

    # --- what a window asks ------------------------------------------------------

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        if self.view_model.desk is Desk.NOTE:
            return self.editor.first_focus()
        if self.view_model.desk is Desk.CLIENT:
            return self._record
        return self.list if self.view_model.list.rows else self._new_client

    def clear_all(self) -> None:
        """Hold nothing that was typed: the vault is about to close."""
        self._search.setText("")
        self._filters.close_menus()
        self._began = None
        for overlay in self._overlays:
            overlay.dismiss()
        self._client_overlay.clear_all()
        self._export.clear_all()
        papers = self._papers.view_model
        papers.forget()

    def dismiss_overlay(self) -> bool:
        """Close a card that is open; True if one was."""
        for overlay in self._overlays:
            if overlay.isVisible():
                overlay.dismiss()
                return True
        return False

    def ask_to_close(self, close: Callable[[], None]) -> None:
        """Ask before words are lost that the disk refused."""
        self._confirm.ask(
            translate("Notebook", "Close although words are not saved?"),
            translate(
                "Notebook",
                "The disk does not take them. If you close now, what you typed since "
                "the last saving is lost. You can copy it first.",
            ),
            translate("Notebook", "Close and lose them"),
            translate("Notebook", "Stay"),
            close,
        )

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def toggle_private(self) -> None:
        """Switch the privacy view."""
        self._private.toggle()

    # --- showing -----------------------------------------------------------------

    def refresh(self) -> None:
        """Show the view-model."""
        vm = self.view_model
        side, desk = vm.side, vm.desk
        self._private.setChecked(vm.private)
        if self._search.text().strip() != vm.search.query:
            self._search.setText(vm.search.query)
        words = {
            Side.CLIENTS: translate("Notebook", "Clients"),
            Side.FOUND: translate("Notebook", "Found"),
            Side.TIMELINE: vm.client_label(vm.client) if vm.client else "",
        }
        self._side_title.setText(words[side])
        self._filters.setVisible(side is Side.FOUND)
        self._filters.refresh()
        self._all.setVisible(side is Side.TIMELINE)
        self._new_client.setVisible(side is Side.CLIENTS)
        empty = vm.empty_words() if not vm.list.rows else ""
        self._empty.setText(empty)
        self._empty.setVisible(bool(empty))
        self._keep_list_high()
        head = vm.editor.head
        self.list.show_current(head.id if head and side is not Side.CLIENTS else None)
        self._strip.set_text(note_texts.refusal(vm.problem) if vm.problem else "")
        self._desk.setCurrentWidget(self._pages[desk])
        self._show_client()
        self._show_halves()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("Notebook", "Notes"))
        self._back.setText(translate("Notebook", "Back"))
        self._back.setAccessibleName(
            translate("Notebook", "Leave the notes (Ctrl+Shift+N)")
        )
        self._private.setText(translate("Notebook", "Privacy view"))
        self._private.setToolTip(
            translate("Notebook", "Codes instead of names (Ctrl+Shift+B)")
        )
        self._search.setPlaceholderText(translate("Notebook", "Search all notes"))
        self._search.setAccessibleName(
            translate("Notebook", "Search all notes (Ctrl+F)")
        )
        self.list.setAccessibleName(translate("Notebook", "Files and notes"))
        self._all.setText(translate("Notebook", "All clients"))
        self._new_client.setText(translate("Notebook", "New client's file"))
        self._to_file.setText(translate("Notebook", "To the client's file"))
        self._nothing_title.setText(translate("Notebook", "Your notes"))
        self._nothing_text.setText(
            translate(
                "Notebook",
                "Choose a client's file on the left, or open a new one. Everything "
                "stays encrypted on this computer.",
            )
        )
        self._record.setText(translate("Notebook", "New formal record"))
        self._process.setText(translate("Notebook", "New process note"))
        self._rename.setText(translate("Notebook", "Change code or name"))
        self._export_file.setText(translate("Notebook", "Export records…"))
        self._kinds_text.setText(
            "\n".join(
                translate("Notebook", "{kind}: {meaning}").format(
                    kind=note_texts.kind_words(kind),
                    meaning=note_texts.kind_meaning(kind),
                )
                for kind in NoteKind
            )
        )
        self.editor.retranslate()
        self._papers.refresh()
        self.view_model.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One half or both, by the room there is."""
        super().resizeEvent(event)
        self._fit()
        self._show_halves()

    # --- building ----------------------------------------------------------------

    def _build_top(self) -> QWidget:
        top = QFrame()
        top.setProperty("role", "topbar")
        column = QVBoxLayout(top)
        column.setContentsMargins(16, 4, 16, 8)
        self._back = AppButton("plain", "back")
        self._back.setObjectName("leave_notes")
        self._back.clicked.connect(self.leave_requested)
        self._title = label("section", wrap=False)
        self._to_file = AppButton("plain", "person")
        self._to_file.setObjectName("to_client_file")
        self._to_file.clicked.connect(self.view_model.to_client)
        self._private = QCheckBox()
        self._private.setObjectName("privacy_view")
        self._private.setChecked(self.view_model.private)
        self._private.toggled.connect(self.view_model.set_private)
        column.addWidget(
            flow_row(
                self._back, self._title, self._private, self._to_file, spacing_px=16
            )
        )
        self._strip = Strip("warn")
        self._strip.setObjectName("notes_problem")
        self._strip.hide()
        column.addWidget(self._strip)
        column.addWidget(self._papers)
        return top

    def _build_side(self) -> QWidget:
        vm = self.view_model
        self._side = QFrame()
        self._side.setProperty("role", "side")
        column = QVBoxLayout(self._side)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        self._search = QLineEdit()
        self._search.setObjectName("notes_search")
        self._search.setClearButtonEnabled(False)
        self._search.textChanged.connect(vm.search.set_query)
        self._search.returnPressed.connect(self._to_results)
        column.addWidget(self._search)
        self._filters = SearchFilters(vm)
        column.addWidget(self._filters)
        self._all = AppButton("plain", "back")
        self._all.setObjectName("all_clients")
        self._all.clicked.connect(vm.to_clients)
        column.addWidget(self._all, 0, Qt.AlignmentFlag.AlignLeft)
        self._side_title = label("section")
        column.addWidget(self._side_title)
        self._empty = label("muted")
        column.addWidget(self._empty)
        self.list = RowList(vm.list)
        self.list.setObjectName("notes_list")
        self.list.chosen.connect(vm.choose)
        column.addWidget(self.list, 1)
        self._new_client = AppButton("", "plus")
        self._new_client.setObjectName("new_client")
        self._new_client.clicked.connect(self._ask_client)
        column.addWidget(self._new_client)
        return self._side

    def _build_desk(self) -> QWidget:
        nothing = PageColumn(width_px=420)
        self._nothing_title = label("title")
        self._nothing_text = label("muted")
        nothing.column.addWidget(self._nothing_title)
        nothing.column.addWidget(self._nothing_text)
        self.editor = NoteEditorView(self.view_model.editor)
        self.editor.sign_requested.connect(self._ask_sign)
        self.editor.versions_requested.connect(self._ask_versions)
        self.editor.export_requested.connect(self._ask_export)
        self.editor.attach_requested.connect(self._papers.ask_file)
        self.editor.take_out_requested.connect(self._papers.ask_attachment_place)
        self._desk = CurrentStack()
        self._pages: dict[Desk, QWidget] = {
            Desk.NOTHING: nothing,
            Desk.CLIENT: self._build_client(),
            Desk.NOTE: self.editor,
        }
        for page in self._pages.values():
            self._desk.addWidget(page)
        return self._desk

    def _build_client(self) -> QWidget:
        page = PageColumn(width_px=560)
        self._client_title = label("title")
        self._client_title.setObjectName("client_title")
        self._client_since = label("muted")
        self._record = AppButton("primary", "record")
        self._record.setObjectName("new_record")
        self._process = AppButton("", "thought")
        self._process.setObjectName("new_process")
        self._rename = AppButton("plain", "person")
        self._rename.setObjectName("rename_client")
        self._closing = AppButton("plain", "check-circle")
        self._closing.setObjectName("close_client")
        self._export_file = AppButton("plain", "export")
        self._export_file.setObjectName("export_client")
        self._export_file.clicked.connect(self._ask_export)
        self._kinds_text = label("muted")
        self._record.clicked.connect(lambda: self._ask_note(NoteKind.RECORD))
        self._process.clicked.connect(lambda: self._ask_note(NoteKind.PROCESS))
        self._rename.clicked.connect(self._ask_rename)
        self._closing.clicked.connect(self._close_or_reopen)
        page.column.addWidget(self._client_title)
        page.column.addWidget(self._client_since)
        page.column.addWidget(flow_row(self._record, self._process))
        page.column.addWidget(self._kinds_text)
        page.column.addWidget(flow_row(self._rename, self._export_file, self._closing))
        return page

    # --- inside ------------------------------------------------------------------

    def _show_client(self) -> None:
        vm = self.view_model
        client = vm.client
        if client is None:
            self._client_title.setText("")
            self._client_since.setText("")
            return
        self._client_title.setText(vm.client_label(client))
        words = translate("Notebook", "File opened {day}").format(
            day=note_texts.day(client.created_at_ms)
        )
        if client.closed_at_ms is not None:
            words += " · " + translate("Notebook", "closed {day}").format(
                day=note_texts.day(client.closed_at_ms)
            )
        self._client_since.setText(words)
        self._closing.setText(
            translate("Notebook", "Close this file")
            if client.closed_at_ms is None
            else translate("Notebook", "Take the work up again")
        )

    @property
    def _narrow(self) -> bool:
        return self.width() < _NARROW_PX

    def _fit(self) -> None:
        narrow = self._narrow
        wanted = min(_SIDE_PX * theme().text_scale_percent // 100, _SIDE_MAX_PX)
        self._side.setMinimumWidth(0 if narrow else wanted)
        self._side.setMaximumWidth(self.maximumWidth() if narrow else wanted)
        way = QBoxLayout.Direction
        self._keep_list_high()
        self._halves.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def _keep_list_high(self) -> None:
        lines = _LIST_LINES if self.view_model.list.rows else 0
        self.list.setMinimumHeight(lines * self.fontMetrics().lineSpacing())

    def _show_halves(self) -> None:
        """Where both do not fit: the note alone, or the list with what to begin."""
        narrow, desk = self._narrow, self.view_model.desk
        self._side.setVisible(not narrow or desk is not Desk.NOTE)
        self._desk.setVisible(not narrow or desk is not Desk.NOTHING)
        self._to_file.setVisible(desk is Desk.NOTE)
        for widget in (self._back, self._title, self._client_title, self._kinds_text):
            widget.setVisible(not narrow)

    def _to_results(self) -> None:
        """Enter leads from the words to what they found."""
        self.view_model.search.search_now()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_note(self) -> None:
        self.editor.mark_found(self.view_model.search.query)
        if self.isVisible() and self.view_model.desk is Desk.NOTE:
            self.editor.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_client(self) -> None:
        self._renames = False
        self._client_overlay.ask(self.view_model.suggested_code())

    def _ask_rename(self) -> None:
        client = self.view_model.client
        if client is not None:
            self._renames = True
            self._client_overlay.ask(client.code, client.name, renames=True)

    def _client_given(self, code: str, name: str) -> None:
        if self._renames:
            self.view_model.rename_client(code, name)
        else:
            self.view_model.add_client(code, name)

    def _ask_note(self, kind: NoteKind) -> None:
        self._note_overlay.ask(kind, self._clock())

    def _ask_templates(self) -> None:
        self._began = self._note_overlay.kind
        self._note_overlay.dismiss()
        self._templates_overlay.ask()

    def _after_templates(self) -> None:
        kind, self._began = self._began, None
        if kind is not None:
            self._ask_note(kind)

    def _close_or_reopen(self) -> None:
        client = self.view_model.client
        if client is not None:
            self.view_model.close_client(closed=client.closed_at_ms is None)

    def _ask_export(self) -> None:
        vm = self.view_model
        head, client = vm.editor.head, vm.editor.client or vm.client
        if client is not None:
            note = (head.id, head.kind) if head else (None, NoteKind.RECORD)
            self._export.ask(ExportWish(client.id, *note))

    def _ask_versions(self) -> None:
        self._versions.ask()

    def _ask_sign(self) -> None:
        self._confirm.ask(
            translate("Notebook", "Finish and sign this note?"),
            translate(
                "Notebook",
                "It stays as it is from then on. You can still add to it; each "
                "addition is signed too.",
            ),
            translate("Notebook", "Finish and sign"),
            translate("Notebook", "Go on writing"),
            self.view_model.editor.sign,
            tone="primary",
        )
