"""The call page: badge, names, connection words, capture problems, banner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.contact_view import ContactState
from safesession.core.inputs import Command, Leave, RetryNow
from safesession.core.status import (
    CaptureState,
    Phase,
    Role,
    SafetyCodeState,
    SessionStatus,
)
from safesession.ui import texts
from safesession.ui.error_texts import (
    ErrorText,
    WayOn,
    camera_text,
    microphone_text,
    ways_on,
)
from safesession.ui.i18n import translate


class BadgeShape(Enum):
    """The badge says its state by shape and by words, never by colour alone."""

    OPEN_SHIELD = "shield-open"
    SHIELD = "shield"
    PAUSE = "pause"


class Capture(Enum):
    """The two things this machine captures."""

    MICROPHONE = "microphone"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class CaptureStrip:
    """One capture problem with its ways on."""

    capture: Capture
    state: CaptureState
    text: ErrorText
    ways: tuple[WayOn, ...]


_CAPTURING = (CaptureState.ON, CaptureState.STARTING, CaptureState.DEMO)


class CallViewModel(QObject):
    """Everything the call page shows apart from pictures, words and texts."""

    changed = Signal()

    def __init__(
        self,
        submit: Callable[[Command], None],
        now_s: Callable[[], float],
        role: Role,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._now_s = now_s
        self._status = SessionStatus(role=role)
        self._wants = dict.fromkeys(Capture, True)

    @property
    def status(self) -> SessionStatus:
        """The newest snapshot."""
        return self._status

    @property
    def microphone_on(self) -> bool:
        """True while this machine captures sound, or will when the line is back."""
        if self.reconnecting:
            return self._wants[Capture.MICROPHONE]
        return self._status.microphone in _CAPTURING

    @property
    def camera_on(self) -> bool:
        """True while this machine captures pictures, or will when the line is back."""
        if self.reconnecting:
            return self._wants[Capture.CAMERA]
        return self._status.camera in _CAPTURING

    def want(self, capture: Capture, on: bool) -> None:
        """The person's own switch; nothing is captured while the line is gone."""
        if self._wants[capture] is not on:
            self._wants[capture] = on
            self.changed.emit()

    @property
    def reconnecting(self) -> bool:
        """True while media is lost."""
        return self._status.phase is Phase.RECONNECTING

    @property
    def badge_shape(self) -> BadgeShape:
        """The shape of the badge."""
        if self.reconnecting:
            return BadgeShape.PAUSE
        return BadgeShape.SHIELD if self._status.verified else BadgeShape.OPEN_SHIELD

    def badge_text(self) -> str:
        """The badge in words."""
        code = self._status.safety_code
        if self._status.verified and code.verified_at is not None:
            return translate("CallView", "Encrypted · verified {time}").format(
                time=texts.clock_time(code.verified_at)
            )
        if self._status.verified:
            return translate("CallView", "Encrypted · verified")
        return translate("CallView", "Encrypted · not yet compared")

    def peer_name(self) -> str:
        """The other person's name, or a word for them."""
        if self._status.peer.display_name:
            return self._status.peer.display_name
        if self._status.role is Role.CLIENT:
            return translate("CallView", "Your counselor")
        return translate("CallView", "Your client")

    def elapsed_text(self) -> str:
        """The session's own clock; it stands while the session is suspended."""
        contact = self._status.contact
        if contact.met_s is None:
            return ""
        length = texts.elapsed(contact.length_s(self._now_s()))
        if contact.lost and contact.state is ContactState.SUSPENDED:
            return translate("CallView", "{time} · clock stopped").format(time=length)
        return length

    def path_text(self) -> str:
        """How media travels, in words."""
        match self._status.quality.path:
            case "direct":
                return translate("CallView", "Direct connection")
            case "relay":
                return translate(
                    "CallView", "Relayed by the institution (still encrypted)"
                )
            case _:
                return ""

    def path_icon(self) -> str:
        """The icon beside the connection words."""
        return "relay" if self._status.quality.path == "relay" else "direct"

    def peer_notes(self) -> tuple[str, ...]:
        """Short words about the other person's microphone and camera."""
        peer = self._status.peer
        notes: list[str] = []
        match peer.microphone:
            case CaptureState.ON | CaptureState.STARTING:
                pass
            case CaptureState.DEMO:
                notes.append(translate("CallView", "Demo voice"))
            case CaptureState.OFF:
                notes.append(translate("CallView", "Microphone off"))
            case _:
                notes.append(translate("CallView", "Microphone not available"))
        match peer.camera:
            case CaptureState.ON | CaptureState.STARTING:
                pass
            case CaptureState.DEMO:
                notes.append(translate("CallView", "Demo picture"))
            case CaptureState.OFF:
                notes.append(translate("CallView", "Camera off"))
            case _:
                notes.append(translate("CallView", "Camera not available"))
        return tuple(notes)

    def remote_placeholder(self) -> str:
        """What stands where the other person's picture is missing."""
        if self.reconnecting:
            return ""
        match self._status.peer.camera:
            case CaptureState.OFF:
                return translate("CallView", "The camera is switched off")
            case CaptureState.ON | CaptureState.STARTING | CaptureState.DEMO:
                return translate("CallView", "The picture is on its way")
            case _:
                return translate("CallView", "No camera on the other side")

    @property
    def remote_picture_expected(self) -> bool:
        """True while the other side sends pictures."""
        return self._status.peer.camera in _CAPTURING

    def self_label(self) -> str:
        """The caption of the own picture."""
        if self._status.camera is CaptureState.DEMO:
            return translate("CallView", "You · demo picture")
        return translate("CallView", "You")

    def capture_strips(self) -> tuple[CaptureStrip, ...]:
        """The capture problems to show, microphone first."""
        strips: list[CaptureStrip] = []
        quiet = (CaptureState.DEMO,)
        status = self._status
        sound, picture = (
            microphone_text(status.microphone),
            camera_text(status.camera),
        )
        if sound is not None and status.microphone not in quiet:
            ways = ways_on(status.microphone)
            strips.append(
                CaptureStrip(Capture.MICROPHONE, status.microphone, sound, ways)
            )
        if picture is not None and status.camera not in quiet:
            ways = ways_on(status.camera)
            strips.append(CaptureStrip(Capture.CAMERA, status.camera, picture, ways))
        return tuple(strips)

    @property
    def safety_code_due(self) -> bool:
        """True while the comparison has not been made."""
        return self._status.safety_code.state is SafetyCodeState.READY

    def leave(self) -> None:
        """End the session (already confirmed)."""
        self._submit(Leave())

    def retry(self) -> None:
        """Do not wait for the next try."""
        self._submit(RetryNow())

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        if status == self._status:
            return
        self._status = status
        self.changed.emit()
