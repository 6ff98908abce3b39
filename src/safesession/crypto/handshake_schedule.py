"""The handshake's key schedule and its sealed identities (PROTOCOL §4.3).

    ck  = Extract(Extract(Extract(H(…, mode, CI), psk), X25519), ML-KEM-768)
    th2 = H("th2", mode, CI, M0, M1, M2)   th3 = H("th3", th2, M3)   th4 = …
    tag = HMAC(kc, lv(role, th))[:32]      box = ChaCha20-Poly1305(kb, …)

The tag comes before the box because Poly1305 does not commit to its key: a box
alone would be a partitioning oracle for the code. Checks run in that order and
must never be reordered.

M5 is HMAC(kf, lv("client", th4))[:32] with kf = Expand(ms, "finished", th4, 32): it
proves that the client opened M4 and holds the same session keys.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from safesession.crypto.encoding import H, PaddingError, lv, pad, unpad
from safesession.crypto.handshake_access import Access
from safesession.crypto.handshake_messages import (
    BOX_PLAIN_BYTES,
    SUITE,
    Confirmation,
    ConfirmationType,
    HandshakeError,
    HandshakeFailure,
    Mode,
)
from safesession.crypto.identity import (
    PUBLIC_KEY_BYTES,
    SIGNATURE_BYTES,
    IdentityKey,
    is_valid_public_key,
    verify,
)
from safesession.crypto.key_schedule import Label, equal, expand, extract, mac
from safesession.crypto.role import Role
from safesession.crypto.session_keys import SESSION_SECRET_BYTES, SessionKeys
from safesession.errors import LocalProtocolError


MAX_PAYLOAD_BYTES = BOX_PLAIN_BYTES - 2 - PUBLIC_KEY_BYTES - SIGNATURE_BYTES
_KEY_BYTES = 32
_ONE_NONCE = bytes(12)  # each box key seals exactly one message
_HANDSHAKE_LABEL = b"SafeSession/1 handshake"
_SIGNATURE_LABEL = b"SafeSession/1 identity signature"
_ROLE_OF = {
    ConfirmationType.M3: Role.CLIENT,
    ConfirmationType.M4: Role.COUNSELOR,
}


@dataclass(frozen=True, slots=True, repr=False)
class HandshakeSecrets:
    """The chain key and the four keys of M3 and M4."""

    chain_key: bytes
    confirm: dict[Role, bytes]
    box: dict[Role, bytes]
    transcript: bytes  # th2


@dataclass(frozen=True, slots=True, repr=False)
class Finished:
    """The session keys and the key of M5's MAC."""

    keys: SessionKeys
    finished_key: bytes


def derive_secrets(
    mode: Mode,
    context: bytes,
    flights: tuple[bytes, bytes, bytes],
    pre_shared: bytes,
    diffie_hellman: bytes,
    kem: bytes,
) -> HandshakeSecrets:
    """Return ck, kcA, kcB, kbA, kbB after M2. `flights` is (M0, M1, M2)."""
    transcript = H(b"th2", mode.value, context, *flights)
    chain_key = H(_HANDSHAKE_LABEL, SUITE, mode.value, context)
    for secret in (pre_shared, diffie_hellman, kem):
        chain_key = extract(chain_key, secret)
    keys = expand(chain_key, Label.HANDSHAKE_KEYS, transcript, 4 * _KEY_BYTES)
    confirm_a, confirm_b, box_a, box_b = (
        keys[start : start + _KEY_BYTES] for start in range(0, len(keys), _KEY_BYTES)
    )
    return HandshakeSecrets(
        chain_key,
        {Role.CLIENT: confirm_a, Role.COUNSELOR: confirm_b},
        {Role.CLIENT: box_a, Role.COUNSELOR: box_b},
        transcript,
    )


def next_transcript(label: bytes, transcript: bytes, message: bytes) -> bytes:
    """Return th3 = H("th3", th2, M3) or th4 = H("th4", th3, M4)."""
    return H(label, transcript, message)


def seal_identity(
    message_type: ConfirmationType,
    mode: Mode,
    secrets: HandshakeSecrets,
    transcript: bytes,
    identity: IdentityKey,
    payload: bytes,
) -> bytes:
    """Return M3 or M4: tag, then identity key, signature and payload sealed.

    Raises:
        LocalProtocolError: the payload is longer than MAX_PAYLOAD_BYTES.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise LocalProtocolError("handshake payload too long")
    role = _ROLE_OF[message_type]
    tag = mac(secrets.confirm[role], lv(role.label, transcript))
    unsealed = Confirmation(message_type, mode, tag, b"")
    signature = identity.sign(_signature_input(mode, role, transcript))
    plain = pad(identity.public_key + signature + payload, BOX_PLAIN_BYTES)
    box = ChaCha20Poly1305(secrets.box[role]).encrypt(
        _ONE_NONCE, plain, H(unsealed.header, transcript)
    )
    return Confirmation(message_type, mode, tag, box).to_bytes()


def open_identity(
    untrusted: bytes,
    message_type: ConfirmationType,
    access: Access,
    secrets: HandshakeSecrets,
    transcript: bytes,
    own_public_key: bytes,
) -> tuple[bytes, bytes]:
    """Check M3 or M4 completely and return (peer's identity key, payload).

    Raises:
        HandshakeError: FORMAT, CONFIRMATION_FAILED, BOX, PADDING, REFLECTION,
            IDENTITY_CHANGED, IDENTITY_INVALID or SIGNATURE.
    """
    message = Confirmation.parse(untrusted, message_type, access.mode)
    role = _ROLE_OF[message_type]
    expected_tag = mac(secrets.confirm[role], lv(role.label, transcript))
    if not equal(message.tag, expected_tag):
        raise HandshakeError(HandshakeFailure.CONFIRMATION_FAILED)
    body = _open_box(message, secrets.box[role], transcript)
    public_key = body[:PUBLIC_KEY_BYTES]
    signature = body[PUBLIC_KEY_BYTES:][:SIGNATURE_BYTES]
    _check_identity(public_key, access, own_public_key)
    if not verify(
        public_key, signature, _signature_input(access.mode, role, transcript)
    ):
        raise HandshakeError(HandshakeFailure.SIGNATURE)
    return public_key, body[PUBLIC_KEY_BYTES + SIGNATURE_BYTES :]


def finish(
    chain_key: bytes,
    transcript: bytes,
    peer_identity: bytes,
    peer_payload: bytes,
    *,
    continuity: bool,
) -> Finished:
    """Return the session keys after M4. `transcript` is th4."""
    master = extract(chain_key, transcript)
    keys = SessionKeys(
        session_secret=expand(
            master, Label.SESSION_SECRET, transcript, SESSION_SECRET_BYTES
        ),
        transcript=transcript,
        peer_identity=peer_identity,
        peer_payload=peer_payload,
        continuity=continuity,
        retained_next=expand(master, Label.RETAINED, transcript),
    )
    return Finished(keys, expand(master, Label.FINISHED, transcript))


def finished_mac(finished: Finished) -> bytes:
    """Return the MAC of M5."""
    return mac(finished.finished_key, lv(Role.CLIENT.label, finished.keys.transcript))


def _signature_input(mode: Mode, role: Role, transcript: bytes) -> bytes:
    return lv(_SIGNATURE_LABEL, mode.value, role.label, transcript)


def _open_box(message: Confirmation, key: bytes, transcript: bytes) -> bytes:
    try:
        plain = ChaCha20Poly1305(key).decrypt(
            _ONE_NONCE, message.box, H(message.header, transcript)
        )
    except InvalidTag:
        raise HandshakeError(HandshakeFailure.BOX) from None
    try:
        body = unpad(plain)
    except PaddingError:
        raise HandshakeError(HandshakeFailure.PADDING) from None
    if len(body) < PUBLIC_KEY_BYTES + SIGNATURE_BYTES:
        raise HandshakeError(HandshakeFailure.PADDING)
    return body


def _check_identity(public_key: bytes, access: Access, own_public_key: bytes) -> None:
    if equal(public_key, own_public_key):
        raise HandshakeError(HandshakeFailure.REFLECTION)
    if not access.accepts(public_key):
        raise HandshakeError(HandshakeFailure.IDENTITY_CHANGED)
    if not is_valid_public_key(public_key):
        raise HandshakeError(HandshakeFailure.IDENTITY_INVALID)
