"""A button that says what is chosen and opens the choices as a menu.

The choices are asked for when it opens and let go of when it closes: a menu that is
shut holds no words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from safesession.ui.widgets.basics import AppButton


_T = TypeVar("_T")
Choices = Callable[[], Sequence[tuple[_T, str]]]


class ChoiceButton(AppButton, Generic[_T]):
    """One of several. `choose` is called with what a person picked."""

    def __init__(
        self,
        name: str,
        choices: Choices[_T],
        choose: Callable[[_T], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", "", parent)
        self.setObjectName(name)
        self._choices = choices
        self._choose = choose
        self._present: _T | None = None
        self.menu_shown = QMenu(self)
        # Queued: the action that was chosen is told after the menu has hidden.
        self.menu_shown.aboutToHide.connect(
            self.menu_shown.clear, Qt.ConnectionType.QueuedConnection
        )
        self.clicked.connect(self.open)

    def show_choice(self, present: _T, words: str, spoken: str) -> None:
        """Say what is chosen; `spoken`: what the choice is about."""
        self._present = present
        self.setText(f"{words} ▾".replace("&", "&&"))
        self.setAccessibleName(f"{spoken}: {words}")
        self.setToolTip(spoken)

    def open(self) -> None:
        """Open the choices below."""
        menu = self.menu_shown
        menu.clear()
        group = QActionGroup(menu)
        for value, words in self._choices():
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value == self._present)
            group.addAction(action)
            action.triggered.connect(self._picker(value))
            if value == self._present:
                menu.setActiveAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def close_menu(self) -> None:
        """Shut it without a choice."""
        self.menu_shown.hide()
        self.menu_shown.clear()

    def _picker(self, value: _T) -> Callable[[], None]:
        return lambda: self._choose(value)
