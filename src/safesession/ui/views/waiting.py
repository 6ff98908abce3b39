"""The waiting room, and the short page while the line is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from safesession.core.ports import FrameSlotPort
from safesession.core.status import Problem
from safesession.ui.error_texts import problem_text
from safesession.ui.i18n import translate
from safesession.ui.view_models.waiting import StepState, WaitingViewModel
from safesession.ui.widgets.basics import (
    AppButton,
    IconLabel,
    Paragraph,
    card,
    label,
)
from safesession.ui.widgets.flow import flow_row
from safesession.ui.widgets.page import PageColumn
from safesession.ui.widgets.strip import Strip
from safesession.ui.widgets.video_surface import VideoSurface


class WaitingView(PageColumn):
    """Own picture, one status line, and a way to leave quietly."""

    microphone_toggled = Signal(bool)
    camera_toggled = Signal(bool)

    def __init__(
        self, view_model: WaitingViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, width_px=520)
        self.setObjectName("page_waiting")
        self.view_model = view_model
        self.preview = VideoSurface(radius_px=10, fill=True, mirrored=True)
        self.preview.setFixedSize(360, 203)
        self._title = label("title")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._line = Paragraph("muted")
        self._line.set_centred()
        self._line.setObjectName("waiting_line")
        self._strip = Strip("warn")
        self._strip.action_chosen.connect(lambda _key: view_model.retry())
        self._microphone = AppButton("", "mic")
        self._microphone.setObjectName("waiting_microphone")
        self._microphone.clicked.connect(
            lambda: self.microphone_toggled.emit(not view_model.microphone_on)
        )
        self._camera = AppButton("", "camera")
        self._camera.setObjectName("waiting_camera")
        self._camera.clicked.connect(
            lambda: self.camera_toggled.emit(not view_model.camera_on)
        )
        self._leave = AppButton("plain", "leave")
        self._leave.setObjectName("leave_quietly")
        self._leave.clicked.connect(view_model.leave)
        self.column.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(flow_row(self._microphone, self._camera, centred=True))
        self.column.addSpacing(8)
        for widget in (self._title, self._line, self._strip):
            self.column.addWidget(widget)
        self.column.addWidget(flow_row(self._leave, centred=True))
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        return self._leave

    def attach(self, slot: FrameSlotPort | None) -> None:
        """Show the own picture."""
        self.preview.attach(slot)

    def refresh(self) -> None:
        """Show the view-model."""
        vm = self.view_model
        self._line.set_text(vm.status_line())
        problem = vm.problem
        if problem is None and vm.server_down:
            problem = Problem.SERVER_UNREACHABLE
        self._strip.set_text(problem_text(problem).joined() if problem else "")
        again = translate("WaitingView", "Try again")
        self._strip.set_actions([("retry", again)] if vm.server_down else [])
        if not vm.camera_on:
            self.preview.clear()
        self._microphone.set_icon_name("mic" if vm.microphone_on else "mic-off")
        self._camera.set_icon_name("camera" if vm.camera_on else "camera-off")
        self._microphone.setText(
            translate("WaitingView", "Microphone is on")
            if vm.microphone_on
            else translate("WaitingView", "Microphone is off")
        )
        self._camera.setText(
            translate("WaitingView", "Camera is on")
            if vm.camera_on
            else translate("WaitingView", "Camera is off")
        )
        self._microphone.setAccessibleName(
            translate("WaitingView", "Switch the microphone off, it is on")
            if vm.microphone_on
            else translate("WaitingView", "Switch the microphone on, it is off")
        )
        self._camera.setAccessibleName(
            translate("WaitingView", "Switch the camera off, it is on")
            if vm.camera_on
            else translate("WaitingView", "Switch the camera on, it is off")
        )

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("WaitingView", "Waiting room"))
        self.preview.set_placeholder(
            translate("WaitingView", "Only you see this picture")
        )
        self._leave.setText(translate("WaitingView", "Leave quietly"))
        self.refresh()


class PairingView(PageColumn):
    """Three quiet steps; nothing moves, nothing blinks."""

    def __init__(
        self, view_model: WaitingViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, width_px=460)
        self.setObjectName("page_pairing")
        self.view_model = view_model
        self._title = label("title")
        self._lead = Paragraph("muted")
        frame, column = card()
        self._rows: list[tuple[IconLabel, QWidget]] = []
        self._words = []
        for _ in range(3):
            row = QHBoxLayout()
            row.setSpacing(12)
            icon, words = IconLabel("ring", 22, "muted"), label("")
            row.addWidget(icon)
            row.addWidget(words, 1)
            column.addLayout(row)
            self._rows.append((icon, words))
            self._words.append(words)
        self._strip = Strip("warn")
        self._strip.action_chosen.connect(lambda _key: view_model.retry())
        self._leave = AppButton("plain", "close")
        self._leave.setObjectName("pairing_cancel")
        self._leave.clicked.connect(view_model.leave)
        for widget in (self._title, self._lead, frame, self._strip):
            self.column.addWidget(widget)
        self.column.addWidget(flow_row(self._leave))
        view_model.changed.connect(self.refresh)
        self.retranslate()

    def first_focus(self) -> QWidget:
        """Return what the keyboard starts on."""
        return self._leave

    def refresh(self) -> None:
        """Show the view-model."""
        steps = zip(self._rows, self._words, self.view_model.steps(), strict=True)
        for (icon, _), words, (text, state) in steps:
            words.setText(text)
            icon_name, token, spoken = _step_face(state)
            icon.set_icon(icon_name, token)
            words.setAccessibleName(spoken.format(step=text))
        problem = self.view_model.problem
        if problem is None and self.view_model.server_down:
            problem = Problem.SERVER_UNREACHABLE
        self._strip.set_text(problem_text(problem).joined() if problem else "")
        again = translate("PairingView", "Try again")
        self._strip.set_actions([("retry", again)] if problem else [])

    def retranslate(self) -> None:
        """Put all words in again."""
        self._title.setText(translate("PairingView", "One moment, please"))
        self._lead.set_text(
            translate(
                "PairingView",
                "Sound and picture start only when the line is proven private.",
            )
        )
        self._leave.setText(translate("PairingView", "Cancel"))
        self.refresh()


def _step_face(state: StepState) -> tuple[str, str, str]:
    """Return icon, colour token and spoken words of a step."""
    match state:
        case StepState.DONE:
            return "check-circle", "ok", translate("PairingView", "{step}: done")
        case StepState.RUNNING:
            return "clock", "primary", translate("PairingView", "{step}: under way")
        case StepState.AHEAD:
            return "ring", "input_border", translate("PairingView", "{step}: not yet")
