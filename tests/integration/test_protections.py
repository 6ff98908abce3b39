"""Each protection of a call, attacked by a peer that knows all keys.

Two real engines, a real server, real WebRTC. What must hold is counted in frames:
none decoded on either side, none sent by the honest one. That each of these tests
fails once its protection is taken out is shown by test_protections_bite.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.frame_watch import FrameWatch
from tests.support.hostile_end import HostileEnd, is_bind
from tests.support.real_pair import End, Room

from safesession.core import call, inputs
from safesession.core.status import (
    EndReason,
    Phase,
    Problem,
    Role,
    SafetyCodeState,
)
from safesession.crypto.bind import bind_tag
from safesession.crypto.session_keys import SESSION_SECRET_BYTES
from safesession.engine.media.gate import SendGate
from safesession.protocol.peer_messages import FrameKind, pack_frame
from safesession.ui.error_texts import problem_text


NOTHING = {"audio": 0, "video": 0}


class Attacked:
    """A room in which one of two people is hostile."""

    def __init__(self, room: Room, watch: FrameWatch) -> None:
        self.room = room
        self.watch = watch
        self.honest: End
        self.attacker: HostileEnd
        self._code = ""

    async def begin(self, hostile: Role) -> None:
        """Everybody is there but the client has not entered the code."""
        self._code = await self.room.invite()
        client = self.room.client = await self.room.person(Role.CLIENT, "来访者")
        ends = {Role.CLIENT: client, Role.COUNSELOR: self.room.counselor}
        self.attacker = HostileEnd(ends[hostile])
        self.honest = ends[hostile.other]
        self.watch.hostile.add(self.attacker.end.assembly.media)
        self.room.feed()

    def join(self) -> None:
        self.room.client.do(inputs.JoinByCode(self._code))

    async def until_refused_or_broken(self) -> None:
        await self.honest.until(
            lambda: self.honest.status.ended or self.watch.leaked > 0
        )

    def nothing_passed(self) -> None:
        assert self.watch.leaked == 0, "frames passed without BIND"
        for end in self.room.ends:
            assert end.decoded == NOTHING, "frames were decoded"

    def refused(self) -> None:
        """The honest end: gate shut, session over, the sentence on its page."""
        self.nothing_passed()
        (seen,) = (s for s in self.watch.links if s.role is self.honest.status.role)
        assert not seen.bound
        assert seen.link._gate.send is SendGate.SHUT
        assert not seen.link._gate.receive
        status = self.honest.status
        assert status.phase is Phase.ENDED
        assert status.ended is EndReason.FAILED
        assert status.problem is Problem.BIND_FAILED
        assert Phase.IN_CALL not in self.honest.phases
        assert problem_text(status.problem).happened == (
            "The connection could not be proven to be private."
        )


@pytest.fixture
async def attacked(tmp_path: Path) -> AsyncIterator[Attacked]:
    with FrameWatch() as watch:
        async with Room(tmp_path) as room:
            yield Attacked(room, watch)
        assert watch.links


# --- BIND -------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", list(Role))
async def test_a_peer_that_never_sends_bind_gets_no_frame(
    attacked, monkeypatch, hostile
) -> None:
    """And its own frames, sent from the start, are not decoded."""
    monkeypatch.setattr(call, "BIND_LIMIT_S", 0.6)
    await attacked.begin(hostile)
    attacked.attacker.sends_before_bind = True
    attacked.attacker.frames = lambda body: [] if is_bind(body) else [body]
    attacked.join()
    await attacked.until_refused_or_broken()
    attacked.nothing_passed()
    honest, hostile_link = sorted(
        attacked.watch.links, key=lambda seen: seen.role is hostile
    )
    assert hostile_link.link._dtls.sent_rtp_packets > 10
    assert honest.link._dtls.received_rtp_packets > 10  # they came, and were genuine
    attacked.refused()


async def test_a_peer_that_reflects_our_bind_gets_no_frame(attacked) -> None:
    await attacked.begin(Role.COUNSELOR)
    attacker = attacked.attacker
    attacker.frames = lambda body: [] if is_bind(body) else [body]
    attacker.heard = lambda body: attacker.send(body) if is_bind(body) else None
    attacker.sends_before_bind = True
    attacked.join()
    await attacked.until_refused_or_broken()
    attacked.refused()


@pytest.mark.parametrize("of", ["another connection", "another epoch"])
async def test_a_bind_of_something_else_gets_no_frame(attacked, of) -> None:
    """Made with the right keys, for another DTLS session or another epoch."""
    await attacked.begin(Role.CLIENT)
    attacker = attacked.attacker

    def other_bind(body: bytes) -> list[bytes]:
        if not is_bind(body):
            return [body]
        mine = attacker.call
        epoch, binding = mine.epoch, mine._binding
        if of == "another epoch":
            epoch += 1
        else:
            binding = secrets.token_bytes(len(binding))
        tag = bind_tag(mine._keys, Role.CLIENT, epoch, binding)
        return [pack_frame(FrameKind.BIND, tag)]

    attacker.frames = other_bind
    attacker.sends_before_bind = True
    attacked.join()
    await attacked.until_refused_or_broken()
    attacked.refused()


# --- the session secret in the SRTP keys ----------------------------------------------------


async def test_media_under_another_session_secret_is_not_decoded(attacked) -> None:
    """BIND is right and DTLS intact: only the mix keeps these frames out."""
    await attacked.begin(Role.CLIENT)
    attacked.attacker.session_secret = secrets.token_bytes(SESSION_SECRET_BYTES)
    attacked.attacker.sends_before_bind = True
    attacked.join()
    ends = (attacked.room.counselor, attacked.room.client)
    for end in ends:
        await end.phase(Phase.IN_CALL)
    for end in ends:
        await end.until(lambda e=end: e.dtls.sent_rtp_packets > 30)
    await asyncio.sleep(0.1)  # loopback: what was sent has arrived
    for end in ends:
        assert end.decoded == NOTHING, "frames were decoded"
        assert end.dtls.received_rtp_packets == 0
        assert end.dtls.state == "connected"


# --- the safety code --------------------------------------------------------------------------


@pytest.mark.parametrize("picked", ["other words", "none of these"])
async def test_words_that_do_not_match_stop_sound_and_picture(attacked, picked) -> None:
    room = attacked.room
    await room.meet()
    room.feed()
    ends = (room.counselor, room.client)
    ready = SafetyCodeState.READY
    for end in ends:
        await end.until(lambda e=end: e.decoded["video"] > 0 and e.decoded["audio"] > 0)
        await end.until(lambda e=end: e.status.safety_code.state is ready)
    room.counselor.pick_right()
    right = room.client.assembly.runtime.session.right_safety_choice
    choice = None if picked == "none of these" else (right + 1) % 4
    room.client.do(inputs.StartSafetyCode(), inputs.PickSafetyCode(choice))
    for end in ends:
        await end.until(
            lambda e=end: e.status.phase is Phase.FROZEN or e.status.verified
        )
        assert not end.status.verified, "words that differ were taken for equal"
        assert end.status.problem is Problem.SAFETY_CODE_MISMATCH
        link = end.assembly._peer._link
        assert link._gate.send is SendGate.SILENT, "sound and picture go on"
        assert not link._gate.receive, "sound and picture go on"
    await asyncio.sleep(0.2)  # what was under way arrives
    stopped = [dict(end.decoded) for end in ends]
    packets = [end.dtls.received_rtp_packets for end in ends]
    for end, before in zip(ends, packets, strict=True):
        # Silence goes on to keep the path alive; nobody decodes it.
        await end.until(lambda e=end, b=before: e.dtls.received_rtp_packets > b + 5)
    assert [end.decoded for end in ends] == stopped
    assert attacked.watch.leaked == 0
    assert problem_text(Problem.SAFETY_CODE_MISMATCH).meaning == (
        "Sound and picture have stopped on both sides."
    )
