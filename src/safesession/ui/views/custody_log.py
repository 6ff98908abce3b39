"""The custody log's page: whether it is whole, and its lines by topic."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QWidget

from safesession.core.keeping_types import LogTopic
from safesession.ui.i18n import translate
from safesession.ui.keeping_texts import topic_words
from safesession.ui.theme.controller import theme
from safesession.ui.view_models.custody_log import CustodyLogViewModel
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.notices import NoticeList
from safesession.ui.widgets.page import CoverPage
from safesession.ui.widgets.row_list import RowList


_LIST_LINES = 9


class CustodyLogView(CoverPage):
    """Shows a `CustodyLogViewModel`."""

    def __init__(
        self, view_model: CustodyLogViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, width_px=760, fills=True)
        self.setObjectName("custody_log")
        self.view_model = view_model
        self._back = AppButton("plain", "back")
        self._back.setObjectName("log_back")
        self._back.clicked.connect(view_model.done)
        self._title = label("title")
        self._text = Paragraph("muted")
        self._notices = NoticeList()
        self._group = QButtonGroup(self)
        self._topics: dict[LogTopic, QRadioButton] = {}
        for topic in LogTopic:
            button = QRadioButton()
            button.setObjectName(f"log_topic_{topic.value}")
            button.clicked.connect(
                lambda _on=False, chosen=topic: view_model.choose_topic(chosen)
            )
            self._group.addButton(button)
            self._topics[topic] = button
        self._empty = label("muted")
        self.list = RowList(view_model.list)
        self.list.setObjectName("log_list")
        self.list.chosen.connect(view_model.choose)
        wide = QSizePolicy.Policy.Expanding
        self.list.setSizePolicy(wide, wide)
        self.column.addWidget(flow_row(self._back))
        for widget in (
            self._title,
            self._text,
            self._notices,
            flow_row(*self._topics.values(), spacing_px=20),
            self._empty,
        ):
            self.column.addWidget(widget)
        self.column.addWidget(self.list, 1)
        view_model.changed.connect(self.refresh)
        theme().changed.connect(self._fit)
        self._fit()
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Where the keyboard starts."""
        return self._topics[self.view_model.topic]

    def refresh(self) -> None:
        """Show the view-model."""
        model = self.view_model
        self._notices.set_notices(model.notices())
        self._topics[model.topic].setChecked(True)
        self._empty.setVisible(model.is_empty)

    def retranslate(self) -> None:
        """Put all words in again."""
        self._back.setText(translate("CustodyLog", "Back to the vault"))
        self._title.setText(translate("CustodyLog", "Access log"))
        self._text.set_text(
            translate(
                "CustodyLog",
                "It only ever grows. Each line is chained to the one before it and "
                "signed. A note counts as opened once per unlocking.",
            )
        )
        for topic, button in self._topics.items():
            button.setText(topic_words(topic))
        self._empty.setText(translate("CustodyLog", "There is no such line."))
        self.list.setAccessibleName(translate("CustodyLog", "Lines, newest first"))
        self.view_model.retranslate()

    def _fit(self) -> None:
        line_px = self.fontMetrics().lineSpacing()
        self.list.setMinimumHeight(_LIST_LINES * line_px)
