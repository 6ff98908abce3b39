"""The whole interruption plan, to be read before it is needed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from safesession.ui.i18n import translate
from safesession.ui.view_models.dropout import MAX_NUMBER_CHARS, DropoutViewModel
from safesession.ui.widgets.basics import AppButton, Paragraph, label
from safesession.ui.widgets.fields import Field
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.overlay import Overlay


class PlanOverlay(Overlay):
    """Every step with its time; a counselor enters the number for this session."""

    def __init__(self, parent: QWidget, model: DropoutViewModel) -> None:
        super().__init__(parent, width_px=640)
        self._model = model
        self._title = label("section", self)
        self.body.addWidget(self._title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._rows = []
        for row, _ in enumerate(model.whole_plan()):
            when = label("section", self, wrap=False)
            what = Paragraph(parent=self)
            grid.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(what, row, 1)
            self._rows.append((when, what))
        self.body.addLayout(grid)
        self.number = Field("plan_number", self)
        self.number.edit.setMaxLength(MAX_NUMBER_CHARS)
        self.number.edit.textChanged.connect(model.set_number)
        self.number.setVisible(model.may_enter_number)
        self.body.addWidget(self.number)
        self._limits = Paragraph("muted", self)
        self.body.addWidget(self._limits)
        self.close_button = AppButton("primary", parent=self)
        self.close_button.setObjectName("close_plan")
        self.close_button.clicked.connect(self.dismiss)
        self.body.addWidget(flow_row(self.close_button))
        self.retranslate()

    def show_plan(self) -> None:
        """Open the card."""
        self.open(self.close_button)

    def forget(self) -> None:
        """Begin anew: the number was for one session."""
        self.number.clear()

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("Dropout", "If the line breaks"))
        for (when, what), (at, text) in zip(
            self._rows, self._model.whole_plan(), strict=True
        ):
            when.setText(at)
            what.set_text(text)
        self.number.set_words(
            translate("Dropout", "Number to call the client in this session"),
            translate(
                "Dropout",
                "Only in this window, never sent, and gone when the session is over.",
            ),
        )
        self._limits.set_text(self._model.limits())
        self.close_button.setText(translate("Dropout", "Close"))
