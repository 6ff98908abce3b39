"""The bar on top of a call: badge, name, time, connection words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from safesession.ui.i18n import translate
from safesession.ui.view_models.call import BadgeShape, CallViewModel
from safesession.ui.widgets.basics import (
    AppButton,
    IconButton,
    IconLabel,
    label,
    repolish,
)
from safesession.ui.widgets.flow import flow_row


class CallBar(QFrame):
    """Wraps when words are large; never cuts them."""

    badge_clicked = Signal()
    help_requested = Signal()
    menu_requested = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "topbar")
        self.badge = AppButton("badge", "shield-open", self)
        self.badge.setObjectName("badge")
        self.badge.clicked.connect(self.badge_clicked)
        self._name = label("section", self, wrap=False)
        self._name.setObjectName("peer_name")
        self._elapsed = label("muted", self, wrap=False)
        self._elapsed.setObjectName("elapsed")
        self._path_icon = IconLabel("direct", 18, "muted", self)
        self._path = label("muted", self, wrap=False)
        self._path.setObjectName("connection_words")
        path = QWidget(self)
        path_row = QHBoxLayout(path)
        path_row.setContentsMargins(0, 0, 0, 0)
        path_row.setSpacing(6)
        path_row.addWidget(self._path_icon)
        path_row.addWidget(self._path)
        self._path_box = path
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(
            flow_row(self.badge, self._name, self._elapsed, path, spacing_px=16), 1
        )
        self.menu = IconButton("menu", self)
        self.menu.setObjectName("call_menu")
        self.menu.clicked.connect(lambda: self.menu_requested.emit(self.menu))
        self.help = IconButton("help", self)
        self.help.setObjectName("call_help")
        self.help.clicked.connect(self.help_requested)
        for button in (self.menu, self.help):
            # Beside the first line, also where the words take two.
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_call(self, call: CallViewModel) -> None:
        """Show everything."""
        shape = call.badge_shape
        self.badge.set_icon_name(shape.value)
        tone = {
            BadgeShape.SHIELD: "ok",
            BadgeShape.OPEN_SHIELD: "info",
            BadgeShape.PAUSE: "warn",
        }[shape]
        if self.badge.property("tone") != tone:
            self.badge.setProperty("tone", tone)
            repolish(self.badge)
        words = call.badge_text()
        self.badge.setText(words)
        self.badge.setAccessibleName(
            translate("CallView", "{state}. Open the safety code").format(state=words)
        )
        self._name.setText(call.peer_name())
        path = call.path_text()
        self._path.setText(path)
        self._path_icon.set_icon(call.path_icon())
        self._path_box.setVisible(bool(path) and not call.reconnecting)
        self.menu.set_words(translate("Header", "Devices, text size and appearance"))
        self.help.set_words(translate("Header", "Help (F1)"))
        self.show_times(call)

    def show_times(self, call: CallViewModel) -> None:
        """Show what changes every second; screen readers are left in peace."""
        text = call.elapsed_text()
        if text != self._elapsed.text():
            self._elapsed.setText(text)
        self._elapsed.setVisible(bool(text))
