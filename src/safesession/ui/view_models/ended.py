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
        now_s: Callable[[], float],
        role: Role,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._now_s = now_s
        self._status = SessionStatus(role=role)
        self._ended_s: float | None = None

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
        broken = self._status.ended in (EndReason.FAILED, EndReason.DROPOUT)
        return Mood.ATTENTION if broken else Mood.FINISHED

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
        if status.ended is EndReason.DROPOUT:
            return self._dropout_text()
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
        """How long the two were together and how long not; nothing if never."""
        contact, ended_s = self._status.contact, self._ended_s
        if contact.met_s is None or ended_s is None:
            return ""
        together = translate("EndedView", "You were in contact for {time}.").format(
            time=texts.duration(contact.together_s(ended_s))
        )
        return texts.sentences(together, self._away_text(ended_s))

    def _away_text(self, ended_s: float) -> str:
        contact = self._status.contact
        away = texts.duration(contact.away_in_all_s(ended_s))
        if contact.gaps == 1:
            return translate("EndedView", "The line was gone once, for {time}.").format(
                time=away
            )
        if contact.gaps:
            return translate(
                "EndedView", "The line was gone {n} times, for {time} in all."
            ).format(n=contact.gaps, time=away)
        return ""

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
        self._ended_s = None

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        if status == self._status:
            return
        if status.ended is not None and self._ended_s is None:
            self._ended_s = self._now_s()
        self._status = status
        self.changed.emit()

    def _dropout_text(self) -> ErrorText:
        if self._status.contact.met_s is None:
            happened = translate(
                "EndedView", "No connection came about within 15 minutes"
            )
        else:
            happened = translate(
                "EndedView",
                "The line did not come back within 15 minutes, so the session has "
                "ended",
            )
        meaning = translate(
            "EndedView",
            "Nobody ended it on purpose. Camera and microphone are off, and nothing "
            "was recorded.",
        )
        if self._status.role is Role.CLIENT:
            next_step = translate(
                "EndedView",
                "Your counselor or the reception gets in touch with you. To go on, "
                "you need a new code.",
            )
        else:
            next_step = translate(
                "EndedView",
                "Call the client, as the plan says. To go on now, make a new invite; "
                "else agree on another time.",
            )
        return ErrorText(happened, meaning, next_step)

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
