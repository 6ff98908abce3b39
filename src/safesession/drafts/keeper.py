"""Keeps unsent text on disk in a thread of its own, so that a crash loses none.

Callers only leave word of what should be kept: the newest word wins and is written
within a second, or at once. Where it is kept is a `DraftPlace`: a sealed file under
a key of the keyring, or the counselor's vault. One that asks the person, or a slow
disk, holds up this thread and nobody else. Texts never reach a log.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from typing import Protocol

from safesession.core.ports import Keeping, UnsentNews
from safesession.errors import SafeSessionError


TYPING_DELAY_S = 0.8
KEYRING_LIMIT_S = 30.0
CLOSE_LIMIT_S = 2.0
AGAIN_AFTER_S = 5.0  # after a full disk
_log = logging.getLogger(__name__)


class DraftPlace(Protocol):
    """Where texts lie. `reach` and the rest are called from different threads.

    Raises:
        SafeSessionError: from any method; what was kept before still is.
    """

    def reach(self) -> None:
        """Get at it; may block for as long as a person thinks about a prompt."""

    def take(self) -> tuple[str, ...]:
        """Become the only program that uses it; return the texts that are there."""

    def write(self, texts: tuple[str, ...]) -> None:
        """Replace what is kept."""

    def forget(self) -> None:
        """Remove everything, unless another window uses it."""

    def release(self) -> None:
        """Let another window have it. Never raises."""


class _Stage(Enum):
    LOCKED = auto()  # nobody has asked for the place yet
    ASKING = auto()  # somebody may be asking the person
    OPEN = auto()  # it is ours
    FAILED = auto()  # no keyring, or another window has it
    FORGOTTEN = auto()  # a shared computer: nothing is there any more
    CLOSED = auto()


class _Answer(Enum):
    REACHED = auto()
    OUT_OF_REACH = auto()


class DraftKeeper:
    """An `UnsentPort`. `start` it once, `close` it at the end."""

    def __init__(
        self,
        place: DraftPlace,
        *,
        shared: bool,
        keyring_limit_s: float = KEYRING_LIMIT_S,
    ) -> None:
        self._place = place
        self._keyring_limit_s = keyring_limit_s
        self._word = threading.Condition()
        self._listeners: list[Callable[[UnsentNews], None]] = []
        self._news = UnsentNews(Keeping.SHARED if shared else Keeping.STARTING)
        self._stage = _Stage.LOCKED
        self._shared = shared
        self._closing = False
        self._answer: _Answer | None = None
        self._limit_at = 0.0
        self._texts: tuple[str, ...] = ()
        self._last_time: tuple[str, ...] = ()
        self._due_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="drafts", daemon=True)

    def start(self) -> None:
        """Begin: get at the place, read what is there."""
        self._thread.start()

    def close(self) -> None:
        """Write what is left, within two seconds."""
        with self._word:
            self._closing = True
            if self._due_at is not None:
                self._due_at = 0.0
            self._word.notify()
        if self._thread.is_alive():
            self._thread.join(CLOSE_LIMIT_S)

    # --- UnsentPort ------------------------------------------------------------------

    def subscribe(self, listener: Callable[[UnsentNews], None]) -> None:
        """Call `listener` with the present and all later news."""
        with self._word:
            self._listeners.append(listener)
            news = self._news
        listener(news)

    def keep(self, texts: tuple[str, ...], *, at_once: bool) -> None:
        """Replace what is kept of this session."""
        with self._word:
            self._texts = texts
            self._schedule(0.0 if at_once else TYPING_DELAY_S)

    def set_aside(self, texts: tuple[str, ...]) -> None:
        """Replace what is kept of last time."""
        with self._word:
            self._last_time = texts
            if self._news.last_time is not None:
                self._news = replace(self._news, last_time=texts)
            self._schedule(0.0)

    def share(self, shared: bool) -> None:
        """Others use this computer, too: forget everything and keep nothing."""
        with self._word:
            self._shared = shared
            self._word.notify()

    def _schedule(self, delay_s: float) -> None:
        due_at = time.monotonic() + delay_s
        # The first word counts: steady typing must not put it off for ever.
        self._due_at = due_at if self._due_at is None else min(self._due_at, due_at)
        self._word.notify()

    # --- the thread ------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while (job := self._next_job()) is not None:
                job()
        finally:
            self._place.release()

    def _next_job(self) -> Callable[[], None] | None:
        with self._word:
            while True:
                job, wait_s = self._choose(time.monotonic())
                if job is not None:
                    return job
                if self._closing:
                    self._stage = _Stage.CLOSED
                    return None
                self._word.wait(wait_s)

    def _choose(self, now: float) -> tuple[Callable[[], None] | None, float | None]:
        """What to do now, or how long to wait."""
        stage = self._stage
        if self._shared:
            done = stage is _Stage.FORGOTTEN and self._answer is None
            return None if done else self._forget, None
        if stage is _Stage.FORGOTTEN or (stage is _Stage.LOCKED and not self._closing):
            return self._ask, None
        if stage is _Stage.ASKING:
            return self._while_asking(now)
        if stage is not _Stage.OPEN or self._due_at is None:
            return None, None
        if now >= self._due_at:
            return self._write, None
        return None, self._due_at - now

    def _while_asking(
        self, now: float
    ) -> tuple[Callable[[], None] | None, float | None]:
        if self._answer is not None:
            return self._adopt, None
        if now < self._limit_at:
            return None, self._limit_at - now
        told = self._news.keeping is not Keeping.STARTING
        return None if told else self._give_up, None

    def _ask(self) -> None:
        """Let the keyring take its time in a thread that nobody waits for."""
        self._answer = None
        self._limit_at = time.monotonic() + self._keyring_limit_s
        self._stage = _Stage.ASKING
        self._tell(Keeping.STARTING)

        def reach() -> None:
            try:
                self._place.reach()
                answer = _Answer.REACHED
            except SafeSessionError:
                answer = _Answer.OUT_OF_REACH
            with self._word:
                self._answer = answer
                self._word.notify()

        threading.Thread(target=reach, name="keyring", daemon=True).start()

    def _adopt(self) -> None:
        answer, self._answer = self._answer, None
        try:
            found = self._place.take() if answer is _Answer.REACHED else None
        except SafeSessionError:
            found = None
        if found is None:
            self._stage = _Stage.FAILED
            self._tell(Keeping.UNAVAILABLE)
            return
        self._stage = _Stage.OPEN
        with self._word:
            self._last_time = known = (*found, *self._last_time)
        self._tell(Keeping.SEALED, known)

    def _give_up(self) -> None:
        """The keyring does not answer; if it ever does, all is well again."""
        self._tell(Keeping.UNAVAILABLE)

    def _write(self) -> None:
        with self._word:
            texts = (*self._last_time, *self._texts)
            self._due_at = None
        try:
            self._place.write(texts)
        except SafeSessionError:
            _log.warning("unsent text could not be written down")
            with self._word:
                if not self._closing:
                    self._schedule(AGAIN_AFTER_S)
            self._tell(Keeping.UNAVAILABLE)
        else:
            self._tell(Keeping.SEALED)

    def _forget(self) -> None:
        self._stage = _Stage.FORGOTTEN
        self._answer = None
        try:
            self._place.forget()
        except SafeSessionError:
            _log.warning("what was kept could not be removed")
        with self._word:
            self._due_at = None
            self._last_time = ()
        self._tell(Keeping.SHARED, ())

    def _tell(self, keeping: Keeping, last_time: tuple[str, ...] | None = None) -> None:
        with self._word:
            before = self._news
            known = before.last_time if last_time is None else last_time
            self._news = news = UnsentNews(keeping, known)
            listeners = list(self._listeners)
        if news != before:
            for listener in listeners:
                listener(news)
