"""The two people of an encounter: who the other is, and what both machines capture.

Pure. What the other side says about its devices is shown, never acted upon.
"""

from __future__ import annotations

from dataclasses import replace

from safesession.core.inputs import CaptureChanged
from safesession.core.status import CaptureState, PeerView
from safesession.protocol.peer_messages import MediaState


class People:
    """What is known of either side."""

    def __init__(self, peer: PeerView) -> None:
        self.peer = peer
        self._own = (CaptureState.OFF, CaptureState.OFF)

    def capturing(self, microphone: CaptureState, camera: CaptureState) -> None:
        """This machine's devices."""
        self._own = microphone, camera

    def changed(self, event: CaptureChanged) -> None:
        """This machine's devices have changed."""
        self.capturing(event.microphone, event.camera)

    def present(self, present: bool) -> None:
        """The other side's app has a line to the server, or has not."""
        self.peer = replace(self.peer, present=present)

    def told(self, message: MediaState) -> None:
        """The other side's devices."""
        self.peer = replace(
            self.peer,
            microphone=CaptureState(message.microphone),
            camera=CaptureState(message.camera),
        )

    @property
    def media_state(self) -> MediaState:
        """What the other side is told about ours."""
        microphone, camera = self._own
        return MediaState(microphone.value, camera.value)
