"""Rows 20-25: points and keys that must not be, and offers to be something else."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from unittest import mock

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl import bindings
from tests.adversary.cases_tampering import changing
from tests.adversary.catalogue import Verdict, case
from tests.support.evil_relay import Seat, step
from tests.support.evil_room import (
    COUNTED_BY_BOTH,
    COUNTED_BY_CLIENT,
    MALFORMED,
    MALFORMED_AFTER_M3,
    SEAT_LOST,
    EvilRoom,
    Refusal,
    evil_room,
)
from tests.support.impostor import Impostor

from safesession.core import inputs
from safesession.core.effects import SendEnvelope
from safesession.core.session_config import SessionConfig
from safesession.core.status import Phase, Problem
from safesession.crypto.handshake_payload import HandshakePayload
from safesession.crypto.invite_code import parse_invite_code
from safesession.protocol.peer_messages import FrameKind, pack_frame


P = 2**255 - 19
# u-coordinates whose multiples by a clamped scalar are zero (RFC 7748 §6.1, and the
# same ones written above p), little-endian.
LOW_ORDER = [
    value.to_bytes(32, "little")
    for value in (
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        P - 1,
        P,
        P + 1,
    )
]


def _at(start: int, value: bytes):
    return lambda m: [m[:start] + value + m[start + len(value) :]]


@case(20, "low-order points as xA, YA, xB and YB")
async def low_order(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for point in LOW_ORDER:
            for number, end in ((1, SEAT_LOST), (2, MALFORMED)):
                for start in (37, 69):
                    await room.attack(changing(number, _at(start, point)))
                    await room.refused(end)
    return Verdict(frames_leaked=room.leaked)


class WeakKey:
    """An identity in the small subgroup, under which anybody can sign."""

    # The neutral element and the point of order two, as Ed25519 writes them.
    PUBLIC = (b"\x01" + bytes(31), (P - 1).to_bytes(32, "little"))

    def __init__(self, public_key: bytes) -> None:
        self.public_key = public_key

    def sign(self, message: bytes) -> bytes:
        """Find a signature that needs no secret: R = sB, S = s, where hA vanishes."""
        known = Ed25519PublicKey.from_public_bytes(self.public_key)
        for s in range(1, 200):
            scalar = s.to_bytes(32, "little")
            r = bindings.crypto_scalarmult_ed25519_base_noclamp(scalar)
            with suppress(InvalidSignature):
                known.verify(r + scalar, message)  # OpenSSL takes it
                return r + scalar
        raise AssertionError("the forgery does not work")


@case(21, "a small-order identity key at the client and at the counselor")
async def small_order_identity(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for public_key in WeakKey.PUBLIC:
            code = parse_invite_code(await room.invite())
            weak = WeakKey(public_key)
            room.relay.hook = Impostor(room.relay, code.secret, identity=weak)
            room.join(code.digits)
            await room.refused(MALFORMED_AFTER_M3)
            client = room.client
            client.do(inputs.StartOver())
            session = client.assembly.runtime.session
            session._config = replace(session._config, identity=weak)
            await room.attack()
            # The code was right, so the counselor counts nothing.
            await room.refused(COUNTED_BY_CLIENT)
            client.do(inputs.StartOver())
    return Verdict(frames_leaked=room.leaked)


@case(22, "ML-KEM: keys that are none, ciphertexts too short, too long and forged")
async def bad_kem(folder: Path) -> Verdict:
    changes = [
        (1, _at(117, b"\xff" * 1184), SEAT_LOST),  # no coefficient is reduced
        (1, _at(117, b"\xff\xff"), SEAT_LOST),  # one is not
        (1, lambda m: [m[:117]], SEAT_LOST),
        (1, lambda m: [m + b"\0"], SEAT_LOST),
        (2, lambda m: [m[:-1]], MALFORMED),
        (2, lambda m: [m + b"\0"], MALFORMED),
        (2, lambda m: [m[:102]], MALFORMED),
        (2, _at(102, bytes(1088)), COUNTED_BY_BOTH),  # implicit rejection
        (2, _at(102, b"\xff" * 1088), COUNTED_BY_BOTH),
    ]
    async with evil_room(folder) as room:
        for number, change, end in changes:
            await room.attack(changing(number, change))
            await room.refused(end)
    return Verdict(frames_leaked=room.leaked)


@case(23, "another suite in every message of both sides")
async def another_suite_throughout(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for suite in (b"SS0", b"SS2", b"\0\0\0"):

            def hook(_seat: Seat, body: bytes, suite: bytes = suite) -> list[bytes]:
                kept = step(body) is None
                return [body if kept else body[:1] + suite + body[4:]]

            await room.attack(hook)
            await room.refused(MALFORMED)
    return Verdict(frames_leaked=room.leaked)


@case(23, "a server that speaks another version only")
async def another_server_version(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        code = await room.invite()
        room.relay.versions = [0, 2]
        room.join(code)
        await room.refused(Refusal(Problem.SERVER_REFUSED))
        room.counselor.do(inputs.StartOver(), inputs.CreateInvite(3600))
        await room.counselor.phase(Phase.ENDED)
        assert room.counselor.status.problem is Problem.SERVER_REFUSED
        room.nothing_opened()
        room.relay.versions = [0, 1, 2]  # the common one is found among others
    return Verdict(frames_leaked=room.leaked)


@case(24, "another mode in every message of both sides: PAIR is not left")
async def another_mode_throughout(folder: Path) -> Verdict:
    async with evil_room(folder) as room:
        for mode in (b"S", b"R"):

            def hook(_seat: Seat, body: bytes, mode: bytes = mode) -> list[bytes]:
                moded = step(body) in (1, 2, 3, 4, 5)
                return [body[:5] + mode + body[6:] if moded else body]

            await room.attack(hook)
            await room.refused(SEAT_LOST)
    return Verdict(frames_leaked=room.leaked)


# --- fields nobody knows -------------------------------------------------------------

NAME = HandshakePayload("x", "1").to_bytes()
STRANGE_PAYLOADS = [
    NAME + b"\x01z",  # one field more
    b"\x02" + NAME[1:],  # another layout
    NAME[:-1],
    b"",
    HandshakePayload("x", "1").to_bytes().replace(b"x", b"\n"),
    b"\x01\x03" + "\u202e".encode() + b"\x00",  # right-to-left override
]


@case(25, "unknown fields in the payload of M3 and of M4")
async def strange_payloads(folder: Path) -> Verdict:
    async with EvilRoom(folder) as room:
        await room.people()
        for payload in STRANGE_PAYLOADS:
            code = parse_invite_code(await room.invite())
            room.relay.hook = Impostor(room.relay, code.secret, payload=payload)
            room.join(code.digits)
            ended = Refusal(Problem.PEER_MISBEHAVED)
            await room.refused(ended)
        for payload in STRANGE_PAYLOADS:
            room.client.do(inputs.StartOver())
            code = await room.invite()
            room.relay.hook = lambda _seat, body: (body,)
            room.client.phases.clear()
            with mock.patch.object(SessionConfig, "payload", return_value=payload):
                room.client.do(inputs.JoinByCode(code))  # asks for it at once
            await room.counselor.phase(Phase.ENDED)
            assert room.counselor.status.problem is Problem.PEER_MISBEHAVED
            room.nothing_opened()
        room.client.do(inputs.StartOver())
        await room.still_meets()
    return Verdict(frames_leaked=room.leaked)


@case(25, "unknown fields and tags in sealed signals: refused, the call goes on")
async def strange_signals(folder: Path) -> Verdict:
    offer = {"t": "offer", "epoch": 0, "sdp": "v=0", "fingerprint": "00", "v": 2}
    strange = [
        offer,
        {"t": "bye", "reason": "x"},
        {"t": "rekey"},
        {"t": "media", "microphone": "on", "camera": "on", "screen": "on"},
        {"t": "media", "microphone": "hidden", "camera": "on"},
        {"t": "sas_result", "run": 1, "matched": True, "really": True},
        {"t": "sas_result", "run": True, "matched": 1},
        {"t": ["bye"]},
        {},
    ]
    async with evil_room(folder) as room:
        await room.attack()
        await room.met()
        for attacker, victim in (room.pair, room.pair[::-1]):
            epoch = attacker.assembly.runtime.session._encounter._epoch
            session = victim.assembly.runtime.session
            before = session.remote_faults
            peer = victim.status.peer
            for message in strange:
                sealed = epoch._sealer.seal(json.dumps(message).encode())
                frame = pack_frame(FrameKind.SIGNAL, sealed)
                attacker.assembly.runtime._execute(SendEnvelope(frame))
            wanted = before + len(strange)
            await victim.until(lambda s=session, w=wanted: s.remote_faults >= w)
            assert session.remote_faults == wanted
            assert victim.status.phase is Phase.IN_CALL
            assert victim.status.peer == peer
            assert not victim.status.verified
    return Verdict(frames_leaked=room.leaked)
