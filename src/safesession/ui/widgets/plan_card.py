"""The interruption plan before the dimmed picture, as far as it matters now.

Never takes the keyboard by itself: whoever is writing goes on writing.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from safesession.ui.i18n import translate
from safesession.ui.view_models.dropout import DropoutViewModel
from safesession.ui.widgets.basics import AppButton, Paragraph, card, label
from safesession.ui.widgets.flow import flow_row


_STEPS = 3
WIDTH_PX = 620


class PlanCard(QScrollArea):
    """Three numbered steps, the ways on, and whom to call in danger."""

    retry_requested = Signal()
    voice_only_requested = Signal()
    whole_plan_requested = Signal()
    help_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_card")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        frame, column = card(parent=self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(8)
        self._title = label("section", frame)
        self._title.setObjectName("plan_title")
        column.addWidget(self._title)
        self._steps = [Paragraph(parent=frame) for _ in range(_STEPS)]
        for number, paragraph in enumerate(self._steps, 1):
            paragraph.setObjectName(f"plan_step_{number}")
            row = QHBoxLayout()
            row.setSpacing(10)
            figure = label("section", frame, wrap=False)
            figure.setText(f"{number}")
            row.addWidget(figure, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(paragraph, 1)
            column.addLayout(row)
        self._retry = AppButton("", "refresh", frame)
        self._retry.setObjectName("plan_retry")
        self._retry.clicked.connect(self.retry_requested)
        self._voice = AppButton("", "mic", frame)
        self._voice.setObjectName("plan_voice_only")
        self._voice.clicked.connect(self.voice_only_requested)
        self._whole = AppButton("plain", "", frame)
        self._whole.setObjectName("plan_whole")
        self._whole.clicked.connect(self.whole_plan_requested)
        self._help = AppButton("plain", "help", frame)
        self._help.setObjectName("plan_help")
        self._help.clicked.connect(self.help_requested)
        ways = (self._retry, self._voice, self._whole, self._help)
        column.addWidget(flow_row(*ways, spacing_px=8))
        self._camera_note = label("caption", frame)
        self._camera_note.setObjectName("plan_camera_note")
        column.addWidget(self._camera_note)
        self._limits = Paragraph("muted", frame)
        self._limits.setObjectName("plan_limits")
        column.addWidget(self._limits)
        self._column = column
        self.setWidget(frame)
        self.hide()

    def show_plan(self, model: DropoutViewModel, *, camera_wanted: bool) -> None:
        """Show the words of this moment; hides itself while the line is there."""
        self.setVisible(model.shows_plan)
        if not model.shows_plan:
            return
        words = model.plan()
        self._title.setText(words.title)
        for paragraph, step in zip(self._steps, words.steps, strict=True):
            if paragraph.plain_text != step:
                paragraph.set_text(step)
        if self._limits.plain_text != words.limits:
            self._limits.set_text(words.limits)
        self._voice.setVisible(camera_wanted)
        self._camera_note.setVisible(not camera_wanted)
        self._column.invalidate()  # other words need another height

    def retranslate(self) -> None:
        """Put the fixed words in again."""
        self._retry.setText(translate("Dropout", "Try again now"))
        self._voice.setText(translate("Dropout", "Voice only"))
        self._voice.setAccessibleName(
            translate("Dropout", "Voice only: try again, and leave my camera off")
        )
        self._whole.setText(translate("Dropout", "The whole plan"))
        self._help.setText(translate("Dropout", "Help"))
        self._camera_note.setText(
            translate("Dropout", "Your camera stays off when the line is back.")
        )

    def height_for(self, width_px: int) -> int:
        """Return the height that the words need at this width; 0 if it is too narrow."""
        if self._column.totalMinimumSize().width() > width_px:
            return 0
        # As if the scroll bar took its room: else it stays, once it was there.
        bar_px = self.verticalScrollBar().sizeHint().width()
        return self._column.totalHeightForWidth(width_px - bar_px) + 2
