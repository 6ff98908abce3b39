"""Time tells nothing about the code or about how far a wrong tag was right."""

from __future__ import annotations

import copy
from random import Random

import pytest
from benchmarks.adversary_pairing import pairing_cpu_ms
from tests.support.dudect import LEAK, measured_t, smallest_t, welch_t
from tests.unit.crypto import kit

from safesession.crypto import cpace
from safesession.crypto.handshake import HandshakeError, PairAccess
from safesession.crypto.key_schedule import equal


SID, CHANNEL = b"\x5a" * 32, b"\x3c" * 64
SURE = 10  # a |t| that leaves no doubt


FIXED = b"12345678"


def _code(is_fixed: bool, random: Random) -> tuple[bytes, bytes]:
    """One code, or any; the scalar is fresh every time, as in a handshake."""
    number = int(FIXED) if is_fixed else random.randrange(10**8)
    return f"{number:08d}".encode(), random.randbytes(32)


def _tags(is_fixed: bool, random: Random) -> tuple[bytes, bytes]:
    """Two tags that differ in the last byte (fixed class) or already in the first."""
    right = random.randbytes(32)
    wrong = bytearray(right)
    wrong[31 if is_fixed else 0] ^= 1 + random.randrange(255)
    return right, bytes(wrong)


def _leaky_equal(tags: tuple[bytes, bytes]) -> bool:
    return all(left == right for left, right in zip(*tags, strict=True))


def test_welch_on_numbers_done_by_hand() -> None:
    assert welch_t([1, 2, 3], [1, 2, 3]) == 0
    assert welch_t([4, 5, 6], [1, 2, 3]) == pytest.approx(3 / (2 / 3) ** 0.5)


def test_pairing_is_measured() -> None:
    assert 0 < pairing_cpu_ms(3) < 1000


@pytest.mark.soak
def test_the_method_finds_a_leak(rng) -> None:
    """The control: a comparison that stops at the first difference."""
    for _ in range(3):
        assert abs(measured_t(_leaky_equal, _tags, rng, 20_000)) > SURE


@pytest.mark.soak
def test_the_method_finds_a_leak_beside_real_work(rng) -> None:
    """The control: 1 µs more, for the fixed code, in a share of 100 µs."""

    def leaky_share(drawn: tuple[bytes, bytes]) -> None:
        _share(drawn)
        if drawn[0] == FIXED:
            sum(range(100))

    assert smallest_t(leaky_share, _code, rng, 40_000) > SURE


def _share(drawn: tuple[bytes, bytes]) -> object:
    code, scalar = drawn
    return cpace.make_share(code, CHANNEL, SID, lambda _: scalar)


@pytest.mark.soak
def test_generator_and_share_do_not_tell_the_code(rng) -> None:
    found = smallest_t(_share, _code, rng, 60_000)
    print(f"|t| = {found:.2f}")
    assert found < LEAK


@pytest.mark.soak
def test_comparing_tags_does_not_tell_how_much_is_right(rng) -> None:
    found = smallest_t(lambda tags: equal(*tags), _tags, rng, 400_000)
    print(f"|t| = {found:.2f}")
    assert found < LEAK


@pytest.mark.soak
def test_the_client_takes_as_long_with_a_wrong_code(rng) -> None:
    """M2 to M3: whether the code is the counselor's does not show in the time."""
    responder = kit.make_responder()
    offer = responder.offer(kit.EXPIRES_AT, 1)
    right = kit.make_initiator()
    m2 = responder.receive_m1(right.start(offer))
    wrong = kit.make_initiator(access=PairAccess(b"87654321"))
    wrong.start(offer)

    def make(is_fixed: bool, _: Random):
        return copy.copy(right if is_fixed else wrong)

    found = smallest_t(lambda machine: machine.receive_m2(m2), make, rng, 20_000)
    print(f"|t| = {found:.2f}")
    assert found < LEAK


@pytest.mark.soak
def test_the_counselor_refuses_every_wrong_tag_alike(rng) -> None:
    """M3 with a tag wrong in its last byte or in its first: the same refusal."""
    responder, client = kit.make_responder(), kit.make_initiator()
    m1 = client.start(responder.offer(kit.EXPIRES_AT, 1))
    m3 = client.receive_m2(responder.receive_m1(m1))

    def make(is_fixed: bool, random: Random):
        tampered = bytearray(m3)
        tampered[5 + (31 if is_fixed else 0)] ^= 1 + random.randrange(255)
        return copy.copy(responder), bytes(tampered)

    def refuse(case) -> None:
        machine, tampered = case
        try:
            machine.receive_m3(tampered)
        except HandshakeError:
            return
        raise AssertionError("a wrong tag passed")

    found = smallest_t(refuse, make, rng, 60_000)
    print(f"|t| = {found:.2f}")
    assert found < LEAK
