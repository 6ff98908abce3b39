"""Attacks on ICE, DTLS, SCTP and SRTP: somebody on the path, or the peer itself.

Two real engines with the attacker's network between them. Nothing may be sent or
decoded without BIND, and what one attacker breaks must not break the session of
people who are attacked by less.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path

from aiortc.rtcdtlstransport import RTCCertificate
from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import NOTHING, AttackedRoom
from tests.support.dtls_middle import DtlsMiddle
from tests.support.evil_wire import (
    Datagram,
    Kind,
    dropped,
    only,
)
from tests.support.hostile_end import HostileEnd, is_bind

from safesession.core.status import (
    CaptureState,
    Phase,
    Role,
)
from safesession.crypto.bind import bind_tag
from safesession.crypto.session_keys import SESSION_SECRET_BYTES
from safesession.protocol.peer_messages import (
    Bye,
    FrameKind,
    MediaState,
    SafetyCommit,
    pack_frame,
)


MEDIA = (Kind.RTP, Kind.RTCP)
UNDER_WAY_S = 0.1  # on loopback what was sent has arrived by then


# --- 30: a man in the middle of DTLS ------------------------------------------------------


@case(30, "DTLS man in the middle with its own certificate")
async def own_certificate(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        middle = DtlsMiddle(
            attacked.wire, lambda _: RTCCertificate.generateCertificate()
        )
        attacked.wire.rule = middle.rule
        attacked.join()
        await attacked.until_refused(*attacked.ends)
        # Whoever saw the false certificate first may have left before the other did.
        assert any(leg.done for leg in middle.legs.values())
        attacked.refused_by_one()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "DTLS man in the middle whose certificate the descriptions name")
async def named_certificate(folder: Path) -> Verdict:
    """As if the check of the description had let another fingerprint through."""
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        certificate = RTCCertificate.generateCertificate()
        middle = DtlsMiddle(attacked.wire, lambda _: certificate)
        attacked.wire.rule = middle.rule
        (mine,) = (
            f.value for f in certificate.getFingerprints() if f.algorithm == "sha-256"
        )

        def naming(_receiver: Role, sdp: str) -> str:
            kept = [
                f"a=fingerprint:sha-256 {mine}"
                if line.startswith("a=fingerprint:")
                else line
                for line in sdp.splitlines()
            ]
            return "\r\n".join(kept) + "\r\n"

        attacked.wire.describe = naming
        attacked.join()
        await attacked.until_refused(*attacked.ends)
        assert middle.both_done
        attacked.refused_by_one()
        return Verdict(frames_leaked=attacked.watch.leaked)


# --- 31: BIND of another connection ---------------------------------------------------------


def stolen_from(attacked: AttackedRoom) -> DtlsMiddle:
    """A man in the middle with both ends' own private keys."""

    def certificate_of_the_other(role: Role) -> RTCCertificate:
        link = attacked.end(role.other).assembly._peer._link
        (certificate,) = link._connection._RTCPeerConnection__certificates
        return certificate

    return DtlsMiddle(attacked.wire, certificate_of_the_other)


@case(31, "BIND relayed between two DTLS sessions with stolen certificates")
async def stolen_certificates(folder: Path) -> Verdict:
    """Every fingerprint is right; the exporters are those of two sessions."""
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        middle = stolen_from(attacked)
        attacked.wire.rule = middle.rule
        attacked.join()
        await attacked.until_refused(*attacked.ends)
        assert middle.both_done
        attacked.refused_by_one()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(31, "BIND made with the right keys for another connection")
async def bind_of_another_connection(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.COUNSELOR)
        attacker = attacked.attacker
        attacker.sends_before_bind = True

        def other(body: bytes) -> list[bytes]:
            if not is_bind(body):
                return [body]
            mine = attacker.call
            binding = secrets.token_bytes(len(mine._binding))
            tag = bind_tag(mine._keys, Role.COUNSELOR, mine.epoch, binding)
            return [pack_frame(FrameKind.BIND, tag)]

        attacker.frames = other
        attacked.join()
        await attacked.until_refused(attacked.honest)
        attacked.refused(attacked.honest)
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(31, "our own BIND reflected")
async def reflected_bind(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacker = attacked.attacker
        attacker.sends_before_bind = True
        attacker.frames = lambda body: [] if is_bind(body) else [body]
        attacker.heard = lambda body: attacker.send(body) if is_bind(body) else None
        attacked.join()
        await attacked.until_refused(attacked.honest)
        attacked.refused(attacked.honest)
        return Verdict(frames_leaked=attacked.watch.leaked)


# --- 32: BIND only one way --------------------------------------------------------------------


@case(32, "BIND only one way: the peer never sends its own, but sound and pictures")
async def bind_never_sent(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        attacked.bind_within(0.5)
        await attacked.begin(Role.CLIENT)
        attacked.attacker.sends_before_bind = True
        attacked.attacker.frames = lambda body: [] if is_bind(body) else [body]
        attacked.join()
        await attacked.until_refused(attacked.honest)
        attacked.refused(attacked.honest)
        (theirs,) = (s for s in attacked.watch.links if s.role is Role.CLIENT)
        assert theirs.link._dtls.sent_rtp_packets > 5
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(32, "BIND only one way: the network swallows the client's")
async def bind_swallowed(folder: Path) -> Verdict:
    """The client is bound and speaks; the counselor is not, and decodes nothing."""
    async with AttackedRoom(folder, wired=True) as attacked:
        attacked.bind_within(0.5)
        await attacked.begin()
        counselor, client = attacked.ends
        listening = HostileEnd(client)

        def swallow(body: bytes) -> list[bytes]:
            if is_bind(body):
                attacked.wire.rule = only(dropped, Kind.DTLS, sender=Role.CLIENT)
            return [body]

        listening.frames = swallow
        attacked.join()
        await attacked.until_refused(counselor)
        assert Phase.IN_CALL in client.phases
        (theirs,) = (s for s in attacked.watch.links if s.role is Role.COUNSELOR)
        assert theirs.link._dtls.received_rtp_packets > 5
        attacked.refused(counselor)
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(32, "the data channel used before BIND")
async def channel_before_bind(folder: Path) -> Verdict:
    """Text, signals and heartbeats, sealed with the right keys, come too early."""
    async with AttackedRoom(folder) as attacked:
        attacked.bind_within(0.4)
        await attacked.begin(Role.COUNSELOR)
        attacker = attacked.attacker

        def early(body: bytes) -> list[bytes]:
            if not is_bind(body):
                return []
            epoch = attacker.end.assembly.runtime.session._encounter._epoch
            return [
                pack_frame(FrameKind.HEARTBEAT),
                epoch.seal(SafetyCommit(1, bytes(32))),
                epoch.seal(MediaState("on", "on")),
                epoch.seal(Bye()),
                os.urandom(100),
                b"",
            ]

        attacker.frames = early
        attacked.join()
        await attacked.until_refused(attacked.honest)
        attacked.refused(attacked.honest)
        assert attacked.honest.status.peer.camera is CaptureState.OFF
        return Verdict(frames_leaked=attacked.watch.leaked)


# --- 33: the secret of another epoch ------------------------------------------------------------


@case(33, "media keyed by another session secret, under a right BIND")
async def media_of_another_secret(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacked.attacker.session_secret = secrets.token_bytes(SESSION_SECRET_BYTES)
        attacked.join()
        await attacked.in_call()
        for end in attacked.ends:
            await end.until(lambda e=end: e.dtls.sent_rtp_packets > 10)
        await asyncio.sleep(UNDER_WAY_S)
        for end in attacked.ends:
            assert end.decoded == NOTHING, "frames were decoded"
            assert end.dtls.received_rtp_packets == 0
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(33, "BIND made with the epoch before's keys")
async def bind_of_the_epoch_before(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacker, honest = attacked.attacker, attacked.honest
        attacked.join()
        await attacked.in_call()
        await attacked.media_flows(1)
        old_keys, epochs = attacker.call._keys, []

        def old_bind(body: bytes) -> list[bytes]:
            if not is_bind(body):
                return [body]
            mine = attacker.call
            epochs.append(mine.epoch)
            tag = bind_tag(old_keys, Role.CLIENT, mine.epoch, mine._binding)
            return [pack_frame(FrameKind.BIND, tag)]

        attacker.frames = old_bind
        attacker.sends_before_bind = True
        attacked.lose_media()
        await honest.phase(Phase.ENDED)
        assert epochs == [1]
        fresh = [s for s in attacked.watch.links if s.link.epoch == 1]
        assert [s.frames for s in fresh if s.role is Role.COUNSELOR] == [0]
        attacked.ended_unproven(honest)
        assert attacked.watch.leaked == 0
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(33, "SRTP of the epoch before replayed into the next")
async def media_of_the_epoch_before(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.meet()
        await attacked.media_flows(1)
        wire = attacked.wire
        old = [d for d in wire.seen if d.kind in MEDIA]
        attacked.lose_media()
        for end in attacked.ends:
            await end.phase(Phase.RECONNECTING)

        def replaying(datagram: Datagram) -> list[bytes]:
            """The old ones come before, while and after BIND is done."""
            same = [d.data for d in old if d.sender is datagram.sender]
            return [*same[-5:], datagram.data]

        wire.rule = replaying
        await attacked.in_call()
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)
