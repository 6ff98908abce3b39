"""kill -9 for a real engine in this process: from one effect on it does nothing more.

Nothing is written any more, its sockets fall silent and close without a word, and
whoever comes back begins with what was on disk. Whole processes die in
`tests/e2e/test_killed_peers.py`; this is for the many moments of the suite.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.moments import Moment
from tests.support.real_pair import End, Room

from safesession.core import effects
from safesession.core.status import Role
from safesession.engine.peer import seams
from safesession.engine.peer.link import PeerLink
from safesession.engine.signaling import SignalingConnection


class Mortal:
    """Watches an end's effects; `kill` at once, or `moment` for later."""

    def __init__(self, end: End, moment: Moment = lambda _effect: False) -> None:
        self.end = end
        self.moment = moment
        self.dead = False
        self.left: list[bytes] = []  # envelopes handed to the line in its life
        runtime = end.assembly.runtime
        self._execute, self._written = runtime._execute, runtime._written
        runtime._execute = self._watched_execute
        runtime._written = self._watched_written

    def _watched_execute(self, effect: effects.Effect) -> None:
        if not self.dead and self.moment(effect):
            self.kill()
        if self.dead:
            return
        if isinstance(effect, effects.SendEnvelope):
            self.left.append(effect.body)
        self._execute(effect)

    def _watched_written(self, effect: effects.DiskEffect) -> bool:
        if not self.dead and self.moment(effect):
            self.kill()
        return not self.dead and self._written(effect)

    def kill(self) -> None:
        self.dead = True
        runtime = self.end.assembly.runtime
        runtime._handle = lambda _event: None
        runtime._arm = lambda: None
        runtime._disarm()
        runtime._listeners.clear()
        if runtime._signaling is not None:
            _cut_line(runtime._signaling)
        peer = self.end.assembly._peer
        if peer is not None and peer._link is not None:
            _cut_wire(peer._link)


class _Nowhere:
    """A socket of a process that is gone: what its objects still send is lost."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def sendto(self, *_: object) -> None:
        """Lose it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _cut_line(line: SignalingConnection) -> None:
    """The system closes the socket; no close frame, and nothing that waited."""
    line._closed = True
    line._disarm()
    loop = asyncio.get_running_loop()
    for socket in (line._socket, *line._old):
        if socket is None:
            continue
        while not socket._outgoing.empty():
            socket._outgoing.get_nowait()
        # The end may be dying within this very task: once it rests.
        loop.call_soon(_close, socket._task)


def _close(task: asyncio.Task[None]) -> None:
    talk = task.get_coro().cr_await  # `_run` waits for `_talk`
    websocket = talk.cr_frame.f_locals.get("socket") if talk is not None else None
    if websocket is None:
        task.cancel()  # still connecting
    else:
        websocket._response.close()


def _cut_wire(link: PeerLink) -> None:
    ice = link._dtls.transport
    for protocol in ice._connection._protocols:
        protocol.transport = _Nowhere(protocol.transport)
    seams.close_sockets(ice)


async def reborn(room: Room, end: End) -> End:
    """A new engine from what is on disk, in the place of one that was killed."""
    role = end.status.role
    again = await room.person(role, end.state_dir.name)
    if role is Role.CLIENT:
        room.client = again
    else:
        room.counselor = again
    return again


async def restarted(room: Room, end: End) -> End:
    """The same after a quit: the old engine is closed first."""
    await end.assembly.close()
    room.ends.remove(end)
    return await reborn(room, end)
