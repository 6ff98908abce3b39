"""Two real engines at a hostile relay, attacked again and again, and what must hold.

`attack` lets them try to meet under a hook; `refused` then looks at the state that
the two people are left with: nothing opened, nothing decoded or sent, the guesses
on disk, a sentence to read. `still_meets` shows that nobody is stranded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import astuple, dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QTranslator
from tests.support.evil_relay import EvilRelay, Hook, honest
from tests.support.real_pair import End, Room

from safesession.core import inputs
from safesession.core.status import Phase, Problem, Role
from safesession.engine.media.gate import SendGate
from safesession.engine.peer.seams import MediaOut
from safesession.ui import error_texts


@dataclass(frozen=True, slots=True)
class Refusal:
    """How an attack has to end, as the two people and their disks see it."""

    client: Problem | None
    counselor: Problem | None = None  # None: the invite stands, nothing to read
    client_guesses: int = 0  # more on disk than before
    counselor_guesses: int = 0


LIMIT_S = 5.0
_OVER = (Phase.IDLE, Phase.ENDED)
# Whoever read M3 has tested one code: the client counts it before it leaves.
COUNTED_BY_CLIENT = Refusal(Problem.CODE_WRONG, client_guesses=1)
COUNTED_BY_BOTH = Refusal(Problem.CODE_WRONG, client_guesses=1, counselor_guesses=1)
MALFORMED = Refusal(Problem.PEER_MISBEHAVED)
MALFORMED_AFTER_M3 = Refusal(Problem.PEER_MISBEHAVED, client_guesses=1)
SEAT_LOST = Refusal(Problem.CODE_UNAVAILABLE)


class EvilRoom(Room):
    """A counselor and a client with sound and picture at hand; `async with` it."""

    def __init__(self, folder: Path, relay: EvilRelay | None = None) -> None:
        self.relay = relay or EvilRelay()
        super().__init__(folder, self.relay)
        self.leaked = 0
        self._frames_before = 0
        self._guesses_before = (0, 0)
        self._shown_before = 0

    async def people(self) -> None:
        self.counselor, self.client = await asyncio.gather(
            self.person(Role.COUNSELOR, "王老师"), self.person(Role.CLIENT, "来访者")
        )
        self.feed()

    @property
    def pair(self) -> tuple[End, End]:
        return self.counselor, self.client

    async def invite(self, ttl_s: int = 3600) -> str:
        """A fresh invite of the same counselor, whatever was before."""
        end = self.counselor
        if end.status.phase is not Phase.IDLE:
            end.do(inputs.StartOver())
        end.do(inputs.CreateInvite(ttl_s))
        await end.phase(Phase.INVITED)
        return end.code

    async def attack(self, hook: Hook = honest) -> None:
        """Both try to meet while the relay does what `hook` says."""
        code = await self.invite()
        self.relay.hook = hook
        self.join(code)

    def join(self, code: str) -> None:
        """The client enters a code; what happens from here on is judged."""
        if self.client.status.phase is not Phase.IDLE:
            self.client.do(inputs.StartOver())
        for end in self.pair:
            end.phases.clear()
            end.problems.clear()
        self._frames_before = self._frames()
        self._guesses_before = self.guesses()
        invite = self.counselor.status.invite
        self._shown_before = invite.wrong_attempts if invite is not None else 0
        self.client.do(inputs.JoinByCode(code))

    def guesses(self) -> tuple[int, int]:
        """Wrong guesses on the client's and on the counselor's disk."""
        return sum(self.client.guesses()), sum(self.counselor.guesses())

    async def refused(self, *wanted: Refusal) -> None:
        """Wait for an end that is one of `wanted`; look at everything that counts."""
        with suppress(AssertionError):  # then the comparison shows what was found
            await soon(self.client, lambda: self._found() in wanted)
        self.nothing_opened()
        found = self._found()
        assert found in wanted, f"{found} is none of {wanted}"
        assert self.client.status.phase in _OVER
        if found.counselor is None:
            invite = self.counselor.status.invite
            assert invite is not None
            shown = invite.wrong_attempts - self._shown_before
            assert shown == found.counselor_guesses
        else:
            assert self.counselor.status.phase in _OVER

    def _found(self) -> Refusal:
        client, counselor = self.guesses()
        return Refusal(
            self.client.status.problem,
            self.counselor.status.problem,
            client - self._guesses_before[0],
            counselor - self._guesses_before[1],
        )

    def nothing_opened(self) -> None:
        """No call, no badge, a shut gate, and not one frame; words to read."""
        self.leaked += self._frames() - self._frames_before
        assert self.leaked == 0
        for end in self.pair:
            assert Phase.IN_CALL not in end.phases
            assert not end.status.verified
            assert gate_is_shut(end)
            if end.status.problem is not None:
                check_sentences(end.status.problem)

    async def still_meets(self) -> None:
        """The same two people, with an honest server: one next step is enough."""
        before = [end.decoded["audio"] for end in self.pair]
        await self.attack()
        await self.met()
        for end, heard in zip(self.pair, before, strict=True):
            await end.until(lambda e=end, h=heard: e.decoded["audio"] > h)

    async def met(self) -> None:
        """Wait for the call, without a problem on either side."""
        for end in self.pair:
            await soon(end, lambda e=end: e.status.phase is Phase.IN_CALL)
            assert end.status.problem is None

    def _frames(self) -> int:
        decoded = sum(sum(end.decoded.values()) for end in self.ends)
        transports = [end.assembly._transport() for end in self.ends]
        return decoded + sum(t.rtp_packets_sent for t in transports)


async def soon(end: End, wanted: Callable[[], object]) -> None:
    """Wait for what must become true; a failed assertion where it does not."""
    with suppress(TimeoutError):
        await end.until(wanted, LIMIT_S)
    assert wanted(), f"{end.status.phase}, {end.status.problem}"


def gate_is_shut(end: End) -> bool:
    """Whether nothing of this person's may leave or be shown."""
    peer = end.assembly._peer
    link = peer._link if peer is not None else None
    if link is None:
        return True
    gate, dtls = link._gate, link._dtls
    shut = gate.send is SendGate.SHUT and not gate.receive
    return shut and dtls.media_out is MediaOut.NOTHING and not dtls.media_in


@cache
def _chinese() -> tuple[QTranslator, bytes]:
    path = resources.files("safesession.resources") / "i18n" / "safesession_zh_CN.qm"
    data = path.read_bytes()  # Qt reads from it without a copy
    translator = QTranslator()
    assert translator.load(data)
    return translator, data


def check_sentences(problem: Problem) -> None:
    """A problem is three sentences, in English and in Chinese."""
    translator, _ = _chinese()
    for sentence in astuple(error_texts._PROBLEMS[problem]):
        assert sentence.endswith(".")
        assert translator.translate("Problem", sentence).endswith("。")


@asynccontextmanager
async def evil_room(folder: Path) -> AsyncIterator[EvilRoom]:
    """Two people at a hostile relay, who can still meet when it is over."""
    async with EvilRoom(folder) as room:
        await room.people()
        yield room
        await room.still_meets()
        assert room.relay.faults == 0
