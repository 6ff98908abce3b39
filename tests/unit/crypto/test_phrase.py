"""The agreed phrase: spelling, both phrases, and what a proof is bound to."""

from __future__ import annotations

import pytest
from tests.unit.crypto import kit

from safesession.crypto.cpace import BadShareError
from safesession.crypto.phrase import (
    AgreedPhrases,
    PhraseCheck,
    PhraseKey,
    PhraseOutcome,
    PhraseProof,
    PhraseRun,
    PhraseUnusableError,
    derive_phrase_key,
    normalise,
    phrase_context,
)
from safesession.errors import LocalProtocolError


PAIR_ID = b"p" * 16
BINDING = b"b" * 64
NORMAL, DURESS, OTHER = (PhraseKey(letter * 32) for letter in (b"n", b"d", b"o"))
PHRASES = AgreedPhrases(NORMAL, DURESS)


def run_of(*, keys=None, epoch=3, binding=BINDING, number=1, nonce=b"r" * 32):
    context = phrase_context(keys or kit.session_keys(), epoch, binding)
    return PhraseRun(context, number, nonce)


def answer(typed, *, phrases=PHRASES, client_run=None, change=lambda tags: tags):
    """Return what the counselor finds when the client typed `typed`."""
    proof = PhraseProof(typed, client_run or run_of(), kit.SeededEntropy("client"))
    check = PhraseCheck(phrases, run_of(), proof.share, kit.SeededEntropy("counselor"))
    return check.outcome(change(proof.tags(check.shares)))


def test_either_phrase_is_told_apart_and_anything_else_refused():
    assert answer(NORMAL) is PhraseOutcome.ACCEPTED
    assert answer(DURESS) is PhraseOutcome.DURESS
    assert answer(OTHER) is PhraseOutcome.REFUSED


def test_without_a_duress_phrase_the_exchange_looks_the_same():
    phrases = AgreedPhrases(NORMAL)
    assert answer(NORMAL, phrases=phrases) is PhraseOutcome.ACCEPTED
    assert answer(DURESS, phrases=phrases) is PhraseOutcome.REFUSED
    check = PhraseCheck(
        phrases,
        run_of(),
        PhraseProof(NORMAL, run_of(), kit.SeededEntropy(1)).share,
        kit.SeededEntropy(2),
    )
    assert len({*check.shares}) == 2


def test_swapped_tags_and_swapped_shares_prove_nothing():
    assert answer(NORMAL, change=lambda t: t[::-1]) is PhraseOutcome.REFUSED
    assert answer(DURESS, change=lambda t: t[::-1]) is PhraseOutcome.REFUSED
    for typed in (NORMAL, DURESS):
        proof = PhraseProof(typed, run_of(), kit.SeededEntropy("client"))
        check = PhraseCheck(PHRASES, run_of(), proof.share, kit.SeededEntropy("c"))
        tags = proof.tags(check.shares[::-1])
        assert check.outcome(tags) is PhraseOutcome.REFUSED
        assert check.outcome(tags[::-1]) is PhraseOutcome.REFUSED


@pytest.mark.parametrize(
    "changed",
    [
        {"keys": kit.session_keys("other")},
        {"epoch": 4},
        {"binding": b"c" * 64},
        {"number": 2},
        {"nonce": b"s" * 32},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_proof_belongs_to_one_run_of_one_epoch(changed):
    assert answer(NORMAL, client_run=run_of(**changed)) is PhraseOutcome.REFUSED


def test_bad_shares_are_refused_before_anything_is_proven():
    proof = PhraseProof(NORMAL, run_of(), kit.SeededEntropy("client"))
    good = PhraseProof(OTHER, run_of(), kit.SeededEntropy("x")).share
    for bad in ((good, good), (proof.share, good), (good, proof.share)):
        with pytest.raises(BadShareError):
            proof.tags(bad)
    for low in (bytes(32), b"\x01" + bytes(31)):
        for shares in ((low, good), (good, low)):
            with pytest.raises(BadShareError):
                proof.tags(shares)
        with pytest.raises(BadShareError):
            PhraseCheck(PHRASES, run_of(), low, kit.SeededEntropy("c"))


def test_spelling_does_not_matter():
    plain = normalise("蓝色小象seven")
    for spelling in ("蓝色 小象 Ｓeven", "  蓝色，小象!  SEVEN", "蓝色小象-s.e.v.e.n"):
        assert normalise(spelling) == plain
    assert normalise("Straße 7") == normalise("STRASSE７")
    assert normalise("é") == normalise("e\u0301")
    assert normalise("हिन्दी") != normalise("हनद")  # marks are part of letters
    for nothing in ("", "   ", "!?，。", "🐘"):
        with pytest.raises(PhraseUnusableError):
            normalise(nothing)


def test_the_key_depends_on_phrase_and_pair_and_is_frozen():
    key = derive_phrase_key("蓝色 小象 Ｓeven", PAIR_ID)
    assert key == derive_phrase_key("蓝色小象seven", PAIR_ID)
    assert key != derive_phrase_key("红色小象seven", PAIR_ID)
    assert key != derive_phrase_key("蓝色小象seven", b"q" * 16)
    assert key.secret.hex() == (
        "4ddcf5f2d530308c94392d33f6f0243e87cb704b48c8ebc0cdb6a2342088435c"
    )


def test_shares_and_tags_are_frozen():
    proof = PhraseProof(NORMAL, run_of(), kit.SeededEntropy("client"))
    check = PhraseCheck(PHRASES, run_of(), proof.share, kit.SeededEntropy("counselor"))
    tags = proof.tags(check.shares)
    assert proof.share.hex() == (
        "03cfa3368ed1a2962aab6ed59b5ef083af91dcce731909887ef693a4c5627b36"
    )
    assert (
        tags[0].hex()
        == "8e02eae3191b88fed31c3e4af0aa3d0cc3f73701e585aca997fdbedef3eec980"
    )


def test_impossible_values_are_our_own_mistake():
    with pytest.raises(LocalProtocolError):
        PhraseKey(b"short")
    with pytest.raises(LocalProtocolError):
        AgreedPhrases(NORMAL, NORMAL)
    with pytest.raises(LocalProtocolError):
        derive_phrase_key("seven", b"short")


def test_no_repr_shows_a_secret():
    run = run_of()
    proof = PhraseProof(NORMAL, run, kit.SeededEntropy("client"))
    check = PhraseCheck(PHRASES, run, proof.share, kit.SeededEntropy("counselor"))
    for thing in (NORMAL, PHRASES, run, proof, check):
        for secret in (NORMAL.secret, DURESS.secret, run.context):
            assert secret.hex() not in repr(thing)
            assert repr(secret) not in repr(thing)
