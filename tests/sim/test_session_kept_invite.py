"""An invite that is kept outlives the counselor's app, and never gives a free guess."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.support.sim_pair import UNIX_AT_ZERO, SimPair, phases
from tests.support.wrong_codes import with_another_secret

from safesession.core import effects, inputs
from safesession.core.kept_invite import InviteStage
from safesession.core.session import Session
from safesession.core.status import EndReason, Phase, Problem, ServerLink


IN_CALL = (Phase.IN_CALL, Phase.IN_CALL)


def invited() -> SimPair:
    pair = SimPair(keeps_invites=True)
    pair.give(pair.counselor, inputs.CreateInvite(172_800))
    assert pair.counselor.status.phase is Phase.INVITED
    return pair


def code_of(pair: SimPair) -> str:
    return pair.counselor.status.invite.code


def test_closing_the_app_leaves_the_invite_open() -> None:
    pair = invited()
    shown = pair.counselor.status.invite
    assert shown.outlives_app
    pair.stop_counselor()
    assert pair.counselor.status.ended is EndReason.CANCELLED
    assert not pair.closed
    pair.now += 3600
    pair.start_counselor()
    assert pair.counselor.status.phase is Phase.INVITED
    assert pair.counselor.status.invite == shown
    pair.give(pair.client, inputs.JoinByCode(shown.code))
    assert phases(pair) == IN_CALL
    assert pair.counselor.kept is None, "used up"
    assert not any(pair.counselor.counted.values())


def test_a_client_who_came_meanwhile_is_let_in_at_the_next_start() -> None:
    pair = invited()
    code = code_of(pair)
    pair.stop_counselor()
    pair.give(pair.client, inputs.JoinByCode(code))
    pair.start_counselor()
    assert phases(pair) == IN_CALL
    pair.compare()
    assert pair.client.status.verified
    assert pair.counselor.status.verified


def test_withdrawing_forgets_it() -> None:
    pair = invited()
    pair.give(pair.counselor, inputs.Leave())
    assert pair.counselor.kept is None
    assert pair.closed


def test_without_a_place_to_keep_it_closing_withdraws_it() -> None:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite(3600))
    assert not pair.counselor.status.invite.outlives_app
    pair.give(pair.counselor, inputs.Suspend())
    assert pair.closed
    assert not [e for e in pair.counselor.log if isinstance(e, effects.KeepInvite)]


def test_closing_in_a_call_says_goodbye() -> None:
    pair = invited()
    pair.give(pair.client, inputs.JoinByCode(code_of(pair)))
    assert phases(pair) == IN_CALL
    pair.give(pair.counselor, inputs.Suspend())
    assert pair.client.status.ended is EndReason.PEER_LEFT


def test_one_that_has_expired_or_is_of_another_server_is_forgotten() -> None:
    pair = invited()
    kept = pair.counselor.kept
    pair.stop_counselor()
    pair.now += 172_801
    pair.start_counselor()
    assert pair.counselor.status.phase is Phase.IDLE
    assert pair.counselor.status.problem is Problem.INVITE_EXPIRED
    assert pair.counselor.kept is None
    assert kept.expires_at <= UNIX_AT_ZERO + pair.now


def test_one_that_the_server_has_closed_is_forgotten() -> None:
    pair = invited()
    pair.stop_counselor()
    pair.closed = True
    pair.start_counselor()
    assert pair.counselor.status.problem is Problem.INVITE_EXPIRED
    assert pair.counselor.kept is None


def test_the_end_of_its_time_counts_from_its_beginning() -> None:
    pair = invited()
    pair.advance(100_000)
    pair.stop_counselor()
    pair.start_counselor()
    pair.advance(72_000)
    assert pair.counselor.status.phase is Phase.INVITED
    pair.advance(801)
    assert pair.counselor.status.problem is Problem.INVITE_EXPIRED
    assert pair.counselor.kept is None


def test_wrong_guesses_burn_it_over_any_number_of_starts() -> None:
    pair = invited()
    code = code_of(pair)
    for n in range(1, 4):
        assert pair.counselor.status.phase is Phase.INVITED
        pair.give(pair.client, inputs.JoinByCode(with_another_secret(code, n)))
        assert list(pair.counselor.counted.values()) == [n]
        if n < 3:
            pair.stop_counselor()
            pair.start_counselor()
            assert pair.counselor.status.invite.wrong_attempts == n
    assert pair.counselor.status.problem is Problem.TOO_MANY_ATTEMPTS
    assert pair.counselor.kept is None


def test_it_says_that_somebody_is_challenged_before_m2_leaves() -> None:
    pair = invited()
    pair.give(pair.client, inputs.JoinByCode(code_of(pair)))
    log = pair.counselor.log
    challenged = next(
        n
        for n, e in enumerate(log)
        if isinstance(e, effects.KeepInvite)
        and e.invite.stage is InviteStage.CHALLENGED
    )
    m2 = next(
        n
        for n, e in enumerate(log)
        if isinstance(e, effects.SendEnvelope) and e.body[1:5] == b"SS12"
    )
    assert challenged < m2
    forgotten = log.index(effects.ForgetInvite())
    m4 = next(
        n
        for n, e in enumerate(log)
        if isinstance(e, effects.SendEnvelope) and e.body[1:5] == b"SS14"
    )
    assert m2 < forgotten < m4


def new_client(pair: SimPair) -> None:
    """Another process of the client's, with what it has counted."""
    end = pair.client
    counted = dict(end.counted)
    end.session = Session(replace(end.session._config, wrong_attempts_by_tag=counted))


class _KilledError(Exception):
    """kill -9."""


def killed_before(pair: SimPair, nth: int) -> Callable[[], bool]:
    """Kill the counselor's app before its `nth` effect from now; say if it came."""
    execute, count = pair._execute, itertools.count()
    dead = []

    def one(end, effect) -> None:
        if end is pair.counselor and not dead and next(count) == nth:
            dead.append(effect)
            pair._execute = execute
            raise _KilledError
        execute(end, effect)

    pair._execute = one
    return lambda: bool(dead)


def drive(pair: SimPair, event: inputs.Input) -> None:
    """Give the client an input; if the counselor dies on the way, start it again."""
    try:
        pair.give(pair.client, event)
    except _KilledError:
        pair.stop_counselor(kill=True)
        pair.run()
        pair.start_counselor()
    pair.run()


@pytest.mark.parametrize("nth", range(14))
def test_killed_at_each_effect_a_wrong_guess_is_never_free(nth: int) -> None:
    pair = invited()
    code = code_of(pair)
    proofs = 0
    for n in range(1, 12):
        if pair.counselor.status.phase in (Phase.IDLE, Phase.ENDED):
            break  # burned, and forgotten
        killed = killed_before(pair, nth)
        before = len(pair.client.guesses)
        drive(pair, inputs.JoinByCode(with_another_secret(code, n)))
        proofs += len(pair.client.guesses) > before
        if not killed():
            del pair._execute
        pair.give(pair.client, inputs.Leave())
        pair.client.counted.clear()  # a guesser of its own making counts nothing
        pair.client.guesses.clear()
        new_client(pair)
        pair.advance(1)
    else:
        assert not proofs, "it died each time before anything could be guessed"
    assert proofs <= 3


@pytest.mark.parametrize("nth", range(14))
def test_killed_at_each_effect_the_two_still_meet_or_start_anew(nth: int) -> None:
    pair = invited()
    code = code_of(pair)
    killed_before(pair, nth)
    drive(pair, inputs.JoinByCode(code))
    pair.advance(30)
    for _ in range(3):
        if phases(pair) == IN_CALL:
            break
        if pair.client.status.phase is Phase.WAITING:
            # What nobody acknowledged comes again; without progress the seat is freed.
            pair.give(pair.client, inputs.RoomRefused("closed"))
            pair._free_seat()
            pair.run()
        if pair.client.status.phase is Phase.IDLE:
            pair.give(pair.client, inputs.JoinByCode(code))
        pair.advance(30)
    spent = pair.counselor.status.phase in (Phase.IDLE, Phase.ENDED)
    assert phases(pair) == IN_CALL or spent, phases(pair)
    assert max(pair.counselor.counted.values(), default=0) <= 1


def test_a_server_that_lost_its_last_hours_gets_a_fresh_offer() -> None:
    pair = invited()
    code = code_of(pair)
    pair.give(pair.client, inputs.JoinByCode(with_another_secret(code)))
    assert pair.counselor.kept.attempt == 1
    pair.stop_counselor()
    pair.attempt = 0
    pair.mailbox["client"].clear()
    pair.start_counselor()
    assert pair.counselor.status.phase is Phase.INVITED
    new_client(pair)
    pair.give(pair.client, inputs.JoinByCode(code))
    assert phases(pair) == IN_CALL


def test_the_page_says_when_the_server_is_away() -> None:
    pair = invited()
    pair.stop_counselor()
    pair.start_counselor()
    down = inputs.ServerLinkChanged(up=False, retry_in_s=4.0)
    pair.give(pair.counselor, down)
    assert pair.counselor.status.phase is Phase.INVITED
    assert pair.counselor.status.server_link is ServerLink.DOWN
    assert pair.counselor.status.problem is Problem.SERVER_UNREACHABLE
    pair.give(pair.counselor, inputs.ServerLinkChanged(up=True))
    assert pair.counselor.status.problem is None
