"""Fuzz targets: M0 to M5, the words in their boxes, and every step that reads one.

A step is fuzzed from a machine that is really in that state. What a stranger can
make up ends it; only the honest M3, M4 and M5 are ever accepted.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from tests.fuzz.catalogue import target
from tests.unit.crypto import kit

from safesession.crypto import handshake_schedule as schedule
from safesession.crypto.encoding import H, lv
from safesession.crypto.handshake import (
    HandshakeError,
    Initiator,
    Mode,
    Responder,
    message_number,
)
from safesession.crypto.handshake_messages import (
    BOX_PLAIN_BYTES,
    M0,
    M1,
    M2,
    M5,
    Confirmation,
    ConfirmationType,
)
from safesession.crypto.handshake_payload import HandshakePayload, PayloadError
from safesession.crypto.key_schedule import mac
from safesession.crypto.role import Role
from safesession.errors import LocalProtocolError


PARSERS: dict[int, Callable[[bytes, Mode], M0 | M1 | M2 | Confirmation | M5]] = {
    0: lambda data, _: M0.parse(data),
    1: M1.parse,
    2: M2.parse,
    3: lambda data, mode: Confirmation.parse(data, ConfirmationType.M3, mode),
    4: lambda data, mode: Confirmation.parse(data, ConfirmationType.M4, mode),
    5: M5.parse,
}


class Stages:
    """One honest handshake, its machines kept as they were before each message."""

    def __init__(self, mode: Mode) -> None:
        client, counselor = kit.make_initiator(mode), kit.make_responder(mode)
        self.client: dict[int, Initiator] = {0: copy.copy(client)}
        self.counselor: dict[int, Responder] = {}
        m0 = counselor.offer(kit.EXPIRES_AT, 1) if mode is Mode.PAIR else b""
        m1 = client.start(m0)
        self.counselor[1] = copy.copy(counselor)
        m2 = counselor.receive_m1(m1)
        self.client[2] = copy.copy(client)
        m3 = client.receive_m2(m2)
        self.counselor[3] = copy.copy(counselor)
        m4 = counselor.receive_m3(m3)
        self.client[4] = copy.copy(client)
        m5 = client.receive_m4(m4)
        self.counselor[5] = copy.copy(counselor)
        self.messages = (m0, m1, m2, m3, m4, m5)


@cache
def stages(mode: Mode) -> Stages:
    return Stages(mode)


def _all_messages() -> tuple[bytes, ...]:
    return tuple(m for mode in Mode for m in stages(mode).messages if m)


@target("handshake_message", _all_messages)
def handshake_message(data: bytes) -> None:
    number = message_number(data)
    if number is None:
        return
    assert data[:4] == b"SS1%d" % number
    for mode in Mode:
        try:
            message = PARSERS[number](data, mode)
        except HandshakeError:
            continue
        assert message.to_bytes() == data


def _payloads() -> tuple[bytes, ...]:
    names = ("", "A-017", "王老师", "👩\u200d👧", "x" * 60)
    return tuple(HandshakePayload(name, "0.1.0").to_bytes() for name in names)


@target("handshake_payload", _payloads)
def handshake_payload(data: bytes) -> None:
    try:
        payload = HandshakePayload.parse(data)
    except PayloadError:
        return
    assert payload.to_bytes() == data


def _seed_of(number: int) -> Callable[[], tuple[bytes, ...]]:
    def seeds() -> tuple[bytes, ...]:
        return tuple(stages(mode).messages[number] for mode in Mode)

    return seeds


def _ended(machine: Initiator | Responder) -> None:
    """Assert that a refusal left no keys behind."""
    assert machine.state.value == "failed"
    assert machine._progress is None
    assert not machine.active
    try:
        machine.keys  # noqa: B018
    except LocalProtocolError:
        return
    raise AssertionError("a failed handshake kept its keys")


def _feed(data: bytes, number: int, step: str) -> None:
    """Give the bytes to the machine that waits for message `number`, in each mode."""
    for mode in Mode:
        honest = stages(mode).messages[number]
        side = stages(mode).counselor if number % 2 else stages(mode).client
        machine = copy.copy(side[number])
        try:
            getattr(machine, step)(data)
        except HandshakeError:
            _ended(machine)
            assert data != honest
            continue
        assert number in (0, 1, 2) or data == honest


@target("initiator_start", _seed_of(0), weight=4)
def initiator_start(data: bytes) -> None:
    _feed(data, 0, "start")


@target("responder_receive_m1", _seed_of(1), weight=3)
def responder_receive_m1(data: bytes) -> None:
    _feed(data, 1, "receive_m1")


@target("initiator_receive_m2", _seed_of(2), weight=3)
def initiator_receive_m2(data: bytes) -> None:
    _feed(data, 2, "receive_m2")


@target("responder_receive_m3", _seed_of(3), weight=10)
def responder_receive_m3(data: bytes) -> None:
    _feed(data, 3, "receive_m3")


@target("initiator_receive_m4", _seed_of(4), weight=10)
def initiator_receive_m4(data: bytes) -> None:
    _feed(data, 4, "receive_m4")


@target("responder_receive_m5", _seed_of(5), weight=10)
def responder_receive_m5(data: bytes) -> None:
    _feed(data, 5, "receive_m5")


def _boxed(plain: bytes, mode: Mode) -> bytes:
    """Return M3 around any plain text, as a client who knows the code could."""
    secrets = stages(mode).client[4]._progress.secrets
    tag = mac(secrets.confirm[Role.CLIENT], lv(b"client", secrets.transcript))
    header = Confirmation(ConfirmationType.M3, mode, tag, b"").header
    box = ChaCha20Poly1305(secrets.box[Role.CLIENT]).encrypt(
        bytes(12), plain, H(header, secrets.transcript)
    )
    return header + box


def _identities() -> tuple[bytes, ...]:
    found = []
    for mode in Mode:
        secrets = stages(mode).client[4]._progress.secrets
        signed = schedule._signature_input(mode, Role.CLIENT, secrets.transcript)
        body = kit.CLIENT_KEY.public_key + kit.CLIENT_KEY.sign(signed) + b"payload"
        found.append(len(body).to_bytes(2, "big") + body)
    return tuple(found)


@target("identity_box", _identities, weight=4)
def identity_box(data: bytes) -> None:
    """Somebody who knows the code seals whatever they like into M3."""
    plain = data[:BOX_PLAIN_BYTES].ljust(BOX_PLAIN_BYTES, b"\0")
    for mode in Mode:
        counselor = copy.copy(stages(mode).counselor[3])
        try:
            counselor.receive_m3(_boxed(plain, mode))
        except HandshakeError:
            _ended(counselor)
            continue
        assert counselor.keys.peer_identity == plain[2:34]
