"""A line that hangs, breaks and comes back, in words: banner, plan, counters.

Follows the core's clock alone; what it shows is what the other side sees, too. The
number that a counselor enters stays in this object and is forgotten with the session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.contact_view import (
    END_AFTER_S,
    SUSPEND_AFTER_S,
    ContactState,
    ContactView,
)
from safesession.core.status import (
    Phase,
    Role,
    ServerLink,
    SessionStatus,
    TextRoute,
)
from safesession.ui import texts
from safesession.ui.i18n import language_controller, translate
from safesession.ui.interruption_plan import interruption_plan


BACK_SHOWN_S = 60.0
MAX_NUMBER_CHARS = 40


class Tone(Enum):
    """How a banner looks; its words and its icon say the same."""

    INFO = "info"
    WARN = "warn"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Banner:
    """A strip above the picture; `counter` changes every second."""

    tone: Tone
    text: str
    counter: str = ""


@dataclass(frozen=True, slots=True)
class PlanWords:
    """The plan as far as it matters now."""

    title: str
    steps: tuple[str, ...]
    limits: str


@dataclass(frozen=True, slots=True)
class _Return:
    """A dropout that is over, until it was read."""

    away_s: float
    at_s: float


class DropoutViewModel(QObject):
    """Everything the windows say about a dropout."""

    changed = Signal()

    def __init__(
        self,
        now_s: Callable[[], float],
        clock: Callable[[], float],
        role: Role,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._now_s = now_s
        self._clock = clock
        self._status = SessionStatus(role=role)
        self._return: _Return | None = None
        self._number = ""

    @property
    def contact(self) -> ContactView:
        """The core's figures."""
        return self._status.contact

    @property
    def shows_plan(self) -> bool:
        """Whether the plan stands before the picture."""
        return self._status.phase is Phase.RECONNECTING

    @property
    def suspended(self) -> bool:
        """Whether the session's clock stands."""
        return self.shows_plan and self.contact.state in (
            ContactState.SUSPENDED,
            ContactState.EXPIRED,
        )

    # --- the banner ----------------------------------------------------------------

    def banner(self, waiting_texts: int = 0) -> Banner | None:
        """What stands above the picture, if anything."""
        if self._status.phase is Phase.RECONNECTING:
            words = texts.sentences(self._happened(), self._detail(waiting_texts))
            return Banner(Tone.WARN, words, texts.elapsed(self._away_s))
        if self._status.phase is not Phase.IN_CALL:
            return None
        if self.contact.state is ContactState.UNSTABLE:
            words = translate(
                "Dropout",
                "The connection is unsteady. Sound or picture may pause; please wait "
                "a moment.",
            )
            return Banner(Tone.INFO, words)
        return Banner(Tone.OK, self._back_words()) if self._return else None

    def dismiss(self) -> None:
        """The person has read that the line is back."""
        if self._return is not None:
            self._return = None
            self.changed.emit()

    def tick(self) -> None:
        """Once a second: what was to be read long enough goes."""
        back = self._return
        if back is not None and self._now_s() - back.at_s > BACK_SHOWN_S:
            self.dismiss()

    def _happened(self) -> str:
        if self.contact.met_s is None:
            return translate(
                "Dropout",
                "There is no connection yet; SafeSession keeps trying by itself. The "
                "other person cannot see or hear you.",
            )
        return translate(
            "Dropout",
            "Connection lost, reconnecting by itself… The other person cannot see or "
            "hear you right now; your camera and microphone are off meanwhile.",
        )

    def _detail(self, waiting_texts: int) -> str:
        if waiting_texts == 1:
            waiting = translate(
                "Dropout", "1 message is waiting; it arrives once, as soon as it can."
            )
        else:
            waiting = translate(
                "Dropout",
                "{n} messages are waiting; each arrives once, as soon as it can.",
            ).format(n=waiting_texts)
        if self._status.server_link is ServerLink.DOWN:
            down = translate(
                "Dropout",
                "The server cannot be reached either; what you write is kept and "
                "sent later.",
            )
            return texts.sentences(down, waiting if waiting_texts else "")
        if waiting_texts:
            return waiting
        if self._status.text_route is TextRoute.NONE:
            return translate("Dropout", "What you write is kept and sent later.")
        return translate("Dropout", "Text goes on meanwhile.")

    def _back_words(self) -> str:
        away_s = self._return.away_s if self._return else 0.0
        back = translate("Dropout", "The line is back after {time}.").format(
            time=texts.duration(away_s)
        )
        return texts.sentences(back, self._plan_step("back"))

    # --- the plan ------------------------------------------------------------------

    def plan(self) -> PlanWords:
        """Who calls whom, and what the clock does, at this step of the dropout."""
        state = self.contact.state
        if self.suspended:
            title = translate("Dropout", "The session is suspended")
            first = self._plan_step("5 min")
        elif state is ContactState.CALL_DUE:
            title = translate("Dropout", "It takes longer: go on by phone")
            first = self._stay()
        else:
            title = translate("Dropout", "If it is not back within a minute")
            first = self._stay()
        steps = (first, self._who_calls(), self._when())
        return PlanWords(title, steps, self.limits())

    def limits(self) -> str:
        """What the plan is not for, and whom to call in danger."""
        return interruption_plan().limits.word(language_controller().language)

    def whole_plan(self) -> tuple[tuple[str, str], ...]:
        """All steps as (when, what)."""
        language = language_controller().language
        return tuple(
            (_when_words(step.at), step.text.word(language))
            for step in interruption_plan().steps
        )

    @property
    def number(self) -> str:
        """The number to call in this session, as the counselor entered it."""
        return self._number

    @property
    def may_enter_number(self) -> bool:
        """Only whoever calls needs one."""
        return self._status.role is Role.COUNSELOR

    def set_number(self, text: str) -> None:
        """Take what the counselor types; it is kept in this window alone."""
        number = text.strip()[:MAX_NUMBER_CHARS]
        if number != self._number:
            self._number = number
            self.changed.emit()

    def _stay(self) -> str:
        return translate(
            "Dropout",
            "Please stay where you are; there is no need to open the program again.",
        )

    def _who_calls(self) -> str:
        if self._status.role is Role.CLIENT:
            return translate(
                "Dropout",
                "Your counselor calls you on the number they have on file for you. "
                "Please keep that line free, and do not call as well.",
            )
        if self._number:
            return translate("Dropout", "You call the client: {number}").format(
                number=self._number
            )
        return translate(
            "Dropout",
            "You call the client on the number you have on file. They keep the line "
            "free.",
        )

    def _when(self) -> str:
        ends = texts.clock_time(self._wall(END_AFTER_S))
        if self.suspended:
            return translate(
                "Dropout",
                "The session's clock stands at {length}. At {ends} the session ends; "
                "then a new invite is needed.",
            ).format(length=texts.elapsed(self.length_s), ends=ends)
        return translate(
            "Dropout",
            "At {pauses} the session's clock pauses; at {ends} the session ends.",
        ).format(pauses=texts.clock_time(self._wall(SUSPEND_AFTER_S)), ends=ends)

    def _plan_step(self, at: str) -> str:
        words = interruption_plan().step(at)
        return words.word(language_controller().language)

    # --- figures -------------------------------------------------------------------

    @property
    def length_s(self) -> float:
        """The session's own clock."""
        return self.contact.length_s(self._now_s())

    @property
    def last_seen_text(self) -> str:
        """The time of day of the last sign of life."""
        return texts.clock_second(self._wall(0.0)) if self.contact.lost else ""

    @property
    def _away_s(self) -> float:
        return self.contact.away_for_s(self._now_s())

    def _wall(self, after_s: float) -> float:
        """Unix time of a moment of this dropout, by the clock on the person's wall."""
        return self._clock() - self._away_s + after_s

    def forget(self) -> None:
        """Begin anew."""
        self._return = None
        self._number = ""

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        before, self._status = self._status, status
        now, then = status.contact, before.contact
        if now.lost or status.phase is Phase.ENDED:
            self._return = None
        elif now.gaps and now.away_before_s > then.away_before_s:
            away_s = now.away_before_s - then.away_before_s
            self._return = _Return(away_s, self._now_s())
        if status != before:
            self.changed.emit()


def _when_words(at: str) -> str:
    """A step's time ("60 s", "5 min", "back") in words."""
    number, _, unit = at.partition(" ")
    match unit:
        case "s":
            return translate("Dropout", "{n} s").format(n=number)
        case "min":
            return translate("Dropout", "{n} min").format(n=number)
        case _:
            return translate("Dropout", "Back")
