"""Notices that a path falls silent and carries packets again.

Received packets are the measure: sound and reports come many times a second. Core
hears of silence, because it can have another path made. Of the return it hears
nothing from here: anybody can send a packet. What the return does costs a packet or
two, proves nothing and opens no gate; core hears the heartbeats that follow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum, auto

from aiortc import RTCPeerConnection

from safesession.engine.peer import path_seams, seams


QUIET_AFTER_S = 0.4
SILENT_AFTER_S = 1.0
LOOK_EVERY_S = 0.1


class PathNews(Enum):
    """What has just begun."""

    QUIET = auto()  # a doubt, not yet a silence
    SILENT = auto()
    BACK = auto()  # from silence


class _Path(Enum):
    ALIVE = auto()
    QUIET = auto()
    SILENT = auto()


class PathWatch:
    """Whether packets come. Sans-I/O; `look` must be called often.

    Silence is what was listened to: while this process stood still itself, packets
    may have come that nobody has counted yet.
    """

    def __init__(self, packets: int, now_s: float) -> None:
        self._packets = packets
        self._heard_at_s = self._looked_at_s = now_s
        self._silent_s = 0.0
        self._path = _Path.ALIVE

    def look(self, packets: int, now_s: float) -> PathNews | None:
        """Take the count so far; return what has just begun."""
        was, looked_at_s = self._path, self._looked_at_s
        self._looked_at_s = now_s
        if packets != self._packets:
            away_s = now_s - self._heard_at_s
            self._packets, self._heard_at_s = packets, now_s
            self._silent_s = 0.0
            self._path = _Path.ALIVE
            back = was is _Path.SILENT or away_s >= SILENT_AFTER_S
            return PathNews.BACK if back else None
        self._silent_s += min(now_s - looked_at_s, 2 * LOOK_EVERY_S)
        if was is not _Path.SILENT and self._silent_s >= SILENT_AFTER_S:
            self._path = _Path.SILENT
            return PathNews.SILENT
        if was is _Path.ALIVE and self._silent_s >= QUIET_AFTER_S:
            self._path = _Path.QUIET
            return PathNews.QUIET
        return None


async def keep_watching(
    connection: RTCPeerConnection, tell: Callable[[PathNews], None]
) -> None:
    """Watch a connection's path for as long as the connection lives."""
    transport = seams.dtls_transport(connection)
    now_s = asyncio.get_running_loop().time
    watch = PathWatch(path_seams.received_packets(transport), now_s())
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        news = watch.look(path_seams.received_packets(transport), now_s())
        if news is PathNews.BACK:
            await use_at_once(connection)
        elif news is not None:
            tell(news)


async def use_at_once(connection: RTCPeerConnection) -> None:
    """Send what waited. What was lost of pictures is not repeated: ask for new ones."""
    path_seams.send_what_waits(connection)
    for receiver in connection.getReceivers():
        if receiver.track.kind == "video":
            streams = path_seams.known_streams(receiver)
            await seams.request_key_frames(receiver, streams)
