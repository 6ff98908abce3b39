"""Rows 45 to 48: the spoken words against a peer who cheats, and somebody between."""

from __future__ import annotations

from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.middleman import Middleman
from tests.support.sim_pair import Endpoint, SimPair, phases

from safesession.core import inputs
from safesession.core.status import Phase, Problem, SafetyCodeState
from safesession.crypto.sas import commitment
from safesession.protocol.peer_messages import (
    FrameKind,
    PeerMessage,
    SafetyCommit,
    SafetyOpen,
    SafetyResult,
    SafetyShare,
)


def _say(pair: SimPair, end: Endpoint, message: PeerMessage) -> None:
    """Speak for a peer who holds the keys and keeps to no rule."""
    frame = end.session._encounter._epoch.seal(message)
    pair.give(pair.other(end), inputs.ControlReceived(end.connection.epoch, frame))


def _mute(pair: SimPair, sender: str) -> None:
    """What `sender`'s own app says about the words gets lost; `_say` replaces it."""

    def tamper(who: str, body: bytes) -> list[bytes]:
        return [] if who == sender and body[0] == FrameKind.SIGNAL else [body]

    pair.tamper_channel = tamper


def _hear(pair: SimPair) -> None:
    pair.tamper_channel = lambda _sender, body: [body]


def _red(pair: SimPair) -> None:
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN)
    for end in (pair.counselor, pair.client):
        assert end.gate == (False, False)
        assert end.status.problem is Problem.SAFETY_CODE_MISMATCH
        assert end.status.safety_code.state is SafetyCodeState.MISMATCHED
        assert not end.status.verified
        assert end.status.safety_code.may_run_again


def _words(end: Endpoint) -> tuple:
    code = end.status.safety_code
    return code.read_aloud, code.read_number, code.choices


def _again_differs(pair: SimPair, before: set[tuple]) -> None:
    """Out of red leads only what both ask for, and with other words."""
    pair.give(pair.client, inputs.StartSafetyCode())
    assert phases(pair) == (Phase.FROZEN, Phase.FROZEN), "one alone cannot"
    pair.give(pair.counselor, inputs.StartSafetyCode())
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    for end in (pair.counselor, pair.client):
        assert end.status.safety_code.read_aloud is not None
        assert _words(end) not in before
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.status.verified


@case(45, "the client changes its share after the words are known")
async def changed_share(_folder: Path) -> Verdict:
    pair = SimPair()
    _mute(pair, "client")
    pair.meet()
    _say(pair, pair.client, SafetyShare(1, b"a" * 32))
    counselor = pair.counselor
    words = _words(counselor)
    assert counselor.status.safety_code.state is SafetyCodeState.READY
    faults = counselor.session.remote_faults
    for run, share in ((1, b"b"), (1, b"a"), (2, b"b"), (0, b"b")):
        _say(pair, pair.client, SafetyShare(run, share * 32))
    assert counselor.session.remote_faults == faults + 4
    assert _words(counselor) == words
    # The honest client's app used its own share: the words people say do not fit.
    _hear(pair)
    heard = counselor.status.safety_code.read_aloud
    assert heard not in pair.client.status.safety_code.choices
    pair.give(pair.client, inputs.PickSafetyCode(None))
    _red(pair)
    return Verdict()


@case(45, "somebody who knows the code sits between")
async def middleman(_folder: Path) -> Verdict:
    for seed in ("one", "two", "three"):
        between = Middleman(seed)
        client, counselor = between.honest
        assert client.status.phase is counselor.status.phase is Phase.IN_CALL
        assert _words(client)[:2] != _words(counselor)[:2]
        between.compare()
        for end in between.honest:
            assert end.status.phase is Phase.FROZEN
            assert end.gate == (False, False)
            assert not end.status.verified
    return Verdict()


@case(46, "the counselor opens something else than it committed to")
async def wrong_opening(_folder: Path) -> Verdict:
    pair = SimPair()
    _mute(pair, "counselor")
    pair.meet()
    transcript = pair.client.session._encounter._epoch.keys.transcript
    _say(pair, pair.counselor, SafetyCommit(1, commitment(b"c" * 32, transcript)))
    _say(pair, pair.counselor, SafetyOpen(1, b"d" * 32))
    assert pair.client.status.safety_code.read_aloud is None, "no words were shown"
    _hear(pair)
    _red(pair)
    _again_differs(pair, {_words(end) for end in (pair.counselor, pair.client)})
    return Verdict()


@case(47, "somebody hears other words")
async def wrong_pick(_folder: Path) -> Verdict:
    for who in ("client", "counselor"):
        for step in (1, 2, 3, None):
            pair = SimPair(seed=f"{who} {step}")
            pair.meet()
            end = getattr(pair, who)
            right = end.session.right_safety_choice
            choice = None if step is None else (right + step) % 4
            before = {_words(side) for side in (pair.counselor, pair.client)}
            other = pair.other(end)
            pair.give(other, inputs.PickSafetyCode(other.session.right_safety_choice))
            pair.give(end, inputs.PickSafetyCode(choice))
            _red(pair)
            # A peer who insists changes nothing, nor does picking once more.
            _say(pair, other, SafetyResult(1, matched=True))
            pair.give(end, inputs.PickSafetyCode(right))
            _red(pair)
            _again_differs(pair, before)
    return Verdict()


@case(48, "the exchange stands still")
async def exchange_times_out(_folder: Path) -> Verdict:
    for silent in ("client", "counselor"):
        pair = SimPair(seed=silent)
        _mute(pair, silent)
        pair.meet()
        pair.advance(29)
        assert pair.client.status.safety_code.read_aloud is None
        _hear(pair)
        pair.advance(2)
        _red(pair)
        _again_differs(pair, {_words(end) for end in (pair.counselor, pair.client)})
    return Verdict()
