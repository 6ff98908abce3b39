"""The media gate of one peer connection: what may leave and what may be shown.

Everything starts shut, and only core opens it, after BIND of this epoch. This
module must never open anything by itself.
"""

from __future__ import annotations

import asyncio
from enum import Enum


class SendGate(Enum):
    """What this person's tracks may yield."""

    SHUT = "shut"  # never opened in this epoch: nothing at all leaves
    SILENT = "silent"  # shut again: digital silence keeps the path alive
    OPEN = "open"


class MediaGate:
    """Both directions of one connection; used on the event loop only."""

    def __init__(self) -> None:
        self.send = SendGate.SHUT
        self.receive = False
        self._closed = False
        self._sound = asyncio.Event()  # set while audio packets may leave
        self._picture = asyncio.Event()  # set while pictures may leave

    def set(self, *, send: bool, receive: bool) -> None:
        """Apply what core decided; nothing opens a closed gate again."""
        if self._closed:
            return
        self.receive = receive
        if send:
            self.send = SendGate.OPEN
            self._sound.set()
            self._picture.set()
            return
        if self.send is SendGate.OPEN:
            self.send = SendGate.SILENT
        self._picture.clear()

    def close(self) -> None:
        """Shut everything for good: the connection is going away."""
        self._closed = True
        self.send = SendGate.SHUT
        self.receive = False
        self._sound.set()  # whoever waits must learn that it is over
        self._picture.set()

    async def until_sound_may_leave(self) -> bool:
        """Wait until the gate was opened once in this epoch; False: never."""
        await self._sound.wait()
        return not self._closed

    async def until_pictures_may_leave(self) -> bool:
        """Wait until the gate is open; False: it never will be."""
        await self._picture.wait()
        return not self._closed
