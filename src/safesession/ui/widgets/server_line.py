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
        name = origin.partition("://")[2] or origin
        if not name:
            self._icon.set_icon("ring", "muted")
            self._words.setText(translate("ServerLine", "The link names the server"))
            return
        icon, token, text = _face(link)
        self._icon.set_icon(icon, token)
        self._words.setText(text.format(name=name))


def _face(link: ServerLink) -> tuple[str, str, str]:
    """Return icon, colour token and words of a line's state."""
    match link:
        case ServerLink.IDLE:
            words = translate("ServerLine", "Server: {name}")
            return "ring", "muted", words
        case ServerLink.UP:
            words = translate("ServerLine", "Server: {name} · connected")
            return "check-circle", "ok", words
        case ServerLink.CONNECTING:
            words = translate("ServerLine", "Server: {name} · connecting…")
            return "clock", "muted", words
        case ServerLink.DOWN:
            words = translate("ServerLine", "Server: {name} · no answer yet")
            return "warn", "warn", words
