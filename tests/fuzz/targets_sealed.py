"""Fuzz targets: sealed frames from a stranger, and their content from a hostile peer.

A stranger's bytes must not move a chain. The other person holds the keys and may
seal anything: what they seal is taken whole or refused without a trace.
"""

from __future__ import annotations

import copy
from functools import cache

from tests.fuzz.catalogue import target
from tests.unit.crypto import kit

from safesession.core.messaging import MAX_TEXT_CHARACTERS, Messaging
from safesession.core.status import TextDirection, TextRoute
from safesession.crypto import ratchet, sealing
from safesession.crypto.bind import bind_tag, verify_bind_tag
from safesession.crypto.chain import ReceiveChain, SendChain
from safesession.crypto.ratchet import RatchetError, TextChains
from safesession.crypto.role import Role
from safesession.crypto.sas import check_commitment, commitment
from safesession.crypto.sealing import SealError, SignalOpener, SignalSealer
from safesession.errors import RemoteProtocolError


EPOCH = 7
HEADER_BYTES = 16  # of a hostile text: id and ack


def _state(chain: ReceiveChain) -> tuple[bytes, int, dict[int, bytes]]:
    return chain._chain_key, chain._next, dict(chain._skipped)


def _chains(role: Role) -> TextChains:
    return TextChains(role, kit.session_keys(), EPOCH)


def _copied(chains: TextChains) -> TextChains:
    """Return independent chains; only their small state is copied."""
    twin = copy.copy(chains)
    twin._send = copy.copy(chains._send)
    twin._receive = copy.copy(chains._receive)
    twin._receive._skipped = dict(chains._receive._skipped)
    return twin


@cache
def _text_frames() -> tuple[bytes, ...]:
    sender = _chains(Role.CLIENT)
    return tuple(sender.seal(n, 0, f"你好 {n}".encode() * n) for n in range(1, 6))


@cache
def _receiver() -> TextChains:
    chains = _chains(Role.COUNSELOR)
    chains.open(_text_frames()[2])  # two are still to come late
    return chains


@target("text_frame", _text_frames, weight=30)
def text_frame(data: bytes) -> None:
    chains = _copied(_receiver())
    before = _state(chains._receive)
    try:
        chains.open(data)
    except RatchetError:
        assert _state(chains._receive) == before
        return
    assert data in _text_frames()


@cache
def _envelopes() -> tuple[bytes, ...]:
    sealer = SignalSealer(Role.CLIENT, kit.session_keys(), EPOCH)
    return tuple(sealer.seal(b'{"t":"bye"}' * n) for n in range(1, 4))


@cache
def _opener() -> SignalOpener:
    opener = SignalOpener(Role.COUNSELOR, kit.session_keys(), EPOCH)
    opener.open(_envelopes()[0])
    return opener


@target("signal_envelope", _envelopes, weight=30)
def signal_envelope(data: bytes) -> None:
    opener = copy.copy(_opener())
    opener._chain = copy.copy(opener._chain)
    before = _state(opener._chain)
    try:
        opener.open(data)
    except SealError:
        assert _state(opener._chain) == before
        return
    assert data in _envelopes()


def _hostile_texts() -> tuple[bytes, ...]:
    def text(message_id: int, ack: int, body: bytes) -> bytes:
        header = message_id.to_bytes(8, "big") + ack.to_bytes(8, "big")
        return header + len(body).to_bytes(2, "big") + body

    longest = ("句" * MAX_TEXT_CHARACTERS).encode()
    return (
        text(1, 0, "你好".encode()),
        text(2, 1, b"x"),
        text(0, 1, b""),
        text(65, 2, b"far ahead"),
        text(1, 0, longest),
        text(1, 0, longest + b"!"),
    )


@cache
def _conversation() -> Messaging:
    """The counselor's side, with two texts under way."""
    messaging = Messaging()
    messaging.rekey(_chains(Role.COUNSELOR), TextRoute.DATA_CHANNEL, 0.0)
    messaging.send("one", 0.0, 0.0)
    messaging.send("two", 0.0, 0.0)
    return messaging


def _sealed_by_peer(data: bytes) -> bytes:
    """Return a valid frame whose ids and padded body are `data`, whatever that is."""
    header = data[:HEADER_BYTES].ljust(HEADER_BYTES, b"\0")
    plain = data[HEADER_BYTES:]
    size = next((s for s in ratchet.TEXT_SIZES if len(plain) <= s), None)
    plain = plain.ljust(size, b"\0") if size else plain[: ratchet.TEXT_SIZES[-1]]
    sender = SendChain(_chains(Role.CLIENT)._send._chain_key)
    head = b"\x01" + EPOCH.to_bytes(4, "big") + bytes(4) + header
    return head + sender.seal(plain, ratchet._associated(Role.CLIENT, head))


def _texts_of(messaging: Messaging) -> tuple[object, ...]:
    return (
        messaging._received,
        dict(messaging._early),
        list(messaging._outbox),
        messaging._next_id,
    )


@target("text_of_a_hostile_peer", _hostile_texts, weight=15)
def text_of_a_hostile_peer(data: bytes) -> None:
    messaging = copy.copy(_conversation())
    messaging._chains = _copied(messaging._chains)
    messaging._outbox = copy.copy(messaging._outbox)
    messaging._early = {}
    before = _texts_of(messaging)
    try:
        outputs = messaging.receive(_sealed_by_peer(data), 1.0, 1.0)
    except RemoteProtocolError:
        assert _texts_of(messaging) == before
        return
    for output in outputs:
        if getattr(output, "direction", None) is TextDirection.RECEIVED:
            output.text.encode("utf-8")  # can be shown and kept
            assert 0 < len(output.text) <= MAX_TEXT_CHARACTERS


@target("padding_of_a_hostile_peer", lambda: (b"\0\5hello", b"\xff\xff", b""))
def padding_of_a_hostile_peer(data: bytes) -> None:
    """A signal whose padded plain text is anything: opened or refused, never half."""
    plain = data[:1024].ljust(1024, b"\0")
    sealer = SignalSealer(Role.CLIENT, kit.session_keys(), EPOCH)
    head = EPOCH.to_bytes(4, "big") + bytes(4)
    sealed = sealer._chain.seal(plain, sealing._associated(Role.CLIENT, head))
    opener = SignalOpener(Role.COUNSELOR, kit.session_keys(), EPOCH)
    before = _state(opener._chain)
    try:
        body = opener.open(head + sealed)
    except SealError:
        assert _state(opener._chain) == before
        return
    assert plain == len(body).to_bytes(2, "big") + body + bytes(1022 - len(body))


# --- two short proofs ------------------------------------------------------------------

BINDING, SHARE, TRANSCRIPT = b"b" * 64, b"r" * 32, b"t" * 64


@cache
def _bind_tags() -> tuple[bytes, ...]:
    keys = kit.session_keys()
    return tuple(bind_tag(keys, role, EPOCH, BINDING) for role in Role)


@target("bind_tag", _bind_tags)
def bind_proof(data: bytes) -> None:
    keys = kit.session_keys()
    for role, tag in zip(Role, _bind_tags(), strict=True):
        assert verify_bind_tag(keys, role, EPOCH, BINDING, data) == (data == tag)


@target("sas_opening", lambda: (SHARE, commitment(SHARE, TRANSCRIPT)))
def sas_opening(data: bytes) -> None:
    """Any bytes as the opening of a promise, and as a promise."""
    promise = commitment(SHARE, TRANSCRIPT)
    assert check_commitment(promise, data, TRANSCRIPT) == (data == SHARE)
    assert check_commitment(data, SHARE, TRANSCRIPT) == (data == promise)
