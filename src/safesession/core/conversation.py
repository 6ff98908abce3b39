"""Text of one encounter, and the way it takes: the data channel or the relay.

Sans-I/O. Chooses between the two ways; ids, acknowledgements and resending are
`messaging`. It must never use a relay that is gone, nor drop a text.
"""

from __future__ import annotations

from safesession.core.messaging import Messaging, Output
from safesession.core.relay_line import RelayLine
from safesession.core.status import TextRoute
from safesession.crypto.ratchet import TextChains


class Conversation:
    """Both directions of text, across epochs and ways."""

    def __init__(self, relay: RelayLine) -> None:
        self._relay = relay
        self._messaging = Messaging()
        self.route = TextRoute.NONE

    @property
    def deadline(self) -> float | None:
        """When `handle_timeout` wants to be called."""
        return self._messaging.deadline

    @property
    def idle(self) -> bool:
        """Whether the other side has confirmed every text."""
        return self._messaging.idle

    def use(
        self, route: TextRoute, now: float, chains: TextChains | None = None
    ) -> list[Output]:
        """`chains` begin an epoch: whatever is under way is sealed anew."""
        if route is TextRoute.RELAY and self._relay.gone:
            route = TextRoute.NONE
        self.route = route
        if chains is not None:
            return self._messaging.rekey(chains, route, now)
        return self._messaging.set_route(route, now)

    def send(self, text: str, now: float, at: float) -> list[Output]:
        """Take a text the person wrote."""
        return self._messaging.send(text, now, at)

    def receive(self, untrusted_frame: bytes, now: float, at: float) -> list[Output]:
        """Open a frame of the peer; raises as `Messaging.receive` does."""
        return self._messaging.receive(untrusted_frame, now, at)

    def relay_gone(self, now: float) -> list[Output]:
        """The server has closed the room for good."""
        return self.use(TextRoute.NONE, now) if self.route is TextRoute.RELAY else []

    def handle_timeout(self, now: float, *, channel_lives: bool) -> list[Output]:
        """Send again what stayed unconfirmed, the other way if there is one."""
        outputs: list[Output] = []
        if self._messaging.stalled(now):
            # Only a living channel is an alternative to the relay.
            if self.route is TextRoute.DATA_CHANNEL:
                outputs += self.use(TextRoute.RELAY, now)
            elif channel_lives:
                outputs += self.use(TextRoute.DATA_CHANNEL, now)
        waits = self.route is TextRoute.RELAY and self._relay.waits
        return outputs + self._messaging.handle_timeout(now, waits=waits)

    def stop(self) -> None:
        """The encounter is over: nothing is due any more."""
        self.route = TextRoute.NONE
        self._messaging.stop()
