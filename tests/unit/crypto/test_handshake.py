"""Both machines together: agreement, tampering, wrong secrets, lost messages."""

import random

import pytest
from tests.unit.crypto import kit

from safesession.crypto.handshake import (
    HandshakeError,
    HandshakeFailure,
    InitiatorState,
    Mode,
    PairAccess,
    ResponderState,
    ResumeAccess,
    SessionAccess,
)
from safesession.crypto.identity import IdentityKey, key_prefix


SIZES = [45, 1301, 1190, 565, 565, 37]
STRANGER = IdentityKey.generate(kit.SeededEntropy("stranger"))


@pytest.mark.parametrize("mode", Mode)
def test_both_ends_agree(mode):
    run = kit.run_handshake(mode=mode)
    a, b = run.initiator, run.responder
    assert a.state is InitiatorState.DONE
    assert b.state is ResponderState.DONE
    assert a.active
    assert b.active
    assert a.keys.session_secret == b.keys.session_secret
    assert a.keys.transcript == b.keys.transcript
    assert a.keys.retained_next == b.keys.retained_next
    assert a.keys.continuity
    assert b.keys.continuity
    assert a.keys.peer_identity == kit.COUNSELOR_KEY.public_key
    assert b.keys.peer_identity == kit.CLIENT_KEY.public_key
    assert (a.keys.peer_payload, b.keys.peer_payload) == (
        b"counselor payload",
        b"client payload",
    )
    expected = SIZES if mode is Mode.PAIR else [0, *SIZES[1:]]
    assert [len(message) for message in run.messages] == expected


def test_runs_share_no_secret():
    secrets = {
        kit.run_handshake(
            kit.make_initiator(seed=seed), kit.make_responder(seed=seed)
        ).initiator.keys.session_secret
        for seed in range(3)
    }
    assert len(secrets) == 3


def failed_run(initiator=None, responder=None, mode=Mode.PAIR, tamper=None):
    """Run to the error; return it and both machines."""
    a = initiator or kit.make_initiator(mode)
    b = responder or kit.make_responder(mode)
    keywords = {"tamper": tamper} if tamper else {}
    with pytest.raises(HandshakeError) as caught:
        kit.run_handshake(a, b, mode, **keywords)
    assert not b.active
    assert InitiatorState.FAILED is a.state or ResponderState.FAILED is b.state
    for machine in (a, b):
        if machine.state.value == "failed":
            with pytest.raises(Exception, match="no session keys"):
                _ = machine.keys
    return caught.value.reason, a, b


def at(number, change):
    return lambda found, message: change(message) if found == number else message


def flip(position, bit):
    def change(message):
        changed = bytearray(message)
        changed[position] ^= 1 << bit
        return bytes(changed)

    return change


@pytest.mark.parametrize("number", range(6))
def test_every_flipped_bit_is_rejected(number):
    """All bytes of short messages, a seeded sample of the long ones."""
    random.seed(f"flip {number}")
    positions = range(SIZES[number])
    if len(positions) > 160:
        positions = sorted({*range(5), *random.sample(positions, 155)})
    for position in positions:
        tamper = at(number, flip(position, random.randrange(8)))
        reason, a, _ = failed_run(tamper=tamper)
        assert reason in {
            HandshakeFailure.FORMAT,
            HandshakeFailure.BAD_SHARE,
            HandshakeFailure.CONFIRMATION_FAILED,
            HandshakeFailure.BOX,
        }
        # Up to M4 the client must not believe in the pair either.
        assert a.active is (number == 5)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize(
    "change",
    [
        lambda message: message[:-1],
        lambda message: message[:4],
        lambda message: message + b"\0",
        lambda message: b"",
        lambda message: message * 2,
        lambda message: b"\0" + message,
    ],
    ids=["truncated", "headed", "extended", "empty", "doubled", "shifted"],
)
@pytest.mark.parametrize("mode", Mode)
def test_wrong_lengths_are_rejected(number, change, mode):
    if number == 0 and mode is not Mode.PAIR:
        # There is no M0 here: anything at all is too much.
        reason, *_ = failed_run(mode=mode, tamper=at(0, lambda _: b"SS10"))
    else:
        reason, *_ = failed_run(mode=mode, tamper=at(number, change))
    assert reason is HandshakeFailure.FORMAT


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("position", [2, 3, 4], ids=["suite", "type", "mode"])
@pytest.mark.parametrize("value", [b"0", b"1", b"2", b"P", b"S", b"R", b"\xff"])
def test_another_suite_type_or_mode_is_rejected(number, position, value):
    def change(message):
        changed = message[:position] + value + message[position + 1 :]
        return changed if changed != message else message + b"x"

    reason, *_ = failed_run(tamper=at(number, change))
    assert reason is HandshakeFailure.FORMAT


def test_a_wrong_code_fails_at_the_counselor_before_anything_is_proven():
    for code in (b"12345679", b"02345678", b"87654321"):
        reason, a, b = failed_run(kit.make_initiator(access=PairAccess(code)))
        assert reason is HandshakeFailure.CONFIRMATION_FAILED
        assert b.state is ResponderState.FAILED
        assert a.state is InitiatorState.AWAITING_M4


def test_a_false_counselor_without_the_code_fails_at_the_client():
    """Nobody at the other end checks M3: the client still gets nothing."""
    a = kit.make_initiator()
    b = kit.make_responder(access=PairAccess(b"99999999"))
    honest = kit.run_handshake()
    a.receive_m2(b.receive_m1(a.start(b.offer(kit.EXPIRES_AT, 1))))
    with pytest.raises(HandshakeError) as caught:
        a.receive_m4(honest.messages[4])
    assert caught.value.reason is HandshakeFailure.CONFIRMATION_FAILED
    assert a.state is InitiatorState.FAILED


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "other", [{"pair_id": b"042918"}, {"origin": "evil.example.org"}]
)
def test_another_context_is_rejected(mode, other):
    context = kit.context_of(mode, **other)
    reason, *_ = failed_run(kit.make_initiator(mode, context=context), mode=mode)
    assert reason is HandshakeFailure.CONFIRMATION_FAILED


@pytest.mark.parametrize("number", range(1, 5))
def test_a_message_of_another_run_is_rejected(number):
    other = kit.run_handshake(
        kit.make_initiator(seed="o"), kit.make_responder(seed="o")
    )
    replayed = other.messages[number]
    reason, *_ = failed_run(tamper=at(number, lambda _: replayed))
    assert reason is HandshakeFailure.CONFIRMATION_FAILED


def test_a_receipt_of_another_run_is_rejected():
    other = kit.run_handshake(
        kit.make_initiator(seed="o"), kit.make_responder(seed="o")
    )
    reason, a, b = failed_run(tamper=at(5, lambda _: other.messages[5]))
    assert reason is HandshakeFailure.CONFIRMATION_FAILED
    assert a.active
    assert b.state is ResponderState.FAILED


def test_the_link_pins_the_counselor():
    prefix = key_prefix(kit.COUNSELOR_KEY.public_key)
    run = kit.run_handshake(kit.make_initiator(access=PairAccess(kit.CODE, prefix)))
    assert run.initiator.active
    reason, a, _ = failed_run(
        kit.make_initiator(access=PairAccess(kit.CODE, prefix)),
        kit.make_responder(identity=STRANGER),
    )
    assert reason is HandshakeFailure.IDENTITY_CHANGED
    assert a.state is InitiatorState.FAILED


@pytest.mark.parametrize("mode", [Mode.SESSION, Mode.RESUME])
def test_a_changed_identity_is_refused_at_either_end(mode):
    reason, _, b = failed_run(kit.make_initiator(mode, identity=STRANGER), mode=mode)
    assert reason is HandshakeFailure.IDENTITY_CHANGED
    assert b.state is ResponderState.FAILED
    reason, a, _ = failed_run(
        responder=kit.make_responder(mode, identity=STRANGER), mode=mode
    )
    assert reason is HandshakeFailure.IDENTITY_CHANGED
    assert a.state is InitiatorState.FAILED


def test_one_identity_at_both_ends_is_a_reflection():
    reason, *_ = failed_run(kit.make_initiator(identity=kit.COUNSELOR_KEY))
    assert reason is HandshakeFailure.REFLECTION


NEW, OLD, OTHER = (bytes([value]) * 32 for value in (3, 2, 1))


@pytest.mark.parametrize(
    ("client", "counselor", "continuity"),
    [
        ((NEW, OLD), (NEW, OLD), True),
        ((OLD,), (NEW, OLD), True),
        ((NEW, OLD), (OLD,), True),
        ((NEW,), (NEW,), True),
        ((OLD, OTHER), (NEW, OLD), True),
        ((OTHER,), (NEW, OLD), False),
        ((), (NEW, OLD), False),
        ((NEW, OLD), (), False),
        ((), (), False),
    ],
)
def test_retained_secrets_absorb_one_lost_receipt(client, counselor, continuity):
    run = kit.run_handshake(
        kit.make_initiator(
            access=SessionAccess(kit.COUNSELOR_KEY.public_key, client),
            mode=Mode.SESSION,
        ),
        kit.make_responder(
            access=SessionAccess(kit.CLIENT_KEY.public_key, counselor),
            mode=Mode.SESSION,
        ),
        mode=Mode.SESSION,
    )
    assert run.initiator.keys.continuity is continuity
    assert run.responder.keys.continuity is continuity
    assert run.initiator.keys.session_secret == run.responder.keys.session_secret


@pytest.mark.parametrize("which", [0, 1, 2, 0xFE, 0xFF])
def test_the_relay_cannot_choose_the_retained_secret(which):
    """The honest answer here is 0; the client holds one secret only."""
    access = SessionAccess(kit.COUNSELOR_KEY.public_key, kit.RETAINED[:1])

    def tamper(number, message):
        changed = message[:101] + bytes([which]) + message[102:]
        return changed if number == 2 else message

    a = kit.make_initiator(Mode.SESSION, access=access)
    if which == 0:
        assert kit.run_handshake(a, mode=Mode.SESSION, tamper=tamper).responder.active
        return
    reason, *_ = failed_run(a, mode=Mode.SESSION, tamper=tamper)
    expected = (
        HandshakeFailure.CONFIRMATION_FAILED
        if which == 0xFF
        else HandshakeFailure.FORMAT
    )
    assert reason is expected


def test_a_wrong_resume_secret_is_rejected():
    access = ResumeAccess(kit.COUNSELOR_KEY.public_key, b"\xb1" * 32)
    reason, *_ = failed_run(
        kit.make_initiator(Mode.RESUME, access=access), mode=Mode.RESUME
    )
    assert reason is HandshakeFailure.CONFIRMATION_FAILED


def test_a_lost_m4_is_served_again_until_the_receipt():
    a, b = kit.make_initiator(), kit.make_responder()
    m2 = b.receive_m1(a.start(b.offer(kit.EXPIRES_AT, 1)))
    m3 = a.receive_m2(m2)
    m4 = b.receive_m3(m3)
    assert b.state is ResponderState.AWAITING_M5
    assert not b.active
    assert [b.receive_m3(m3) for _ in range(3)] == [m4] * 3
    assert not b.active
    m5 = a.receive_m4(m4)
    assert a.receive_m4(m4) == m5
    b.receive_m5(m5)
    assert b.active
    # Late repeats are refused but cost nothing.
    for call, message in ((b.receive_m3, m3), (b.receive_m5, m5)):
        with pytest.raises(HandshakeError) as caught:
            call(message)
        assert caught.value.reason is HandshakeFailure.OUT_OF_STATE
    assert b.state is ResponderState.DONE
    assert a.keys.session_secret == b.keys.session_secret


def test_another_m3_after_the_first_ends_the_handshake():
    a, b = kit.make_initiator(), kit.make_responder()
    m3 = a.receive_m2(b.receive_m1(a.start(b.offer(kit.EXPIRES_AT, 1))))
    b.receive_m3(m3)
    with pytest.raises(HandshakeError) as caught:
        b.receive_m3(flip(100, 0)(m3))
    assert caught.value.reason is HandshakeFailure.OUT_OF_STATE
    assert b.state is ResponderState.FAILED


def test_another_m4_after_the_first_changes_nothing():
    run = kit.run_handshake()
    secret = run.initiator.keys.session_secret
    with pytest.raises(HandshakeError) as caught:
        run.initiator.receive_m4(flip(100, 0)(run.messages[4]))
    assert caught.value.reason is HandshakeFailure.OUT_OF_STATE
    assert run.initiator.active
    assert run.initiator.keys.session_secret == secret


def test_no_repr_shows_a_secret():
    for mode in Mode:
        run = kit.run_handshake(mode=mode)
        keys = run.initiator.keys
        shown = " ".join(
            map(
                repr,
                [
                    run.initiator,
                    run.responder,
                    keys,
                    kit.client_access(mode),
                    run.initiator._progress,
                    run.initiator._finished,
                    kit.CLIENT_KEY,
                ],
            )
        )
        secrets = [
            keys.session_secret,
            keys.retained_next,
            keys.transcript,
            kit.CODE,
            kit.RESUME,
            *kit.RETAINED,
            kit.CLIENT_KEY.export_seed(),
            b"payload",
        ]
        for secret in secrets:
            assert repr(secret)[2:-1] not in shown
            assert secret.hex() not in shown
