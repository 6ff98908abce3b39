"""What must hold after every step of every storm, and where a storm may end.

`NEXT_STEPS` is the one table of what a person, or a clock, can do about a phase.
"""

from __future__ import annotations

from dataclasses import replace

from tests.support.sim_pair import Endpoint, seeded_entropy
from tests.support.sim_storm import SimStorm, Tape

from safesession.core import inputs
from safesession.core.session import Session
from safesession.core.status import EndReason, Phase, Role, SafetyCodeState


MAX_GUESSES = 3
TYPED = inputs.JoinByCode("0000 0000 0000 0000")
# What the window offers in each phase besides waiting; the last always ends it.
NEXT_STEPS: dict[Phase, tuple[inputs.Command, ...]] = {
    Phase.IDLE: (inputs.CreateInvite(), TYPED),
    Phase.CREATING_INVITE: (inputs.RetryNow(), inputs.Leave()),
    Phase.INVITED: (inputs.Leave(),),
    Phase.JOINING: (inputs.RetryNow(), inputs.Leave()),
    Phase.WAITING: (inputs.RetryNow(), inputs.Leave()),
    Phase.PAIRING: (inputs.Leave(),),
    Phase.CONNECTING: (inputs.Leave(),),
    Phase.IN_CALL: (inputs.StartSafetyCode(), inputs.Leave()),
    Phase.RECONNECTING: (inputs.RetryNow(), inputs.Leave()),
    Phase.FROZEN: (inputs.StartSafetyCode(), inputs.Leave()),
    Phase.ENDED: (inputs.StartOver(),),
}
# These pass by themselves: a clock of our own must be running.
TIMED = (Phase.PAIRING, Phase.CONNECTING, Phase.IN_CALL)
# Where a person may be when nothing moves any more.
RESTING = (
    Phase.IDLE,
    Phase.INVITED,
    Phase.WAITING,
    Phase.IN_CALL,
    Phase.RECONNECTING,
    Phase.FROZEN,
    Phase.ENDED,
)


def check_always(world: SimStorm) -> None:
    """Hold the promises to the present moment."""
    for end in world.ends:
        _lost_means_away(end)
        _verified_means_both_compared(world, end)
        _open_gate_means_bound(world, end)
        _counts_hold(end)
        _somebody_moves(end)
    _both_verified_means_equal(world)
    _texts_once_in_order(world)


def check_at_rest(world: SimStorm) -> None:
    """After good weather: nobody is left half way, and everybody can go on."""
    for end in world.ends:
        status = end.status
        assert status.phase in RESTING, (end.name, status.phase, status.problem)
        if status.phase is Phase.ENDED:
            assert status.ended is not None
            assert status.ended is not EndReason.FAILED or status.problem is not None
            assert end.session.deadline is None
        if status.phase is Phase.RECONNECTING and status.role is Role.CLIENT:
            assert end.session.deadline is not None, "nothing is tried any more"
    if not world.hostile:
        _honest_people_meet_again(world)
    for end in world.ends:
        last = NEXT_STEPS[end.status.phase][-1]
        if isinstance(last, inputs.Leave):
            world.give(end, last)
            assert end.status.phase is Phase.ENDED


def check_tapes(world: SimStorm) -> None:
    """Equal inputs give equal effects: play every session again."""
    for tape in world.tapes:
        _play_again(tape)


def _play_again(tape: Tape) -> None:
    session = Session(replace(tape.config, entropy=seeded_entropy(tape.seed)))
    for event, now, decided in tape.steps:
        if event is None:
            again = session.handle_timeout(now)
        else:
            again = session.handle(event, now)
        assert again == decided, type(event).__name__


# --- one promise each -------------------------------------------------------------------


def _lost_means_away(end: Endpoint) -> None:
    """What a window says about the line is what the core does about it."""
    match end.status.phase:
        case Phase.IN_CALL:
            assert not end.status.contact.lost
        case Phase.RECONNECTING:
            assert end.status.contact.lost
            assert end.gate == (False, False)


def _verified_means_both_compared(world: SimStorm, end: Endpoint) -> None:
    if end.status.safety_code.state is not SafetyCodeState.MATCHED:
        return
    encounter = end.session._encounter
    assert encounter is not None
    bits = encounter._safety._bits
    other = world.other(end)
    assert bits in world.right_picks[end.name], "we picked"
    assert bits in world.right_picks[other.name], "they picked the same words"


def _both_verified_means_equal(world: SimStorm) -> None:
    ours, theirs = (end.session._encounter for end in world.ends)
    if not all(end.status.verified for end in world.ends):
        return
    assert ours is not None
    assert theirs is not None
    assert ours._safety._bits == theirs._safety._bits
    same_epoch = ours._epoch.number == theirs._epoch.number
    if same_epoch:
        assert ours._epoch.keys.transcript == theirs._epoch.keys.transcript


def _open_gate_means_bound(world: SimStorm, end: Endpoint) -> None:
    connection = end.connection
    if connection is None or connection.gate == (False, False):
        return
    assert end.status.phase is Phase.IN_CALL, end.status.phase
    assert connection.epoch == end.session._encounter._epoch.number
    peer = connection.peer
    assert peer is not None
    assert connection.exporter == peer.exporter, "the same DTLS session"
    assert connection.bind_sent, "ours was sent"
    assert peer.bind_sent in connection.binds_taken, "theirs came"


def _counts_hold(end: Endpoint) -> None:
    assert all(0 <= count <= MAX_GUESSES for count in end.counted.values())


def _somebody_moves(end: Endpoint) -> None:
    phase, deadline = end.status.phase, end.session.deadline
    assert phase in NEXT_STEPS
    if phase in TIMED:
        assert deadline is not None, f"{end.name} stands in {phase.name}"
    if phase is Phase.RECONNECTING and end.status.role is Role.CLIENT:
        assert deadline is not None, "nothing is tried any more"


def _texts_once_in_order(world: SimStorm) -> None:
    for (pair_id, receiver), got in world.got.items():
        sender = {"counselor": "client", "client": "counselor"}[receiver]
        sent = world.sent.get((pair_id, sender), [])
        assert got == sent[: len(got)]


def _honest_people_meet_again(world: SimStorm) -> None:
    ours, theirs = (end.session._encounter for end in world.ends)
    if ours is None or theirs is None:
        return
    phases = {end.status.phase for end in world.ends}
    frozen = world.said_no and phases == {Phase.FROZEN}
    assert frozen or phases == {Phase.IN_CALL}, phases
    for end in world.ends:
        key = (world.pair_ids[end.name], world.other(end).name)
        assert world.got.get(
            (world.pair_ids[end.name], end.name), []
        ) == world.sent.get(key, [])
