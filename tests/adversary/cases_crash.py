"""Rows 34 to 37: deaths, restarts and losses at every step of a meeting."""

from __future__ import annotations

from pathlib import Path

from tests.adversary.catalogue import Verdict, case
from tests.support.promises import RESTING, check_always
from tests.support.sim_pair import SimPair, phases
from tests.support.sim_storm import SimStorm

from safesession.core import inputs
from safesession.core.status import Phase, Problem


HOPS = 14  # M0 to M5, offer, answer, BIND and the first comparison


def _hop(world: SimStorm) -> None:
    """One envelope and one frame each way."""
    for end in world.ends:
        world.deliver_relay(end, 1)
        world.deliver_channel(end, 1)
        world.run()
    check_always(world)


def _started() -> SimStorm:
    world = SimStorm()
    world.give(world.counselor, inputs.CreateInvite(3600))
    code = world.counselor.status.invite.code
    world.give(world.client, inputs.JoinByCode(code))
    return world


def _one_named_state(world: SimStorm) -> None:
    world.calm()
    check_always(world)
    for end in world.ends:
        assert end.status.phase in RESTING, (end.name, end.status.phase)
        assert end.gate == (False, False) or end.status.phase is Phase.IN_CALL


@case(34, "either app is killed at every step of a meeting")
async def killed_at_each_step(_folder: Path) -> Verdict:
    proved = 0
    for victim in ("counselor", "client"):
        for hops in range(HOPS):
            world = _started()
            for _ in range(hops):
                _hop(world)
            end = getattr(world, victim)
            world.crash(end)
            world.run()
            check_always(world)
            assert end.status.phase is Phase.IDLE, "a new process knows nothing"
            survivor = world.other(end)
            _one_named_state(world)
            if survivor.status.phase is Phase.ENDED:
                assert survivor.status.problem is not None
            # The next meeting is not hindered by the last.
            if survivor.status.phase is not Phase.IDLE:
                world.give(survivor, inputs.Leave())
                world.rebirth(survivor)
            proved += sum(world.client.counted.values())
            world.give(world.counselor, inputs.CreateInvite(3600))
            code = world.counselor.status.invite.code
            world.give(world.client, inputs.JoinByCode(code))
            world.calm(8)
            assert {e.status.phase for e in world.ends} == {Phase.IN_CALL}
    assert proved > 0, "some deaths came between M3 and M4, and were counted"
    return Verdict()


@case(34, "either app is killed between any two effects")
async def killed_between_effects(_folder: Path) -> Verdict:
    for victim in ("counselor", "client"):
        for effects_left in range(24):
            world = _started()
            world.doom[victim] = effects_left
            for _ in range(HOPS):
                _hop(world)
            _one_named_state(world)
    return Verdict()


@case(35, "the relay restarts at every step of a meeting")
async def relay_restarts(_folder: Path) -> Verdict:
    for hops in range(HOPS):
        world = _started()
        for _ in range(hops):
            _hop(world)
        for end in world.ends:
            world.give(end, inputs.ServerLinkChanged(up=False, retry_in_s=1.0))
        for _ in range(40):  # the two people's own connection is not concerned
            world.advance(1)
            for end in world.ends:
                world.deliver_channel(end)
            world.run()
            check_always(world)
        assert world.client.status.problem is not Problem.CODE_WRONG
        world.calm()
        assert {e.status.phase for e in world.ends} == {Phase.IN_CALL}, hops
        assert list(world.client.counted.values()) in ([], [0])
    return Verdict()


@case(36, "both sides lose everything and come back at once")
async def both_reconnect_at_once(_folder: Path) -> Verdict:
    pair = SimPair()
    pair.meet()
    pair.compare()
    sent: list[str] = []
    for round_ in range(3):
        pair.relay_up = False
        for end in (pair.counselor, pair.client):
            pair.queue += [
                (end, inputs.ServerLinkChanged(up=False, retry_in_s=1.0)),
                (end, inputs.PeerConnectionLost(end.connection.epoch, "closed")),
            ]
        pair.run()
        sent.append(f"{round_} 还在吗")
        pair.give(pair.client, inputs.SendText(sent[-1]))
        pair.advance(10)
        assert pair.client.gate == pair.counselor.gate == (False, False)
        pair.relay_up = True
        for end in (pair.counselor, pair.client):
            pair.queue += [
                (end, inputs.ServerLinkChanged(up=True)),
                (end, inputs.RoomJoined(0, peer_present=True)),
                (end, inputs.RetryNow()),
            ]
        pair.flush_mailboxes()
        pair.run()
        pair.advance(12)
        assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
        assert pair.client.connection.epoch == pair.counselor.connection.epoch
        assert pair.client.connection.secret == pair.counselor.connection.secret
        assert pair.client.status.verified
        assert pair.counselor.status.verified
    got = pair.counselor.received
    assert got == sent
    doubled = len(got) - len(set(got))
    return Verdict(0, len(sent), len(sent) - len(set(got)), doubled)


@case(37, "M4 is lost and served again")
async def m4_is_served_again(_folder: Path) -> Verdict:
    pair = SimPair()
    answers: list[bytes] = []
    proofs: list[bytes] = []

    def lose_m4(sender: str, body: bytes) -> list[bytes]:
        if body[1:5] == b"SS13":
            proofs.append(body)
        if body[1:5] == b"SS14" and sender == "counselor":
            answers.append(body)
            return [] if len(answers) == 1 else [body]
        return [body]

    pair.tamper_relay = lose_m4
    pair.meet()
    assert phases(pair) == (Phase.PAIRING, Phase.PAIRING)
    assert pair.client.guesses == [1], "until M4 comes it may have been a guess"
    pair.advance(5)
    for _ in range(3):  # the relay hands M3 over again, as after a lost line
        pair.give(pair.counselor, inputs.EnvelopeReceived(proofs[0]))
    assert len(set(answers)) == 1, "the same M4, byte for byte"
    assert len(answers) == 2, "after M5 nothing is served any more"
    assert phases(pair) == (Phase.IN_CALL, Phase.IN_CALL)
    assert pair.client.guesses == pair.counselor.guesses == []
    return Verdict()


@case(37, "M4 never comes")
async def m4_never_comes(_folder: Path) -> Verdict:
    pair = SimPair()
    pair.tamper_relay = lambda _sender, body: [] if body[1:5] == b"SS14" else [body]
    pair.give(pair.client, inputs.ServerLinkChanged(up=True))
    pair.give(pair.counselor, inputs.CreateInvite())
    code = pair.counselor.status.invite.code
    pair.give(pair.client, inputs.JoinByCode(code))
    pair.give(pair.client, inputs.ServerLinkChanged(up=True))
    pair.advance(121)
    assert pair.client.status.phase is Phase.IDLE
    assert pair.client.status.problem is Problem.CODE_WRONG
    assert pair.client.guesses == [1]
    assert pair.counselor.guesses == [], "the code was right"
    assert pair.counselor.status.phase in (Phase.INVITED, Phase.ENDED)
    assert not any(end.gates for end in (pair.counselor, pair.client))
    return Verdict()
