"""One end of a call by aiortc as it comes: no seam, no playout, no redundancy of ours.

Driven by JSON lines on stdin, `["name", argument, ...]`, each answered by one on
stdout: `offer`, `answer SDP`, `accept SDP`, `ready`, `save FOLDER`. It shows and says
a clip and writes what `voice_peer` writes, so that both are scored alike: a frame of
sound is heard when aiortc hands it over, in the place that its timestamp names; a
frame that never comes is a hole.

    python -m benchmarks.voice_stock VIDEO|- AUDIO
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError


BLOCK, RATE_HZ, FPS = 960, 48_000, 30


class Microphone(MediaStreamTrack):
    """A file's sound in real time, over and over."""

    kind = "audio"

    def __init__(self, path: Path) -> None:
        super().__init__()
        import wave

        with wave.open(str(path)) as file:
            self._sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        self._origin_s = 0.0
        self._blocks = 0
        self.said: list[Any] = []
        self.said_s: list[float] = []

    async def recv(self) -> av.AudioFrame:
        """Return the next 20 ms when it is time."""
        self._origin_s = self._origin_s or time.monotonic()
        due_s = self._origin_s + self._blocks * BLOCK / RATE_HZ
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        at = self._blocks % (len(self._sound) // BLOCK) * BLOCK
        block = self._sound[at : at + BLOCK]
        frame = av.AudioFrame(format="s16", layout="mono", samples=BLOCK)
        frame.planes[0].update(block.tobytes())
        frame.sample_rate, frame.pts = RATE_HZ, self._blocks * BLOCK
        frame.time_base = Fraction(1, RATE_HZ)
        self._blocks += 1
        self.said.append(block)
        self.said_s.append(time.monotonic())
        return frame


class Camera(MediaStreamTrack):
    """A file's pictures in real time, over and over; late ones are dropped."""

    kind = "video"

    def __init__(self, path: Path) -> None:
        super().__init__()
        with av.open(path) as container:
            self._pictures = list(container.decode(video=0))
        self._origin_s = 0.0
        self._number = 0

    async def recv(self) -> av.VideoFrame:
        """Return the picture whose time it is."""
        now_s = time.monotonic()
        self._origin_s = self._origin_s or now_s
        self._number = max(self._number + 1, int((now_s - self._origin_s) * FPS))
        await asyncio.sleep(max(0.0, self._origin_s + self._number / FPS - now_s))
        frame = self._pictures[self._number % len(self._pictures)]
        frame.pts, frame.time_base = self._number * 90_000 // FPS, Fraction(1, 90_000)
        return frame


class End:
    """One peer connection with its tracks and what came."""

    def __init__(self, video: Path | None, audio: Path) -> None:
        configuration = RTCConfiguration([], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._connection = RTCPeerConnection(configuration)
        self._connection.on("track", self._on_track)
        self._microphone = Microphone(audio)
        self._camera = Camera(video) if video else None
        self._draining: set[asyncio.Task[None]] = set()
        self._came: list[tuple[float, int, Any]] = []
        self._pictures_s: list[float] = []

    async def offer(self) -> str:
        """Return our offer."""
        self._add()
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return str(self._connection.localDescription.sdp)

    async def answer(self, sdp: str) -> str:
        """Return our answer to an offer."""
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        self._add()
        answer = await self._connection.createAnswer()
        await self._connection.setLocalDescription(answer)
        return str(self._connection.localDescription.sdp)

    async def accept(self, sdp: str) -> bool:
        """Take the answer to our offer."""
        description = RTCSessionDescription(sdp, "answer")
        await self._connection.setRemoteDescription(description)
        return True

    async def ready(self) -> bool:
        """Tell whether sound, and pictures if there are any, have come."""
        return bool(self._came) and bool(self._pictures_s or not self._camera)

    async def save(self, folder: str) -> bool:
        """Write down both ends of the sound."""
        if not self._came:
            return False
        first = self._came[0][1]
        count = (max(pts for _, pts, _ in self._came) - first) // BLOCK + 1
        heard = np.zeros((count, BLOCK), np.int16)
        heard_s = np.full(count, np.nan)
        for now_s, pts, sound in self._came:
            place = (pts - first) // BLOCK
            heard[place], heard_s[place] = sound, now_s
        holes = np.isnan(heard_s)
        known = np.flatnonzero(~holes)
        heard_s[holes] = np.interp(np.flatnonzero(holes), known, heard_s[known])
        blocks = np.arange(1, count + 1) * BLOCK
        Path(folder).mkdir(parents=True, exist_ok=True)
        np.savez(
            Path(folder) / "sound.npz",
            captured=np.concatenate(self._microphone.said),
            captured_s=np.array(self._microphone.said_s),
            heard=heard.ravel(),
            heard_s=np.maximum.accumulate(heard_s),
            playout=np.stack([blocks, np.cumsum(holes) * BLOCK], axis=1),
            pictures_s=np.array(self._pictures_s),
        )
        return True

    async def close(self) -> None:
        """End the connection."""
        await self._connection.close()
        for task in self._draining:
            task.cancel()
        await asyncio.gather(*self._draining, return_exceptions=True)

    def _add(self) -> None:
        self._connection.addTrack(self._microphone)
        if self._camera is not None:
            self._connection.addTrack(self._camera)

    def _on_track(self, track: MediaStreamTrack) -> None:
        task = asyncio.ensure_future(self._drain(track))
        self._draining.add(task)

    async def _drain(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            now_s = time.monotonic()
            if isinstance(frame, av.AudioFrame):
                # aiortc decodes Opus to stereo.
                sound = frame.to_ndarray().reshape(-1, len(frame.layout.channels))
                self._came.append((now_s, int(frame.pts or 0), sound[:BLOCK, 0]))
            else:
                self._pictures_s.append(now_s)


async def serve(video: Path | None, audio: Path) -> None:
    """Obey the lines until they end."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    end = End(video, audio)
    commands = {
        "offer": end.offer,
        "answer": end.answer,
        "accept": end.accept,
        "ready": end.ready,
        "save": end.save,
    }
    while line := await lines.readline():
        name, *arguments = json.loads(line)
        print(json.dumps(await commands[name](*arguments)), flush=True)
    await end.close()


if __name__ == "__main__":
    shown = None if sys.argv[1] == "-" else Path(sys.argv[1])
    asyncio.run(serve(shown, Path(sys.argv[2])))
