"""Every fuzz target under hypothesis, and under the mutator of the benchmark."""

from __future__ import annotations

import contextlib

import pytest
from benchmarks import adversary_fuzz
from hypothesis import example, given
from hypothesis import strategies as st
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import TARGETS, Target


each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)


@each_target
def test_seeds_pass(target) -> None:
    for seed in target.seeds():
        target.run(seed)


@each_target
def test_noise_and_near_misses(target) -> None:
    seeds = target.seeds()
    near = st.randoms(use_true_random=False).map(lambda r: mutated(r, seeds))

    @given(st.one_of(st.binary(max_size=2000), near))
    @example(b"")
    def holds(data: bytes) -> None:
        target.run(data)

    holds()


def test_near_misses_of_everything(profile) -> None:
    inputs = profile.count(ci=4_000, soak=2_000_000)
    count = adversary_fuzz.run(inputs, profile.seed)
    assert count.inputs == inputs
    assert not count.findings
    assert count.undeclared_exceptions == 0


def test_a_run_repeats_with_its_seed(monkeypatch) -> None:
    seen: list[bytes] = []
    watching = Target("watching", seen.append, lambda: (b"a seed", b"another"), 1)
    monkeypatch.setattr(adversary_fuzz, "TARGETS", [watching])
    adversary_fuzz.run(50, 7)
    first, seen[:] = seen[:], []
    adversary_fuzz.run(50, 7)
    again, seen[:] = seen[:], []
    adversary_fuzz.run(50, 8)
    assert first == again != seen


def test_an_undeclared_exception_is_found(monkeypatch) -> None:
    """The control: a parser with a bug does not go by unnoticed."""

    def broken(data: bytes) -> None:
        with contextlib.suppress(UnicodeDecodeError):
            if "\v" in data.decode():
                raise KeyError("undeclared")

    target = Target("broken", broken, lambda: (b"seed",), 1)
    monkeypatch.setattr(adversary_fuzz, "TARGETS", [target])
    count = adversary_fuzz.run(5_000, 1)
    assert count.undeclared_exceptions > 0
    assert count.findings[0].error.startswith("KeyError in broken")
