"""Attacks on ICE, DTLS, SCTP and SRTP: somebody on the path, or the peer itself.

Two real engines with the attacker's network between them. Nothing may be sent or
decoded without BIND, and what one attacker breaks must not break the session of
people who are attacked by less.
"""

from __future__ import annotations

import asyncio
import itertools
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
    beside,
    delayed,
    doubled,
    dropped,
    extended,
    flipped,
    only,
    swapped,
    truncated,
    untouched,
)
from tests.support.hostile_end import HostileEnd, is_bind

from safesession.core import inputs
from safesession.core.call import LOST_AFTER_S
from safesession.core.status import (
    CaptureState,
    EndReason,
    Phase,
    Problem,
    Role,
    TextRoute,
)
from safesession.crypto.bind import bind_tag
from safesession.crypto.session_keys import SESSION_SECRET_BYTES
from safesession.engine.media.gate import SendGate
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


# --- 30, after BIND and around it: what anybody on the path can do ---------------------------------


@case(30, "sound forged with the exporter keys of a broken DTLS")
async def forged_sound(folder: Path) -> Verdict:
    """The man in the middle has DTLS, but not the session secret."""
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        middle = stolen_from(attacked)
        attacked.wire.rule = middle.rule
        middle.passed_on = lambda _sender, data: forge(data)

        def forge(data: bytes) -> bytes:
            for role in Role:
                middle.forge_sound(role, 5)
            return data

        attacked.join()
        await attacked.until_refused(*attacked.ends)
        attacked.refused_by_one()
        for seen in attacked.watch.links:
            heard = seen.link._dtls.received_rtp_packets
            assert heard == 0, "forged sound was taken for genuine"
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "every datagram doubled, from the first to the last")
async def everything_doubled(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        attacked.wire.rule = doubled
        attacked.join()
        await attacked.in_call()
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "STUN flipped, truncated and extended beside the genuine")
async def stun_changed(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()

        def changed(datagram: Datagram) -> list[bytes]:
            changes = (flipped, truncated, extended)
            return [data for change in changes for data in change(datagram)]

        attacked.wire.rule = only(beside(changed), Kind.STUN)
        attacked.join()
        await attacked.in_call()
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "DTLS records changed and doubled beside the genuine in a call")
async def dtls_records_changed(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.meet()
        client, counselor = attacked.room.client, attacked.room.counselor
        changes = (doubled, beside(flipped), beside(truncated), beside(extended))
        texts = [f"第{n}句" for n in range(len(changes))]
        for text, change in zip(texts, changes, strict=True):
            attacked.wire.rule = only(change, Kind.DTLS)
            client.do(inputs.SendText(text))
            await counselor.until(lambda t=text: t in counselor.received)
        attacked.wire.rule = untouched
        await attacked.media_flows(1)
        assert counselor.received == texts
        assert client.status.text_route is TextRoute.DATA_CHANNEL
        attacked.only_genuine_packets()
        return Verdict(
            frames_leaked=attacked.watch.leaked,
            messages_sent=len(texts),
            messages_lost=len(set(texts) - set(counselor.received)),
            messages_doubled=len(counselor.received) - len(set(counselor.received)),
        )


@case(30, "the DTLS handshake changed on its way")
async def handshake_changed(folder: Path) -> Verdict:
    """It fails, which nobody can keep an attacker on the path from; and that is all."""
    async with AttackedRoom(folder, wired=True) as attacked:
        attacked.connect_within(0.8)
        await attacked.begin()
        attacked.wire.rule = only(flipped, Kind.DTLS)
        attacked.join()
        for end in attacked.ends:
            await end.until(lambda e=end: e.problems or e.status.ended)
            said = (Problem.NO_ROUTE, Problem.BIND_FAILED)
            left = end.status.ended is EndReason.PEER_LEFT  # the other said it first
            assert left or end.status.problem in said
            assert end.status.phase in (Phase.RECONNECTING, Phase.ENDED)
        assert any(end.problems for end in attacked.ends)
        attacked.nothing_passed()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "SRTP doubled, flipped, truncated, extended and reordered in a call")
async def media_changed(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.meet()
        for change in (doubled, beside(flipped), beside(truncated), beside(extended)):
            attacked.wire.rule = only(change, *MEDIA)
            await attacked.media_flows(2)
        attacked.wire.rule = only(swapped(), *MEDIA)
        await attacked.media_flows(2)
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "SRTP of this very call replayed later")
async def media_replayed(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.meet()
        await attacked.media_flows(5)
        wire = attacked.wire
        old = [d for d in wire.seen if d.kind in MEDIA]
        for datagram in old:
            wire.inject(datagram.sender.other, datagram.data)
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "every datagram delayed, and of sound and pictures one in five lost")
async def slow_and_lossy(folder: Path) -> Verdict:
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        slow = delayed(attacked.wire, 0.02)
        numbers = itertools.count()

        def lossy(datagram: Datagram) -> list[bytes]:
            lost = datagram.kind in MEDIA and next(numbers) % 5 == 0
            return [] if lost else slow(datagram)

        attacked.wire.rule = lossy
        attacked.join()
        await attacked.in_call()
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "the line dead for six seconds")
async def dead_line(folder: Path) -> Verdict:
    """Gates shut, nothing is decoded, and a fresh epoch follows."""
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.meet()
        await attacked.media_flows(1)
        attacked.wire.rule = dropped
        gates = [end.assembly._peer._link._gate for end in attacked.ends]
        attacked.let_pass(LOST_AFTER_S + 1)
        for end, gate in zip(attacked.ends, gates, strict=True):
            assert end.status.phase is Phase.RECONNECTING
            assert gate.send is not SendGate.OPEN
            assert not gate.receive
        await attacked.nothing_more(
            lambda: [
                end.assembly.media.figures.decoded_frames for end in attacked.ends
            ],
            for_s=UNDER_WAY_S,
        )
        attacked.wire.rule = untouched
        await attacked.in_call()
        await attacked.media_flows(1)
        assert attacked.watch.leaked == 0
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(30, "datagrams of no kind, and empty ones, from the first to the last")
async def odd_datagrams(folder: Path) -> Verdict:
    """Nobody can end a call, or stop it from beginning, with one empty datagram."""
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        odd = [b"", *(bytes([first]) for first in range(0, 256, 5))]
        odd += [bytes([first]) + os.urandom(40) for first in (0, 1, 64, 127, 128, 200)]
        attacked.wire.rule = lambda datagram: [*odd, datagram.data]
        attacked.join()
        await attacked.in_call()
        await attacked.media_flows()
        attacked.wire.rule = untouched
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)
