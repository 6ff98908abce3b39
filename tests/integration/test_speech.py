"""Speech over two real connections whose path loses packets."""

from __future__ import annotations

import asyncio
import random

import pytest
from tests.integration.peer_pair import Pair, Side

from safesession.engine.peer import link, speech


FIRST_RTP, LAST_RTP = 128, 191  # RFC 7983: the first byte tells what it is


def lossy(side: Side, share: float, rng: random.Random) -> None:
    """Lose packets of media on their way to `side`."""
    transport = side.peer._link._dtls.transport
    receive = transport._recv

    async def sometimes() -> bytes:
        while True:
            data = await receive()
            media = FIRST_RTP <= data[0] <= LAST_RTP
            if not (media and rng.random() < share):
                return data

    transport._recv = sometimes


@pytest.mark.parametrize("share", [0.1, 0.2])
async def test_a_lossy_path_costs_next_to_nothing(share: float, rng) -> None:
    async with Pair() as pair:
        pair.connect()
        await pair.opened()
        pair.open_gates()
        lossy(pair.b, share, rng)
        pair.feed(160, 96)
        played = pair.b.plane.audio
        # The peer learns of the loss and answers with redundancy.
        await pair.b.until(lambda: played.played.redundant_packets > 5)
        await asyncio.sleep(2.5)
        before = played.played
        await asyncio.sleep(5)
        after = played.played
        concealed = after.concealed_samples - before.concealed_samples
        spoken = after.played_samples - before.played_samples
        assert spoken > 4 * 48_000
        assert concealed / spoken < 0.02
        assert played.delay_ms[0] < 200


async def test_a_peer_without_redundancy_is_heard_too(monkeypatch) -> None:
    monkeypatch.setitem(link._CODECS, "audio", (speech.OPUS,))
    async with Pair() as pair:
        pair.feed(160, 96)
        pair.connect()
        await pair.opened()
        pair.open_gates()
        await pair.b.until(lambda: pair.b.decoded["audio"] > 20)
        assert pair.b.plane.audio.played.redundant_packets == 0
        assert "red/48000" not in pair.a.peer._link._connection.localDescription.sdp
