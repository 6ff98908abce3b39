"""Says which server is asked and whether it answers: shape and words."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from safesession.core.status import ServerLink
from safesession.ui.i18n import translate
from safesession.ui.widgets.basics import IconLabel, label


class ServerLine(QWidget):
    """One quiet line with an icon."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._icon = IconLabel("ring", 18, "muted", self)
        self._words = label("muted", self)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)

    @property
    def text(self) -> str:
        """The words shown."""
        return self._words.text()

    def show_server(self, origin: str, link: ServerLink) -> None:
        """Show the server's name and the state of the line."""
        name = origin.removeprefix("https://")
        if not name:
            self._icon.set_icon("ring", "muted")
            self._words.setText(translate("ServerLine", "The link names the server"))
            return
        match link:
            case ServerLink.UP:
                icon, token = "check-circle", "ok"
                text = translate("ServerLine", "Server: {name} · connected")
            case ServerLink.CONNECTING:
                icon, token = "clock", "muted"
                text = translate("ServerLine", "Server: {name} · connecting…")
            case ServerLink.DOWN:
                icon, token = "warn", "warn"
                text = translate("ServerLine", "Server: {name} · no answer yet")
        self._icon.set_icon(icon, token)
        self._words.setText(text.format(name=name))
