"""A room with real engines in which somebody attacks: a peer, or the network.

Counts every frame that passes without a valid BIND, and says what must hold
afterwards. What an attacker does is up to the test.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest
from tests.support.evil_wire import EvilWire
from tests.support.frame_watch import FrameWatch
from tests.support.hostile_end import HostileEnd
from tests.support.real_pair import End, Room

from safesession.core import call, inputs
from safesession.core.status import EndReason, Phase, Problem, Role
from safesession.engine import clock, runtime
from safesession.engine.media.gate import SendGate
from safesession.engine.peer import self_test
from safesession.ui.error_texts import problem_text


NOTHING = {"audio": 0, "video": 0}
NOT_PRIVATE = "The connection could not be proven to be private."


class AttackedRoom:
    """`async with` it: a server, two people, a witness, and perhaps an evil wire.

    Both people are here for their call; that the program tests itself first is the
    matter of other tests, and is left out.
    """

    def __init__(self, folder: Path, *, wired: bool = False) -> None:
        self.room = Room(folder)
        self.watch = FrameWatch()
        self._wired = wired
        self.wire: EvilWire
        self.attacker: HostileEnd
        self.honest: End
        self._code = ""
        self._ahead_s = 0.0
        self._parts = ExitStack()

    async def __aenter__(self) -> Self:
        self._patch(self_test, "run_self_test", _passed)
        self._parts.enter_context(self.watch)
        if self._wired:
            self.wire = self._parts.enter_context(EvilWire())
        await self.room.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.room.__aexit__()
        self._parts.close()

    @property
    def ends(self) -> tuple[End, End]:
        return self.room.counselor, self.room.client

    def end(self, role: Role) -> End:
        return self.room.client if role is Role.CLIENT else self.room.counselor

    def bind_within(self, limit_s: float) -> None:
        """Make the product's limit for BIND shorter, to wait less."""
        self._patch(call, "BIND_LIMIT_S", limit_s)

    def connect_within(self, limit_s: float) -> None:
        """The same for the limit to connect."""
        self._patch(call, "CONNECT_LIMIT_S", limit_s)

    def let_pass(self, seconds: float) -> None:
        """Both sessions find that so much time went by; nothing else notices."""
        self._ahead_s += seconds
        ahead_s = self._ahead_s
        self._patch(runtime, "now_s", lambda: clock.now_s() + ahead_s)
        for end in self.ends:
            end.assembly.runtime._on_timer()

    def lose_media(self) -> None:
        """Both connections break at once."""
        for end in self.ends:
            end.assembly._peer._link._lose("closed")

    def _patch(self, where: object, name: str, value: object) -> None:
        patches = self._parts.enter_context(pytest.MonkeyPatch.context())
        patches.setattr(where, name, value)

    # --- the call ----------------------------------------------------------------------

    async def begin(self, hostile: Role | None = None) -> None:
        """Both are there, cameras run, and the client has not entered the code."""
        self._code = await self.room.invite()
        self.room.client = await self.room.person(Role.CLIENT, "来访者")
        if hostile is not None:
            self.attacker = HostileEnd(self.end(hostile))
            self.honest = self.end(hostile.other)
            self.watch.hostile.add(self.attacker.end.assembly.media)
        if self._wired:
            for end in self.ends:
                self.wire.lead(end)
        self.room.feed()

    def join(self) -> None:
        self.join_with(self._code)

    def join_with(self, code: str) -> None:
        self.room.client.do(inputs.JoinByCode(code))

    async def meet(self) -> None:
        """Begin, join, and be in the call."""
        await self.begin()
        self.join()
        await self.in_call()

    async def in_call(self) -> None:
        for end in self.ends:
            await end.phase(Phase.IN_CALL)

    async def media_flows(self, more: int = 3) -> None:
        """Each decodes pictures and sound from now on."""
        before = [dict(end.decoded) for end in self.ends]
        for end, had in zip(self.ends, before, strict=True):
            await end.until(
                lambda e=end, h=had: all(
                    e.decoded[kind] >= h[kind] + more for kind in NOTHING
                )
            )

    async def nothing_more(self, counter: Callable[[], object], for_s: float) -> None:
        """What `counter` says stays the same for a while."""
        before = counter()
        await asyncio.sleep(for_s)
        assert counter() == before

    # --- what must hold ------------------------------------------------------------------

    async def until_refused(self, *ends: End) -> None:
        """Until these ends have ended, or frames pass that must not."""
        for end in ends:
            await end.until(lambda e=end: e.status.ended or self.watch.leaked > 0)

    def nothing_passed(self) -> None:
        assert self.watch.leaked == 0, "frames passed without BIND"
        for end in self.ends:
            assert end.decoded == NOTHING, "frames were decoded"

    def only_genuine_packets(self) -> None:
        """No RTP packet counts that the other end had not sent, and none twice."""
        assert self.watch.leaked == 0, "frames passed without BIND"
        counselor, client = (end.dtls for end in self.ends)
        assert 0 < counselor.received_rtp_packets <= client.sent_rtp_packets
        assert 0 < client.received_rtp_packets <= counselor.sent_rtp_packets

    def refused(self, *ends: End) -> None:
        """No frame; for these ends: never bound, and the sentence on their page."""
        self.nothing_passed()
        for end in ends:
            self._never_bound(end)
            self.ended_unproven(end)

    def refused_by_one(self) -> None:
        """Whoever noticed first says so and leaves; the other may only see that."""
        self.nothing_passed()
        noticed = [e for e in self.ends if e.status.problem is Problem.BIND_FAILED]
        assert noticed
        for end in self.ends:
            self._never_bound(end)
            if end in noticed:
                self.ended_unproven(end)
            else:
                assert end.status.ended is EndReason.PEER_LEFT

    def _never_bound(self, end: End) -> None:
        (seen,) = (s for s in self.watch.links if s.role is end.status.role)
        assert not seen.bound
        assert seen.link._gate.send is SendGate.SHUT
        assert not seen.link._gate.receive
        assert Phase.IN_CALL not in end.phases

    def ended_unproven(self, end: End) -> None:
        status = end.status
        assert status.phase is Phase.ENDED
        assert status.ended is EndReason.FAILED
        assert status.problem is Problem.BIND_FAILED
        assert not status.verified
        assert problem_text(status.problem).happened == NOT_PRIVATE


async def _passed() -> None:
    """The self-test of an installation that is whole."""
