"""The agreed phrase between two machines: passes, tries, locks and dropouts."""

from __future__ import annotations

import pytest
from tests.support.phrase_room import (
    DURESS,
    NORMAL,
    PAIR_TAG,
    WRONG,
    PhraseRoom,
    seats,
)
from tests.support.sim_pair import seeded_entropy

from safesession.core.phrase_check import (
    EXCHANGE_LIMIT_S,
    TRIES_PER_PAIR,
    PersistPhraseTries,
    PhraseProver,
    PhraseState,
    PhraseVerifier,
)
from safesession.crypto.phrase import AgreedPhrases
from safesession.errors import RemoteProtocolError
from safesession.protocol.peer_messages import (
    PhraseAsk,
    PhraseShare,
    PhraseShares,
    PhraseTags,
    PhraseVerdict,
)


ZEROS = bytes(32)


def states(room: PhraseRoom) -> tuple[PhraseState, PhraseState]:
    return room.prover.view.state, room.verifier.view.state


def test_the_right_phrase_passes_and_is_kept_nowhere_at_the_client():
    room = PhraseRoom()
    room.ask()
    assert states(room) == (PhraseState.ASKED, PhraseState.ASKED)
    room.type(NORMAL)
    assert states(room) == (PhraseState.PASSED, PhraseState.PASSED)
    assert not room.verifier.view.duress
    assert room.prover._proof is None
    assert NORMAL.secret not in repr(vars(room.prover)).encode()


def test_a_wrong_phrase_fails_and_the_next_right_one_passes():
    room = PhraseRoom()
    room.once(WRONG)
    assert states(room) == (PhraseState.FAILED, PhraseState.FAILED)
    assert room.prover.view.tries_left == room.verifier.view.tries_left == 2
    room.once(NORMAL)
    assert states(room) == (PhraseState.PASSED, PhraseState.PASSED)
    assert room.disk == [1, 0]


def test_every_verdict_comes_after_the_count_is_on_disk():
    for typed in (NORMAL, DURESS, WRONG):
        room = PhraseRoom()
        room.once(typed)
        assert room.order == ["PhraseAsk", "PhraseShares", "disk", "PhraseVerdict"]


def test_killed_between_count_and_verdict_the_try_stays_counted():
    room = PhraseRoom(wrong_tries=8)
    room.ask()
    (share,) = room.prover.submit(WRONG, room.now)
    (shares,) = room.verifier.receive(share, room.now)
    (tags,) = room.prover.receive(shares, room.now)
    persisted, verdict = room.verifier.receive(tags, room.now)
    assert persisted == PersistPhraseTries(PAIR_TAG, 9)
    assert verdict == PhraseVerdict(1, "fail")
    # The process dies here: the verdict never leaves.
    again = PhraseRoom(wrong_tries=persisted.wrong_tries)
    again.once(WRONG)
    assert again.verifier.view.state is PhraseState.LOCKED


def test_ten_of_a_pair_lock_it_before_anything_is_asked():
    tries = 0
    for _ in range(TRIES_PER_PAIR // 3):
        room = PhraseRoom(wrong_tries=tries)
        for _ in range(3):
            room.once(WRONG)
        assert room.verifier.view.state is PhraseState.LOCKED
        tries = room.disk[-1]
    assert tries == 9
    room = PhraseRoom(wrong_tries=tries)
    room.once(WRONG)
    assert room.verifier.view.state is PhraseState.LOCKED
    locked = PhraseRoom(wrong_tries=room.disk[-1])
    assert locked.verifier.ask() == []
    assert locked.verifier.view.state is PhraseState.LOCKED
    assert locked.verifier.view.tries_left == 0


def test_duress_gives_no_fresh_tries_and_stays_known():
    room = PhraseRoom(wrong_tries=5)
    room.once(DURESS)
    assert room.disk == [5]
    assert room.verifier.view.duress
    room.once(NORMAL)
    assert room.disk == [5, 0]
    room.bind(1)
    assert room.verifier.view.duress
    assert not hasattr(room.prover.view, "duress")


def test_without_a_duress_phrase_everything_goes_the_same_way():
    room = PhraseRoom(phrases=AgreedPhrases(NORMAL))
    room.once(NORMAL)
    with_duress = PhraseRoom()
    with_duress.once(NORMAL)
    assert room.sent == with_duress.sent
    assert states(room) == states(with_duress)


def test_the_client_counts_as_well():
    """Three unanswered proofs: a false counselor tests no more than that."""
    keys = seats()[0]
    prover = PhraseProver(seeded_entropy("client"))
    prover.bind(keys.keys, 0, keys.binding)
    for run in (1, 2, 3):
        prover.receive(PhraseAsk(run, ZEROS), 0.0)
        (share,) = prover.submit(NORMAL, 0.0)
        ours, others = (
            PhraseProver(seeded_entropy(f"{name}{run}")) for name in ("a", "b")
        )
        points = []
        for machine in (ours, others):
            machine.bind(keys.keys, 0, keys.binding)
            machine.receive(PhraseAsk(run, ZEROS), 0.0)
            points.append(machine.submit(WRONG, 0.0)[0].share)
        assert isinstance(share, PhraseShare)
        (tags,) = prover.receive(PhraseShares(run, *points), 0.0)
        assert isinstance(tags, PhraseTags)
        prover.handle_timeout(EXCHANGE_LIMIT_S)
    assert prover.view.state is PhraseState.LOCKED
    with pytest.raises(RemoteProtocolError):
        prover.receive(PhraseAsk(4, ZEROS), 0.0)
    assert prover.submit(NORMAL, 0.0) == []


def test_a_lock_outlives_a_new_epoch():
    room = PhraseRoom()
    for _ in range(3):
        room.once(WRONG)
    room.bind(1)
    assert states(room) == (PhraseState.LOCKED, PhraseState.LOCKED)
    room.once(NORMAL)
    assert states(room) == (PhraseState.LOCKED, PhraseState.LOCKED)


def test_a_dropout_ends_what_was_under_way():
    room = PhraseRoom()
    room.ask()
    room.bind(1)
    assert states(room) == (PhraseState.IDLE, PhraseState.IDLE)
    assert room.prover.submit(NORMAL, room.now) == []
    room.once(NORMAL)
    assert states(room) == (PhraseState.PASSED, PhraseState.PASSED)


def test_a_dropout_after_the_proof_left_is_a_try_for_the_client_only():
    room = PhraseRoom()
    room.ask()
    (share,) = room.prover.submit(NORMAL, room.now)
    (shares,) = room.verifier.receive(share, room.now)
    room.prover.receive(shares, room.now)
    room.bind(1)
    assert room.prover.view.tries_left == 2
    assert room.verifier.view.tries_left == 3
    assert room.disk == []


def test_silence_ends_a_run_and_costs_the_counselor_nothing():
    room = PhraseRoom()
    room.ask()
    (share,) = room.prover.submit(NORMAL, room.now)
    room.verifier.receive(share, room.now)
    assert room.verifier.deadline == room.prover.deadline == room.now + EXCHANGE_LIMIT_S
    for machine in (room.verifier, room.prover):
        machine.handle_timeout(room.now + EXCHANGE_LIMIT_S - 1)
        assert machine.view.state is PhraseState.CHECKING
        machine.handle_timeout(room.now + EXCHANGE_LIMIT_S)
        assert machine.view.state is PhraseState.IDLE
    assert room.prover.view.tries_left == room.verifier.view.tries_left == 3


def test_out_of_turn_changes_nothing():
    room = PhraseRoom()
    strange = [
        PhraseAsk(1, ZEROS),
        PhraseShare(1, ZEROS),
        PhraseShares(1, ZEROS, ZEROS),
        PhraseTags(1, ZEROS, ZEROS),
        PhraseVerdict(1, "pass"),
    ]
    for message in strange:
        with pytest.raises(RemoteProtocolError):
            room.verifier.receive(message, room.now)
    for message in strange[1:]:
        with pytest.raises(RemoteProtocolError):
            room.prover.receive(message, room.now)
    assert states(room) == (PhraseState.IDLE, PhraseState.IDLE)
    room.ask()
    for message in strange[:1] + strange[2:]:  # a low-order share comes next
        with pytest.raises(RemoteProtocolError):
            room.verifier.receive(message, room.now)
    with pytest.raises(RemoteProtocolError):
        room.verifier.receive(strange[1], room.now)
    with pytest.raises(RemoteProtocolError):
        room.prover.receive(PhraseAsk(1, ZEROS), room.now)  # a run asked twice
    assert states(room) == (PhraseState.ASKED, PhraseState.ASKED)
    room.type(NORMAL)
    assert states(room) == (PhraseState.PASSED, PhraseState.PASSED)


def test_shares_that_cannot_be_honest_get_no_proof():
    room = PhraseRoom()
    room.ask()
    (share,) = room.prover.submit(NORMAL, room.now)
    assert isinstance(share, PhraseShare)
    with pytest.raises(RemoteProtocolError):
        room.prover.receive(PhraseShares(1, share.share, ZEROS), room.now)
    assert room.prover.view.state is PhraseState.IDLE
    assert room.prover.view.tries_left == 3


def test_nothing_happens_before_bind():
    prover = PhraseProver(seeded_entropy("client"))
    with pytest.raises(RemoteProtocolError):
        prover.receive(PhraseAsk(1, ZEROS), 0.0)
    verifier = PhraseVerifier(AgreedPhrases(NORMAL), PAIR_TAG, 0, seeded_entropy("c"))
    assert verifier.ask() == []
