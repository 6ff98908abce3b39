"""Fuzz target: a whole session in each of its stages, fed by server and peer.

Remote input never raises out of a `Session`, and whatever comes: no gate opens
without BIND, nobody is verified by a message alone, and the session says where it is.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from tests.fuzz.catalogue import target
from tests.fuzz.targets_wire import PATH_MESSAGES, PEER_MESSAGES
from tests.support.sim_pair import SimPair

from safesession.core import inputs
from safesession.core.effects import Effect, SetMediaGate
from safesession.core.session import Session
from safesession.core.status import Phase
from safesession.protocol import peer_messages
from safesession.protocol.path_messages import encode_path
from safesession.protocol.peer_messages import FrameKind, pack_frame


class Way(IntEnum):
    """How the bytes come: raw over either way, or sealed by the peer itself."""

    RELAY = 0
    CHANNEL = 1
    SIGNAL = 2
    TEXT = 3
    PATH = 4


@dataclass(frozen=True)
class Stage:
    """A session at rest, its peer, and what it may not do from here."""

    mine: Session
    theirs: Session
    bound: bool
    now: float


@cache
def stages() -> tuple[Stage, ...]:
    """Return invited, joining, connecting (both sides) and in a call (both sides)."""
    heard: list[bytes] = []

    def only_m0(sender: str, body: bytes) -> list[bytes]:
        heard.append(body)
        return [body] if len(heard) < 3 else []  # M0 and M1 pass

    invited = SimPair(seed="invited")
    invited.give(invited.counselor, inputs.CreateInvite())
    joining = SimPair(seed="joining", tamper_relay=only_m0)
    joining.meet()
    connecting = SimPair(seed="connecting")
    connecting.wire_up = False
    connecting.meet()
    met = SimPair(seed="met")
    met.meet()
    assert met.client.gate == (True, True)
    pairs = [(invited, False), (joining, False), (connecting, False), (met, True)]
    return tuple(
        Stage(mine.session, theirs.session, bound, pair.now)
        for pair, bound in pairs
        for mine, theirs in (
            (pair.counselor, pair.client),
            (pair.client, pair.counselor),
        )
    )


def _seeds() -> tuple[bytes, ...]:
    bodies = {
        Way.RELAY: [pack_frame(kind, b"SS11P" + bytes(1296)) for kind in FrameKind],
        Way.CHANNEL: [pack_frame(kind, bytes(32)) for kind in FrameKind],
        Way.SIGNAL: [peer_messages.encode(message) for message in PEER_MESSAGES],
        Way.TEXT: ["你好".encode()],
        Way.PATH: [encode_path(message) for message in PATH_MESSAGES],
    }
    found = []
    for index, stage in enumerate(stages()):
        epoch = stage.mine._encounter
        for way, seeds in bodies.items():
            if way is Way.RELAY or epoch is not None:
                found += [bytes([index, way]) + seed for seed in seeds]
    return tuple(found)


def _arriving(stage: Stage, mine: Session, way: int, data: bytes) -> inputs.Input:
    encounter, peer = mine._encounter, stage.theirs._encounter
    if way == Way.RELAY or encounter is None or peer is None:
        return inputs.EnvelopeReceived(data)
    if way == Way.CHANNEL:
        return inputs.ControlReceived(encounter._epoch.number, data)
    theirs = copy.deepcopy(peer._epoch)
    if way == Way.SIGNAL:
        sealed = theirs._sealer.seal(data[: 16 * 1024 - 2])
        return inputs.EnvelopeReceived(pack_frame(FrameKind.SIGNAL, sealed))
    if way == Way.PATH:
        sealed = theirs._path_sealer.seal(data[: 16 * 1024 - 2])
        return inputs.EnvelopeReceived(pack_frame(FrameKind.PATH, sealed))
    sealed = theirs.text_chains.seal(len(data) % 4, 0, data[:40_000])
    return inputs.EnvelopeReceived(pack_frame(FrameKind.TEXT, sealed))


@target("session", _seeds, weight=4)
def session(data: bytes) -> None:
    stage = stages()[data[0] % len(stages())] if data else stages()[0]
    way = data[1] % len(Way) if len(data) > 1 else 0
    mine = copy.deepcopy(stage.mine)
    event = _arriving(stage, mine, way, data[2:])
    effects: list[Effect] = mine.handle(event, stage.now)
    effects += mine.handle(event, stage.now + 0.1)
    for _ in range(3):
        if mine.deadline is not None:
            effects += mine.handle_timeout(max(stage.now, mine.deadline))
    opened = [e for e in effects if isinstance(e, SetMediaGate) and e.receive]
    assert stage.bound or not opened
    status = mine.status
    assert not status.verified
    if status.phase is Phase.ENDED:
        assert status.ended is not None
        assert mine.deadline is None
