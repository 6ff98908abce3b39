"""The product's own command line, and a witness of its connection in one process.

    python -m tests.support.watched_peer <arguments of safesession>

Beside the product's events it prints, by the wall clock, `heard` (media packets and
pictures received so far, whether the gate is open, and which connection, DTLS session
and process it is), twenty times a second and at once after a silence or when the gate
moves; and `told`, when the person is told of another phase or way of text. With DEAF in the environment the system tells
nothing of changed addresses. Nothing of this is in the product.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import time

from safesession import cli
from safesession.core.effects import FrontEvent, StatusChanged
from safesession.engine.peer import addresses
from safesession.engine.peer.link import PeerLink
from safesession.engine.runtime import Runtime


DEAF = "SAFESESSION_TEST_DEAF"
SAMPLE_EVERY_S = 0.01
TELL_EVERY_S = 0.05


async def witness(link: PeerLink) -> None:
    """Print what comes over this link, by the wall clock of the machine."""
    told_at, before = 0.0, (0, 0, False)
    while True:
        await asyncio.sleep(SAMPLE_EVERY_S)
        pictures = link._plane.figures.decoded_frames["video"]
        seen = (link._dtls.received_rtp_packets, pictures, link._gate.receive)
        now = time.time()
        moved = seen[2] is not before[2]
        if seen == before or not (moved or now - told_at >= TELL_EVERY_S):
            continue
        told_at, before = now, seen
        event = {
            "event": "heard",
            "at": now,
            "packets": seen[0],
            "pictures": seen[1],
            "gate": seen[2],
            "epoch": link.epoch,
            "process": os.getpid(),
            "connection": id(link._connection),
            "dtls": hashlib.sha256(link._dtls.exporter).hexdigest()[:16],
        }
        print(json.dumps(event), flush=True)


def note_what_is_told() -> None:
    """Print each phase and way of text that a person would be shown."""
    emit, shown = Runtime._emit, []

    def noting(runtime: Runtime, event: FrontEvent) -> None:
        if isinstance(event, StatusChanged):
            status = event.status
            now = {"phase": status.phase.value, "route": status.text_route.value}
            if shown != [now]:
                shown[:] = [now]
                told = {"event": "told", "at": time.time(), **now}
                print(json.dumps(told), flush=True)
        emit(runtime, event)

    Runtime._emit = noting


def main() -> int:
    """Put the witness beside every link, then be the product."""
    note_what_is_told()
    opened = PeerLink._on_open

    def watched_open(link: PeerLink) -> None:
        opened(link)
        link._run(witness(link), "witness")

    PeerLink._on_open = watched_open
    if os.environ.get(DEAF):
        addresses.LOOK_EVERY_S = 3600.0
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
