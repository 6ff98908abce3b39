"""The spoken comparison: which step is on, and what was picked."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.inputs import Command, PickSafetyCode, StartSafetyCode
from safesession.core.status import SafetyCodeState, SafetyCodeView


class CodeForm(Enum):
    """How the code is shown."""

    WORDS = "words"
    NUMBERS = "numbers"


class SafetyCodeViewModel(QObject):
    """The two words to read, the four pairs to pick from."""

    changed = Signal()
    comparison_opened = Signal()  # the words have just appeared

    def __init__(
        self, submit: Callable[[Command], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._view = SafetyCodeView()
        self._form = CodeForm.WORDS
        self._picked = False

    @property
    def view(self) -> SafetyCodeView:
        """The newest snapshot of the comparison."""
        return self._view

    @property
    def state(self) -> SafetyCodeState:
        """Where the comparison stands."""
        return self._view.state

    @property
    def form(self) -> CodeForm:
        """Words or numbers."""
        return self._form

    @property
    def may_pick(self) -> bool:
        """True until this person has chosen once."""
        return self.state is SafetyCodeState.COMPARING and not self._picked

    def set_form(self, form: CodeForm) -> None:
        """Show words or numbers."""
        if form is not self._form:
            self._form = form
            self.changed.emit()

    def start(self) -> None:
        """Begin, or begin again."""
        self._submit(StartSafetyCode())

    def pick(self, choice: int | None) -> None:
        """Answer with a pair, or None for "none of these"; counts once."""
        if self.may_pick:
            self._picked = True
            self._submit(PickSafetyCode(choice))
            self.changed.emit()

    def update(self, view: SafetyCodeView) -> None:
        """Take a new snapshot."""
        if view == self._view:
            return
        before = self._view
        self._view = view
        fresh = view.read_aloud != before.read_aloud or view.choices != before.choices
        if fresh or view.state is SafetyCodeState.READY:
            self._picked = False
        self.changed.emit()
        comparing = SafetyCodeState.COMPARING
        if view.state is comparing and before.state is not comparing:
            self.comparison_opened.emit()
