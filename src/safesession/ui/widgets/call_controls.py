"""The row of round buttons below a call."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from safesession.ui.i18n import translate
from safesession.ui.view_models.call import CallViewModel
from safesession.ui.widgets.basics import CallButton
from safesession.ui.widgets.flow import flow_row


_NAMES = ("microphone", "camera", "text", "safety_code", "notes", "leave")


class CallControls(QFrame):
    """Microphone, camera, text, safety code, notes, leave: icon, word and full name."""

    microphone_toggled = Signal()
    camera_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "controls")
        row = QVBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        self.microphone = CallButton()
        self.camera = CallButton()
        self.text = CallButton()
        self.code = CallButton()
        self.notes = CallButton()
        self.notes.hide()
        self.leave = CallButton("danger")
        buttons = (
            self.microphone,
            self.camera,
            self.text,
            self.code,
            self.notes,
            self.leave,
        )
        for button, name in zip(buttons, _NAMES, strict=True):
            button.setObjectName(f"call_{name}")
        self.microphone.clicked.connect(self.microphone_toggled)
        self.camera.clicked.connect(self.camera_toggled)
        row.addWidget(flow_row(*buttons, spacing_px=10, centred=True))

    def show_call(self, call: CallViewModel) -> None:
        """Show what can be switched, and what it is now."""
        self._show_microphone(call)
        self._show_camera(call)
        verified = call.status.verified
        self.code.set_face(
            "shield" if verified else "shield-open",
            translate("CallView", "Safety code"),
            translate("CallView", "Safety code, verified (Ctrl+Shift+S)")
            if verified
            else translate("CallView", "Safety code, not yet compared (Ctrl+Shift+S)"),
        )
        self.leave.set_face(
            "leave",
            translate("CallView", "Leave"),
            translate("CallView", "Leave the session"),
        )

    def show_text(self, *, is_open: bool, unread: int) -> None:
        """Show whether the text panel is open, and what waits in it."""
        if is_open:
            name = translate("CallView", "Close text, it is open (Ctrl+Shift+C)")
        elif unread:
            name = translate("CallView", "Open text, {n} unread (Ctrl+Shift+C)").format(
                n=unread
            )
        else:
            name = translate("CallView", "Open text (Ctrl+Shift+C)")
        self.text.set_face("chat", translate("CallView", "Text"), name)
        self.text.set_count(unread)

    def show_notes(self, *, is_open: bool) -> None:
        """Show whether the notes are open."""
        self.notes.set_face(
            "record",
            translate("CallView", "Notes"),
            translate("CallView", "Close the notes, they are open (Ctrl+Shift+N)")
            if is_open
            else translate("CallView", "Open the notes (Ctrl+Shift+N)"),
        )

    def _show_microphone(self, call: CallViewModel) -> None:
        on = call.microphone_on
        caption = (
            translate("CallView", "Mute") if on else translate("CallView", "Unmute")
        )
        if call.reconnecting:
            name = _paused_microphone(on=on)
        elif on:
            name = translate("CallView", "Mute the microphone, it is on (Ctrl+D)")
        else:
            name = translate("CallView", "Switch the microphone on, it is off (Ctrl+D)")
        self.microphone.set_face("mic" if on else "mic-off", caption, name, off=not on)

    def _show_camera(self, call: CallViewModel) -> None:
        on = call.camera_on
        if on:
            caption = translate("CallView", "Stop camera")
        else:
            caption = translate("CallView", "Start camera")
        if call.reconnecting:
            name = _paused_camera(on=on)
        elif on:
            name = translate("CallView", "Switch the camera off, it is on (Ctrl+E)")
        else:
            name = translate("CallView", "Switch the camera on, it is off (Ctrl+E)")
        icon = "camera" if on else "camera-off"
        self.camera.set_face(icon, caption, name, off=not on)


def _paused_microphone(*, on: bool) -> str:
    if on:
        return translate(
            "CallView",
            "The microphone is off and comes back on with the line. Keep it muted "
            "then (Ctrl+D)",
        )
    return translate(
        "CallView",
        "The microphone is off and stays muted. Switch it on with the line (Ctrl+D)",
    )


def _paused_camera(*, on: bool) -> str:
    if on:
        return translate(
            "CallView",
            "The camera is off and comes back on with the line. Keep it off then "
            "(Ctrl+E)",
        )
    return translate(
        "CallView",
        "The camera is off and stays off. Switch it on with the line (Ctrl+E)",
    )
