"""A network that is the attacker's: every datagram between two real engines.

Stands between the two as their only route: the harness lets each peer's candidates
point to the wire, as if the path led through it. From then on it can do what
anybody on the path can: see, drop, delay, double, replay, reorder, change and
inject UDP. It has no key of anybody; what needs one belongs elsewhere.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

import pytest
from aiortc.rtp import is_rtcp
from tests.support.real_pair import End

from safesession.core.effects import ApplyRemoteDescription, PeerEffect, UsePath
from safesession.core.inputs import PeerInput
from safesession.core.status import Role
from safesession.engine.peer import seams
from safesession.engine.peer.connection import PeerConnection
from safesession.protocol.path_messages import PathEnd


LOOPBACK = "127.0.0.1"
_CANDIDATE = re.compile(
    r"^(a=candidate:\S+ \d+ \S+ \d+) (\S+) (\d+) (.*)$", re.MULTILINE
)


class Kind(Enum):
    """What a datagram is, by its first byte (RFC 7983)."""

    STUN = "stun"
    DTLS = "dtls"
    RTP = "rtp"
    RTCP = "rtcp"
    OTHER = "other"


def kind_of(data: bytes) -> Kind:
    if not data:
        return Kind.OTHER
    if data[0] <= 3:
        return Kind.STUN
    if 20 <= data[0] <= 63:
        return Kind.DTLS
    if 128 <= data[0] <= 191:
        return Kind.RTCP if is_rtcp(data) else Kind.RTP
    return Kind.OTHER


@dataclass(frozen=True)
class Datagram:
    """One datagram on its way: who sent it, and in which epoch."""

    sender: Role
    epoch: int
    data: bytes

    @property
    def kind(self) -> Kind:
        return kind_of(self.data)


Rule = Callable[[Datagram], list[bytes]]


class _Line:
    """The sockets of one epoch. Each end sees the other at its own socket."""

    def __init__(self, epoch: int, arrived: Callable[[Datagram], None]) -> None:
        self.epoch = epoch
        self._arrived = arrived
        self._sockets: dict[Role, socket.socket] = {}
        self.addresses: dict[Role, tuple[str, int]] = {}
        loop = asyncio.get_running_loop()
        for role in Role:
            facing = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            facing.bind((LOOPBACK, 0))
            facing.setblocking(False)
            loop.add_reader(facing, self._read, role, facing)
            self._sockets[role] = facing

    def port_facing(self, role: Role) -> int:
        return int(self._sockets[role].getsockname()[1])

    def _read(self, role: Role, facing: socket.socket) -> None:
        data, self.addresses[role] = facing.recvfrom(65536)
        self._arrived(Datagram(role, self.epoch, data))

    def deliver(self, to: Role, data: bytes) -> None:
        """Arrive at `to` as if the other end had sent it."""
        if to in self.addresses and self._sockets[to].fileno() >= 0:
            self._sockets[to].sendto(data, self.addresses[to])

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for facing in self._sockets.values():
            loop.remove_reader(facing)
            facing.close()


class EvilWire:
    """`with EvilWire() as wire:`, then `wire.lead(end)` for both ends.

    `rule` says what arrives in the place of each datagram; `seen` keeps all that
    was sent. Everything stays on 127.0.0.1.
    """

    def __init__(self) -> None:
        self.rule: Rule = untouched
        self.seen: list[Datagram] = []
        self.describe: Callable[[Role, str], str] = lambda _receiver, sdp: sdp
        self._lines: dict[int, _Line] = {}
        self._paths: dict[tuple[int, int], _Line] = {}
        self._later: set[asyncio.TimerHandle] = set()
        self._patches = pytest.MonkeyPatch()

    def __enter__(self) -> Self:
        self._patches.setattr(seams, "_gather_real", lambda **_: [LOOPBACK])
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.undo()
        for timer in self._later:
            timer.cancel()
        for line in (*self._lines.values(), *self._paths.values()):
            line.close()

    def lead(self, end: End, *, paths: bool = True) -> None:
        """Let every connection of this end go through here, and its later paths."""
        runtime = end.assembly.runtime
        make = runtime._make_peer

        def make_led(deliver: Callable[[PeerInput], None]) -> PeerConnection:
            connection = make(deliver)
            execute = connection.execute

            def led(effect: PeerEffect) -> None:
                role = end.status.role
                if isinstance(effect, ApplyRemoteDescription):
                    effect = self._led(role, effect)
                elif isinstance(effect, UsePath) and paths:
                    effect = self._led_path(role, effect)
                execute(effect)

            connection.execute = led
            return connection

        runtime._make_peer = make_led

    def _led(
        self, receiver: Role, effect: ApplyRemoteDescription
    ) -> ApplyRemoteDescription:
        line = self._lines.get(effect.epoch)
        if line is None:
            line = self._lines[effect.epoch] = _Line(effect.epoch, self._arrived)
        _, host, port, _ = _CANDIDATE.findall(effect.sdp)[0]
        line.addresses[receiver.other] = (host, int(port))
        here = rf"\1 {LOOPBACK} {line.port_facing(receiver)} \4"
        sdp = _CANDIDATE.sub(here, effect.sdp)
        return replace(effect, sdp=self.describe(receiver, sdp))

    def _led_path(self, receiver: Role, effect: UsePath) -> UsePath:
        """The same for another path under one connection."""
        line = self._paths.get((effect.epoch, effect.generation))
        if line is None:
            line = _Line(effect.epoch, self._arrived_by_path(effect.generation))
            self._paths[effect.epoch, effect.generation] = line
        words = effect.end.candidates[0].split(" ")
        line.addresses[receiver.other] = (words[4], int(words[5]))
        words[4:6] = LOOPBACK, str(line.port_facing(receiver))
        end = PathEnd(effect.end.name, effect.end.password, (" ".join(words),))
        return replace(effect, end=end)

    def _arrived_by_path(self, generation: int) -> Callable[[Datagram], None]:
        def arrived(datagram: Datagram) -> None:
            self.seen.append(datagram)
            line = self._paths[datagram.epoch, generation]
            for data in self.rule(datagram):
                line.deliver(datagram.sender.other, data)

        return arrived

    # --- what the attacker does -------------------------------------------------------

    def _arrived(self, datagram: Datagram) -> None:
        self.seen.append(datagram)
        for data in self.rule(datagram):
            self.inject(datagram.sender.other, data, datagram.epoch)

    def inject(self, to: Role, data: bytes, epoch: int | None = None) -> None:
        """Send `to` a datagram that seems to come from the other end."""
        if epoch is None:
            epoch = max(self._lines)
        self._lines[epoch].deliver(to, data)

    def inject_later(self, after_s: float, datagram: Datagram) -> None:
        loop = asyncio.get_running_loop()
        self._later.add(
            loop.call_later(
                after_s,
                self.inject,
                datagram.sender.other,
                datagram.data,
                datagram.epoch,
            )
        )

    def count(self, *kinds: Kind, sender: Role | None = None) -> int:
        """How many datagrams of these kinds were sent so far."""
        return sum(
            d.kind in kinds and sender in (None, d.sender) for d in list(self.seen)
        )


# --- rules ----------------------------------------------------------------------------------


def untouched(datagram: Datagram) -> list[bytes]:
    return [datagram.data]


def dropped(_datagram: Datagram) -> list[bytes]:
    return []


def doubled(datagram: Datagram) -> list[bytes]:
    return [datagram.data, datagram.data]


def truncated(datagram: Datagram) -> list[bytes]:
    return [datagram.data[: len(datagram.data) // 2]]


def extended(datagram: Datagram) -> list[bytes]:
    return [datagram.data + bytes(16)]


def flipped(datagram: Datagram) -> list[bytes]:
    """One bit in the middle."""
    changed = bytearray(datagram.data)
    changed[len(changed) // 2] ^= 1
    return [bytes(changed)]


def beside(change: Rule) -> Rule:
    """The changed datagram first, then the genuine one."""
    return lambda datagram: [*change(datagram), datagram.data]


def only(change: Rule, *kinds: Kind, sender: Role | None = None) -> Rule:
    """Change these kinds (of one sender); let the rest pass."""

    def rule(datagram: Datagram) -> list[bytes]:
        meant = datagram.kind in kinds and sender in (None, datagram.sender)
        return change(datagram) if meant else [datagram.data]

    return rule


def swapped() -> Rule:
    """Each second datagram of a sender overtakes the one before it."""
    held: dict[tuple[Role, int], bytes] = {}

    def rule(datagram: Datagram) -> list[bytes]:
        key = (datagram.sender, datagram.epoch)
        if key in held:
            return [datagram.data, held.pop(key)]
        held[key] = datagram.data
        return []

    return rule


def delayed(wire: EvilWire, by_s: float) -> Rule:
    def rule(datagram: Datagram) -> list[bytes]:
        wire.inject_later(by_s, datagram)
        return []

    return rule
