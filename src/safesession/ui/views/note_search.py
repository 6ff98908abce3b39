"""The filters of the search: kind, client, order. They stand below the search field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from safesession.core.note_types import NoteKind, Order
from safesession.ui import note_texts
from safesession.ui.i18n import translate
from safesession.ui.view_models.notebook import NotebookViewModel
from safesession.ui.widgets.basics import label
from safesession.ui.widgets.choice_button import ChoiceButton
from safesession.ui.widgets.flow import flow_row


class SearchFilters(QWidget):
    """Shows a notebook's search; holds no words while it is hidden."""

    def __init__(
        self, view_model: NotebookViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.view_model = view_model
        search = view_model.search
        self._kind = ChoiceButton[NoteKind | None](
            "search_kind", _kinds, search.set_kind
        )
        self._client = ChoiceButton[int | None](
            "search_client", self._clients, search.set_client
        )
        self._order = ChoiceButton[Order]("search_order", _orders, search.set_order)
        self._rest = label("caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        buttons = (self._kind, self._client, self._order)
        column.addWidget(flow_row(*buttons, spacing_px=6))
        column.addWidget(self._rest)
        self.refresh()

    def refresh(self) -> None:
        """Say what is chosen."""
        search = self.view_model.search
        self._kind.show_choice(
            search.kind,
            dict(_kinds())[search.kind],
            translate("NoteSearch", "Kind of notes"),
        )
        clients = dict(self._clients())
        self._client.show_choice(
            search.client_id,
            clients.get(search.client_id, ""),
            translate("NoteSearch", "Whose notes"),
        )
        self._order.show_choice(
            search.order,
            dict(_orders())[search.order],
            translate("NoteSearch", "Order"),
        )
        words = search.rest_words()
        self._rest.setText(words)
        self._rest.setVisible(bool(words))

    def close_menus(self) -> None:
        """Shut what is open: its words may name a client."""
        for button in (self._kind, self._client, self._order):
            button.close_menu()

    def _clients(self) -> Sequence[tuple[int | None, str]]:
        model = self.view_model
        everybody = translate("NoteSearch", "All clients")
        named = ((one.id, model.client_label(one)) for one in model.clients)
        return [(None, everybody), *named]


def _kinds() -> Sequence[tuple[NoteKind | None, str]]:
    both = translate("NoteSearch", "Both kinds")
    return [(None, both), *((kind, note_texts.kind_words(kind)) for kind in NoteKind)]


def _orders() -> Sequence[tuple[Order, str]]:
    return [
        (Order.NEWEST, translate("NoteSearch", "Newest first")),
        (Order.RELEVANCE, translate("NoteSearch", "Best match first")),
    ]
