"""The spoken comparison: read two words, hear two words, pick the pair.

Both languages stand side by side always, so two people with different window
languages read the same thing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from safesession.core.status import SafetyCodeState
from safesession.ui import texts
from safesession.ui.i18n import translate
from safesession.ui.safety_words import SafetyWord, word_pair
from safesession.ui.theme.fonts import colour_emoji_family
from safesession.ui.view_models.safety_code import CodeForm, SafetyCodeViewModel
from safesession.ui.widgets.basics import AppButton, Paragraph, label, repolish
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.strip import Strip


class WordCard(QFrame):
    """One word, large, in both languages; with its picture if there is a font."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "word")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        self._emoji = QLabel(self)
        family = colour_emoji_family()
        if family is not None:
            font = QFont(family)
            font.setPixelSize(32)
            self._emoji.setFont(font)
        self._emoji.setVisible(family is not None)
        self._words = label("title", self)
        row.addWidget(self._emoji)
        row.addWidget(self._words, 1)

    def show_word(self, word: SafetyWord) -> None:
        """Show a word of the table."""
        self._emoji.setText(word.emoji)
        self._words.setText(word.both)

    def show_number(self, number: str) -> None:
        """Show a number in two groups, easy to read aloud."""
        self._emoji.setText("")
        self._words.setText(f"{number[:3]} {number[3:]}")
        self._words.setAccessibleName(" ".join(number))


class PairButton(AppButton):
    """One of the four pairs; two lines when it needs them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("choice", parent=parent)

    def show_words(self, words: tuple[SafetyWord, SafetyWord]) -> None:
        """Show two words."""
        self.setText(f"{words[0].both}\n{words[1].both}")
        self.setAccessibleName(f"{words[0].both}, {words[1].both}")

    def show_number(self, number: str) -> None:
        """Show a number."""
        self.setText(f"{number[:3]} {number[3:]}")
        self.setAccessibleName(" ".join(number))

    def sizeHint(self) -> QSize:
        """Room for both lines."""
        metrics = self.fontMetrics()
        lines = self.text().split("\n")
        width = max(metrics.horizontalAdvance(line) for line in lines) + 30
        return QSize(width, metrics.lineSpacing() * len(lines) + 22)

    def minimumSizeHint(self) -> QSize:
        """Words must not be cut."""
        return self.sizeHint()


class SafetyCodePanel(QScrollArea):
    """Shows a `SafetyCodeViewModel`."""

    def __init__(
        self, view_model: SafetyCodeViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("safety_panel")
        self.view_model = view_model
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("role", "clear")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 16)
        column.setSpacing(10)
        self._result = Strip("info")
        self._result.setObjectName("safety_result")
        self._why = Paragraph("muted")
        self._start = AppButton("primary", "shield")
        self._start.setObjectName("safety_start")
        self._start.clicked.connect(view_model.start)
        self._read_title = label("section")
        self._read = (WordCard(), WordCard())
        self._pick_title = label("section")
        self._pick_hint = Paragraph("muted")
        self._pairs = [PairButton() for _ in range(4)]
        self._none = AppButton("choice")
        self._none.setObjectName("safety_none")
        self._none.clicked.connect(lambda: view_model.pick(None))
        self._form = AppButton("plain")
        self._form.setObjectName("safety_form")
        self._form.clicked.connect(self._toggle_form)
        for index, button in enumerate(self._pairs):
            button.setObjectName(f"safety_choice_{index}")
            button.clicked.connect(self._picker(index))
        for widget in (
            self._result,
            self._why,
            self._start,
            self._read_title,
            *self._read,
            self._pick_title,
            self._pick_hint,
            flow_row(*self._pairs, spacing_px=8, uniform=True),
            self._none,
            self._form,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inner)
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        return self._start if self._start.isVisibleTo(self) else self._form

    def refresh(self) -> None:
        """Show the view-model."""
        vm = self.view_model
        state = vm.state
        reading = (
            state in (SafetyCodeState.COMPARING, SafetyCodeState.WAITING_PEER)
            and vm.view.read_aloud is not None
        )
        picking = reading and state is SafetyCodeState.COMPARING
        self._why.setVisible(not reading)
        role = "" if state is SafetyCodeState.MATCHED else "primary"
        if self._start.property("role") != role:
            self._start.setProperty("role", role)
            repolish(self._start)
        may_start = state in (SafetyCodeState.READY, SafetyCodeState.MATCHED)
        self._start.setVisible(may_start)
        self._read_title.setVisible(reading)
        for widget in (self._pick_title, self._pick_hint, self._none):
            widget.setVisible(picking)
        self._form.setVisible(reading)
        self._show_read(reading)
        self._show_choices(picking)
        self._show_result()
        self._words()

    def retranslate(self) -> None:
        """Put all words in again."""
        self.refresh()

    def _show_read(self, reading: bool) -> None:
        view = self.view_model.view
        numbers = self.view_model.form is CodeForm.NUMBERS
        self._read[0].setVisible(reading)
        self._read[1].setVisible(reading and not numbers)
        if not reading or view.read_aloud is None:
            return
        if numbers:
            self._read[0].show_number(view.read_number)
        else:
            for card, word in zip(self._read, word_pair(view.read_aloud), strict=True):
                card.show_word(word)

    def _show_choices(self, picking: bool) -> None:
        vm = self.view_model
        numbers = vm.form is CodeForm.NUMBERS
        for index, button in enumerate(self._pairs):
            button.setVisible(picking and index < len(vm.view.choices))
            button.setEnabled(vm.may_pick)
            if index >= len(vm.view.choices):
                continue
            if numbers and index < len(vm.view.choice_numbers):
                button.show_number(vm.view.choice_numbers[index])
            else:
                button.show_words(word_pair(vm.view.choices[index]))
        self._none.setEnabled(vm.may_pick)

    def _show_result(self) -> None:
        tone, text = _result(self.view_model)
        self._result.set_tone(tone)
        self._result.set_text(text)

    def _words(self) -> None:
        numbers = self.view_model.form is CodeForm.NUMBERS
        self._why.set_text(
            translate(
                "SafetyView",
                "You each read two words aloud and pick what you heard. If they fit, "
                "you know that this line ends at the person you see, and that nobody "
                "is listening in between. It takes about 15 seconds.",
            )
        )
        again = self.view_model.state is SafetyCodeState.MATCHED
        self._start.setText(
            translate("SafetyView", "Compare again")
            if again
            else translate("SafetyView", "Start comparing")
        )
        self._read_title.setText(
            translate("SafetyView", "1. Read this number aloud")
            if numbers
            else translate("SafetyView", "1. Read these two aloud")
        )
        self._pick_title.setText(translate("SafetyView", "2. What did you hear?"))
        self._pick_hint.set_text(
            translate("SafetyView", "Pick only what the other person said aloud.")
        )
        self._none.setText(translate("SafetyView", "None of these"))
        self._form.setText(
            translate("SafetyView", "Use words instead")
            if numbers
            else translate("SafetyView", "Use numbers instead")
        )

    def _toggle_form(self) -> None:
        words = self.view_model.form is CodeForm.WORDS
        self.view_model.set_form(CodeForm.NUMBERS if words else CodeForm.WORDS)

    def _picker(self, index: int) -> Callable[[], None]:
        return lambda: self.view_model.pick(index)


def _result(view_model: SafetyCodeViewModel) -> tuple[str, str]:
    """Return tone and words of the strip on top."""
    view = view_model.view
    match view.state:
        case SafetyCodeState.NOT_YET:
            return "info", translate("SafetyView", "Ready as soon as the line stands.")
        case SafetyCodeState.COMPARING if not view_model.may_pick:
            return "info", translate("SafetyView", "One moment, checking…")
        case SafetyCodeState.READY | SafetyCodeState.COMPARING:
            return "info", ""
        case SafetyCodeState.WAITING_PEER:
            return "info", translate(
                "SafetyView",
                "That is right. Now read your words once more; the other person is "
                "still choosing.",
            )
        case SafetyCodeState.MATCHED if view.verified_at is not None:
            words = translate(
                "SafetyView",
                "Verified at {time}. You are alone with each other; nobody sits "
                "between.",
            )
            return "ok", words.format(time=texts.clock_time(view.verified_at))
        case SafetyCodeState.MATCHED:
            return "ok", translate(
                "SafetyView", "You are alone with each other. Nobody sits between."
            )
        case SafetyCodeState.MISMATCHED:
            return "warn", translate(
                "SafetyView", "The words were not the same. Sound and picture stop."
            )
