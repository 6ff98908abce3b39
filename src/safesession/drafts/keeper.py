"""Keeps unsent text on disk in a thread of its own, so that a crash loses none.

Callers only leave word of what should be kept: the newest word wins and is written
within a second, or at once. A keyring that asks the person, or a slow disk, holds
up this thread and nobody else. Texts never reach a log.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from safesession.core.ports import Keeping, UnsentNews
from safesession.drafts.sealed_file import SealedFile
from safesession.errors import SafeSessionError, StateError


TYPING_DELAY_S = 0.8
KEYRING_LIMIT_S = 30.0
CLOSE_LIMIT_S = 2.0
AGAIN_AFTER_S = 5.0  # after a full disk
_log = logging.getLogger(__name__)


class KeySource(Protocol):
    """Where the key lies; every call may block."""

    def fetch(self) -> bytes:
        """Return the key, made at first use."""

    def erase(self) -> None:
        """Remove the key."""


class _Stage(Enum):
    LOCKED = auto()  # nobody has asked the keyring yet
    ASKING = auto()  # it may be asking the person
    OPEN = auto()  # `_key` is there and the file is ours
    FAILED = auto()  # no keyring, or another window has the file
    FORGOTTEN = auto()  # a shared computer: file and key are gone
    CLOSED = auto()


class DraftKeeper:
    """An `UnsentPort`. `start` it once, `close` it at the end."""

    def __init__(
        self,
        folder: Path,
        key_source: KeySource,
        entropy: Callable[[int], bytes],
        *,
        shared: bool,
        keyring_limit_s: float = KEYRING_LIMIT_S,
    ) -> None:
        self._file = SealedFile(folder, entropy)
        self._key_source = key_source
        self._keyring_limit_s = keyring_limit_s
        self._word = threading.Condition()
        self._listeners: list[Callable[[UnsentNews], None]] = []
        self._news = UnsentNews(Keeping.SHARED if shared else Keeping.STARTING)
        self._stage = _Stage.LOCKED
        self._shared = shared
        self._closing = False
        self._key: bytes | None = None
        self._fetched: bytes | SafeSessionError | None = None
        self._limit_at = 0.0
        self._texts: tuple[str, ...] = ()
        self._last_time: tuple[str, ...] = ()
        self._due_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="drafts", daemon=True)

    def start(self) -> None:
        """Begin: ask the keyring, read what is there."""
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
            self._file.release()

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
            done = stage is _Stage.FORGOTTEN and self._fetched is None
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
        if self._fetched is not None:
            return self._adopt, None
        if now < self._limit_at:
            return None, self._limit_at - now
        told = self._news.keeping is not Keeping.STARTING
        return None if told else self._give_up, None

    def _ask(self) -> None:
        """Let the keyring take its time in a thread that nobody waits for."""
        self._fetched = None
        self._limit_at = time.monotonic() + self._keyring_limit_s
        self._stage = _Stage.ASKING
        self._tell(Keeping.STARTING)

        def fetch() -> None:
            try:
                fetched: bytes | SafeSessionError = self._key_source.fetch()
            except SafeSessionError as error:
                fetched = error
            with self._word:
                self._fetched = fetched
                self._word.notify()

        threading.Thread(target=fetch, name="keyring", daemon=True).start()

    def _adopt(self) -> None:
        fetched, self._fetched = self._fetched, None
        if not isinstance(fetched, bytes) or not self._file.claim():
            self._stage = _Stage.FAILED
            self._tell(Keeping.UNAVAILABLE)
            return
        try:
            found = self._file.read(fetched)
        except StateError:
            self._stage = _Stage.FAILED
            self._tell(Keeping.UNAVAILABLE)
            return
        self._key = fetched
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
            key = self._key
        if key is None:
            return
        try:
            self._file.write(key, texts)
        except StateError:
            _log.warning("unsent text could not be written down")
            with self._word:
                if not self._closing:
                    self._schedule(AGAIN_AFTER_S)
            self._tell(Keeping.UNAVAILABLE)
        else:
            self._tell(Keeping.SEALED)

    def _forget(self) -> None:
        # An answer that comes late may have made a key.
        has_key = self._stage is _Stage.OPEN or isinstance(self._fetched, bytes)
        self._stage = _Stage.FORGOTTEN
        self._key = None
        self._fetched = None
        try:
            if self._file.claim():  # another window's file is not ours to remove
                self._file.remove()
                if has_key:
                    self._key_source.erase()
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
