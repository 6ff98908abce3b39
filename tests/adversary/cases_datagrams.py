"""Row 30, once a call stands and around it: what anybody on the path can do.

They see and change every datagram, and have no key. What they break must not break
more than what they could have cut anyway, and nothing of theirs may be heard or seen.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from tests.adversary.cases_wire import MEDIA, UNDER_WAY_S, stolen_from
from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import AttackedRoom
from tests.support.evil_wire import (
    Datagram,
    Kind,
    Rule,
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

from safesession.core import inputs
from safesession.core.call import LOST_AFTER_S
from safesession.core.status import (
    EndReason,
    Phase,
    Problem,
    Role,
    TextRoute,
)
from safesession.engine.media.gate import SendGate


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


def odd_beside(odd: list[bytes]) -> Rule:
    """All of them before each sender's first datagram of a kind, later one at a time.

    More of them at once would fill the socket's buffer (some 280 datagrams), and the
    system would drop the genuine ones: a flood, and not what this is about.
    """
    met: set[tuple[Role, Kind]] = set()
    each = itertools.cycle(odd)

    def rule(datagram: Datagram) -> list[bytes]:
        first = (datagram.sender, datagram.kind) not in met
        met.add((datagram.sender, datagram.kind))
        return [*(odd if first else [next(each)]), datagram.data]

    return rule


@case(30, "datagrams of no kind, and empty ones, from the first to the last")
async def odd_datagrams(folder: Path) -> Verdict:
    """Nobody can end a call, or stop it from beginning, with one odd datagram.

    Every step meets every one of them. That a flood of sixty times the call's own
    datagrams delays it on a busy machine is true, and tested nowhere.
    """
    async with AttackedRoom(folder, wired=True) as attacked:
        await attacked.begin()
        odd = [b"", *(bytes([first]) for first in range(0, 256, 5))]
        odd += [bytes([first]) + os.urandom(40) for first in (0, 1, 64, 127, 128, 200)]
        attacked.wire.rule = odd_beside(odd)
        attacked.join()
        await attacked.in_call()
        seen = len(attacked.wire.seen)
        await attacked.media_flows()
        # Each odd one came while media flowed, too.
        await attacked.room.client.until(
            lambda: len(attacked.wire.seen) > seen + 2 * len(odd)
        )
        attacked.wire.rule = untouched
        await attacked.media_flows()
        attacked.only_genuine_packets()
        return Verdict(frames_leaked=attacked.watch.leaked)
