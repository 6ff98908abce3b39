"""A line that carries only so much: one end's packets leave at a fixed rate.

Sits between DTLS and ICE of a real connection. Packets queue and are never lost,
as behind a router with a large buffer, the worst case for heartbeats.
"""

from __future__ import annotations

import asyncio
from typing import Self


class ThinLine:
    """`async with ThinLine(end, bits_per_s)` slows what `end` sends."""

    def __init__(self, end, bits_per_s: int) -> None:
        self._ice = end.dtls.transport
        self._bits_per_s = bits_per_s
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.most_waiting = 0

    async def __aenter__(self) -> Self:
        self._send = self._ice._send
        self._ice._send = self._take
        self._carrying = asyncio.get_running_loop().create_task(self._carry())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._carrying.cancel()
        await asyncio.gather(self._carrying, return_exceptions=True)
        self._ice._send = self._send

    async def _take(self, data: bytes) -> None:
        self._queue.put_nowait(bytes(data))
        self.most_waiting = max(self.most_waiting, self._queue.qsize())

    async def _carry(self) -> None:
        loop = asyncio.get_running_loop()
        free_at = loop.time()
        while True:
            data = await self._queue.get()
            free_at = max(free_at, loop.time()) + len(data) * 8 / self._bits_per_s
            await asyncio.sleep(max(0.0, free_at - loop.time()))
            await self._send(data)
