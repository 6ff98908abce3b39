"""Waiting room and the short road from there into the call."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, Signal

from safesession.core.inputs import Command, Leave, RetryNow
from safesession.core.status import (
    CaptureState,
    Phase,
    Problem,
    Role,
    ServerLink,
    SessionStatus,
)
from safesession.ui.i18n import translate


class StepState(Enum):
    """One step of the road into the call."""

    DONE = "done"
    RUNNING = "running"
    AHEAD = "ahead"


class WaitingViewModel(QObject):
    """State of the waiting page and of the connecting page."""

    changed = Signal()

    def __init__(
        self,
        submit: Callable[[Command], None],
        role: Role,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._status = SessionStatus(role=role)

    @property
    def status(self) -> SessionStatus:
        """The newest snapshot."""
        return self._status

    @property
    def microphone_on(self) -> bool:
        """True while this machine captures sound."""
        return self._status.microphone in _CAPTURING

    @property
    def camera_on(self) -> bool:
        """True while this machine captures pictures."""
        return self._status.camera in _CAPTURING

    @property
    def problem(self) -> Problem | None:
        """What went wrong last, if anything."""
        return self._status.problem

    @property
    def server_down(self) -> bool:
        """True while the server cannot be reached."""
        return self._status.server_link is ServerLink.DOWN

    def status_line(self) -> str:
        """One sentence about the other person."""
        if self._status.peer.present:
            return translate("WaitingView", "Your counselor knows you are here")
        return translate(
            "WaitingView",
            "You have arrived. Your counselor will let you in at the agreed time",
        )

    def steps(self) -> tuple[tuple[str, StepState], ...]:
        """The road into the call: what is done, what runs, what is ahead."""
        connecting = self._status.phase is Phase.CONNECTING
        first = StepState.DONE if connecting else StepState.RUNNING
        second = StepState.RUNNING if connecting else StepState.AHEAD
        return (
            (translate("PairingView", "You have found each other"), StepState.DONE),
            (translate("PairingView", "Checking the code on both sides"), first),
            (translate("PairingView", "Opening an encrypted line"), second),
        )

    def leave(self) -> None:
        """Leave quietly."""
        self._submit(Leave())

    def retry(self) -> None:
        """Reach the server again at once."""
        self._submit(RetryNow())

    def update(self, status: SessionStatus) -> None:
        """Take a new snapshot."""
        if status != self._status:
            self._status = status
            self.changed.emit()


_CAPTURING = (CaptureState.ON, CaptureState.STARTING, CaptureState.DEMO)
