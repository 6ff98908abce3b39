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
from tests.support.attacked_room import NOTHING, AttackedRoom
from tests.support.hostile_end import is_bind

from safesession.core import inputs
from safesession.core.status import (
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


@pytest.fixture
async def attacked(tmp_path: Path) -> AsyncIterator[AttackedRoom]:
    async with AttackedRoom(tmp_path) as attacked:
        yield attacked
        assert attacked.watch.links


# --- BIND -------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", list(Role))
async def test_a_peer_that_never_sends_bind_gets_no_frame(attacked, hostile) -> None:
    """And its own frames, sent from the start, are not decoded."""
    attacked.bind_within(0.6)
    await attacked.begin(hostile)
    attacked.attacker.sends_before_bind = True
    attacked.attacker.frames = lambda body: [] if is_bind(body) else [body]
    attacked.join()
    await attacked.until_refused(attacked.honest)
    attacked.nothing_passed()
    honest, hostile_link = sorted(
        attacked.watch.links, key=lambda seen: seen.role is hostile
    )
    assert hostile_link.link._dtls.sent_rtp_packets > 10
    assert honest.link._dtls.received_rtp_packets > 10  # they came, and were genuine
    attacked.refused(attacked.honest)


async def test_a_peer_that_reflects_our_bind_gets_no_frame(attacked) -> None:
    await attacked.begin(Role.COUNSELOR)
    attacker = attacked.attacker
    attacker.frames = lambda body: [] if is_bind(body) else [body]
    attacker.heard = lambda body: attacker.send(body) if is_bind(body) else None
    attacker.sends_before_bind = True
    attacked.join()
    await attacked.until_refused(attacked.honest)
    attacked.refused(attacked.honest)


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
    await attacked.until_refused(attacked.honest)
    attacked.refused(attacked.honest)


# --- the session secret in the SRTP keys ----------------------------------------------------


async def test_media_under_another_session_secret_is_not_decoded(attacked) -> None:
    """BIND is right and DTLS intact: only the mix keeps these frames out."""
    await attacked.begin(Role.CLIENT)
    attacked.attacker.session_secret = secrets.token_bytes(SESSION_SECRET_BYTES)
    attacked.attacker.sends_before_bind = True
    attacked.join()
    ends = attacked.ends
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
    await attacked.meet()
    room, ends = attacked.room, attacked.ends
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
