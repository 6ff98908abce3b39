"""Shared by the crypto tests: seeded entropy, ready-made handshakes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from safesession.crypto.handshake import (
    Initiator,
    Mode,
    PairAccess,
    Responder,
    ResumeAccess,
    SessionAccess,
    SessionKeys,
    handshake_context,
)
from safesession.crypto.handshake_shares import encapsulate_mlkem768
from safesession.crypto.identity import IdentityKey


CODE = b"12345678"
RETAINED = (b"\xa1" * 32, b"\xa0" * 32)
RESUME = b"\xb0" * 32
ORIGIN = "relay.example.org"
PAIR_ID = b"042917"
EXPIRES_AT = 1_800_000_000
FINGERPRINT_CLIENT = ":".join(["0A"] * 32)
FINGERPRINT_COUNSELOR = ":".join(["0B"] * 32)
EXPORTER = b"\xee" * 32


class SeededEntropy:
    """Deterministic bytes; `drawn` remembers them in order."""

    def __init__(self, seed):
        self._seed = repr(seed).encode()
        self.drawn = []

    def __call__(self, length):
        counter = len(self.drawn).to_bytes(4, "big")
        drawn = hashlib.shake_256(self._seed + counter).digest(length)
        self.drawn.append(drawn)
        return drawn


CLIENT_KEY = IdentityKey.generate(SeededEntropy("client identity"))
COUNSELOR_KEY = IdentityKey.generate(SeededEntropy("counselor identity"))


def context_of(mode, *, pair_id=PAIR_ID, origin=ORIGIN):
    return handshake_context(mode, pair_id, origin)


def client_access(mode):
    match mode:
        case Mode.PAIR:
            return PairAccess(CODE)
        case Mode.SESSION:
            return SessionAccess(COUNSELOR_KEY.public_key, RETAINED)
        case Mode.RESUME:
            return ResumeAccess(COUNSELOR_KEY.public_key, RESUME)


def counselor_access(mode):
    match mode:
        case Mode.PAIR:
            return PairAccess(CODE)
        case Mode.SESSION:
            return SessionAccess(CLIENT_KEY.public_key, RETAINED)
        case Mode.RESUME:
            return ResumeAccess(CLIENT_KEY.public_key, RESUME)


def make_initiator(
    mode=Mode.PAIR, *, seed=0, access=None, context=None, identity=CLIENT_KEY
):
    return Initiator(
        access or client_access(mode),
        context_of(mode) if context is None else context,
        identity,
        b"client payload",
        SeededEntropy(("client", seed)),
    )


def make_responder(
    mode=Mode.PAIR,
    *,
    seed=0,
    access=None,
    context=None,
    identity=COUNSELOR_KEY,
    encapsulate=encapsulate_mlkem768,
):
    return Responder(
        access or counselor_access(mode),
        context_of(mode) if context is None else context,
        identity,
        b"counselor payload",
        SeededEntropy(("counselor", seed)),
        encapsulate=encapsulate,
    )


@dataclass
class Run:
    """Two machines and what went between them."""

    initiator: Initiator
    responder: Responder
    messages: list[bytes]


def run_handshake(
    initiator=None,
    responder=None,
    mode=Mode.PAIR,
    tamper=lambda number, message: message,
):
    """Run M0..M5; `tamper(number, message)` sits between the two."""
    a = initiator or make_initiator(mode)
    b = responder or make_responder(mode)
    messages = []

    def carry(message):
        messages.append(message)
        return tamper(len(messages) - 1, message)

    m0 = carry(b.offer(EXPIRES_AT, 1) if mode is Mode.PAIR else b"")
    m1 = carry(a.start(m0))
    m2 = carry(b.receive_m1(m1))
    m3 = carry(a.receive_m2(m2))
    m4 = carry(b.receive_m3(m3))
    m5 = carry(a.receive_m4(m4))
    b.receive_m5(m5)
    return Run(a, b, messages)


def session_keys(seed=0):
    """Return keys as after a handshake, without running one."""
    entropy = SeededEntropy(("keys", seed))
    return SessionKeys(
        entropy(64), entropy(64), entropy(32), b"payload", True, entropy(32)
    )
