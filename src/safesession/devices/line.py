"""One device in use: what the person wants, what the machine has, what happens.

A `Line` lives in the GUI thread and decides; a worker in a device thread opens
and closes what the line tells it to and reports cues. Cues of an older attempt
are ignored. After trouble the line tries again by itself.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from safesession.core.status import CaptureState
from safesession.devices.gate import Gate
from safesession.devices.lifecycle import Absence, Cue, Facts, Step, after, shown_state
from safesession.devices.listing import DeviceKind, DeviceList, device_id
from safesession.devices.permission import Consent, ask, camera_absence, consent_for


RETRY_MS = 2000
_TROUBLED = (Step.BLOCKED, Step.CUT)


class Line(QObject):
    """Follows one `DeviceList` and drives one worker."""

    state_changed = Signal(object)
    """A new `CaptureState`."""

    open_requested = Signal(int, object)
    """Attempt number and the QAudioDevice or QCameraDevice to open."""

    close_requested = Signal()

    def __init__(
        self,
        kind: DeviceKind,
        devices: DeviceList,
        gate: Gate,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._devices = devices
        self._gate = gate
        self._wanted = False
        self._asking = False
        self._step = Step.IDLE
        self._attempt = 0
        self._open_id: str | None = None  # id of the device that is open
        self._shown = CaptureState.OFF
        self._retry = QTimer(self)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._try_again)
        devices.changed.connect(self._on_devices_changed)
        devices.shuffled.connect(self._on_shuffled)
        self._show()

    @property
    def state(self) -> CaptureState:
        """What the person should see now."""
        return self._shown

    @property
    def wanted(self) -> bool:
        """Whether the person switched it on."""
        return self._wanted

    def switch_on(self) -> None:
        """Use the device now, and again whenever it comes back."""
        if self._wanted:
            return
        self._wanted = True
        self._retry.start()
        self._devices.revive()  # may open it
        if self._open_id is None:
            self._open()
        self._show()

    def switch_off(self) -> None:
        """Stop using it. When this returns nothing more is handed on."""
        self._wanted = False
        self._retry.stop()
        self._close()
        self._step = after(self._step, Cue.CLOSE)
        self._show()

    @Slot(int, object)
    def on_cue(self, attempt: int, cue: Cue) -> None:
        """Take a report of the worker about one attempt."""
        if attempt != self._attempt or not self._wanted:
            return
        if cue is Cue.VANISH and self._open_id is not None:
            # Qt has not noticed; what to do is decided when the list says so.
            self._devices.forget(self._open_id)
            return
        self._step = after(self._step, cue)
        self._show()

    def _on_shuffled(self) -> None:
        device = self._devices.current()
        if device is None or not self._wanted or self._kind is DeviceKind.CAMERA:
            return
        self._open()
        self._show()

    def _on_devices_changed(self) -> None:
        device = self._devices.current()
        if device is None:
            self._close()
            self._step = after(self._step, Cue.VANISH)
        elif self._wanted and device_id(device) != self._open_id:
            self._open()
        self._show()

    def _open(self) -> None:
        device = self._devices.current()
        if device is None or not self._permitted():
            self._close()
            return
        self._attempt += 1
        self._open_id = device_id(device)
        self._step = after(self._step, Cue.OPEN)
        self._gate.open_for(self._attempt)
        self.open_requested.emit(self._attempt, device)

    def _close(self) -> None:
        self._gate.shut()
        if self._open_id is not None:
            self._open_id = None
            self._attempt += 1
            self.close_requested.emit()

    def _permitted(self) -> bool:
        match consent_for(self._kind):
            case Consent.GRANTED:
                return True
            case Consent.NOT_ASKED if not self._asking:
                self._asking = True
                ask(self._kind, self, self._on_answer)
        return False

    def _on_answer(self) -> None:
        self._asking = False
        if self._wanted and self._open_id is None:
            self._open()
        self._show()

    def _try_again(self) -> None:
        if self._step in _TROUBLED or self._open_id is None:
            self._open()
        self._show()

    def _show(self) -> None:
        state = shown_state(self._step, self._facts())
        if state is not self._shown:
            self._shown = state
            self.state_changed.emit(state)

    def _facts(self) -> Facts:
        present = self._devices.current() is not None
        absence = Absence.NONE_EXISTS
        if self._wanted and not present and self._kind is DeviceKind.CAMERA:
            absence = camera_absence()
        return Facts(
            wanted=self._wanted,
            present=present,
            permitted=not self._wanted or consent_for(self._kind) is not Consent.DENIED,
            absence=absence,
        )
