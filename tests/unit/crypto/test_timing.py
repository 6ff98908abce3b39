"""How long it takes must not tell which code or phrase it was (dudect's method).

Two classes of input in random order, Welch's t over the faster nine tenths. A leak
shows in every round, a disturbance of the machine in some: the least |t| counts.
"""

from __future__ import annotations

import gc
import math
import random
import statistics
import time

import pytest
from tests.support.phrase_room import DURESS, NORMAL, PAIR_TAG, seats
from tests.unit.crypto import kit

from safesession.core.phrase_check import PhraseProver, PhraseVerifier
from safesession.crypto import cpace
from safesession.crypto.phrase import (
    AgreedPhrases,
    PhraseKey,
    PhraseProof,
    PhraseRun,
)


pytestmark = pytest.mark.soak

LIMIT = 4.5
ROUNDS = 3
FIXED = b"00000000"


def welch(first: list[float], second: list[float]) -> float:
    ours = [sorted(times)[: len(times) * 9 // 10] for times in (first, second)]
    means = [statistics.fmean(times) for times in ours]
    errors = [statistics.variance(times) / len(times) for times in ours]
    return abs(means[0] - means[1]) / math.sqrt(sum(errors))


def least_t(samples: int, prepare) -> float:
    """`prepare(first)` returns what is timed, for the first class or the second."""
    rounds = []
    gc.disable()
    try:
        for _ in range(ROUNDS):
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(samples):
                first = random.random() < 0.5
                call = prepare(first)
                start = time.perf_counter()
                call()
                times[first].append(time.perf_counter() - start)
            rounds.append(welch(*times))
    finally:
        gc.enable()
    return min(rounds)


def eleven(length: int) -> bytes:
    return b"\x11" * length


def test_the_method_finds_a_comparison_that_stops_early() -> None:
    secret = bytes(200)
    near, far = bytes(199) + b"\x01", b"\x01" + bytes(199)

    def compare(guess):
        return all(a == b for a, b in zip(secret, guess, strict=True))

    t = least_t(2000, lambda first: lambda: compare(near if first else far))
    assert t > LIMIT


def test_a_cpace_share_does_not_depend_on_the_code() -> None:
    def prepare(first):
        code = FIXED if first else b"%08d" % random.randrange(10**8)
        return lambda: cpace.make_share(code, b"ci", b"sid", eleven)

    assert least_t(10_000, prepare) < LIMIT


def test_a_phrase_share_does_not_depend_on_the_phrase() -> None:
    run = PhraseRun(b"c" * 64, 1, b"n" * 32)

    def prepare(first):
        key = NORMAL if first else PhraseKey(random.randbytes(32))
        return lambda: PhraseProof(key, run, eleven)

    assert least_t(10_000, prepare) < LIMIT


def test_a_pass_takes_as_long_under_duress() -> None:
    client, counselor = seats()
    phrases = AgreedPhrases(NORMAL, DURESS)

    def prepare(first):
        prover = PhraseProver(kit.SeededEntropy("client"))
        verifier = PhraseVerifier(phrases, PAIR_TAG, 0, kit.SeededEntropy("b"))
        for machine, seat in ((prover, client), (verifier, counselor)):
            machine.bind(seat.keys, 0, seat.binding)
        (ask,) = verifier.ask()
        prover.receive(ask, 0.0)
        (share,) = prover.submit(NORMAL if first else DURESS, 0.0)
        (shares,) = verifier.receive(share, 0.0)
        (tags,) = prover.receive(shares, 0.0)
        return lambda: verifier.receive(tags, 0.0)

    assert least_t(2000, prepare) < LIMIT
