"""The product's own command line, and a witness of its connection in one process.

    python -m tests.support.watched_peer <arguments of safesession>

Beside the product's events it prints `heard` (received media packets so far, whether
the gate is open, and which connection, DTLS session and process it is), ten times a
second and at once after a silence. With DEAF in the environment the system tells
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
from safesession.engine.peer import addresses
from safesession.engine.peer.link import PeerLink


DEAF = "SAFESESSION_TEST_DEAF"
SAMPLE_EVERY_S = 0.01
TELL_EVERY_S = 0.1


async def witness(link: PeerLink) -> None:
    """Print what comes over this link, by the wall clock of the machine."""
    told_at, packets = 0.0, 0
    while True:
        await asyncio.sleep(SAMPLE_EVERY_S)
        now, heard = time.time(), link._dtls.received_rtp_packets
        ended = heard != packets and now - told_at > 2 * TELL_EVERY_S
        if heard == packets or not (ended or now - told_at >= TELL_EVERY_S):
            continue
        told_at, packets = now, heard
        event = {
            "event": "heard",
            "at": now,
            "packets": heard,
            "gate": link._gate.receive,
            "epoch": link.epoch,
            "process": os.getpid(),
            "connection": id(link._connection),
            "dtls": hashlib.sha256(link._dtls.exporter).hexdigest()[:16],
        }
        print(json.dumps(event), flush=True)


def main() -> int:
    """Put the witness beside the path watch of every link, then be the product."""
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
