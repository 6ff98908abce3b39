"""Which way a sealed message leaves: the data channel while it lives, else the relay.

Sans-I/O. Collects what an encounter wants done, in order. It must never let a
message out that its epoch did not seal.

A channel that has been silent for a moment is still the way: it keeps what it is
given, and of two ways one would overtake the other, whose messages are then
refused (PROTOCOL §5).
"""

from __future__ import annotations

from dataclasses import dataclass

from safesession.core.call import CallState
from safesession.core.effects import Effect, SendControl, SendEnvelope, TextChanged
from safesession.core.epoch import Epoch
from safesession.core.messaging import Output as TextOutput
from safesession.core.messaging import SendTextFrame
from safesession.core.status import EndReason, Problem, TextRoute
from safesession.protocol.path_messages import Overtaking
from safesession.protocol.peer_messages import (
    Bye,
    FrameKind,
    PeerMessage,
    pack_frame,
)


CHANNEL_CARRIES = (CallState.BOUND, CallState.STALE)


@dataclass(frozen=True, slots=True)
class Over:
    """The encounter ended; the session closes the rest."""

    reason: EndReason
    problem: Problem | None = None


class Outward:
    """The effects of one encounter, collected until they are taken."""

    def __init__(self) -> None:
        self._waiting: list[Effect | Over] = []

    def add(self, effect: Effect | Over) -> None:
        """Append something that needs no sealing."""
        self._waiting.append(effect)

    def take(self) -> list[Effect | Over]:
        """Return everything in order and forget it."""
        taken, self._waiting = self._waiting, []
        return taken

    def tell(self, epoch: Epoch, message: PeerMessage) -> None:
        """Seal a message and send it the best way there is."""
        frame = epoch.seal(message)
        if epoch.call.state in CHANNEL_CARRIES:
            self.add(SendControl(epoch.number, frame))
        else:
            self.add(SendEnvelope(frame))

    def overtake(self, epoch: Epoch, message: Overtaking) -> None:
        """Past what waits in a dead channel: the relay, and a chain of its own."""
        self.add(SendEnvelope(epoch.seal_path(message)))

    def goodbye(self, epoch: Epoch, farewell: Bye | None = None) -> None:
        """Both ways: the channel may have died a moment ago."""
        message = farewell or Bye()
        self.tell(epoch, message)
        if epoch.call.state in CHANNEL_CARRIES:
            self.add(SendEnvelope(epoch.seal(message)))

    def text(self, epoch: Epoch, outputs: list[TextOutput]) -> None:
        """Send sealed text frames the way each names; pass on what changed."""
        for output in outputs:
            match output:
                case SendTextFrame():
                    frame = pack_frame(FrameKind.TEXT, output.frame)
                    if output.route is TextRoute.DATA_CHANNEL:
                        self.add(SendControl(epoch.number, frame))
                    else:
                        self.add(SendEnvelope(frame))
                case TextChanged():
                    self.add(output)
