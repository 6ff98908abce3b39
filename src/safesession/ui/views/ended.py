"""The page after a session, and the calm stop after a mismatch."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from safesession.core.status import Problem, Role
from safesession.ui.clipboard import copy_public
from safesession.ui.error_texts import problem_text
from safesession.ui.i18n import translate
from safesession.ui.view_models.chat import ChatViewModel
from safesession.ui.view_models.ended import EndedViewModel, Mood
from safesession.ui.view_models.unsent import UnsentViewModel
from safesession.ui.widgets.basics import AppButton, IconLabel, Paragraph, card, label
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.page import PageColumn


class EndedView(PageColumn):
    """What happened, what it means, what next, and texts that did not arrive."""

    note_requested = Signal()
    restart_requested = Signal()
    close_requested = Signal()
    discard_requested = Signal()

    def __init__(
        self,
        view_model: EndedViewModel,
        chat: ChatViewModel,
        unsent: UnsentViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, width_px=520)
        self.setObjectName("page_ended")
        self.view_model = view_model
        self._chat = chat
        self._keeper = unsent
        self._icon = IconLabel("check-circle", 48, "primary")
        self._title = label("title")
        self._title.setObjectName("ended_title")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._meaning = Paragraph()
        self._next = Paragraph("muted")
        self._meaning.set_centred()
        self._next.set_centred()
        self._duration = label("muted")
        self._duration.setObjectName("ended_duration")
        self._duration.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._unsent, column = card()
        self._unsent.setObjectName("ended_undelivered")
        self._unsent_title = label("section")
        self._unsent_text = Paragraph("muted")
        self._copy = AppButton("", "copy")
        self._copy.setObjectName("copy_undelivered")
        self._copy.clicked.connect(self._copy_unsent)
        self._discard = AppButton("plain")
        self._discard.setObjectName("discard_undelivered")
        self._discard.clicked.connect(self.discard_requested)
        self._fate = label("caption")
        self._fate.setObjectName("undelivered_fate")
        for widget in (
            self._unsent_title,
            self._unsent_text,
            self._fate,
            flow_row(self._copy, self._discard),
        ):
            column.addWidget(widget)
        self._again = AppButton("primary")
        self._again.setObjectName("ended_again")
        self._again.clicked.connect(self.restart_requested)
        self._note = AppButton("", "record")
        self._note.setObjectName("ended_note")
        self._note.clicked.connect(self.note_requested)
        self._note.hide()
        self._close = AppButton("plain")
        self._close.setObjectName("ended_close")
        self._close.clicked.connect(self.close_requested)
        self.column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (
            self._title,
            self._duration,
            self._meaning,
            self._next,
            self._unsent,
        ):
            self.column.addWidget(widget)
        self.column.addSpacing(8)
        self.column.addWidget(
            flow_row(self._again, self._note, self._close, centred=True)
        )
        view_model.changed.connect(self.refresh)
        chat.changed.connect(self.refresh)
        unsent.changed.connect(self.refresh)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        return self._again

    def offer_note(self) -> None:
        """Offer the way to the notes."""
        self._note.show()

    def refresh(self) -> None:
        """Show the view-model."""
        vm = self.view_model
        attention = vm.mood is Mood.ATTENTION
        self._icon.set_icon(
            "info" if attention else "check-circle", "warn" if attention else "primary"
        )
        text = vm.text()
        self._title.setText(text.happened)
        self._meaning.set_text(text.meaning)
        self._next.set_text(text.next_step)
        duration = vm.duration_text()
        self._duration.setText(duration)
        self._duration.setVisible(bool(duration))
        unsent = self._chat.undelivered
        self._unsent.setVisible(bool(unsent))
        self._unsent_text.set_text("\n\n".join(unsent))
        self._fate.setText(self._keeper.fate())
        damaged = vm.problem is Problem.INSTALLATION_DAMAGED
        self._again.setVisible(not damaged)

    def retranslate(self) -> None:
        """Put all words in again."""
        self._unsent_title.setText(
            translate("EndedView", "These texts did not reach the other person")
        )
        self._copy.setText(translate("EndedView", "Copy them"))
        self._discard.setText(translate("EndedView", "Discard them"))
        counselor = self.view_model.role is Role.COUNSELOR
        self._again.setText(
            translate("EndedView", "New invite")
            if counselor
            else translate("EndedView", "Enter a code")
        )
        self._note.setText(translate("EndedView", "Write your note"))
        self._close.setText(translate("EndedView", "Close this window"))
        self.refresh()

    def _copy_unsent(self) -> None:
        copy_public("\n\n".join(self._chat.undelivered))


class FrozenView(PageColumn):
    """The words did not fit: everything has stopped; three things to do."""

    def __init__(
        self, view_model: EndedViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, width_px=520)
        self.setObjectName("page_frozen")
        self.view_model = view_model
        self._title = label("title")
        self._title.setObjectName("frozen_title")
        self._text = Paragraph()
        frame, column = card()
        self._steps_title = label("section")
        column.addWidget(self._steps_title)
        self._steps = [Paragraph() for _ in range(3)]
        for number, paragraph in enumerate(self._steps, 1):
            row = QHBoxLayout()
            row.setSpacing(12)
            figure = label("section", wrap=False)
            figure.setText(f"{number}")
            row.addWidget(figure, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(paragraph, 1)
            column.addLayout(row)
        self._comfort = Paragraph("muted")
        self._leave = AppButton("primary", "leave")
        self._leave.setObjectName("frozen_leave")
        self._leave.clicked.connect(view_model.leave)
        self._again = AppButton("plain", "refresh")
        self._again.setObjectName("frozen_again")
        self._again.clicked.connect(view_model.compare_again)
        head = QVBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconLabel("pause", 40, "warn"), 0, Qt.AlignmentFlag.AlignLeft)
        head.addWidget(self._title)
        self.column.addLayout(head)
        for widget in (self._text, frame, self._comfort):
            self.column.addWidget(widget)
        self.column.addWidget(flow_row(self._leave, self._again))
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        return self._leave

    def refresh(self) -> None:
        """Show the view-model."""
        problem = self.view_model.problem or Problem.SAFETY_CODE_MISMATCH
        text = problem_text(problem)
        self._title.setText(text.happened)
        self._text.set_text(text.meaning)
        self._again.setVisible(self.view_model.may_compare_again)

    def retranslate(self) -> None:
        """Put all words in again."""
        self._steps_title.setText(translate("FrozenView", "What to do now"))
        for paragraph, words in zip(
            self._steps, self.view_model.frozen_steps(), strict=True
        ):
            paragraph.set_text(words)
        self._comfort.set_text(
            translate(
                "FrozenView",
                "A misheard word is the usual reason. Stopping is still right: it "
                "costs a minute, and it keeps you safe.",
            )
        )
        self._leave.setText(translate("FrozenView", "Leave the session"))
        self._again.setText(translate("FrozenView", "Compare new words"))
        self.refresh()
