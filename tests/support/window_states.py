"""States that tests of windows begin with, and a person's simplest acts."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from safesession.core.contact_view import ContactState, ContactView
from safesession.core.status import (
    CaptureState,
    Phase,
    Role,
    SafetyCodeState,
    SafetyCodeView,
    ServerLink,
    SessionStatus,
    TextRoute,
)
from safesession.ui.gallery import GALLERY_CLOCK_S, GALLERY_NOW_S, SERVER


BASE = SessionStatus(role=Role.CLIENT, server_link=ServerLink.UP, server_origin=SERVER)
IN_CALL = replace(
    BASE,
    phase=Phase.IN_CALL,
    in_call_since=GALLERY_CLOCK_S - 10,
    microphone=CaptureState.ON,
    camera=CaptureState.ON,
    text_route=TextRoute.DATA_CHANNEL,
    safety_code=SafetyCodeView(state=SafetyCodeState.READY),
    contact=ContactView(ContactState.TOGETHER, met_s=GALLERY_NOW_S - 600),
)
LOST = replace(
    IN_CALL,
    phase=Phase.RECONNECTING,
    microphone=CaptureState.OFF,
    camera=CaptureState.OFF,
    text_route=TextRoute.RELAY,
    contact=replace(
        IN_CALL.contact,
        state=ContactState.AWAY,
        away_since_s=GALLERY_NOW_S - 12,
        gaps=1,
    ),
)


def press(qtbot, window: QWidget, name: str) -> None:
    """Click a button by its object name."""
    found = [one for one in window.findChildren(QWidget, name) if one.isVisible()]
    assert len(found) == 1, name
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


def words_of(window: QWidget, name: str) -> str:
    """Return the words in or below a widget."""
    widget = window.findChild(QWidget, name)
    assert widget is not None, name
    if isinstance(widget, (QLabel, QPushButton)):
        return widget.accessibleName() or widget.text()
    labels = widget.findChildren(QLabel)
    return " ".join(one.accessibleName() or one.text() for one in labels)
