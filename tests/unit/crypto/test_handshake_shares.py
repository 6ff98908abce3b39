"""Bad public values and echoes, as a hostile peer or relay would send them."""

import pytest
from tests.unit.crypto import kit

from safesession.crypto.handshake import (
    HandshakeError,
    HandshakeFailure,
    InitiatorState,
    Mode,
    ResponderState,
)
from safesession.crypto.handshake_messages import M1, M2
from safesession.crypto.handshake_shares import (
    NO_RETAINED_SECRET,
    encapsulate_to,
    make_hints,
    match_hints,
)


# Order 1, 2, 4, 8 on curve and twist, and their non-canonical spellings.
LOW_ORDER_POINTS = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    b"\xed" + b"\xff" * 30 + b"\x7f",
    b"\xee" + b"\xff" * 30 + b"\x7f",
]
X25519_AT, CPACE_AT, KEM_AT = 37, 69, 117


def put(message, position, value):
    return message[:position] + value + message[position + len(value) :]


@pytest.mark.parametrize("point", LOW_ORDER_POINTS, ids=bytes.hex)
@pytest.mark.parametrize("position", [X25519_AT, CPACE_AT], ids=["x25519", "cpace"])
def test_low_order_points_are_refused(point, position):
    a, b = kit.make_initiator(), kit.make_responder()
    m1 = a.start(b.offer(kit.EXPIRES_AT, 1))
    with pytest.raises(HandshakeError) as caught:
        b.receive_m1(put(m1, position, point))
    assert caught.value.reason is HandshakeFailure.BAD_SHARE
    assert b.state is ResponderState.FAILED
    honest = kit.make_responder()
    honest.offer(kit.EXPIRES_AT, 1)
    m2 = honest.receive_m1(m1)
    with pytest.raises(HandshakeError) as caught:
        a.receive_m2(put(m2, position, point))
    assert caught.value.reason is HandshakeFailure.BAD_SHARE
    assert a.state is InitiatorState.FAILED


def test_an_unreduced_kem_key_is_refused():
    a, b = kit.make_initiator(), kit.make_responder()
    m1 = a.start(b.offer(kit.EXPIRES_AT, 1))
    with pytest.raises(HandshakeError) as caught:
        b.receive_m1(put(m1, KEM_AT, b"\xff\xff\xff"))
    assert caught.value.reason is HandshakeFailure.BAD_SHARE


def test_an_encapsulation_that_refuses_is_a_bad_share():
    def refuse(public_key):
        raise ValueError

    with pytest.raises(HandshakeError) as caught:
        encapsulate_to(refuse, bytes(1184))
    assert caught.value.reason is HandshakeFailure.BAD_SHARE


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", ["nonce", "x25519", "cpace"])
def test_an_answer_made_of_our_own_values_is_a_reflection(mode, name):
    a, b = kit.make_initiator(mode), kit.make_responder(mode)
    m0 = b.offer(kit.EXPIRES_AT, 1) if mode is Mode.PAIR else b""
    m1 = a.start(m0)
    ours = M1.parse(m1, mode)
    m2 = M2.parse(b.receive_m1(m1), mode)
    echo = {
        "nonce": m2.nonce,
        "x25519": m2.x25519,
        "cpace": m2.cpace,
        name: getattr(ours, name),
    }
    forged = M2(mode, **echo, which=m2.which, kem_ciphertext=m2.kem_ciphertext)
    with pytest.raises(HandshakeError) as caught:
        a.receive_m2(forged.to_bytes())
    assert caught.value.reason is HandshakeFailure.REFLECTION
    assert a.state is InitiatorState.FAILED


def test_m1_is_not_taken_for_m2_nor_m3_for_m4():
    a, b = kit.make_initiator(), kit.make_responder()
    m1 = a.start(b.offer(kit.EXPIRES_AT, 1))
    m3 = a.receive_m2(b.receive_m1(m1))
    with pytest.raises(HandshakeError) as caught:
        a.receive_m4(m3)
    assert caught.value.reason is HandshakeFailure.FORMAT
    turned = kit.make_initiator(seed=1)
    turned.start(kit.make_responder().offer(kit.EXPIRES_AT, 1))
    with pytest.raises(HandshakeError) as caught:
        turned.receive_m2(m1)
    assert caught.value.reason is HandshakeFailure.FORMAT


def test_a_client_is_not_talked_into_answering_another_client():
    """Two initiators through a relay that swaps the type byte share no secret."""
    m0 = kit.make_responder().offer(kit.EXPIRES_AT, 1)
    one, two = kit.make_initiator(seed=1), kit.make_initiator(seed=2)
    one.start(m0)
    other = M1.parse(two.start(m0), Mode.PAIR)
    m2 = M2(Mode.PAIR, other.nonce, other.x25519, other.cpace, 0, bytes(1088))
    m3 = one.receive_m2(m2.to_bytes())
    with pytest.raises(HandshakeError):
        two.receive_m4(put(m3, 3, b"4"))
    assert two.state is InitiatorState.FAILED


def test_hints_tell_only_a_holder():
    one, two, strange = (bytes([value]) * 32 for value in (1, 2, 3))
    nonce = b"n" * 32
    entropy = kit.SeededEntropy("hints")
    hints = make_hints((one, two), nonce, entropy)
    assert len(hints) == 16
    assert match_hints((one,), nonce, hints) == (0, one)
    assert match_hints((two,), nonce, hints) == (1, two)
    assert match_hints((two, one), nonce, hints) == (1, two)  # our newest first
    assert match_hints((strange,), nonce, hints) == (NO_RETAINED_SECRET, bytes(32))
    assert match_hints((one,), b"m" * 32, hints)[0] == NO_RETAINED_SECRET
    assert len(make_hints((), nonce, entropy)) == 16
    assert make_hints((one, two), b"m" * 32, entropy) != hints
