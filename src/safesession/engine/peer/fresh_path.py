"""Tries another path beside the one in use, and swaps once it works.

At most one is tried at a time. Core decides when and with whose addresses; this
carries it out and reports. It must never report for a path that was replaced, and
after `close` it leaves no task and no socket.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aioice import Connection
from aiortc.rtcdtlstransport import RTCDtlsTransport

from safesession.core.effects import OpenPath, UsePath
from safesession.core.inputs import PathFailed, PathGathered, PathInput, PathSwapped
from safesession.engine.peer import path_swap
from safesession.engine.peer.ice_servers import ice_servers
from safesession.protocol.path_messages import PathEnd
from safesession.tasks import spawn


logger = logging.getLogger(__name__)

# The peer swaps within a round trip or two; until then it sends the old way.
GRACE_S = 2.0


@dataclass(eq=False)
class _Attempt:
    """One path being tried."""

    generation: int
    connection: Connection
    peer: asyncio.Future[PathEnd] = field(default_factory=asyncio.Future)
    task: asyncio.Task[Any] | None = None


class FreshPath:
    """The other paths of one connection.

    `tell` takes news for core; `swapped` is called when a new path is in use.
    """

    def __init__(
        self,
        transport: RTCDtlsTransport,
        epoch: int,
        tell: Callable[[PathInput], None],
        swapped: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._epoch = epoch
        self._tell = tell
        self._swapped = swapped
        self._attempt: _Attempt | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def open(self, effect: OpenPath) -> None:
        """Gather a path; one that is still being tried is forgotten."""
        self._forget()
        servers = ice_servers(
            effect.turn_urls, effect.turn_username, effect.turn_password
        )
        try:
            connection = path_swap.beside(self._transport, servers)
        except ValueError:
            # The server's relay address is no address.
            self._tell(PathFailed(self._epoch, effect.generation))
            return
        attempt = self._attempt = _Attempt(effect.generation, connection)
        name = f"peer-{self._epoch}-path-{effect.generation}"
        attempt.task = task = spawn(self._try(attempt), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def use(self, effect: UsePath) -> None:
        """The peer's end is known: check it."""
        attempt = self._attempt
        if attempt is None or attempt.generation != effect.generation:
            return
        if not attempt.peer.done():
            attempt.peer.set_result(effect.end)

    def drop(self, generation: int) -> None:
        """Forget the path with this number, unless it is in use already."""
        if self._attempt is not None and self._attempt.generation == generation:
            self._forget()

    async def close(self) -> None:
        """End every try and every path that was left."""
        self._attempt = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is not None and attempt.task is not None:
            attempt.task.cancel()

    async def _try(self, attempt: _Attempt) -> None:
        fresh = attempt.connection
        before: Connection | None = None
        try:
            end = await path_swap.gather(fresh)
            if end is None:
                raise ConnectionError("this machine has no address")
            self._report(attempt, PathGathered(self._epoch, attempt.generation, end))
            await path_swap.check(fresh, await attempt.peer)
            if attempt is self._attempt:
                before = path_swap.put_under(self._transport, fresh)
                self._swapped()
                self._report(attempt, PathSwapped(self._epoch, attempt.generation))
                self._attempt = None  # in use: nobody may forget it any more
        except Exception as error:  # noqa: BLE001 - aioice raises whatever an end hits
            logger.info("another path could not be made: %s", type(error).__name__)
            self._report(attempt, PathFailed(self._epoch, attempt.generation))
        finally:
            if before is None:
                await path_swap.discard(fresh)
        if before is not None:
            await self._leave(before)

    @staticmethod
    async def _leave(before: Connection) -> None:
        try:
            await asyncio.sleep(GRACE_S)
        finally:
            await path_swap.discard(before)

    def _report(self, attempt: _Attempt, news: PathInput) -> None:
        if attempt is self._attempt:
            self._tell(news)
