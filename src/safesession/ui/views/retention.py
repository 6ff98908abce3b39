"""The page of keeping and deleting: the period, what is due, one task at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from safesession.core.keeping_types import MAX_REASON_CHARS, DeletionReview
from safesession.ui import texts
from safesession.ui.i18n import translate
from safesession.ui.keeping_texts import content_words, review_words
from safesession.ui.view_models.retention import (
    RetentionField,
    RetentionStep,
    RetentionViewModel,
)
from safesession.ui.widgets.basics import AppButton, Paragraph, card, label
from safesession.ui.widgets.fields import Field
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.notices import NoticeList
from safesession.ui.widgets.overlay import ConfirmOverlay
from safesession.ui.widgets.page import CoverPage


_AT_ONCE: Final = 20  # files; the next ones come when these are decided
_FIELDS: Final = {
    RetentionStep.PERIOD: (RetentionField.YEARS,),
    RetentionStep.KEEP: (RetentionField.YEARS, RetentionField.REASON),
    RetentionStep.DELETE: (RetentionField.CODE,),
}


class RetentionView(CoverPage):
    """Follows a `RetentionViewModel`."""

    def __init__(
        self, view_model: RetentionViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, width_px=640)
        self.setObjectName("retention")
        self.view_model = view_model
        self._title = label("title")
        self._text = Paragraph("muted")
        self._results = NoticeList()
        for widget in (self._title, self._text, self._results):
            self.column.addWidget(widget)
        self._build_overview()
        self._fields = {
            RetentionField.YEARS: Field("retention_years"),
            RetentionField.REASON: Field("retention_reason"),
            RetentionField.CODE: Field("retention_code"),
        }
        self._fields[RetentionField.REASON].edit.setMaxLength(MAX_REASON_CHARS)
        for field in self._fields.values():
            field.submitted.connect(self._submit)
            self.column.addWidget(field)
        self._next = AppButton("primary")
        self._next.setObjectName("retention_next")
        self._next.clicked.connect(self._submit)
        self._delete = AppButton("danger")
        self._delete.setObjectName("retention_delete")
        self._delete.clicked.connect(self._submit)
        self._back = AppButton("plain", "back")
        self._back.setObjectName("retention_back")
        self._back.clicked.connect(view_model.back)
        self.column.addSpacing(8)
        self.column.addWidget(flow_row(self._next, self._delete, self._back))
        self._confirm = ConfirmOverlay(self)
        self._shown: tuple[RetentionStep, DeletionReview | None] | None = None
        self._listed: tuple[DeletionReview, ...] = ()
        view_model.changed.connect(self.refresh)
        view_model.confirm_wanted.connect(self._ask)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Where the keyboard starts."""
        fields = _FIELDS.get(self.view_model.step)
        if fields:
            return self._fields[fields[0]].edit
        return self._back

    def refresh(self) -> None:
        """Show the view-model's step."""
        model, step = self.view_model, self.view_model.step
        if (step, model.review) != self._shown:
            self._show_step()
        shown, errors = _FIELDS.get(step, ()), model.errors
        for name, field in self._fields.items():
            field.setVisible(name in shown)
            field.set_error(errors.get(name, ""))
        overview = step is RetentionStep.OVERVIEW
        self._period_card.setVisible(overview and model.years is not None)
        self._files.setVisible(overview)
        self._more.setVisible(overview and len(model.due) > _AT_ONCE)
        self._period.set_text(model.period_text())
        self._due.set_text(model.due_text())
        self._results.set_notices(model.results)
        self._list(model.due)
        deletes = step is RetentionStep.DELETE
        self._delete.setVisible(deletes)
        self._next.setVisible(not overview and not deletes)
        self._next.setEnabled(step is not RetentionStep.BUSY)
        self._back.setVisible(step is not RetentionStep.BUSY)
        self._words()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._period_title.setText(translate("Retention", "Period"))
        self._change.setText(translate("Retention", "Change the period"))
        self._delete.setText(translate("Retention", "Delete this file …"))
        self._more.setText(
            translate("Retention", "More files follow when these are decided.")
        )
        self._listed = ()
        self.refresh()

    def clear(self) -> None:
        """Hold nothing that was typed; ask nothing any more."""
        for field in self._fields.values():
            field.clear()
        self._confirm.dismiss()

    # --- building ----------------------------------------------------------------

    def _build_overview(self) -> None:
        self._period_title = label("section")
        self._period, self._due = Paragraph("muted"), Paragraph()
        self._change = AppButton()
        self._change.setObjectName("retention_period")
        self._change.clicked.connect(self.view_model.begin_period)
        self._period_card, inside = card()
        inside.addWidget(self._period_title)
        inside.addWidget(self._period)
        inside.addWidget(flow_row(self._change))
        self.column.addWidget(self._period_card)
        self._files = QWidget()
        self._files_column = QVBoxLayout(self._files)
        self._files_column.setContentsMargins(0, 0, 0, 0)
        self._files_column.setSpacing(12)
        self._files_column.addWidget(self._due)
        self._more = label("muted")
        self.column.addWidget(self._files)
        self.column.addWidget(self._more)

    def _list(self, due: tuple[DeletionReview, ...]) -> None:
        due = due[:_AT_ONCE]
        if due == self._listed:
            return
        self._listed = due
        while self._files_column.count() > 1:
            item = self._files_column.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for review in due:
            frame = self._file_card(review)
            self._files_column.addWidget(frame)
            frame.show()  # now, not with the next turn of the event loop

    def _file_card(self, review: DeletionReview) -> QWidget:
        model, code = self.view_model, review.code
        frame, inside = card()
        title, text = label("section"), Paragraph("muted")
        title.setText(code)
        text.set_text(review_words(review))
        inside.addWidget(title)
        inside.addWidget(text)
        buttons = []
        acts: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            (
                "open",
                translate("Retention", "Open"),
                translate("Retention", "Open the file {code}"),
                lambda: model.open_wanted.emit(review.client_id),
            ),
            (
                "keep",
                translate("Retention", "Keep longer"),
                translate("Retention", "Keep the file {code} longer"),
                lambda: model.begin_keep(review),
            ),
            (
                "erase",
                translate("Retention", "Delete"),
                translate("Retention", "Delete the file {code}"),
                lambda: model.begin_delete(review),
            ),
        )
        for name, words, spoken, act in acts:
            button = AppButton()
            button.setObjectName(f"retention_{name}_{review.client_id}")
            button.setText(words)
            button.setAccessibleName(spoken.format(code=code))
            button.clicked.connect(act)
            buttons.append(button)
        inside.addWidget(flow_row(*buttons))
        return frame

    # --- words -------------------------------------------------------------------

    def _words(self) -> None:
        title, text, way_on = self._step_words()
        self._title.setText(title)
        self._text.set_text(text)
        self._text.setVisible(bool(text))
        self._next.setText(way_on)
        self._back.setText(
            translate("Retention", "Back to the vault")
            if self.view_model.step is RetentionStep.OVERVIEW
            else translate("Retention", "Back")
        )
        keeps = self.view_model.step is RetentionStep.KEEP
        self._fields[RetentionField.YEARS].set_caption(
            translate("Retention", "Years from today")
            if keeps
            else translate("Retention", "Years after the last activity")
        )
        reason = self._fields[RetentionField.REASON]
        reason.set_caption(translate("Retention", "Why it is kept"))
        self._fields[RetentionField.CODE].set_caption(
            translate("Retention", "Type the code of this file")
        )

    def _step_words(self) -> tuple[str, str, str]:
        review = self.view_model.review
        code = review.code if review else ""
        match self.view_model.step:
            case RetentionStep.OVERVIEW:
                return translate("Retention", "Keeping and deleting"), "", ""
            case RetentionStep.PERIOD:
                return (
                    translate("Retention", "Change the period"),
                    translate(
                        "Retention",
                        "It counts for every file, from its last activity. A shorter "
                        "period deletes nothing: more files are then due for review.",
                    ),
                    translate("Retention", "Set the period"),
                )
            case RetentionStep.KEEP:
                return (
                    translate("Retention", "Keep {code} longer").format(code=code),
                    translate(
                        "Retention",
                        "The reason stays with the file and goes with it. The access "
                        "log only notes the new day.",
                    ),
                    translate("Retention", "Keep it"),
                )
            case RetentionStep.DELETE:
                held = review_words(review) if review else ""
                goes = translate(
                    "Retention",
                    "All of it goes: texts, versions, addenda, attached files, and its "
                    "words in the search. Nobody can bring it back from this vault. "
                    "Only a line with the file's number stays in the access log.",
                )
                return (
                    translate("Retention", "Delete {code}").format(code=code),
                    f"{held}\n{goes}",
                    "",
                )
            case RetentionStep.BUSY:
                return (
                    translate("Retention", "One moment …"),
                    translate(
                        "Retention", "The vault is working; a call is not held up."
                    ),
                    translate("Retention", "Please wait"),
                )

    # --- what happens ------------------------------------------------------------

    def _show_step(self) -> None:
        """Another step: empty fields, and the keyboard where it begins."""
        before = self._shown
        self._shown = (self.view_model.step, self.view_model.review)
        busy = RetentionStep.BUSY
        if self.view_model.step is not busy and (before is None or before[0] != busy):
            self.clear()  # after a refusal what was typed is still there
        elif self.view_model.step is RetentionStep.OVERVIEW:
            self.clear()
        if self.isVisible() and self.view_model.step is not busy:
            for name in _FIELDS.get(self.view_model.step, ()):
                self._fields[name].show()
            self._back.show()
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
            self.verticalScrollBar().setValue(0)

    def _submit(self) -> None:
        model = self.view_model
        text = {name: field.text for name, field in self._fields.items()}
        match model.step:
            case RetentionStep.PERIOD:
                model.set_period(text[RetentionField.YEARS])
            case RetentionStep.KEEP:
                model.keep(text[RetentionField.YEARS], text[RetentionField.REASON])
            case RetentionStep.DELETE:
                model.ask_to_delete(text[RetentionField.CODE])
            case RetentionStep.OVERVIEW | RetentionStep.BUSY:
                pass

    def _ask(self) -> None:
        review = self.view_model.review
        if review is None:
            return
        self._confirm.ask(
            translate("Retention", "Delete {code} for good?").format(code=review.code),
            texts.sentences(
                content_words(review),
                translate("Retention", "Nothing of it can be brought back."),
            ),
            translate("Retention", "Delete for good"),
            translate("Retention", "Keep it for now"),
            self.view_model.delete,
        )
