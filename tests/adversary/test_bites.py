"""Takes each protection out of the product and sees the named case fail.

A case that would also pass without what it holds proves nothing. Each removal is
the smallest patch that undoes one protection.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.adversary.catalogue import CASES
from tests.adversary.loading import load_cases
from tests.support import evil_room

from safesession.core import call, path_restart, safety_code
from safesession.core.effects import PersistGuess
from safesession.core.pairing import GuestPairing, HostPairing
from safesession.core.safety_code import SafetyCode
from safesession.crypto import (
    handshake_access,
    handshake_initiator,
    handshake_messages,
    handshake_responder,
    handshake_schedule,
    sealing,
)
from safesession.crypto.handshake_payload import HandshakePayload
from safesession.engine.local_state import LocalState
from safesession.engine.peer import ice_servers
from safesession.protocol.path_messages import PathEnd, PathOffer, encode_path


load_cases()


def tags_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handshake_schedule, "equal", lambda *_: True)


def echoes_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handshake_initiator, "refuse_echo", lambda *_: None)


def own_key_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handshake_schedule, "_check_identity", lambda *_: None)


def link_key_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handshake_access.PairAccess, "accepts", lambda *_: True)


def weak_keys_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handshake_schedule, "is_valid_public_key", lambda _: True)
    patch.setattr(handshake_schedule, "verify", lambda *_: True)


def low_order_refused(patch: pytest.MonkeyPatch) -> None:
    for module in (handshake_initiator, handshake_responder):
        patch.setattr(module, "exchange_x25519", lambda *_: bytes(32))


def suite_compared(patch: pytest.MonkeyPatch) -> None:
    truly = handshake_messages._unpack

    def unpack(layout, untrusted: bytes, kind: bytes):
        return truly(layout, b"SS1" + untrusted[3:], kind)

    patch.setattr(handshake_messages, "_unpack", unpack)


def mode_compared(patch: pytest.MonkeyPatch) -> None:
    truly = handshake_messages._unpack_moded

    def unpack(layout, untrusted: bytes, kind: bytes, mode):
        as_wanted = untrusted[:4] + mode.value + untrusted[5:]
        return truly(layout, as_wanted, kind, mode)

    patch.setattr(handshake_messages, "_unpack_moded", unpack)


def payload_checked(patch: pytest.MonkeyPatch) -> None:
    named = HandshakePayload("x", "1")
    patch.setattr(HandshakePayload, "parse", lambda _: named)


def client_burns(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(GuestPairing, "burned", False)


def counselor_burns(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(HostPairing, "burned", False)


def code_in_the_keys(patch: pytest.MonkeyPatch) -> None:
    """Without the pre-shared secret whoever answers has the keys."""
    truly = handshake_schedule.derive_secrets

    def derive(mode, context, flights, _pre_shared, *rest):
        return truly(mode, context, flights, bytes(32), *rest)

    patch.setattr(handshake_schedule, "derive_secrets", derive)


def sdp_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(call, "check_sdp", lambda sdp, *_: sdp)


def relay_addresses_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ice_servers, "_usable", lambda _: True)


def signals_come_once(patch: pytest.MonkeyPatch) -> None:
    truly = sealing.SignalOpener.open

    def forgiving(self, body: bytes) -> bytes:
        try:
            return truly(self, body)
        except sealing.SealError:
            return b'{"t":"media","microphone":"on","camera":"on"}'

    patch.setattr(sealing.SignalOpener, "open", forgiving)


def path_messages_come_once(patch: pytest.MonkeyPatch) -> None:
    truly = sealing.SignalOpener.open
    numbers = itertools.count(1000)

    def forgiving(self, body: bytes) -> bytes:
        try:
            return truly(self, body)
        except sealing.SealError:
            end = PathEnd("abcd", "p" * 22, ("1 1 udp 1 127.0.0.1 9 typ host",))
            return encode_path(PathOffer(next(numbers), end))

    patch.setattr(sealing.SignalOpener, "open", forgiving)


def paths_are_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(path_restart, "MAX_ANSWERS", 1000)


def guesses_written_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LocalState, "count_guess", lambda *_: None)


def guesses_written_first(patch: pytest.MonkeyPatch) -> None:
    """M3 leaves, then the guess is counted."""
    truly = GuestPairing._advance

    def advance(self, body: bytes, now: float):
        outputs = truly(self, body, now)
        return sorted(outputs, key=lambda output: isinstance(output, PersistGuess))

    patch.setattr(GuestPairing, "_advance", advance)


def frozen_means_shut(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(call.Call, "hold_gate_shut", lambda _: [])


def openings_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(safety_code, "check_commitment", lambda *_: True)


def both_must_ask(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        SafetyCode,
        "_begin_if_both_asked",
        lambda self, now: self._begin(self._run + 1, now),
    )


@dataclass(frozen=True)
class Removal:
    take_out: Callable[[pytest.MonkeyPatch], None]
    case: str

    @property
    def name(self) -> str:
        return f"{self.take_out.__name__}: {self.case}"


REMOVALS = [
    Removal(tags_compared, "M3 flipped at every field"),
    Removal(tags_compared, "M4 flipped at every field"),
    Removal(echoes_refused, "own YA back as YB; the counselor's YB of before as YA"),
    Removal(own_key_refused, "own identity key: at the counselor in M3, at the client"),
    Removal(link_key_compared, "the relay knows the code and answers as counselor"),
    Removal(weak_keys_refused, "a small-order identity key at the client"),
    Removal(low_order_refused, "low-order points as xA"),
    Removal(suite_compared, "another suite than SS1 in one message"),
    Removal(mode_compared, "another mode than the one begun in one message"),
    Removal(payload_checked, "unknown fields in the payload of M3 and of M4"),
    Removal(client_burns, "the relay answers as counselor without the code"),
    Removal(counselor_burns, "two handshakes spliced"),
    Removal(code_in_the_keys, "the relay answers as counselor without the code"),
    Removal(code_in_the_keys, "two handshakes spliced"),
    Removal(sdp_checked, "fingerprint swapped, removed"),
    Removal(sdp_checked, "lines hidden behind a separator"),
    Removal(sdp_checked, "a=crypto, a=identity"),
    Removal(sdp_checked, "33 candidates"),
    Removal(relay_addresses_checked, "relay addresses that are none"),
    Removal(signals_come_once, "sealed signals doubled, reflected"),
    Removal(path_messages_come_once, "path offers and answers replayed"),
    Removal(path_messages_come_once, "path frames changed, truncated"),
    Removal(paths_are_counted, "a peer that offers paths without end"),
    Removal(client_burns, "real engines: a fake counselor guesses three times"),
    Removal(guesses_written_down, "real engines: the server hides, refuses"),
    Removal(guesses_written_down, "real engines: the client dies around sending M3"),
    Removal(guesses_written_first, "real engines: the client dies around sending M3"),
    Removal(frozen_means_shut, "real engines: somebody hears other words"),
    Removal(both_must_ask, "real engines: somebody hears other words"),
    Removal(openings_checked, "real engines: the counselor opens something else"),
]


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.name)
@pytest.mark.background_errors
async def test_without_it_the_case_fails(
    removal: Removal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = [case for case in CASES if case.name.startswith(removal.case)]
    removal.take_out(monkeypatch)
    monkeypatch.setattr(evil_room, "LIMIT_S", 1.0)
    with pytest.raises(AssertionError):
        await found.run(tmp_path)
