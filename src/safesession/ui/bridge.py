"""The one way from the engine's thread into the GUI thread, and back.

Events cross by a queued signal; commands go straight to the port, which never
blocks. No widget may subscribe to the engine itself.
"""

from __future__ import annotations

import weakref

from PySide6.QtCore import QObject, Qt, Signal

from safesession.core.effects import FrontEvent, StatusChanged, TextChanged
from safesession.core.inputs import Command
from safesession.core.ports import EnginePort


class EngineBridge(QObject):
    """Turns front events into signals on the GUI thread."""

    status_changed = Signal(object)  # SessionStatus
    text_changed = Signal(object)  # TextChanged
    _arrived = Signal(object)

    def __init__(self, engine: EnginePort, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._open = True
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # The port has no unsubscribe, so the engine may outlive this object.
        reference = weakref.ref(self)

        def listener(event: FrontEvent) -> None:
            bridge = reference()
            if bridge is not None and bridge._open:  # noqa: SLF001 - a closure of the class
                bridge._arrived.emit(event)  # noqa: SLF001

        engine.subscribe(listener)

    def submit(self, command: Command) -> None:
        """Hand a command of the person to the engine."""
        if self._open:
            self._engine.submit(command)

    def close(self) -> None:
        """Hear and say no more. Call before the object is deleted."""
        self._open = False

    def _deliver(self, event: FrontEvent) -> None:
        if not self._open:
            return
        match event:
            case StatusChanged(status=status):
                self.status_changed.emit(status)
            case TextChanged():
                self.text_changed.emit(event)
