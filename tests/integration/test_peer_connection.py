"""Two real connections on this machine: what flows, and what must not."""

import asyncio
import gc
import socket
import threading
from pathlib import Path

import aioice.ice
import pytest
from aiortc import RTCPeerConnection
from tests.integration.peer_pair import OTHER_SECRET, SECRET, Pair, Side

from safesession.core.effects import (
    ApplyRemoteDescription,
    ClosePeerConnection,
    OpenPeerConnection,
    SendControl,
)
from safesession.core.inputs import LocalDescription, PeerConnectionLost
from safesession.engine.peer import seams
from safesession.protocol.sdp_check import check_sdp


async def test_same_secret_carries_sound_and_pictures_both_ways():
    async with Pair() as pair:
        pair.feed()
        pair.connect()
        await pair.opened()
        pair.open_gates()
        for side in (pair.a, pair.b):
            await side.until(
                lambda s=side: s.decoded["video"] > 10 and s.decoded["audio"] > 20
            )
            assert sorted(side.first_frames) == ["audio", "video"]
        a, b = await pair.a.opened(), await pair.b.opened()
        assert a.exporter == b.exporter
        assert len(a.exporter) == 32
        assert a.local_fingerprint == b.remote_fingerprint
        assert b.local_fingerprint == a.remote_fingerprint


async def test_different_secrets_decode_nothing_though_dtls_is_intact():
    async with Pair() as pair:
        pair.feed()
        pair.connect(SECRET, OTHER_SECRET)
        await pair.opened()
        pair.open_gates()
        transports = [s.peer._link._dtls for s in (pair.a, pair.b)]
        for side, transport in zip((pair.a, pair.b), transports, strict=True):
            await side.until(lambda t=transport: t.sent_rtp_packets > 30)
        await asyncio.sleep(0.2)
        for side, transport in zip((pair.a, pair.b), transports, strict=True):
            assert transport.state == "connected"
            assert transport.received_rtp_packets == 0
            assert side.decoded == {"audio": 0, "video": 0}
            assert side.first_frames == []


async def test_shut_gates_send_and_decode_nothing():
    async with Pair() as pair:
        pair.feed()
        pair.connect()
        await pair.opened()
        await asyncio.sleep(0.4)
        for side in (pair.a, pair.b):
            transport = side.peer._link._dtls
            assert transport.sent_rtp_packets == 0
            assert transport.blocked_out == 0  # the tracks themselves kept still
            assert side.decoded == {"audio": 0, "video": 0}


async def test_a_shut_receiver_decodes_nothing_of_a_peer_that_sends_anyway():
    async with Pair() as pair:
        pair.feed()
        pair.connect()
        await pair.opened()
        pair.a.gate(send=True, receive=True)
        transport = pair.b.peer._link._dtls
        await pair.b.until(lambda: transport.received_rtp_packets > 20)
        assert pair.b.decoded == {"audio": 0, "video": 0}
        # Opening late asks for a key frame and shows a picture soon.
        pair.b.gate(send=False, receive=True)
        await pair.b.until(lambda: pair.b.decoded["video"] > 3, 2.0)


async def test_a_gate_shut_again_sends_silence_and_no_picture():
    async with Pair() as pair:
        pair.feed()
        pair.connect()
        await pair.opened()
        pair.open_gates()
        await pair.b.until(lambda: pair.b.decoded["video"] > 3)
        heard: list[bytes] = []
        listen = pair.b.plane.audio.listen
        pair.b.plane.audio.listen = lambda: heard.append(listen())
        pair.a.gate(send=False, receive=True)
        await asyncio.sleep(0.25)  # what was under way arrives
        pictures, heard[:] = pair.b.decoded["video"], []
        await pair.b.until(lambda: len(heard) > 15)
        assert pair.b.decoded["video"] == pictures
        loudest = max(max(memoryview(block).cast("h")) for block in heard[5:])
        assert loudest < 50  # the tone has 8000; a codec's tail is not digital zero


def test_no_connection_without_a_session_secret():
    async def unkeyed():
        seams.install()
        connection = RTCPeerConnection()
        with pytest.raises(seams.UnkeyedConnectionError):
            connection.createDataChannel("ss1")
        with (
            seams.keyed_by(b"short"),
            pytest.raises(seams.UnkeyedConnectionError),
        ):
            connection.addTransceiver("audio")
        await connection.close()

    asyncio.run(unkeyed())


async def test_a_wrong_fingerprint_is_refused_and_shows_nothing():
    def forged(sdp: str) -> str:
        lines = [
            line[:-5] + ("11:11" if not line.endswith("11:11") else "22:22")
            if line.startswith("a=fingerprint:")
            else line
            for line in sdp.splitlines()
        ]
        return "\r\n".join(lines) + "\r\n"

    async with Pair(connect_limit_s=1.0) as pair:
        pair.feed()
        pair.a.rewrite = forged
        pair.connect()
        assert await pair.b.lost() == "dtls"
        assert await pair.a.lost() == "dtls"  # stays "connected" inside aiortc
        pair.open_gates()
        await asyncio.sleep(0.2)
        for side in (pair.a, pair.b):
            assert side.decoded == {"audio": 0, "video": 0}
            assert len(side.all(PeerConnectionLost)) == 1


async def test_control_messages_arrive_whole_and_in_order():
    async with Pair() as pair:
        pair.connect()
        await pair.opened()
        bodies = [bytes([n]) * size for n, size in enumerate((1, 100, 16_384, 7))]
        for body in bodies:
            pair.a.peer.execute(SendControl(1, body))
            pair.b.peer.execute(SendControl(1, body[::-1]))
        await pair.b.until(lambda: len(pair.b.received) == 4)
        await pair.a.until(lambda: len(pair.a.received) == 4)
        assert pair.b.received == bodies


async def test_our_description_says_only_what_the_protocol_allows():
    async with Pair() as pair:
        pair.connect()
        await pair.opened()
        for side, kind, setup in (
            (pair.a, "offer", "actpass"),
            (pair.b, "answer", "active"),
        ):
            (local,) = side.all(LocalDescription)
            assert isinstance(local, LocalDescription)
            assert check_sdp(local.sdp, kind, local.fingerprint) == local.sdp
            lines = local.sdp.split("\r\n")
            assert local.kind == kind
            assert [x.split()[0] for x in lines if x.startswith("m=")] == [
                "m=audio",
                "m=video",
                "m=application",
            ]
            prints = [x for x in lines if x.startswith("a=fingerprint:")]
            assert prints == [f"a=fingerprint:sha-256 {local.fingerprint}"] * 3
            assert lines.count(f"a=setup:{setup}") == 3
            assert lines.count("a=sendrecv") == 2
            assert sum(x.startswith("a=candidate:") for x in lines) <= 32
            assert "ssrc-audio-level" not in local.sdp
            assert not any(x.startswith("a=crypto") for x in lines)


@pytest.mark.parametrize(
    "sdp", ["", "v=0\r\n", "m=audio 9 RTP/AVP 0\r\n", "\0" * 100, "a=candidate:1 1\r\n"]
)
async def test_a_description_that_is_none_loses_the_connection(sdp):
    side = Side()
    side.peer.execute(OpenPeerConnection(1, False, SECRET))
    side.peer.execute(ApplyRemoteDescription(1, "offer", sdp))
    assert await side.lost() == "description"
    await side.close()


async def test_nobody_answers_within_the_limit():
    async with Pair(connect_limit_s=0.5) as pair:
        # The answerer's candidates point to where nobody listens.
        pair.b.rewrite = lambda sdp: sdp.replace("udp", "tcp")
        pair.a.rewrite = pair.b.rewrite
        pair.connect()
        assert await pair.a.lost() == "no_route"
        assert await pair.b.lost() == "no_route"


async def test_effects_of_an_epoch_that_is_over_are_ignored():
    async with Pair() as pair:
        pair.connect()
        await pair.opened()
        pair.connect(epoch=2)
        for side in (pair.a, pair.b):
            await side.until(lambda s=side: s.news[-1].epoch == 2)
        before = len(pair.b.received)
        pair.a.peer.execute(SendControl(1, b"old"))
        pair.a.peer.execute(ClosePeerConnection(1))
        await pair.a.until(lambda: pair.a.peer._link is not None)
        await asyncio.sleep(0.2)
        assert len(pair.b.received) == before


async def test_the_peer_leaving_is_noticed():
    async with Pair() as pair:
        pair.connect()
        await pair.opened()
        pair.a.peer.execute(ClosePeerConnection(1))
        assert await pair.b.lost() == "closed"
        assert pair.a.all(PeerConnectionLost) == []


@pytest.mark.parametrize("before_the_handshake", [True, False])
async def test_a_strangers_datagrams_end_nothing(before_the_handshake):
    """Anybody can send to an open port; our loops must not notice."""
    cookie = bytes.fromhex("2112a442")
    short_number = bytes.fromhex("802a0001ff000000")  # ICE-CONTROLLING of one byte
    short_address = bytes.fromhex("002000010000000000")[:8]
    strange = [b"", b"\x00", b"\x16", b"\x80", b"\xff" * 40]
    strange += [
        b"\x00\x01\x00\x08" + cookie + bytes(12) + attribute
        for attribute in (short_number, short_address)
    ]

    def annoy(side: Side) -> None:
        (protocol,) = side.peer._link._dtls.transport._connection._protocols
        address = protocol.transport.get_extra_info("sockname")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for datagram in strange:
                stranger.sendto(datagram, address)

    with seams.on_loopback_only():
        async with Pair() as pair:
            pair.feed()
            pair.connect()
            if before_the_handshake:
                for side in (pair.a, pair.b):
                    await side.until(lambda s=side: bool(s.all(LocalDescription)))
                    annoy(side)
            await pair.opened()
            pair.open_gates()
            for side in (pair.a, pair.b):
                annoy(side)
            await pair.a.until(lambda: pair.a.decoded["video"] > 5)
            await pair.b.until(lambda: pair.b.decoded["video"] > 5)


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.03, 0.05, 0.08, 0.12])
async def test_closing_half_way_leaves_no_task(after_s):
    mine = asyncio.current_task()
    before = asyncio.all_tasks()
    async with Pair() as pair:
        pair.connect()
        await asyncio.sleep(after_s)
        loop = asyncio.get_running_loop()
        start_s = loop.time()
    assert loop.time() - start_s < 2.0
    async with asyncio.timeout(2):
        while asyncio.all_tasks() - before - {mine}:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("address_count", [1, 3])
async def test_closing_while_sockets_are_made_leaves_none(
    address_count, monkeypatch
) -> None:
    """Gathering is cancelled after any number of steps of the loop."""
    seams.install()
    made = []
    real = aioice.ice.StunProtocol.connection_made
    monkeypatch.setattr(
        aioice.ice.StunProtocol,
        "connection_made",
        lambda protocol, transport: (made.append(transport), real(protocol, transport)),
    )
    addresses = [f"127.0.0.{n + 1}" for n in range(address_count)]
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: addresses)
    for steps in range(14):
        async with Pair() as pair:
            pair.connect()
            for _ in range(steps):
                await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(made) > 10
    assert all(transport.is_closing() for transport in made)


async def test_ten_connections_leave_no_task_thread_or_file():
    async def call():
        async with Pair() as pair:
            pair.feed()
            pair.connect()
            await pair.opened()
            pair.open_gates()
            await pair.a.until(lambda: pair.a.decoded["video"] > 0)

    def counts():
        # The loop's own executor keeps its workers; it has a fixed limit.
        threads = [t for t in threading.enumerate() if "asyncio" not in t.name]
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        return len(tasks), len(threads), len(list(Path("/proc/self/fd").iterdir()))

    await call()
    await asyncio.sleep(0.1)
    gc.collect()  # what earlier tests left to the collector is not ours
    before = counts()

    def grown():
        return [now - then for now, then in zip(counts(), before, strict=True)]

    for _ in range(10):
        await call()
    for _ in range(50):
        if max(grown()) <= 0:
            break
        await asyncio.sleep(0.02)
    assert max(grown()) <= 0, grown()
