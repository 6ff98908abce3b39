"""The safety code: commitment, uniformity and the rules for decoys."""

from collections import Counter

import pytest
from tests.support.sim_pair import seeded_entropy
from tests.unit.crypto import kit

from safesession.crypto.role import Role
from safesession.crypto.sas import (
    WORD_COUNT,
    SpokenCode,
    check_commitment,
    choices,
    commitment,
    sas_bits,
)
from safesession.errors import LocalProtocolError


KEYS = kit.session_keys()
BINDING = b"b" * 64
R_CLIENT, R_COUNSELOR = b"\x0a" * 32, b"\x0b" * 32


def bits(**changed):
    values = {
        "keys": KEYS,
        "binding": BINDING,
        "r_client": R_CLIENT,
        "r_counselor": R_COUNSELOR,
    }
    return sas_bits(**(values | changed))


def test_a_commitment_opens_with_its_reveal_only():
    committed = commitment(R_COUNSELOR, KEYS.transcript)
    assert len(committed) == 32
    assert check_commitment(committed, R_COUNSELOR, KEYS.transcript)
    assert not check_commitment(committed, R_CLIENT, KEYS.transcript)
    assert not check_commitment(committed, R_COUNSELOR, b"another run")
    assert not check_commitment(committed[:-1], R_COUNSELOR, KEYS.transcript)
    assert not check_commitment(b"", R_COUNSELOR, KEYS.transcript)
    for reveal in (b"", R_COUNSELOR[:-1], R_COUNSELOR + b"\0"):
        assert not check_commitment(committed, reveal, KEYS.transcript)


def test_both_ends_compute_the_same_and_every_input_counts():
    truth = bits()
    assert truth == bits()
    assert truth.read_by(Role.CLIENT) == truth.client
    assert truth.read_by(Role.COUNSELOR) == truth.counselor
    for changed in (
        {"keys": kit.session_keys("other")},
        {"binding": b"c" * 64},
        {"r_client": R_COUNSELOR},
        {"r_counselor": R_CLIENT},
    ):
        assert bits(**changed).client != truth.client
        assert bits(**changed).counselor != truth.counselor


@pytest.mark.parametrize("name", ["r_client", "r_counselor"])
def test_reveals_of_strange_length_are_our_own_mistake(name):
    for length in (0, 31, 33):
        with pytest.raises(LocalProtocolError):
            bits(**{name: bytes(length)})
    with pytest.raises(LocalProtocolError):
        commitment(b"", KEYS.transcript)


def many(count):
    return [bits(r_client=n.to_bytes(32, "big")) for n in range(count)]


def chi2(values, cells):
    counts = Counter(values)
    expected = len(values) / cells
    return sum((counts[cell] - expected) ** 2 / expected for cell in range(cells))


def test_words_and_digits_are_uniform_and_the_readings_independent():
    codes = many(6_400)
    for of in (
        lambda code: code.client.words[0],
        lambda code: code.client.words[1],
        lambda code: code.counselor.words[0],
        lambda code: code.counselor.words[1],
        lambda code: code.client.words[0] ^ code.client.words[1],
        lambda code: code.client.words[0] ^ code.counselor.words[0],
        lambda code: code.client.words[1] ^ code.counselor.words[1],
    ):
        assert chi2([of(code) for code in codes], 64) < 121  # p = 1e-5 at 63 d.o.f.
    for place in range(6):
        for reader in (lambda code: code.client, lambda code: code.counselor):
            digits = [int(reader(code).number[place]) for code in codes]
            assert chi2(digits, 10) < 39  # p = 1e-5 at 9 degrees of freedom
    assert all(len(code.client.number) == 6 for code in codes)
    assert all(code.client.number != code.counselor.number for code in codes[:50])


def test_decoys_share_no_word_and_no_digit_in_place():
    entropy = kit.SeededEntropy("decoys")
    for code in many(400):
        offered = choices(code.client, entropy)
        assert len(offered.options) == 4
        assert offered.options[offered.truth_index] == code.client
        words = [set(option.words) for option in offered.options]
        for index, one in enumerate(offered.options):
            assert all(0 <= word < 64 for word in one.words)
            for other_index, other in enumerate(offered.options):
                if index == other_index:
                    continue
                assert not words[index] & words[other_index]
                assert all(
                    left != right
                    for left, right in zip(one.number, other.number, strict=True)
                )


def test_the_truth_stands_anywhere_and_decoys_are_fresh():
    entropy = kit.SeededEntropy("places")
    truth = SpokenCode((5, 5), "000000")
    offers = [choices(truth, entropy) for _ in range(800)]
    assert chi2([offer.truth_index for offer in offers], 4) < 21
    decoys = [
        option.words[0]
        for offer in offers
        for option in offer.options
        if option != truth
    ]
    assert set(decoys) == set(range(64)) - {5}


def test_a_stuck_source_is_an_error_not_a_hang():
    with pytest.raises(LocalProtocolError):
        choices(bits().client, lambda n: b"\x01" * n)


def test_reprs_hide_the_code():
    code = bits()
    shown = repr(code) + repr(choices(code.client, kit.SeededEntropy(1)))
    assert code.client.number not in shown
    assert "truth" not in shown


def test_decoys_never_show_what_this_person_reads() -> None:
    entropy = seeded_entropy("own words")
    for first in range(WORD_COUNT):
        truth = SpokenCode((first, (first + 7) % WORD_COUNT), "111111")
        own = SpokenCode(((first + 1) % 64, (first + 2) % 64), "222222")
        found = choices(truth, entropy, own=own)
        decoys = [option for option in found.options if option != truth]
        assert len(decoys) == 3
        for decoy in decoys:
            assert not set(decoy.words) & set(own.words)
            assert decoy.words[0] != decoy.words[1]
