"""One side's machine for another path, input by input."""

from __future__ import annotations

import pytest

from safesession.core.effects import DropPath, OpenPath, UsePath
from safesession.core.path_restart import (
    ANSWER_LIMIT_S,
    ANSWERS_WITHIN_S,
    CHECK_LIMIT_S,
    FRESH_FOR_S,
    GATHER_LIMIT_S,
    HELD_LIMIT_S,
    MAX_ANSWERS,
    MAX_TRIES,
    PROVE_LIMIT_S,
    PathHopeless,
    PathRestart,
    PathState,
)
from safesession.core.status import Role
from safesession.protocol.path_messages import (
    MAX_GENERATION,
    PathAnswer,
    PathEnd,
    PathOffer,
)


OURS = PathEnd("ours", "o" * 22, ("1 1 udp 1 192.0.2.1 5000 typ host",))
THEIRS = PathEnd("theirs", "t" * 22, ("1 1 udp 1 192.0.2.2 5000 typ host",))
EPOCH = 3


class Side:
    """A machine with a hand on its clock."""

    def __init__(self, role: Role = Role.CLIENT, *, reachable: bool = True) -> None:
        self.now = 100.0
        self.path = PathRestart(role, EPOCH, bytes, reachable=reachable)

    def wait(self, seconds: float) -> list:
        until, out = self.now + seconds, []
        while self.path.deadline is not None and self.path.deadline <= until:
            self.now = max(self.now, self.path.deadline)
            out += self.path.handle_timeout(self.now)
        self.now = until
        return out

    def gathered(self, generation: int) -> list:
        return self.path.gathered(generation, OURS, self.now)

    def hear(self, message: PathOffer | PathAnswer) -> list:
        return self.path.receive(message, self.now)

    def offered(self) -> None:
        """Until our first offer is on its way."""
        assert self.path.silent(self.now) == [OpenPath(EPOCH, 1)]
        assert self.gathered(1) == [PathOffer(1, OURS)]

    def checking(self) -> None:
        self.offered()
        assert self.hear(PathAnswer(1, THEIRS)) == [UsePath(EPOCH, 1, THEIRS)]

    def hopeless(self) -> None:
        self.path.silent(self.now)
        for generation in range(1, MAX_TRIES + 1):
            assert self.path.state is PathState.GATHERING
            self.path.failed(generation, self.now)
            self.wait(1.5)
        assert self.path.state is PathState.HOPELESS


def test_an_offer_is_answered_checked_and_proven_by_what_is_heard() -> None:
    side = Side()
    side.checking()
    assert side.path.swapped(1, side.now) == []
    assert side.path.state is PathState.PROVING
    assert side.path.heard() == []
    assert side.path.state is PathState.REST
    assert side.path.deadline is None


def test_a_peers_offer_is_answered_with_an_end_of_our_own() -> None:
    side = Side(Role.COUNSELOR)
    assert side.hear(PathOffer(5, THEIRS)) == [OpenPath(EPOCH, 5)]
    assert side.gathered(5) == [PathAnswer(5, OURS), UsePath(EPOCH, 5, THEIRS)]
    side.path.swapped(5, side.now)
    side.path.heard()
    assert side.path.state is PathState.REST
    # And our own next offer goes on from there.
    assert side.path.silent(side.now) == [OpenPath(EPOCH, 6)]


@pytest.mark.parametrize("role", list(Role))
def test_of_two_offers_with_one_number_the_clients_counts(role: Role) -> None:
    side = Side(role)
    side.offered()
    out = side.hear(PathOffer(1, THEIRS))
    if role is Role.CLIENT:
        assert out == []
        assert side.path.state is PathState.OFFERED
    else:
        assert out == [OpenPath(EPOCH, 1)]
        assert side.path.state is PathState.ANSWERING


@pytest.mark.parametrize("role", list(Role))
def test_a_higher_number_counts_whoever_offers_it(role: Role) -> None:
    side = Side(role)
    side.offered()
    assert side.hear(PathOffer(2, THEIRS)) == [OpenPath(EPOCH, 2)]
    assert side.gathered(1) == []  # of the one that was given up
    assert side.hear(PathAnswer(1, THEIRS)) == []
    assert side.path.state is PathState.ANSWERING


@pytest.mark.parametrize("role", list(Role))
def test_old_and_repeated_offers_are_nothing(role: Role) -> None:
    side = Side(role)
    side.hear(PathOffer(4, THEIRS))
    side.gathered(4)
    for generation in (1, 3, 4):
        assert side.hear(PathOffer(generation, THEIRS)) == []
        assert side.hear(PathAnswer(generation, THEIRS)) == []
    assert side.path.state is PathState.CHECKING
    side.path.swapped(4, side.now)
    side.path.heard()
    assert side.hear(PathOffer(4, THEIRS)) == []
    assert side.path.state is PathState.REST


def test_an_answer_nobody_asked_for_is_nothing() -> None:
    side = Side()
    assert side.hear(PathAnswer(1, THEIRS)) == []
    side.offered()
    assert side.hear(PathAnswer(2, THEIRS)) == []
    assert side.hear(PathAnswer(1, THEIRS)) == [UsePath(EPOCH, 1, THEIRS)]
    assert side.hear(PathAnswer(1, OURS)) == []  # the second of two


def test_more_offers_than_an_honest_peer_makes_cost_nothing() -> None:
    side = Side(Role.COUNSELOR)
    opened = [side.hear(PathOffer(n, THEIRS)) for n in range(1, 100)]
    assert sum(map(len, opened)) == MAX_ANSWERS
    side.now += ANSWERS_WITHIN_S
    assert side.hear(PathOffer(200, THEIRS)) == [OpenPath(EPOCH, 200)]


def test_a_peer_can_use_up_the_numbers_and_raises_nothing() -> None:
    side = Side()
    side.hear(PathOffer(MAX_GENERATION, THEIRS))
    out = side.path.moved(side.now)
    assert out == [PathHopeless()]
    assert side.path.state is PathState.HOPELESS


def test_an_offer_waits_for_the_relay_and_is_fresh_when_it_leaves() -> None:
    side = Side(reachable=False)
    side.path.silent(side.now)
    assert side.gathered(1) == []
    side.now += FRESH_FOR_S
    assert side.path.reachable(True, side.now) == [PathOffer(1, OURS)]

    side = Side(reachable=False)
    side.path.silent(side.now)
    side.gathered(1)
    side.now += FRESH_FOR_S + 0.1
    assert side.path.reachable(True, side.now) == [OpenPath(EPOCH, 2)]
    assert side.gathered(2) == [PathOffer(2, OURS)]


def test_without_a_relay_nothing_is_given_up_and_something_is_always_due() -> None:
    side = Side(reachable=False)
    side.path.silent(side.now)
    for generation in range(1, 20):
        assert side.path.deadline is not None
        side.gathered(generation)
        assert PathHopeless() not in side.wait(HELD_LIMIT_S)
    side.path.failed(side.path.generation, side.now)
    assert side.path.state is PathState.PAUSED
    assert side.path.reachable(True, side.now) == [
        OpenPath(EPOCH, side.path.generation)
    ]


@pytest.mark.parametrize("how_far", ["gathering", "offered", "checking", "proving"])
def test_what_takes_too_long_is_tried_again_under_a_new_number(how_far: str) -> None:
    side, limit_s = Side(), GATHER_LIMIT_S
    if how_far == "gathering":
        side.path.silent(side.now)
    elif how_far == "offered":
        side.offered()
        limit_s = ANSWER_LIMIT_S
    else:
        side.checking()
        limit_s = CHECK_LIMIT_S
        if how_far == "proving":
            side.path.swapped(1, side.now)
            limit_s = PROVE_LIMIT_S
    assert side.wait(limit_s - 0.01) == []
    assert side.wait(0.02) == [DropPath(EPOCH, 1)]
    assert side.wait(1.0) == [OpenPath(EPOCH, 2)]


def test_three_failures_are_told_once_and_pauses_grow() -> None:
    side = Side()
    side.path.silent(side.now)
    pauses = []
    for generation in range(1, MAX_TRIES):
        assert side.path.failed(generation, side.now) == [DropPath(EPOCH, generation)]
        pauses.append(side.path.deadline - side.now)
        assert side.wait(pauses[-1]) == [OpenPath(EPOCH, generation + 1)]
    assert pauses == [0.5, 1.0]
    out = side.path.failed(MAX_TRIES, side.now)
    assert out == [DropPath(EPOCH, MAX_TRIES), PathHopeless()]
    assert side.wait(1000.0) == []
    assert side.path.silent(side.now) == []


def test_jitter_spreads_the_pauses() -> None:
    side = Side()
    side.path._entropy = lambda _: b"\xff"
    side.path.silent(side.now)
    side.path.failed(1, side.now)
    assert side.path.deadline - side.now == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("moved", [False, True])
def test_the_old_path_coming_back_ends_the_search_unless_it_cannot(moved: bool) -> None:
    side = Side()
    (side.path.moved if moved else side.path.silent)(side.now)
    out = side.path.heard()
    if moved:  # what was under way when the address went
        assert out == []
        assert side.path.state is PathState.GATHERING
    else:
        assert out == [DropPath(EPOCH, 1)]
        assert side.path.state is PathState.REST
        assert side.gathered(1) == []


def test_what_the_peer_knows_of_is_brought_to_its_end() -> None:
    """It may swap at any moment: we must not close our end under it."""
    for reach in (Side.offered, Side.checking):
        side = Side()
        reach(side)
        before = side.path.state
        assert side.path.heard() == []
        assert side.path.state is before
        # But its failure is no matter any more.
        assert side.wait(10.0) == [DropPath(EPOCH, 1)]
        assert side.path.state is PathState.REST


def test_new_addresses_begin_anew_whatever_is_under_way() -> None:
    for reach in (Side.offered, Side.checking, Side.hopeless):
        side = Side()
        reach(side)
        number = side.path.generation
        assert side.path.moved(side.now) == [OpenPath(EPOCH, number + 1)]
        assert side.gathered(number + 1) == [PathOffer(number + 1, OURS)]


def test_a_hopeless_side_still_answers() -> None:
    side = Side()
    side.hopeless()
    number = side.path.generation + 1
    assert side.hear(PathOffer(number, THEIRS)) == [OpenPath(EPOCH, number)]
    side.gathered(number)
    side.path.swapped(number, side.now)
    assert side.path.heard() == []
    assert side.path.state is PathState.REST


def test_an_answer_that_fails_leaves_a_side_that_wants_nothing_alone() -> None:
    side = Side(Role.COUNSELOR)
    side.hear(PathOffer(1, THEIRS))
    assert side.path.failed(1, side.now) == [DropPath(EPOCH, 1)]
    assert side.path.state is PathState.REST
    assert side.path.failed(1, side.now) == []
    assert side.wait(100.0) == []
