"""Somebody wants to lead a living call over a path of their own, or to wear it out.

Whoever holds no key of the epoch may replay, reflect, change and invent path frames.
The peer itself may seal any offer: it can spoil its own call, and may not make the
other end send sound or pictures to a stranger, or gather without end.
"""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import AttackedRoom
from tests.support.evil_wire import Kind, kind_of
from tests.support.real_pair import End

from safesession.core import effects, inputs
from safesession.core.path_restart import MAX_ANSWERS, PathState
from safesession.protocol.path_messages import (
    MAX_CANDIDATES,
    MAX_GENERATION,
    PathAnswer,
    PathEnd,
    PathOffer,
)
from safesession.protocol.peer_messages import FrameKind, pack_frame


NOTHING_FOLLOWS_S = 0.3  # on loopback a path is gathered in a few milliseconds


@dataclass
class Tap:
    """One end's way to the server, and the path frames that took it."""

    end: End
    frames: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        line = self.end.assembly.runtime._signaling
        command = line.command

        def noted(effect: effects.SignalingEffect) -> None:
            sent = isinstance(effect, effects.SendEnvelope)
            if sent and effect.body[0] == FrameKind.PATH:
                self.frames.append(effect.body)
            command(effect)

        line.command = noted

    @property
    def path(self):
        return self.end.assembly.runtime.session._encounter._recovery._path

    @property
    def faults(self) -> int:
        return self.end.assembly.runtime.session.remote_faults

    def bring(self, *frames: bytes) -> None:
        """Hand this end envelopes as if its peer had sent them."""
        for frame in frames:
            self.end.assembly.runtime.dispatch(inputs.EnvelopeReceived(frame))

    def what_stands(self) -> tuple[object, ...]:
        link = self.end.assembly._peer._link
        ice = link._dtls.transport._connection
        return self.path.generation, link, link._dtls.exporter, ice


async def swapped(attacked: AttackedRoom) -> tuple[Tap, Tap]:
    """Both in a verified call that has just been led over another path."""
    await attacked.meet()
    await attacked.room.compare()
    await attacked.media_flows(1)
    counselor, client = (Tap(end) for end in attacked.ends)
    await another_path(client, counselor)
    return counselor, client


async def another_path(client: Tap, counselor: Tap) -> None:
    before = [tap.what_stands()[-1] for tap in (client, counselor)]
    epoch = client.end.assembly._peer._link.epoch
    client.end.assembly.runtime.dispatch(inputs.PathSilent(epoch))
    for tap, ice in zip((client, counselor), before, strict=True):
        await tap.end.until(lambda t=tap, i=ice: t.what_stands()[-1] is not i)
        await tap.end.until(lambda t=tap: t.path.state is PathState.REST)


async def changes_nothing(attacked: AttackedRoom, victim: Tap, *frames: bytes) -> None:
    """Each is refused, no path is gathered, and the call goes on as it was."""
    before, faults = victim.what_stands(), victim.faults
    victim.bring(*frames)
    await asyncio.sleep(NOTHING_FOLLOWS_S)
    assert victim.what_stands() == before
    assert victim.path.state is PathState.REST
    assert victim.faults == faults + len(frames)
    await attacked.media_flows(1)
    assert victim.end.status.verified


@case(64, "path offers and answers replayed in their own epoch")
async def replayed(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        counselor, client = await swapped(attacked)
        await changes_nothing(attacked, counselor, *client.frames * 3)
        await changes_nothing(attacked, client, *counselor.frames * 3)
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(64, "path offers of an earlier epoch, and reflected ones")
async def of_another_epoch(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        counselor, client = await swapped(attacked)
        old = [*client.frames, *counselor.frames]
        attacked.lose_media()
        for end in attacked.ends:
            await end.until(lambda e=end: e.assembly._peer._link is not None)
            await end.until(lambda e=end: e.assembly._peer._link.epoch == 1)
        await attacked.in_call()
        await attacked.media_flows(1)
        counselor.frames.clear()
        client.frames.clear()
        await another_path(client, counselor)
        for victim in (counselor, client):
            await changes_nothing(attacked, victim, *old, *victim.frames)
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(64, "path frames changed, truncated, extended, empty, too large, invented")
async def of_a_stranger(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        counselor, client = await swapped(attacked)
        genuine = client.frames[0]
        forged = [
            genuine[:1] + genuine[1:5] + b"\x00\x00\x00\x09" + genuine[9:],
            genuine[:-1],
            genuine + b"\0",
            genuine[:1],
            pack_frame(FrameKind.PATH, bytes(1048)),
            pack_frame(FrameKind.PATH, os.urandom(1048)),
            pack_frame(FrameKind.PATH, os.urandom(59_000)),
            pack_frame(FrameKind.PATH, os.urandom(60_001)),
        ]
        forged += [
            genuine[:at] + bytes([genuine[at] ^ 1]) + genuine[at + 1 :]
            for at in range(1, len(genuine), 97)
        ]
        await changes_nothing(attacked, counselor, *forged)
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(64, "a peer that offers paths without end, or to somebody else")
async def of_a_hostile_peer(folder: Path) -> Verdict:
    """Nothing but a few checks of connectivity reaches whom it names."""
    bystander = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with bystander:
        async with AttackedRoom(folder) as attacked:
            counselor, client = await swapped(attacked)
            epoch = client.end.assembly.runtime.session._encounter._epoch
            own = counselor.what_stands()[-1].local_candidates[0].host
            bystander.bind((own, 0))
            bystander.setblocking(False)
            port = bystander.getsockname()[1]
            there = f"1 1 udp 2130706431 {own} {port} typ host"
            end = PathEnd("abcd", "p" * 22, (there,) * MAX_CANDIDATES)
            number = counselor.path.generation
            opened = count_opened(counselor.end)
            before = counselor.what_stands()[1:]
            for generation in range(number, number + 60):
                counselor.bring(epoch.seal_path(PathOffer(generation, end)))
                counselor.bring(epoch.seal_path(PathAnswer(generation, end)))
            counselor.bring(epoch.seal_path(PathOffer(MAX_GENERATION, end)))
            await counselor.end.until(
                lambda: counselor.path.state is PathState.CHECKING
            )
            await attacked.media_flows(5)
            assert len(opened) <= MAX_ANSWERS
            await counselor.end.until(lambda: counselor.path.state is PathState.REST)
            assert counselor.what_stands()[1:] == before
            kinds = {kind_of(data) for data in received(bystander)}
            assert kinds <= {Kind.STUN}
            await attacked.media_flows(1)
            return Verdict(frames_leaked=attacked.watch.leaked)


def count_opened(end: End) -> list[effects.OpenPath]:
    """Note every path that this end gathers."""
    connection = end.assembly._peer
    execute, opened = connection.execute, []

    def noted(effect: effects.PeerEffect) -> None:
        if isinstance(effect, effects.OpenPath):
            opened.append(effect)
        execute(effect)

    connection.execute = noted
    return opened


def received(bystander: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(bystander.recv(65_536))
        except BlockingIOError:
            return found
