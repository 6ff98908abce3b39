"""Outcomes of the vault's thread, told on the GUI thread; forgotten on demand.

Nothing that came back may outlive a lock: `forget` drops every outcome that nobody
was told yet, and what is posted between the threads is a number only.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from safesession.core.vault_port import Outcome
from safesession.errors import SafeSessionError


_T = TypeVar("_T")
Failed = Callable[[str], None]  # takes the error's code
UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class _Waiting:
    outcome: Outcome[Any] = field(repr=False)
    done: Callable[[Any], None] = field(repr=False)
    failed: Failed = field(repr=False)


class Answers(QObject):
    """Who waits for which outcome."""

    _arrived = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tickets = itertools.count()
        self._waiting: dict[int, _Waiting] = {}
        self._arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def ask(
        self, outcome: Outcome[_T], done: Callable[[_T], None], failed: Failed
    ) -> None:
        """Call one of the two on the GUI thread; callables must hold no text."""
        ticket = next(self._tickets)
        self._waiting[ticket] = _Waiting(outcome, done, failed)
        reference = weakref.ref(self)  # an outcome may outlive a window
        outcome.add_done_callback(lambda _outcome: _arrive(reference, ticket))

    def forget(self) -> None:
        """Tell nobody anything any more about what was asked so far."""
        self._waiting.clear()

    def _tell(self, ticket: int) -> None:
        waiting = self._waiting.pop(ticket, None)
        if waiting is None:
            return
        try:
            result = waiting.outcome.result()
        except SafeSessionError as error:
            waiting.failed(error.code)
        except Exception:  # noqa: BLE001 - a busy page must come to rest
            waiting.failed(UNEXPECTED)
        else:
            waiting.done(result)


def _arrive(reference: weakref.ref[Answers], ticket: int) -> None:
    answers = reference()
    if answers is None:
        return
    try:
        answers._arrived.emit(ticket)  # noqa: SLF001 - a part of the class
    except RuntimeError:  # its window is gone: nobody is to be told
        return
