"""The key schedule against a second implementation that swaps every library,
and against an insider who knows the code but lies about the rest."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from nacl import bindings
from tests.unit.crypto import kit

from safesession.crypto import handshake_schedule as schedule
from safesession.crypto.encoding import pad
from safesession.crypto.handshake import HandshakeError, HandshakeFailure, Mode
from safesession.crypto.handshake_messages import (
    BOX_PLAIN_BYTES,
    Confirmation,
    ConfirmationType,
)
from safesession.crypto.identity import IdentityKey
from safesession.crypto.role import Role
from safesession.errors import LocalProtocolError


FIELD = 2**255 - 19
MONTGOMERY_A = 486662


def field(data):
    length, prefix = len(data), b""
    while length >= 128:
        prefix += bytes([length % 128 + 128])
        length //= 128
    return prefix + bytes([length]) + data


def fields(*parts):
    return b"".join(map(field, parts))


def sha(*parts):
    return hashlib.sha512(fields(*parts)).digest()


def hmac512(key, message):
    return hmac.new(key, message, hashlib.sha512).digest()


def expand(key, label, context, length):
    info = fields(b"SafeSession/1 " + label, context)
    return HKDFExpand(hashes.SHA512(), length, info).derive(key)


def elligator2(digest):
    """RFC 9380 map_to_curve_elligator2_curve25519, big integers, u only."""
    r = int.from_bytes(digest, "little") % 2**255 % FIELD
    v = -MONTGOMERY_A * pow(1 + 2 * r * r, -1, FIELD) % FIELD
    square = pow(v**3 + MONTGOMERY_A * v * v + v, (FIELD - 1) // 2, FIELD) in (0, 1)
    return (v if square else -v - MONTGOMERY_A).__mod__(FIELD).to_bytes(32, "little")


def second_implementation_of_pair(messages, drawn):
    """Return (session secret, th4, retained) from the wire and A's draws."""
    m0, m1, m2, m3, m4, m5 = messages
    nonce, x25519_secret, kem_seed, scalar = drawn[:4]
    assert nonce == m1[5:37]
    context = fields(
        b"SS1", b"P", kit.PAIR_ID, kit.ORIGIN.encode(), b"client", b"counselor"
    )
    session_id = sha(b"sid", m0, nonce)[:32]
    zeros = bytes(127 - len(field(kit.CODE)) - len(field(b"CPace255")))
    seed = fields(b"CPace255", kit.CODE, zeros, sha(b"CI", b"SS1", context), session_id)
    base = elligator2(hashlib.sha512(seed).digest()[:32])
    assert bindings.crypto_scalarmult(scalar, base) == m1[69:101]
    point = bindings.crypto_scalarmult(scalar, m2[69:101])
    isk = hashlib.sha512(
        fields(b"CPace255_ISK", session_id, point)
        + fields(m1[69:101], sha(b"AD", m1))
        + fields(m2[69:101], b"")
    ).digest()
    chain = sha(b"SafeSession/1 handshake", b"SS1", b"P", context)
    kem = MLKEM768PrivateKey.from_seed_bytes(kem_seed).decapsulate(m2[102:])
    for secret in (isk, bindings.crypto_scalarmult(x25519_secret, m2[37:69]), kem):
        chain = hmac512(chain, secret)
    th2 = sha(b"th2", b"P", context, m0, m1, m2)
    keys = expand(chain, b"hs keys", th2, 128)
    th3 = sha(b"th3", th2, m3)
    th4 = sha(b"th4", th3, m4)
    for message, role, confirm, box, transcript in (
        (m3, b"client", keys[:32], keys[64:96], th2),
        (m4, b"counselor", keys[32:64], keys[96:], th3),
    ):
        assert message[5:37] == hmac512(confirm, fields(role, transcript))[:32]
        plain = bindings.crypto_aead_chacha20poly1305_ietf_decrypt(
            message[37:], sha(message[:37], transcript), bytes(12), box
        )
        length = int.from_bytes(plain[:2], "big")
        assert plain[98 : 2 + length] == role + b" payload"
        Ed25519PublicKey.from_public_bytes(plain[2:34]).verify(
            plain[34:98],
            fields(b"SafeSession/1 identity signature", b"P", role, transcript),
        )
    master = hmac512(chain, th4)
    finished = expand(master, b"finished", th4, 32)
    assert m5[5:] == hmac512(finished, fields(b"client", th4))[:32]
    return (
        expand(master, b"session secret", th4, 64),
        th4,
        expand(master, b"retained", th4, 32),
    )


@pytest.mark.parametrize("seed", range(5))
def test_pair_agrees_with_a_second_implementation(seed):
    initiator = kit.make_initiator(seed=seed)
    run = kit.run_handshake(initiator, kit.make_responder(seed=seed))
    keys = run.initiator.keys
    expected = second_implementation_of_pair(run.messages, run.initiator._entropy.drawn)
    assert (keys.session_secret, keys.transcript, keys.retained_next) == expected


# --- an insider: knows every key of the handshake, lies inside the box ------------


SECRETS = schedule.HandshakeSecrets(
    b"c" * 64,
    {Role.CLIENT: b"1" * 32, Role.COUNSELOR: b"2" * 32},
    {Role.CLIENT: b"3" * 32, Role.COUNSELOR: b"4" * 32},
    b"t" * 64,
)


def seal(identity=kit.CLIENT_KEY, payload=b"p", transcript=SECRETS.transcript):
    return schedule.seal_identity(
        ConfirmationType.M3, Mode.PAIR, SECRETS, transcript, identity, payload
    )


def seal_plain(plain):
    """Return an M3 with a good tag around any plaintext."""
    good = Confirmation.parse(seal(), ConfirmationType.M3, Mode.PAIR)
    associated = sha(good.header, SECRETS.transcript)
    box = bindings.crypto_aead_chacha20poly1305_ietf_encrypt(
        plain, associated, bytes(12), SECRETS.box[Role.CLIENT]
    )
    return good.header + box


def open_m3(message, access=None, own=kit.COUNSELOR_KEY.public_key):
    return schedule.open_identity(
        message,
        ConfirmationType.M3,
        access or kit.counselor_access(Mode.PAIR),
        SECRETS,
        SECRETS.transcript,
        own,
    )


def reason_of(message, **keywords):
    with pytest.raises(HandshakeError) as caught:
        open_m3(message, **keywords)
    return caught.value.reason


def test_a_sealed_identity_opens():
    assert open_m3(seal()) == (kit.CLIENT_KEY.public_key, b"p")


def test_the_longest_payload_fits_and_one_more_byte_does_not():
    longest = bytes(range(256)) + bytes(158)
    assert len(longest) == schedule.MAX_PAYLOAD_BYTES == 414
    assert open_m3(seal(payload=longest))[1] == longest
    with pytest.raises(LocalProtocolError):
        seal(payload=longest + b"x")


def test_a_changed_box_under_a_good_tag_is_refused():
    message = bytearray(seal())
    message[-1] ^= 1
    assert reason_of(bytes(message)) is HandshakeFailure.BOX


@pytest.mark.parametrize(
    "plain",
    [
        b"\xff\xff" + bytes(510),
        b"\x00\x10" + bytes(509) + b"\x01",
        pad(bytes(95), BOX_PLAIN_BYTES),
    ],
    ids=["length beyond", "not zero", "too short for a key and a signature"],
)
def test_bad_padding_is_refused(plain):
    assert reason_of(seal_plain(plain)) is HandshakeFailure.PADDING


def test_our_own_key_is_refused():
    assert reason_of(seal(kit.COUNSELOR_KEY)) is HandshakeFailure.REFLECTION


def test_a_key_other_than_the_pinned_one_is_refused():
    stranger = IdentityKey.generate(kit.SeededEntropy("stranger"))
    session = schedule.seal_identity(
        ConfirmationType.M3, Mode.SESSION, SECRETS, SECRETS.transcript, stranger, b""
    )
    access = kit.counselor_access(Mode.SESSION)
    assert reason_of(session, access=access) is HandshakeFailure.IDENTITY_CHANGED


SMALL_ORDER_KEYS = [
    bytes(32),
    b"\x01" + bytes(31),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


@pytest.mark.parametrize("key", SMALL_ORDER_KEYS, ids=bytes.hex)
def test_a_small_order_identity_is_refused(key):
    one = (1).to_bytes(32, "little")
    forged = bindings.crypto_scalarmult_ed25519_base_noclamp(one) + one
    plain = pad(key + forged, BOX_PLAIN_BYTES)
    assert reason_of(seal_plain(plain)) is HandshakeFailure.IDENTITY_INVALID


@pytest.mark.parametrize("position", [0, 31, 32, 63])
def test_a_wrong_signature_is_refused(position):
    signature = bytearray(kit.CLIENT_KEY.sign(b"something else"))
    signature[position] ^= 1
    plain = pad(kit.CLIENT_KEY.public_key + bytes(signature), BOX_PLAIN_BYTES)
    assert reason_of(seal_plain(plain)) is HandshakeFailure.SIGNATURE


def test_a_signature_of_another_role_is_refused():
    other = schedule._signature_input(Mode.PAIR, Role.COUNSELOR, SECRETS.transcript)
    plain = pad(kit.CLIENT_KEY.public_key + kit.CLIENT_KEY.sign(other), BOX_PLAIN_BYTES)
    assert reason_of(seal_plain(plain)) is HandshakeFailure.SIGNATURE


@pytest.mark.parametrize("unknown", [0, 1, 2], ids=["pre-shared", "x25519", "ml-kem"])
def test_whoever_lacks_one_of_the_three_secrets_has_no_key(unknown):
    """Hybrid: each secret alone decides over every key that follows."""
    known = [b"\x01" * 64, b"\x02" * 32, b"\x03" * 32]
    lacking = list(known)
    lacking[unknown] = b"\x09" * len(known[unknown])
    flights = (b"m0", b"m1", b"m2")
    ours, theirs = (
        schedule.derive_secrets(Mode.PAIR, b"ci", flights, *secrets)
        for secrets in (known, lacking)
    )
    assert ours.transcript == theirs.transcript
    every_key = [
        {s.chain_key, *s.confirm.values(), *s.box.values()} for s in (ours, theirs)
    ]
    assert len(every_key[0]) == 5
    assert not every_key[0] & every_key[1]
    done = [
        schedule.finish(s.chain_key, b"th4", b"k" * 32, b"", continuity=True)
        for s in (ours, theirs)
    ]
    assert done[0].keys.session_secret != done[1].keys.session_secret
    assert done[0].finished_key != done[1].finished_key
