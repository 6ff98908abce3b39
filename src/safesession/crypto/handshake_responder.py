"""The counselor's side of the handshake: M0, M2 and M4 (PROTOCOL §4.2).

It must never prove anything (M4) before the client has: a wrong code ends at M3
and costs the guesser one of three tries, counted by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from safesession.crypto import handshake_schedule as schedule
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.handshake_access import (
    Access,
    PairAccess,
    ResumeAccess,
    SessionAccess,
)
from safesession.crypto.handshake_machine import (
    RESPONDER_TRANSITIONS,
    Closing,
    HandshakeMachine,
    ResponderEvent,
    ResponderState,
    expect,
    refuse_echo,
    require_payload,
)
from safesession.crypto.handshake_messages import (
    M0,
    M1,
    M2,
    M5,
    NO_RETAINED_SECRET,
    NONCE_BYTES,
    SHARE_BYTES,
    ConfirmationType,
    HandshakeError,
    HandshakeFailure,
    Mode,
)
from safesession.crypto.handshake_shares import (
    CodeExchange,
    Encapsulate,
    encapsulate_mlkem768,
    encapsulate_to,
    exchange_x25519,
    make_x25519,
    match_hints,
)
from safesession.crypto.identity import IdentityKey
from safesession.crypto.key_schedule import equal
from safesession.errors import LocalProtocolError


_MAX_EXPIRY = (1 << 64) - 1
_MAX_ATTEMPT = 255


@dataclass(slots=True, repr=False)
class _Offered:
    """The counselor before M1; `m0` is empty outside PAIR."""

    m0: bytes


@dataclass(slots=True, repr=False)
class _Answered:
    """The counselor between M2 and M3."""

    secrets: schedule.HandshakeSecrets
    continuity: bool


class Responder(HandshakeMachine[ResponderState, ResponderEvent]):
    """The counselor's side of one handshake."""

    def __init__(
        self,
        access: Access,
        context: bytes,
        identity: IdentityKey,
        payload: bytes,
        entropy: Entropy,
        *,
        encapsulate: Encapsulate = encapsulate_mlkem768,
    ) -> None:
        """Prepare. `context` is CI; `payload` (<= 414 bytes) goes into M4.

        Raises:
            LocalProtocolError: the payload is too long.
        """
        pairs = access.mode is Mode.PAIR
        super().__init__(
            RESPONDER_TRANSITIONS,
            ResponderState.NEW if pairs else ResponderState.AWAITING_M1,
            ResponderState.DONE,
            ResponderState.FAILED,
        )
        require_payload(payload)
        self._access = access
        self._context = context
        self._identity = identity
        self._payload = payload
        self._entropy = entropy
        self._encapsulate = encapsulate
        self._progress: _Offered | _Answered | Closing | None = (
            None if pairs else _Offered(b"")
        )

    def offer(self, expires_at: int, attempt: int, nonce: bytes | None = None) -> bytes:
        """Return M0 (PAIR only). `expires_at` is Unix seconds, `attempt` 0..255.

        A `nonce` repeats an offer that nobody was challenged over yet.

        Raises:
            LocalProtocolError: not PAIR, already offered, or out of range.
        """
        with self._own_step(ResponderEvent.OFFER):
            if not (0 <= expires_at <= _MAX_EXPIRY and 0 <= attempt <= _MAX_ATTEMPT):
                raise LocalProtocolError("offer out of range")
            nonce = draw(self._entropy, NONCE_BYTES) if nonce is None else nonce
            if len(nonce) != NONCE_BYTES:
                raise LocalProtocolError("nonce")
            m0 = M0(nonce, expires_at, attempt).to_bytes()
            self._progress = _Offered(m0)
        return m0

    def receive_m1(self, untrusted: bytes) -> bytes:
        """Return M2. It proves nothing and costs no guess.

        Raises:
            HandshakeError: FORMAT, BAD_SHARE, REFLECTION or OUT_OF_STATE.
        """
        with self._received(ResponderEvent.M1):
            offered = expect(self._progress, _Offered)
            m1 = M1.parse(untrusted, self._access.mode)
            nonce = draw(self._entropy, NONCE_BYTES)
            x25519 = make_x25519(self._entropy)
            diffie_hellman = exchange_x25519(x25519, m1.x25519)
            kem, ciphertext = encapsulate_to(self._encapsulate, m1.kem_public)
            share, which, pre_shared = self._pre_shared(offered.m0, m1)
            m2 = M2(
                mode=self._access.mode,
                nonce=nonce,
                x25519=x25519.public_key().public_bytes_raw(),
                cpace=share,
                which=which,
                kem_ciphertext=ciphertext,
            )
            refuse_echo(m1, m2)
            answer = m2.to_bytes()
            secrets = schedule.derive_secrets(
                self._access.mode,
                self._context,
                (offered.m0, untrusted, answer),
                pre_shared,
                diffie_hellman,
                kem,
            )
            self._progress = _Answered(secrets, continuity=which != NO_RETAINED_SECRET)
        return answer

    def receive_m3(self, untrusted: bytes) -> bytes:
        """Return M4; `keys` are there afterwards, but the pair is not active yet.

        The same M3 again gives the same M4 until M5 has come. A wrong code shows
        as CONFIRMATION_FAILED: count it durably before answering anything.

        Raises:
            HandshakeError: everything `open_identity` finds, or OUT_OF_STATE.
        """
        if isinstance(self._progress, Closing) and untrusted == self._progress.received:
            with self._received(ResponderEvent.M3_AGAIN):
                return self._progress.answer
        with self._received(ResponderEvent.M3):
            answered = expect(self._progress, _Answered)
            secrets = answered.secrets
            peer, payload = schedule.open_identity(
                untrusted,
                ConfirmationType.M3,
                self._access,
                secrets,
                secrets.transcript,
                self._identity.public_key,
            )
            transcript = schedule.next_transcript(b"th3", secrets.transcript, untrusted)
            m4 = schedule.seal_identity(
                ConfirmationType.M4,
                self._access.mode,
                secrets,
                transcript,
                self._identity,
                self._payload,
            )
            self._finished = schedule.finish(
                secrets.chain_key,
                schedule.next_transcript(b"th4", transcript, m4),
                peer,
                payload,
                continuity=answered.continuity,
            )
            self._progress = Closing(untrusted, m4)
        return m4

    def receive_m5(self, untrusted: bytes) -> None:
        """Accept the client's receipt; the pair is active from here on.

        Raises:
            HandshakeError: FORMAT, CONFIRMATION_FAILED or OUT_OF_STATE.
        """
        with self._received(ResponderEvent.M5):
            m5 = M5.parse(untrusted, self._access.mode)
            finished = expect(self._finished, schedule.Finished)
            if not equal(m5.mac, schedule.finished_mac(finished)):
                raise HandshakeError(HandshakeFailure.CONFIRMATION_FAILED)
            self._progress = None

    def _pre_shared(self, m0: bytes, m1: M1) -> tuple[bytes, int, bytes]:
        """Return (our share field, which, pre-shared secret)."""
        match self._access:
            case PairAccess(secret=secret):
                code = CodeExchange(secret, self._context, m0, m1.nonce, self._entropy)
                pre_shared = code.pre_shared_as_responder(m1.to_bytes(), m1.cpace)
                return code.public, 0, pre_shared
            case SessionAccess(retained=retained):
                which, pre_shared = match_hints(retained, m1.nonce, m1.hints)
                return draw(self._entropy, SHARE_BYTES), which, pre_shared
            case ResumeAccess(resume_secret=resume_secret):
                return draw(self._entropy, SHARE_BYTES), 0, resume_secret

    def _forget(self) -> None:
        self._progress = None
