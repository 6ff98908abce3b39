"""Rows 6 to 9: whoever guesses codes gets three tries at each side, and no more."""

from __future__ import annotations

from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.lone_end import GuessingCounselor, KilledError, LoneEnd
from tests.support.sim_pair import SimPair
from tests.support.wrong_codes import with_another_secret

from safesession.core import effects, inputs
from safesession.core.status import EndReason, Phase, Problem, Role


CODE = with_another_secret("0429170000000028", 12_345_678)
TRIES = 3


def _joins(client: LoneEnd) -> bool:
    """Whether the app still tries this invite."""
    mark = len(client.done)
    client.give(inputs.JoinByCode(CODE))
    return any(isinstance(e, effects.ClaimInvite) for e in client.done[mark:])


def _another_device(pair: SimPair, number: int) -> None:
    pair.client.session = SimPair(seed=f"thief {number}").client.session
    pair.client.counted.clear()
    pair.client.guesses.clear()


def _burned(client: LoneEnd) -> None:
    assert not _joins(client)
    assert client.status.problem is Problem.TOO_MANY_ATTEMPTS
    client.restart()
    assert not _joins(client), "a restart is no free guess"
    assert client.status.problem is Problem.TOO_MANY_ATTEMPTS
    assert client.on_disk == [TRIES]
    assert client.count(3) == TRIES, "nobody could test a fourth code"


@case(6, "a fake counselor guesses three times")
async def guesses_at_the_client(folder: Path) -> Verdict:
    client = LoneEnd(Role.CLIENT, folder)
    for guess in range(TRIES):
        assert _joins(client)
        GuessingCounselor(CODE, guess).question(client)
        assert client.on_disk == [guess + 1]
        client.wait(21)  # the right M4 cannot come
        assert client.status.phase is Phase.IDLE
    assert client.status.problem is Problem.TOO_MANY_ATTEMPTS
    _burned(client)
    return Verdict()


@case(7, "three wrong codes reach the counselor")
async def guesses_at_the_counselor(_folder: Path) -> Verdict:
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    code = pair.counselor.status.invite.code
    for guess in range(1, TRIES + 1):
        _another_device(pair, guess)
        pair.give(pair.client, inputs.JoinByCode(with_another_secret(code, guess)))
        assert pair.counselor.guesses == list(range(1, guess + 1))
        if guess < TRIES:
            assert pair.counselor.status.phase is Phase.INVITED
            assert pair.counselor.status.invite.wrong_attempts == guess
    assert pair.counselor.status.phase is Phase.ENDED
    assert pair.counselor.status.ended is EndReason.FAILED
    assert pair.counselor.status.problem is Problem.TOO_MANY_ATTEMPTS
    assert pair.closed
    assert not any(end.gates for end in (pair.counselor, pair.client))
    return Verdict()


@case(8, "the server hides, refuses and babbles after each guess")
async def guesses_through_the_server(folder: Path) -> Verdict:
    """What used to end an attempt uncounted: each ends it counted."""
    endings: list[list[inputs.Input]] = [
        [inputs.PeerPresence(present=False), inputs.Leave()],
        [inputs.RoomRefused("later", 1.0)],
        [inputs.RoomRefused("replaced")],
        [inputs.RoomRefused("version")],
        [inputs.RoomRefused("closed")],
        [inputs.ServerLinkChanged(up=False, retry_in_s=1.0), inputs.Leave()],
        [inputs.EnvelopeReceived(b"\x01" + b"SS14P" + bytes(560))],
        [inputs.EnvelopeReceived(b"\x01babble")],
    ]
    for which, ending in enumerate(endings):
        client = LoneEnd(Role.CLIENT, folder / str(which))
        for guess in range(TRIES):
            assert _joins(client), which
            GuessingCounselor(CODE, guess).question(client)
            client.give(*ending)
            client.wait(300)
            assert client.on_disk == [guess + 1], which
            if client.status.phase is Phase.ENDED:
                client.restart()
        assert client.status.phase is Phase.IDLE
        _burned(client)
    return Verdict()


@case(8, "the server claims the seat anew for every guess")
async def attempts_through_the_server(_folder: Path) -> Verdict:
    """It counts claimants as it likes; the counselor counts codes."""
    pair = SimPair()
    pair.give(pair.counselor, inputs.CreateInvite())
    code = pair.counselor.status.invite.code
    for guess in range(1, TRIES + 1):
        for lie in (0, 1, 200):
            presence = inputs.PeerPresence(present=True, attempt=guess * 1000 + lie)
            pair.attempt = presence.attempt
            pair.mailbox["client"].clear()
            pair.give(pair.counselor, presence)
        _another_device(pair, guess)
        pair.give(pair.client, inputs.JoinByCode(with_another_secret(code, guess)))
    assert pair.counselor.guesses == [1, 2, 3]
    assert pair.counselor.status.problem is Problem.TOO_MANY_ATTEMPTS
    mark = len(pair.counselor.log)
    pair.give(pair.counselor, inputs.PeerPresence(present=True, attempt=10**6))
    assert len(pair.counselor.log) == mark, "nothing is offered any more"
    return Verdict()


@case(9, "the client dies around sending M3")
async def client_dies_between_write_and_send(folder: Path) -> Verdict:
    def killed(client: LoneEnd, before: type) -> None:
        counted = sum(client.on_disk)

        def last_moment(effect: effects.Effect) -> bool:
            proof = isinstance(effect, effects.SendEnvelope) and b"SS13" in effect.body
            if before is effects.SendEnvelope:
                return proof
            if before is effects.StatusChanged:
                return client.count(3) > counted  # M3 has just left
            return isinstance(effect, before)

        assert _joins(client)
        client.kill_before = last_moment
        try:
            GuessingCounselor(CODE, counted).question(client)
        except KilledError:
            client.restart()
            return
        raise AssertionError("it did not come to that")

    client = LoneEnd(Role.CLIENT, folder / "before the write")
    killed(client, effects.PersistGuess)
    assert (client.on_disk, client.count(3)) == ([], 0), (
        "nothing was told, nothing counts"
    )
    client = LoneEnd(Role.CLIENT, folder / "between write and send")
    killed(client, effects.SendEnvelope)
    assert (client.on_disk, client.count(3)) == ([1], 0)
    client = LoneEnd(Role.CLIENT, folder / "after sending")
    for guess in range(1, TRIES + 1):
        killed(client, effects.StatusChanged)
        assert (client.on_disk, client.count(3)) == ([guess], guess)
    _burned(client)
    return Verdict()


@case(9, "the counselor dies between counting and freeing the seat")
async def counselor_dies_between_write_and_send(folder: Path) -> Verdict:
    counselor = LoneEnd(Role.COUNSELOR, folder / "counselor")
    counselor.give(inputs.CreateInvite(), inputs.InviteOpened("042917"))
    code = counselor.status.invite.code
    thief = LoneEnd(Role.CLIENT, folder / "thief")
    thief.give(inputs.JoinByCode(with_another_secret(code)))
    for _ in range(2):
        thief.handshake(counselor.sent[-1])
        if thief.count(3):
            break
        counselor.handshake(thief.sent[-1])
    counselor.kill_before = lambda effect: isinstance(effect, effects.DropSeat)
    try:
        counselor.handshake(thief.sent[-1])
    except KilledError:
        counselor.restart()
    assert counselor.on_disk == [1]
    assert not any(isinstance(e, effects.DropSeat) for e in counselor.done)
    # The secret died with the process: what still arrives is answered by nobody.
    mark = len(counselor.done)
    counselor.handshake(thief.sent[0])
    counselor.handshake(thief.sent[-1])
    assert counselor.done[mark:] == []
    assert counselor.status.phase is Phase.IDLE
    # Nor does a burned number come back, should the server hand it out again.
    again = LoneEnd(Role.COUNSELOR, folder / "burned")
    again.give(inputs.CreateInvite(), inputs.InviteOpened("042917"))
    for count in range(1, TRIES + 1):
        again.state.count_guess(again.session._host.tag, count)
    again.restart()
    again.give(inputs.CreateInvite(), inputs.InviteOpened("042917"))
    assert again.status.problem is Problem.TOO_MANY_ATTEMPTS
    assert again.status.phase is Phase.ENDED
    return Verdict()
