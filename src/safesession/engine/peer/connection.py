"""The peer connection as core sees it: effects in, inputs out.

Runs on the engine's event loop. It carries out what core decided, for the epoch
it names, and must never answer for an epoch that is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from safesession.core.effects import (
    ApplyRemoteDescription,
    ClosePeerConnection,
    DropPath,
    OpenPath,
    OpenPeerConnection,
    PeerEffect,
    SendControl,
    SetMediaGate,
    UsePath,
)
from safesession.core.inputs import PeerConnectionLost, PeerInput
from safesession.engine.media.plane import MediaPlane
from safesession.engine.media.stats import (
    CallFigures,
    TransportFigures,
    call_figures,
)
from safesession.engine.peer import addresses, seams
from safesession.engine.peer.link import CONNECT_LIMIT_S, PeerLink
from safesession.tasks import spawn


logger = logging.getLogger(__name__)


class PeerConnection:
    """Executes peer effects, one connection at a time.

    Args:
        plane: sound and picture of the session.
        deliver: takes each PeerInput, on the event loop.
        connect_limit_s: from both descriptions known to an open channel.

    Raises:
        SeamsChangedError: the installed aiortc is not the expected one.
    """

    def __init__(
        self,
        plane: MediaPlane,
        deliver: Callable[[PeerInput], None],
        *,
        connect_limit_s: float = CONNECT_LIMIT_S,
    ) -> None:
        seams.install()
        self._plane = plane
        self._deliver = deliver
        self._connect_limit_s = connect_limit_s
        self._link: PeerLink | None = None
        self._past = TransportFigures()
        self._closing: set[asyncio.Task[Any]] = set()
        self._watching: asyncio.Task[Any] | None = None

    def execute(self, effect: PeerEffect) -> None:
        """Carry out one effect; returns at once, slow work goes on in tasks."""
        if isinstance(effect, OpenPeerConnection):
            self._open(effect)
            return
        link = self._link
        if link is None or link.epoch != effect.epoch:
            logger.debug("an effect of an epoch that is over")
            return
        match effect:
            case ApplyRemoteDescription():
                link.apply(effect)
            case SendControl(body=body):
                link.send(body)
            case SetMediaGate(send=send, receive=receive):
                link.set_gate(send=send, receive=receive)
            case OpenPath() | UsePath() | DropPath():
                link.lead(effect)
            case ClosePeerConnection():
                self._drop()

    def transport_figures(self) -> TransportFigures:
        """What all connections of this session did on the wire so far."""
        if self._link is None:
            return self._past
        return self._past.followed_by(self._link.figures())

    def figures(self) -> CallFigures:
        """The session's figures so far."""
        return call_figures(self._plane.figures.counts, self.transport_figures())

    async def close(self) -> None:
        """Close what is open and wait until all of it is gone."""
        self._drop()
        if self._watching is not None:
            self._watching.cancel()
            self._closing.add(self._watching)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _address_in_use(self) -> str:
        return "" if self._link is None else self._link.address_in_use

    def _watch_addresses(self) -> None:
        """From the first connection on: a lost one comes back sooner, too."""
        if self._watching is None:
            work = addresses.keep_watching(self._address_in_use, self._deliver)
            self._watching = spawn(work, name="peer-addresses")

    def _open(self, effect: OpenPeerConnection) -> None:
        self._drop()
        self._watch_addresses()
        try:
            self._link = PeerLink(
                effect,
                self._plane,
                self._deliver,
                connect_limit_s=self._connect_limit_s,
            )
        except ValueError:
            # The server's relay address is no address.
            logger.warning("the relay address cannot be used")
            self._deliver(PeerConnectionLost(effect.epoch, "no_route"))
            return
        self._link.start()

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            self._past = self._past.followed_by(link.figures())
            task = spawn(link.close(), name=f"peer-{link.epoch}-close")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
