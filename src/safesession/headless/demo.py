"""A whole call with both people on this machine, for where there is no display.

Two engines, one embedded server, a real code and a real WebRTC connection; at the
end a picture of what each side saw and the figures. The words are compared by the
program here, and it says so.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from safesession.core.status import Role
from safesession.engine.media.still import VIEW_PX, save_side_by_side
from safesession.headless.events import EventWriter
from safesession.headless.peer import HeadlessPeer, PeerOptions
from safesession.signaling_server.temporary import TemporaryServer


CODE_WAIT_S = 30.0


@dataclass(slots=True)
class _Tagged:
    """A stream that puts the side's name before each line."""

    name: str

    def write(self, text: str) -> int:
        if text.strip():
            sys.stdout.write(f"{self.name:<10}{text}")
        else:
            sys.stdout.write(text)
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()


async def run_demo(seconds: float, picture: Path) -> int:
    """Hold the call; return 0 only if both sides were verified."""
    print("Demo call: both sides run here; the program compares the words itself.")
    host_writer = _writer("counselor")
    host = HeadlessPeer(
        PeerOptions(
            role=Role.COUNSELOR,
            embedded=TemporaryServer(),
            display_name="Demo counselor",
            say=("您好，欢迎。 Hello and welcome.",),
            seconds=seconds,
            accept_safety_code=True,
        ),
        host_writer,
    )
    host.look(*VIEW_PX)
    hosting = asyncio.ensure_future(host.run())  # noqa: TID251 - awaited below
    code, origin = await host.invite(CODE_WAIT_S)
    guest = HeadlessPeer(
        PeerOptions(
            role=Role.CLIENT,
            server_origin=origin,
            code=code,
            display_name="Demo client",
            say=("我听得到。 I can hear you.",),
            seconds=seconds,
            accept_safety_code=True,
        ),
        _writer("client"),
    )
    guest.look(*VIEW_PX)
    results = await asyncio.gather(hosting, guest.run())
    seen = [peer.last_picture for peer in (host, guest)]
    if save_side_by_side(seen, picture):
        print(f"What each side saw: {picture}")
    return max(results)


def _writer(name: str) -> EventWriter:
    return EventWriter(as_json=False, stream=_Tagged(name))  # type: ignore[arg-type]
