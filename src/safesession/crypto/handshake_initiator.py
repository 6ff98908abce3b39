"""The client's side of the handshake: M1, M3 and M5 (PROTOCOL §4.2).

It proves the pre-shared secret first (M3) and must never accept an answer built
from its own values.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from safesession.crypto import handshake_schedule as schedule
from safesession.crypto.entropy import Entropy, draw
from safesession.crypto.handshake_access import (
    Access,
    PairAccess,
    ResumeAccess,
    SessionAccess,
)
from safesession.crypto.handshake_machine import (
    INITIATOR_TRANSITIONS,
    Closing,
    HandshakeMachine,
    InitiatorEvent,
    InitiatorState,
    expect,
    refuse_echo,
    require_payload,
)
from safesession.crypto.handshake_messages import (
    HINTS_BYTES,
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
    NO_SECRET,
    CodeExchange,
    decapsulate,
    exchange_x25519,
    make_hints,
    make_mlkem768,
    make_x25519,
)
from safesession.crypto.identity import IdentityKey


@dataclass(slots=True, repr=False)
class _Started:
    """The client between M1 and M2."""

    m0: bytes
    m1: M1
    x25519: X25519PrivateKey
    kem: MLKEM768PrivateKey
    code: CodeExchange | None


@dataclass(slots=True, repr=False)
class _Proven:
    """The client between M3 and M4."""

    secrets: schedule.HandshakeSecrets
    transcript: bytes  # th3
    continuity: bool


class Initiator(HandshakeMachine[InitiatorState, InitiatorEvent]):
    """The client's side of one handshake."""

    def __init__(
        self,
        access: Access,
        context: bytes,
        identity: IdentityKey,
        payload: bytes,
        entropy: Entropy,
    ) -> None:
        """Prepare. `context` is CI; `payload` (<= 414 bytes) goes into M3.

        Raises:
            LocalProtocolError: the payload is too long.
        """
        super().__init__(
            INITIATOR_TRANSITIONS,
            InitiatorState.NEW,
            InitiatorState.DONE,
            InitiatorState.FAILED,
        )
        require_payload(payload)
        self._access = access
        self._context = context
        self._identity = identity
        self._payload = payload
        self._entropy = entropy
        self._progress: _Started | _Proven | Closing | None = None

    def start(self, untrusted_m0: bytes = b"") -> bytes:
        """Return M1. PAIR needs the counselor's M0, the other modes an empty one.

        Raises:
            HandshakeError: FORMAT.
            LocalProtocolError: already started.
        """
        with self._own_step(InitiatorEvent.START):
            self._check_m0(untrusted_m0)
            nonce = draw(self._entropy, NONCE_BYTES)
            x25519 = make_x25519(self._entropy)
            kem = make_mlkem768(self._entropy)
            code = None
            if isinstance(self._access, PairAccess):
                code = CodeExchange(
                    self._access.secret,
                    self._context,
                    untrusted_m0,
                    nonce,
                    self._entropy,
                )
            m1 = M1(
                mode=self._access.mode,
                nonce=nonce,
                x25519=x25519.public_key().public_bytes_raw(),
                cpace=code.public if code else draw(self._entropy, SHARE_BYTES),
                hints=self._make_hints(nonce),
                kem_public=kem.public_key().public_bytes_raw(),
            )
            self._progress = _Started(untrusted_m0, m1, x25519, kem, code)
        return m1.to_bytes()

    def receive_m2(self, untrusted: bytes) -> bytes:
        """Return M3, which proves that we know the pre-shared secret.

        Raises:
            HandshakeError: FORMAT, REFLECTION, BAD_SHARE or OUT_OF_STATE.
        """
        with self._received(InitiatorEvent.M2):
            started = expect(self._progress, _Started)
            m2 = M2.parse(untrusted, self._access.mode)
            refuse_echo(started.m1, m2)
            diffie_hellman = exchange_x25519(started.x25519, m2.x25519)
            kem = decapsulate(started.kem, m2.kem_ciphertext)
            pre_shared = self._pre_shared(started, m2)
            secrets = schedule.derive_secrets(
                self._access.mode,
                self._context,
                (started.m0, started.m1.to_bytes(), untrusted),
                pre_shared,
                diffie_hellman,
                kem,
            )
            m3 = schedule.seal_identity(
                ConfirmationType.M3,
                self._access.mode,
                secrets,
                secrets.transcript,
                self._identity,
                self._payload,
            )
            self._progress = _Proven(
                secrets,
                schedule.next_transcript(b"th3", secrets.transcript, m3),
                continuity=m2.which != NO_RETAINED_SECRET,
            )
        return m3

    def receive_m4(self, untrusted: bytes) -> bytes:
        """Return M5; `keys` are there afterwards. The same M4 again: the same M5.

        Raises:
            HandshakeError: everything `open_identity` finds, or OUT_OF_STATE.
        """
        if isinstance(self._progress, Closing) and untrusted == self._progress.received:
            with self._received(InitiatorEvent.M4_AGAIN):
                return self._progress.answer
        with self._received(InitiatorEvent.M4):
            proven = expect(self._progress, _Proven)
            peer, payload = schedule.open_identity(
                untrusted,
                ConfirmationType.M4,
                self._access,
                proven.secrets,
                proven.transcript,
                self._identity.public_key,
            )
            self._finished = schedule.finish(
                proven.secrets.chain_key,
                schedule.next_transcript(b"th4", proven.transcript, untrusted),
                peer,
                payload,
                continuity=proven.continuity,
            )
            m5 = M5(self._access.mode, schedule.finished_mac(self._finished)).to_bytes()
            self._progress = Closing(untrusted, m5)
        return m5

    def _check_m0(self, untrusted_m0: bytes) -> None:
        if self._access.mode is Mode.PAIR:
            M0.parse(untrusted_m0)
        elif untrusted_m0:
            raise HandshakeError(HandshakeFailure.FORMAT)

    def _make_hints(self, nonce: bytes) -> bytes:
        if isinstance(self._access, SessionAccess):
            return make_hints(self._access.retained, nonce, self._entropy)
        return draw(self._entropy, HINTS_BYTES)

    def _pre_shared(self, started: _Started, m2: M2) -> bytes:
        match self._access:
            case PairAccess():
                code = expect(started.code, CodeExchange)
                return code.pre_shared_as_initiator(started.m1.to_bytes(), m2.cpace)
            case SessionAccess(retained=retained):
                if m2.which == NO_RETAINED_SECRET:
                    return NO_SECRET
                if m2.which >= len(retained):
                    raise HandshakeError(HandshakeFailure.FORMAT)
                return retained[m2.which]
            case ResumeAccess(resume_secret=resume_secret):
                return resume_secret

    def _forget(self) -> None:
        self._progress = None
