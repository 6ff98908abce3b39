"""Notices that a silent path carries packets again, and makes use of it at once.

Received packets are the measure: sound and reports come many times a second. What
this does costs a packet or two; it proves nothing, opens no gate and tells core
nothing, because anybody can send a packet. Core hears the heartbeats that follow.
"""

from __future__ import annotations

import asyncio
from enum import Enum, auto

from aiortc import RTCPeerConnection

from safesession.engine.peer import path_seams, seams


SILENT_AFTER_S = 1.0
LOOK_EVERY_S = 0.1


class _Path(Enum):
    ALIVE = auto()
    SILENT = auto()


class PathWatch:
    """Whether packets come. Sans-I/O; `look` must be called often."""

    def __init__(self, packets: int, now_s: float) -> None:
        self._packets = packets
        self._heard_at_s = now_s
        self._path = _Path.ALIVE

    def look(self, packets: int, now_s: float) -> bool:
        """Take the count so far; return True when the silence has just ended."""
        if packets != self._packets:
            was = self._path
            self._packets, self._heard_at_s = packets, now_s
            self._path = _Path.ALIVE
            return was is _Path.SILENT
        if now_s - self._heard_at_s >= SILENT_AFTER_S:
            self._path = _Path.SILENT
        return False


async def keep_using(connection: RTCPeerConnection) -> None:
    """Watch a connection's path for as long as the connection lives."""
    transport = seams.dtls_transport(connection)
    now_s = asyncio.get_running_loop().time
    watch = PathWatch(path_seams.received_packets(transport), now_s())
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        if watch.look(path_seams.received_packets(transport), now_s()):
            path_seams.send_what_waits(connection)
            await _ask_for_key_frames(connection)


async def _ask_for_key_frames(connection: RTCPeerConnection) -> None:
    """What was lost is not repeated: the next picture has to stand by itself."""
    for receiver in connection.getReceivers():
        if receiver.track.kind == "video":
            streams = path_seams.known_streams(receiver)
            await seams.request_key_frames(receiver, streams)
