"""A library underneath is damaged or was exchanged: the program refuses to begin.

Each damage is done to the library, not to the test that must notice it. Whoever
starts such a program is told so, and it speaks to nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from nacl import bindings
from nacl.exceptions import CryptoError
from tests.adversary.catalogue import Verdict, case
from tests.support.frame_watch import FrameWatch
from tests.support.real_pair import End, Room

from safesession.core import inputs
from safesession.core.status import EndReason, Phase, Problem, Role
from safesession.crypto import handshake_shares
from safesession.crypto import self_test as crypto_self_test
from safesession.crypto.invite_code import InviteCode
from safesession.engine.peer import expected, seams
from safesession.engine.peer import self_test as peer_self_test
from safesession.ui.error_texts import problem_text


Damage = Callable[[pytest.MonkeyPatch], None]


async def refuses_to_begin(folder: Path, damage: Damage) -> Verdict:
    with FrameWatch() as watch:
        async with Room(folder) as room:
            with pytest.MonkeyPatch.context() as patch:
                damage(patch)
                for role in Role:
                    await begins_nothing(room, await room.person(role, role.name))
        assert watch.links == []
        return Verdict(frames_leaked=watch.leaked)


async def begins_nothing(room: Room, end: End) -> None:
    """Whatever this person tries, it has ended and says why."""
    code = InviteCode("123456", b"12345678").digits
    tries = (
        inputs.CreateInvite(3600),
        inputs.JoinByCode(code),
        inputs.RetryNow(),
        inputs.StartOver(),
        inputs.CreateInvite(3600),
        inputs.JoinByCode(code),
    )
    for command in (None, *tries):
        if command is not None:
            end.do(command)
        status = end.status
        assert status.phase is Phase.ENDED
        assert status.ended is EndReason.FAILED
        assert status.problem is Problem.INSTALLATION_DAMAGED
    assert problem_text(Problem.INSTALLATION_DAMAGED).happened == (
        "This copy of SafeSession did not pass its own check."
    )
    assert end.assembly._peer is None
    # It spoke to nobody: no room, and the counselor's one-use token is still good.
    assert end.assembly.runtime._signaling is None
    assert end.assembly.state.account(room.server.origin) is None


# --- the libraries' answers -----------------------------------------------------------------


@case(63, "libsodium maps the code to another point")
async def another_generator(folder: Path) -> Verdict:
    truly = bindings.crypto_core_ed25519_from_uniform

    def damage(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(
            bindings,
            "crypto_core_ed25519_from_uniform",
            lambda digest: truly(bytes([digest[0] ^ 1]) + digest[1:]),
        )

    return await refuses_to_begin(folder, damage)


@case(63, "libsodium takes a point of low order")
async def low_order_point(folder: Path) -> Verdict:
    truly = bindings.crypto_scalarmult

    def careless(scalar: bytes, point: bytes) -> bytes:
        try:
            return truly(scalar, point)
        except CryptoError:
            return b"\x01" * 32

    def damage(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(bindings, "crypto_scalarmult", careless)

    return await refuses_to_begin(folder, damage)


@case(63, "ML-KEM gives another secret")
async def another_kem(folder: Path) -> Verdict:
    class Damaged:
        def __init__(self, key: MLKEM768PrivateKey) -> None:
            self._key = key

        @classmethod
        def from_seed_bytes(cls, seed: bytes) -> Damaged:
            return cls(MLKEM768PrivateKey.from_seed_bytes(seed))

        def public_key(self) -> Any:
            return self._key.public_key()

        def decapsulate(self, ciphertext: bytes) -> bytes:
            secret = self._key.decapsulate(ciphertext)
            return bytes([secret[0] ^ 1]) + secret[1:]

    def damage(patch: pytest.MonkeyPatch) -> None:
        for user in (crypto_self_test, handshake_shares):
            patch.setattr(user, "MLKEM768PrivateKey", Damaged)

    return await refuses_to_begin(folder, damage)


@case(63, "signatures under small-order keys are taken for good, as OpenSSL does")
async def small_order_key(folder: Path) -> Verdict:
    def openssl(signed: bytes, key: bytes) -> bytes:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signed[:64], signed[64:])
        except InvalidSignature:
            raise CryptoError from None
        return signed[64:]

    def damage(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(bindings, "crypto_core_ed25519_is_valid_point", lambda _: True)
        patch.setattr(bindings, "crypto_sign_open", openssl)

    return await refuses_to_begin(folder, damage)


# --- the seams into the WebRTC stack -----------------------------------------------------------


@case(63, "the session secret does not reach the SRTP keys")
async def unmixed_media(folder: Path) -> Verdict:
    def damage(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(
            seams, "mix_srtp_keys", lambda _secret, exported, *_rest: exported
        )

    return await refuses_to_begin(folder, damage)


@case(63, "the two ends of a call never have the same SRTP keys")
async def mismatched_media(folder: Path) -> Verdict:
    def damage(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(peer_self_test, "LIMIT_S", 0.5)
        patch.setattr(
            seams, "mix_srtp_keys", lambda *given: secrets.token_bytes(given[-1])
        )

    return await refuses_to_begin(folder, damage)


@case(63, "another aiortc than the one the seams were written for")
async def another_aiortc(folder: Path) -> Verdict:
    def damage(patch: pytest.MonkeyPatch) -> None:
        patch.setitem(expected.PINS, "aiortc", "1.15.0")
        # As at a start: nothing was put in place yet.
        patch.setattr(
            seams.aiortc.rtcpeerconnection, "RTCDtlsTransport", seams.RTCDtlsTransport
        )

    return await refuses_to_begin(folder, damage)
