"""The text panel: messages with delivery states and a composer.

Enter sends, Shift+Enter makes a new line; Enter inside an input method's
composition only confirms the composition.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from safesession.core.status import TextDirection, TextRoute, TextState
from safesession.ui import texts
from safesession.ui.i18n import translate
from safesession.ui.view_models.chat import ChatLine, ChatViewModel
from safesession.ui.view_models.unsent import UnsentViewModel
from safesession.ui.views.unsent import UnsentCard
from safesession.ui.widgets.basics import AppButton, IconLabel, label


_COMPOSER_LINES = 4


class Composer(QPlainTextEdit):
    """Where a message is typed."""

    send_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self.updateGeometry)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether a composition is under way."""
        super().inputMethodEvent(event)
        self._composing = bool(event.preeditString())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends, unless it confirms a composition or has Shift."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if enter and not shift:
            if not self._composing:
                self.send_requested.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """One to four lines high."""
        lines = max(1, min(_COMPOSER_LINES, self.document().lineCount()))
        line_px = self.fontMetrics().lineSpacing()
        return QSize(120, lines * line_px + 24)

    def minimumSizeHint(self) -> QSize:
        """As high as it wants to be."""
        return self.sizeHint()


class _Bubble(QFrame):
    """One message."""

    def __init__(self, line: ChatLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sent = line.direction is TextDirection.SENT
        self.setProperty("role", "bubble")
        self.setProperty("tone", "sent" if sent else "received")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        self._icon = IconLabel("clock", 14, "muted", self)
        self._foot = label("caption", self)
        foot.addWidget(self._icon)
        foot.addWidget(self._foot, 1)
        column.addWidget(self._text)
        column.addLayout(foot)
        self.show_line(line)

    def show_line(self, line: ChatLine) -> None:
        """Show text, time and how far it got."""
        self._line = line
        # A zero-width space lets very long words break.
        self._text.setText(_breakable(line.text))
        time = texts.clock_time(line.at)
        if line.direction is TextDirection.RECEIVED:
            self._icon.hide()
            self._foot.setText(time)
            who = translate("ChatView", "Received {time}: {text}")
        else:
            icon, state = _delivery(line.state)
            self._icon.set_icon(icon)
            self._foot.setText(state.format(time=time))
            who = translate("ChatView", "You wrote {time}: {text}")
        self._text.setAccessibleName(who.format(time=time, text=line.text))

    def retranslate(self) -> None:
        """Put the words in again."""
        self.show_line(self._line)


class ChatPanel(QWidget):
    """Shows a `ChatViewModel`."""

    def __init__(
        self,
        view_model: ChatViewModel,
        unsent: UnsentViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chat_panel")
        self.view_model = view_model
        self._bubbles: dict[tuple[TextDirection, int], _Bubble] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 4, 16, 16)
        outer.setSpacing(8)
        self._route = label("caption", self)
        self._route.setObjectName("chat_route")
        outer.addWidget(self._route)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("role", "clear")
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(8)
        self._empty = label("muted", inner)
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        self._scroll.setWidget(inner)
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(lambda _low, high: bar.setValue(high))
        outer.addWidget(self._scroll, 1)
        self._unsent = unsent
        self._build_composer(outer)
        unsent.changed.connect(self.refresh)
        view_model.line_added.connect(self._add)
        view_model.line_changed.connect(self._change)
        view_model.changed.connect(self.refresh)
        for line in view_model.lines:
            self._add(line)
        self.retranslate()

    def _build_composer(self, outer: QVBoxLayout) -> None:
        self.unsent = UnsentCard(self._unsent, beside_composer=True)
        outer.addWidget(self.unsent)
        self._promise = label("caption", self)
        self._promise.setObjectName("chat_promise")
        self.composer = Composer(self)
        self.composer.setObjectName("chat_composer")
        self.composer.textChanged.connect(self._typed)
        self.composer.send_requested.connect(self._send)
        outer.addWidget(self.composer)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self._counter = label("caption", self)
        self._counter.setObjectName("chat_counter")
        self.send_button = AppButton("primary", "send", self)
        self.send_button.setObjectName("chat_send")
        self.send_button.clicked.connect(self._send)
        foot.addWidget(self._counter, 1)
        foot.addWidget(self.send_button)
        outer.addLayout(foot)
        outer.addWidget(self._promise)

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def refresh(self) -> None:
        """Show draft, counter and route."""
        vm = self.view_model
        if self.composer.toPlainText() != vm.draft:
            self.composer.setPlainText(vm.draft)
        self.send_button.setEnabled(vm.may_send)
        left = vm.characters_left
        if left < 0:
            counter = translate("ChatView", "{n} characters too many").format(n=-left)
        elif vm.counter_visible:
            counter = translate("ChatView", "{n} characters left").format(n=left)
        else:
            counter = translate("ChatView", "Enter sends, Shift+Enter: new line")
        self._counter.setProperty("role", "error" if left < 0 else "caption")
        style = self._counter.style()
        style.unpolish(self._counter)
        style.polish(self._counter)
        self._counter.setText(counter)
        self._route.setText(_route_words(vm.route))
        promise = self._unsent.promise()
        self._promise.setText(promise)
        self._promise.setVisible(bool(promise))
        self._empty.setVisible(not vm.lines)

    def forget(self) -> None:
        """Remove all messages from sight."""
        for bubble in self._bubbles.values():
            bubble.setParent(None)
            bubble.deleteLater()
        self._bubbles.clear()

    def retranslate(self) -> None:
        """Put all words in again."""
        self._empty.setText(
            translate(
                "ChatView",
                "Nothing written yet. What you write to each other stays only as "
                "long as this window is open.",
            )
        )
        self.composer.setPlaceholderText(translate("ChatView", "Write a message"))
        self.composer.setAccessibleName(translate("ChatView", "Write a message"))
        self.send_button.setText(translate("ChatView", "Send"))
        for bubble in self._bubbles.values():
            bubble.retranslate()
        self.unsent.retranslate()
        self.refresh()

    def _typed(self) -> None:
        self.view_model.set_draft(self.composer.toPlainText())

    def _send(self) -> None:
        if self.view_model.send():
            self.composer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, line: ChatLine) -> None:
        bubble = _Bubble(self.view_model.shown(line))
        self._bubbles[line.direction, line.message_id] = bubble
        row = QHBoxLayout()
        if line.direction is TextDirection.SENT:
            row.addSpacing(36)
            row.addWidget(bubble, 1)
        else:
            row.addWidget(bubble, 1)
            row.addSpacing(36)
        self._list.insertLayout(self._list.count() - 1, row)
        self._empty.hide()

    def _change(self, line: ChatLine) -> None:
        bubble = self._bubbles[line.direction, line.message_id]
        bubble.show_line(self.view_model.shown(line))


def _breakable(text: str, every: int = 24) -> str:
    """Return the text with break chances inside very long runs of letters."""
    words = []
    for word in text.split(" "):
        pieces = [word[i : i + every] for i in range(0, len(word), every)]
        words.append("\u200b".join(pieces))
    return " ".join(words)


def _delivery(state: TextState) -> tuple[str, str]:
    """Return icon and words of how far a sent message got."""
    match state:
        case TextState.QUEUED:
            return "clock", translate("ChatView", "{time} · waiting for the line")
        case TextState.SENT:
            return "send", translate("ChatView", "{time} · sent")
        case TextState.DELIVERED:
            return "check", translate("ChatView", "{time} · delivered")


def _route_words(route: TextRoute) -> str:
    match route:
        case TextRoute.DATA_CHANNEL:
            return translate("ChatView", "Encrypted, straight to the other person")
        case TextRoute.RELAY:
            return translate("ChatView", "Encrypted, through the institution's server")
        case TextRoute.NONE:
            return translate(
                "ChatView", "Kept here for now, sent when the line is back"
            )
