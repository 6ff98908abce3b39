"""Rows 45 to 48 on real engines: a peer who cheats with the words, and a middleman.

Red means: both windows frozen, nothing sent, nothing shown, nobody verified, and a
sentence that says why. Only both people together get out of it, with other words.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest import mock

from tests.adversary.catalogue import Verdict, case
from tests.support.attacked_room import AttackedRoom
from tests.support.evil_room import EvilRoom, check_sentences
from tests.support.hostile_end import HostileEnd
from tests.support.real_pair import End

from safesession.core import inputs, safety_code
from safesession.core import session as session_module
from safesession.core.status import Phase, Problem, Role, SafetyCodeState
from safesession.crypto.invite_code import parse_invite_code
from safesession.crypto.sas import commitment
from safesession.engine.media.gate import SendGate
from safesession.engine.peer import self_test
from safesession.protocol.peer_messages import (
    FrameKind,
    PeerMessage,
    SafetyCommit,
    SafetyOpen,
    SafetyResult,
    SafetyShare,
)


UNDER_WAY_S = 0.1  # on loopback what was sent has arrived by then


def _sealed(end: End, message: PeerMessage) -> bytes:
    return end.assembly.runtime.session._encounter._epoch.seal(message)


def _say(attacker: HostileEnd, message: PeerMessage) -> None:
    """Speak for a peer who holds the keys and keeps to no rule."""
    attacker.send(_sealed(attacker.end, message))


def _mute(attacker: HostileEnd) -> None:
    """What the attacker's own app says of the words gets lost; `_say` replaces it."""
    attacker.frames = lambda body: [] if body[0] == FrameKind.SIGNAL else [body]


def _hear(attacker: HostileEnd) -> None:
    attacker.frames = lambda body: [body]


def _faults(end: End) -> int:
    return end.assembly.runtime.session.remote_faults


def _words(end: End) -> tuple[object, ...]:
    code = end.status.safety_code
    return code.read_aloud, code.read_number, code.choices


async def _ready(*ends: End) -> None:
    for end in ends:
        state = SafetyCodeState.READY
        await end.until(lambda e=end, s=state: e.status.safety_code.state is s)


async def _red(ends: tuple[End, ...], honest: tuple[End, ...]) -> None:
    """Frozen on both screens; of honest people nothing leaves and nothing is shown."""
    for end in ends:
        await end.phase(Phase.FROZEN)
        assert end.status.problem is Problem.SAFETY_CODE_MISMATCH
        assert end.status.safety_code.state is SafetyCodeState.MISMATCHED
        assert not end.status.verified
    check_sentences(Problem.SAFETY_CODE_MISMATCH)
    for end in honest:
        link = end.assembly._peer._link
        assert link._gate.send is not SendGate.OPEN
        assert not link._gate.receive
        assert not link._dtls.media_in
    await asyncio.sleep(UNDER_WAY_S)  # what a decoder still had in hand
    seen = [dict(end.decoded) for end in honest]
    await asyncio.sleep(UNDER_WAY_S)
    assert [dict(end.decoded) for end in honest] == seen, "something was shown"


async def _again(attacked: AttackedRoom, before: set[tuple[object, ...]]) -> None:
    """Out of red leads only what both ask for, and with other words."""
    counselor, client = attacked.ends
    client.do(inputs.StartSafetyCode())
    await counselor.until(
        lambda: (
            counselor.status.phase is not Phase.FROZEN
            or counselor.assembly.runtime.session._encounter._safety._peer_asked
        )
    )
    assert counselor.status.phase is client.status.phase is Phase.FROZEN
    counselor.do(inputs.StartSafetyCode())
    await attacked.in_call()
    await _ready(counselor, client)
    assert not {_words(end) for end in attacked.ends} & before
    await attacked.media_flows(1)


@case(45, "real engines: the client changes its share after the words are known")
async def changed_share(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.CLIENT)
        attacker, counselor = attacked.attacker, attacked.honest
        _mute(attacker)
        attacked.join()
        await attacked.in_call()
        _say(attacker, SafetyShare(1, b"a" * 32))
        await _ready(counselor, attacker.end)
        words, faults = _words(counselor), _faults(counselor)
        for run, share in ((1, b"b"), (1, b"a"), (2, b"b"), (0, b"b")):
            _say(attacker, SafetyShare(run, share * 32))
        await counselor.until(lambda: _faults(counselor) == faults + 4)
        assert _words(counselor) == words
        # The honest person's words do not fit to what the attacker's screen shows.
        _hear(attacker)
        heard = counselor.status.safety_code.read_aloud
        assert heard not in attacker.end.status.safety_code.choices
        attacker.end.do(inputs.PickSafetyCode(None))
        await _red(attacked.ends, (counselor,))
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(45, "real engines: somebody who knows the code sits between")
async def middleman(folder: Path) -> Verdict:
    """Four engines: each honest person is in a good call, with the wrong one."""
    with mock.patch.object(self_test, "run_self_test", _passed):
        async with EvilRoom(folder) as room:
            await room.people()
            counselor, client = room.pair
            code = parse_invite_code(await room.invite())
            false_client = await room.person(Role.CLIENT, "假来访者")
            false_client.do(inputs.JoinByCode(code.digits))
            await counselor.phase(Phase.IN_CALL)
            room.relay.numbers = iter([code.number])
            false_counselor = await room.person(Role.COUNSELOR, "假王老师")
            same = mock.Mock(return_value=code)
            with mock.patch.object(session_module, "make_invite_code", same):
                false_counselor.do(inputs.CreateInvite(3600))
                await false_counselor.phase(Phase.INVITED)
            client.do(inputs.JoinByCode(code.digits))
            await client.phase(Phase.IN_CALL)
            await _ready(counselor, client, false_client, false_counselor)
            for false in (false_client, false_counselor):
                false.pick_right()
            # The voices pass unchanged: each hears what the other honest one reads.
            for end, other in ((client, counselor), (counselor, client)):
                choices = end.status.safety_code.choices
                heard = other.status.safety_code.read_aloud
                choice = choices.index(heard) if heard in choices else None
                if choice == end.assembly.runtime.session.right_safety_choice:
                    return await middleman(folder / "again")  # once in 4096 (§7.1)
                end.do(inputs.PickSafetyCode(choice))
            await _red((client, counselor), (client, counselor))
            return Verdict(frames_leaked=room.leaked)


@case(46, "real engines: the counselor opens something else than it committed to")
async def wrong_opening(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.begin(Role.COUNSELOR)
        attacker, client = attacked.attacker, attacked.honest
        _mute(attacker)
        attacked.join()
        await attacked.in_call()
        epoch = client.assembly.runtime.session._encounter._epoch
        promise = commitment(b"c" * 32, epoch.keys.transcript)
        _say(attacker, SafetyCommit(1, promise))
        _say(attacker, SafetyOpen(1, b"d" * 32))
        _hear(attacker)
        await client.until(
            lambda: client.status.safety_code.state is not SafetyCodeState.NOT_YET
        )
        assert client.status.safety_code.read_aloud is None, "no words were shown"
        await _red(attacked.ends, (client,))
        await _again(attacked, {_words(end) for end in attacked.ends})
        await attacked.room.compare()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(47, "real engines: somebody hears other words")
async def wrong_pick(folder: Path) -> Verdict:
    async with AttackedRoom(folder) as attacked:
        await attacked.meet()
        counselor, client = attacked.ends
        for end, other, step in ((client, counselor, 1), (counselor, client, None)):
            await _ready(*attacked.ends)
            run = end.assembly.runtime.session._encounter._safety._run
            right = end.assembly.runtime.session.right_safety_choice
            before = {_words(side) for side in attacked.ends}
            other.pick_right()
            choice = None if step is None else (right + step) % 4
            end.do(inputs.PickSafetyCode(choice))
            await _red(attacked.ends, attacked.ends)
            # A peer who insists changes nothing, nor does picking once more.
            insists = _sealed(other, SafetyResult(run, matched=True))
            other.assembly._peer._link.send(insists)
            end.do(inputs.PickSafetyCode(right))
            await _red(attacked.ends, attacked.ends)
            await _again(attacked, before)
        await attacked.room.compare()
        return Verdict(frames_leaked=attacked.watch.leaked)


@case(48, "real engines: the exchange stands still")
async def exchange_times_out(folder: Path) -> Verdict:
    for silent in Role:
        async with AttackedRoom(folder / silent.label.decode()) as attacked:
            await attacked.begin(silent)
            _mute(attacked.attacker)
            with mock.patch.object(safety_code, "EXCHANGE_LIMIT_S", 0.3):
                attacked.join()
                await attacked.in_call()
                assert attacked.honest.status.safety_code.read_aloud is None
                await attacked.honest.phase(Phase.FROZEN)
                _hear(attacked.attacker)
                await _red(attacked.ends, (attacked.honest,))
            await _again(attacked, {_words(end) for end in attacked.ends})
            await attacked.room.compare()
            assert attacked.watch.leaked == 0
    return Verdict()


async def _passed() -> None:
    """The self-test is the matter of other tests."""
