"""What an authenticated peer may send below the data channel: garbage under right keys.

It may spoil its own call. It must not get a frame through without BIND, nor stop
anybody from going on: what breaks a connection is followed by RESUME.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pylibsrtp
from google_crc32c import value as crc32c
from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import AttackedRoom

from safesession.core import inputs
from safesession.core.status import Phase, Role


@case(32, "SCTP garbage of an authenticated peer")
async def sctp_garbage(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacked.join()
        await attacked.in_call()
        dtls = attacked.attacker.end.dtls
        with contextlib.suppress(ConnectionError):
            for body in garbage():
                await dtls._send_data(body)
        # Read and dropped, or the association ends and RESUME brings the next one.
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(32, "RTP and RTCP garbage under the right keys")
async def rtp_garbage(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacked.join()
        await attacked.in_call()
        dtls = attacked.attacker.end.dtls
        for body in garbage():
            for second in (0x60, 0x61, 0x6F, 0xC8, 0xC9, 0xCD, 0xCE):
                with contextlib.suppress(pylibsrtp.Error):
                    await dtls._send_rtp(bytes([0x80, second]) + body)
        await attacked.media_flows()
        assert attacked.watch.leaked == 0
        return Verdict(frames_leaked=attacked.watch.leaked)


def garbage() -> list[bytes]:
    """Chunks with false lengths, false checksums, nothing and noise."""
    bodies = [b"\x01", bytes(12), bytes(1200), b"\xff" * 1200]
    bodies += [os.urandom(size) for size in (1, 11, 12, 13, 16, 40, 300, 1200)]
    for chunk in (0, 1, 2, 3, 4, 6, 7, 9, 10, 14, 130, 192, 255):
        for length in (0, 3, 4, 8, 1000, 65535):
            head = bytes([chunk, 0]) + length.to_bytes(2, "big")
            ports = bytes.fromhex("13881388")
            bodies.append(checksummed(ports + bytes(8) + head + os.urandom(2)))
            bodies.append(checksummed(ports + bytes(8) + head * 2))
    return bodies


def checksummed(packet: bytes) -> bytes:
    """An SCTP packet whose CRC is right, so that its chunks are read."""
    checksum = crc32c(packet[:8] + bytes(4) + packet[12:])
    return packet[:8] + checksum.to_bytes(4, "little") + packet[12:]


@case(32, "more data channels, strings and a channel of the same name")
async def other_channels(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacked.join()
        await attacked.in_call()
        attacker, honest = attacked.attacker.end, attacked.honest
        link = attacker.assembly._peer._link
        for label in ("ss1", "ss2", "", "名"):
            link._connection.createDataChannel(label)
        strange = ["", "text", "\x05text", "名" * 100]
        for text in strange:
            link._channel.send(text)
        attacker.do(inputs.SendText("还在"))
        await honest.until(lambda: "还在" in honest.received)
        assert honest.received.count("还在") == 1
        await attacked.media_flows()
        return Verdict(frames_leaked=attacked.watch.leaked, messages_sent=1)


@case(32, "a second BIND in the call")
async def second_bind(folder: Path) -> Verdict:
    """Nobody of ours sends one: the epoch ends, and with it sound and picture."""
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacked.join()
        await attacked.in_call()
        await attacked.media_flows(1)
        honest = attacked.honest
        gate = honest.assembly._peer._link._gate
        attacked.attacker.send(b"\x04" + os.urandom(32))
        await honest.phase(Phase.ENDED)
        attacked.ended_unproven(honest)
        assert not gate.receive
        return Verdict(frames_leaked=attacked.watch.leaked)
