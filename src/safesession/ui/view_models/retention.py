"""Keeping and deleting: the period, the files whose time is over, one task at a time.

Nothing is deleted but what a person reviewed, named by its code and confirmed. The
reason for keeping a file is typed text about a client: it goes with `forget`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.keeping_port import KeepingPort
from safesession.core.keeping_types import (
    MAX_REASON_CHARS,
    MAX_YEARS,
    DeletionReview,
    RetentionState,
)
from safesession.core.vault_port import Outcome
from safesession.ui import keeping_texts, note_texts, texts
from safesession.ui.answers import Answers
from safesession.ui.i18n import translate
from safesession.ui.vault_texts import Notice, vault_problem_text


_REVIEW_CODES = frozenset({"review_stale", "still_retained", "no_such_record"})


class RetentionStep(Enum):
    """Where the page stands."""

    OVERVIEW = "overview"
    PERIOD = "period"
    KEEP = "keep"
    DELETE = "delete"
    BUSY = "busy"


class RetentionField(Enum):
    """The fields that can need a word."""

    YEARS = "years"
    REASON = "reason"
    CODE = "code"


class RetentionViewModel(QObject):
    """What the page shows. `confirm_wanted`: the last question before deleting."""

    changed = Signal()
    done = Signal()
    confirm_wanted = Signal()
    open_wanted = Signal(int)  # a client's file
    erased = Signal()
    due_counted = Signal(int)

    def __init__(
        self, port: KeepingPort, answers: Answers, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._port = port
        self._answers = answers
        self._state: RetentionState | None = None
        self._step = RetentionStep.OVERVIEW
        self._review: DeletionReview | None = None
        self._errors: dict[RetentionField, str] = {}
        self.results: tuple[Notice, ...] = ()

    # --- what is shown -----------------------------------------------------------

    @property
    def step(self) -> RetentionStep:
        """Where the page stands."""
        return self._step

    @property
    def due(self) -> tuple[DeletionReview, ...]:
        """The files to review."""
        return self._state.due if self._state else ()

    @property
    def review(self) -> DeletionReview | None:
        """The file that a task is about."""
        return self._review

    @property
    def errors(self) -> dict[RetentionField, str]:
        """What to say under each field."""
        return dict(self._errors)

    @property
    def years(self) -> int | None:
        """The vault's period, once it is known."""
        return self._state.years if self._state else None

    def period_text(self) -> str:
        """Say how long files are kept."""
        if self._state is None:
            return ""
        return translate(
            "Retention",
            "Files are kept {years} after the last activity in them. Your institution "
            "sets this period; 10 years unless it says otherwise.",
        ).format(years=keeping_texts.years_words(self._state.years))

    def due_text(self) -> str:
        """Say how many files are due, or when the next one will be."""
        state = self._state
        if state is None:
            return ""
        stays = translate(
            "Retention", "Nothing is deleted by itself: you decide about each file."
        )
        if state.due:
            if len(state.due) == 1:
                words = translate("Retention", "The time of one file is over.")
            else:
                words = translate("Retention", "The time of {n} files is over.")
            return texts.sentences(words.format(n=len(state.due)), stays)
        if state.next_due_ms is None:
            return translate("Retention", "There is no file yet.")
        words = translate(
            "Retention", "No file is due. The next one's time is over on {day}."
        )
        return words.format(day=note_texts.day(state.next_due_ms))

    # --- coming and going --------------------------------------------------------

    def open(self) -> None:
        """Read the period and what is due."""
        self.forget()
        self.look()

    def look(self) -> None:
        """Ask how it stands; what was said stays."""
        self._answers.ask(self._port.retention(), self._know, self._fail)

    def back(self) -> None:
        """To the overview, or away from the page."""
        if self._step is RetentionStep.BUSY:
            return
        if self._step is RetentionStep.OVERVIEW:
            self.forget()
            self.done.emit()
        else:
            self._to_overview(())

    def forget(self) -> None:
        """Hold nothing any more."""
        self._state = None
        self._to_overview(())

    # --- tasks -------------------------------------------------------------------

    def begin_period(self) -> None:
        """Change the vault's period."""
        self._begin(RetentionStep.PERIOD, None)

    def begin_keep(self, review: DeletionReview) -> None:
        """Keep a file longer."""
        self._begin(RetentionStep.KEEP, review)

    def begin_delete(self, review: DeletionReview) -> None:
        """Delete a file: the first of two steps."""
        self._begin(RetentionStep.DELETE, review)

    def set_period(self, years_text: str) -> None:
        """Set the vault's period."""
        years = self._years_of(years_text)
        if years is None:
            self.changed.emit()
            return
        said = translate(
            "Retention", "Files are kept {years} from now on. Nothing was deleted."
        ).format(years=keeping_texts.years_words(years))
        self._run(self._port.set_retention_years(years), said)

    def keep(self, years_text: str, reason: str) -> None:
        """Keep the file before us for some years more, and say why."""
        review = self._review
        years = self._years_of(years_text)
        reason = reason.strip()
        if not 1 <= len(reason) <= MAX_REASON_CHARS:
            self._errors[RetentionField.REASON] = translate(
                "Retention", "Say why, in at most {n} characters"
            ).format(n=MAX_REASON_CHARS)
        if review is None or years is None or self._errors:
            self.changed.emit()
            return
        said = translate("Retention", "{code} is kept. The log notes the new day.")
        self._run(
            self._port.keep_longer(review, years, reason),
            said.format(code=review.code),
        )

    def ask_to_delete(self, typed_code: str) -> None:
        """The first step is done when the file's code is typed."""
        review = self._review
        self._errors = {}
        if review is None:
            return
        if typed_code.strip().casefold() != review.code.casefold():
            self._errors[RetentionField.CODE] = translate(
                "Retention", "This is not the code of this file"
            )
            self.changed.emit()
            return
        self.changed.emit()
        self.confirm_wanted.emit()

    def delete(self) -> None:
        """The second step: delete the file before us for good."""
        review = self._review
        if review is None or self._step is not RetentionStep.DELETE:
            return
        said = translate(
            "Retention",
            "{code} is deleted, and the keys of every older copy in this vault are "
            "destroyed. Backups and exports made before still hold it: delete them "
            "too. Remnants on the disk are noise without an older copy of the key file.",
        )
        self._run(
            self._port.erase((review,)), said.format(code=review.code), self.erased.emit
        )

    # --- inside ------------------------------------------------------------------

    def _begin(self, step: RetentionStep, review: DeletionReview | None) -> None:
        self._step, self._review = step, review
        self._errors, self.results = {}, ()
        self.changed.emit()

    def _years_of(self, text: str) -> int | None:
        self._errors = {}
        digits = text.strip()
        if digits.isdecimal() and len(digits) <= len(str(MAX_YEARS)):
            years = int(digits)
            if 1 <= years <= MAX_YEARS:
                return years
        self._errors[RetentionField.YEARS] = translate(
            "Retention", "A number of years from 1 to {n}"
        ).format(n=MAX_YEARS)
        return None

    def _run(
        self, outcome: Outcome[None], said: str, then: Callable[[], None] | None = None
    ) -> None:
        before, self._step = self._step, RetentionStep.BUSY
        self.changed.emit()

        def done(_none: None) -> None:
            self._to_overview((Notice("ok", said),))
            self.look()
            if then is not None:
                then()

        self._answers.ask(outcome, done, self._failer(before))

    def _failer(self, before: RetentionStep) -> Callable[[str], None]:
        def failed(code: str) -> None:
            if code in _REVIEW_CODES:
                # The file is not as it was looked at: look at it again first.
                self._to_overview((Notice("warn", note_texts.refusal(code)),))
                self.look()
                return
            self._step = before
            self._fail(code)

        return failed

    def _know(self, state: RetentionState) -> None:
        self._state = state
        self.changed.emit()
        self.due_counted.emit(len(state.due))

    def _fail(self, code: str) -> None:
        self.results = (Notice("warn", vault_problem_text(code).joined()),)
        self.changed.emit()

    def _to_overview(self, results: tuple[Notice, ...]) -> None:
        self._step, self._review = RetentionStep.OVERVIEW, None
        self._errors, self.results = {}, results
        self.changed.emit()
