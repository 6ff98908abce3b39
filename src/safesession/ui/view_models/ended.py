"""Why a session is over, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.inputs import Command, Leave, StartSafetyCode
from safesession.core.status import EndReason, Problem, Role, SessionStatus
from safesession.ui import texts
from safesession.ui.error_texts import ErrorText, problem_text
from safesession.ui.i18n import translate


class Mood(Enum):
    """How the page looks: a finished talk, or something to act on."""

    FINISHED = "finished"
    ATTENTION = "attention"


class EndedViewModel(QObject):
    """Headline and sentences of the ended and the frozen page."""

    changed = Signal()

    def __init__(
        self,
        submit: Callable[[Command], None],
        clock: Callable[[], float],
        role: Role,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._clock = clock
        self._status = SessionStatus(role=role)
        self._ended_at: float | None = None

    @property
    def role(self) -> Role:
        """Whose window this is."""
        return self._status.role

    @property
    def problem(self) -> Problem | None:
        """What went wrong, if anything."""
        return self._status.problem

    @property
    def mood(self) -> Mood:
        """How the page looks."""
        failed = self._status.ended is EndReason.FAILED
        return Mood.ATTENTION if failed else Mood.FINISHED

    def text(self) -> ErrorText:
        """Headline, meaning and next step."""
        status = self._status
        if status.ended is EndReason.FAILED:
            return problem_text(status.problem or Problem.INTERNAL)
        if status.ended is EndReason.CANCELLED:
            return ErrorText(
                translate("EndedView", "Stopped before anybody met"),
                translate("EndedView", "The invite cannot be used any more."),
                translate("EndedView", "You can begin again whenever you like."),
            )
        if status.ended is EndReason.PEER_LEFT:
            headline = translate("EndedView", "The other person has ended the session")
        else:
            headline = translate("EndedView", "The session has ended")
        return ErrorText(
            headline,
            translate(
                "EndedView",
                "Camera and microphone are off. SafeSession has not recorded anything.",
            ),
            self._next_step(),
        )

    def duration_text(self) -> str:
        """How long the two were together, or nothing if they never met."""
        since = self._status.in_call_since
        if since is None or self._ended_at is None:
            return ""
        return translate("EndedView", "You were together for {time}").format(
            time=texts.elapsed(self._ended_at - since)
        )

    def frozen_steps(self) -> tuple[str, ...]:
        """What to do after a safety code that did not match."""
        return (
            translate("FrozenView", "Leave this session."),
            translate(
                "FrozenView",
                "Call each other on a number you already know, not one from here.",
            ),
            translate("FrozenView", "Meet again with a new invite code."),
        )

    @property
    def may_compare_again(self) -> bool:
        """Whether a misheard word may be put right with new words."""
        return self._status.safety_code.may_run_again

    def compare_again(self) -> None:
        """Ask for new words; sound and picture come back for the reading."""
        self._submit(StartSafetyCode())

    def leave(self) -> None:
        """Leave a frozen session."""
        self._submit(Leave())

    def forget(self) -> None:
        """Begin anew."""
        self._ended_at = None

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        if status == self._status:
            return
        if status.ended is not None and self._ended_at is None:
            self._ended_at = self._clock()
        self._status = status
        self.changed.emit()

    def _next_step(self) -> str:
        if self._status.role is Role.CLIENT:
            return translate(
                "EndedView",
                "Take a moment for yourself: breathe, drink some water, and let the "
                "conversation settle.",
            )
        return translate(
            "EndedView",
            "Take a moment before the next session, and complete your notes soon.",
        )
