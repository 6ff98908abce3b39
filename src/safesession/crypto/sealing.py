"""Signaling envelopes: what the relay carries and must never read (PROTOCOL §5).

    epoch u32 | n u32 | ChaCha20-Poly1305(padded body)

The header is associated data together with the sender's role. Numbers strictly
rise; up to 64 may be missing (the relay dropped them), none comes twice. Bodies
are padded to 1, 4 or 16 KiB. A forgery leaves the opener as it was.
"""

from __future__ import annotations

import struct
from enum import Enum
from typing import ClassVar

from safesession.crypto.chain import (
    MAX_EPOCH,
    TAG_BYTES,
    FrameError,
    FrameFailure,
    ReceiveChain,
    SendChain,
)
from safesession.crypto.encoding import lv, pad_to_class
from safesession.crypto.key_schedule import Label
from safesession.crypto.role import Role
from safesession.crypto.session_keys import SessionKeys
from safesession.errors import LocalProtocolError


SIGNAL_SIZES = (1024, 4096, 16384)
MAX_SIGNAL_BYTES = SIGNAL_SIZES[-1] - 2
_HEADER = struct.Struct(">II")


class Purpose(Enum):
    """What a chain of envelopes is for; each has keys of its own."""

    SIGNAL = b"SafeSession/1 signal"
    PATH = b"SafeSession/1 path"


_LABELS = {
    (Purpose.SIGNAL, Role.CLIENT): Label.SIGNAL_CLIENT,
    (Purpose.SIGNAL, Role.COUNSELOR): Label.SIGNAL_COUNSELOR,
    (Purpose.PATH, Role.CLIENT): Label.PATH_CLIENT,
    (Purpose.PATH, Role.COUNSELOR): Label.PATH_COUNSELOR,
}


class SealError(FrameError):
    """An envelope that cannot be opened; `reason` says why."""

    code: ClassVar[str] = "envelope"


class SignalSealer:
    """Seals what this end says. `role` is our own.

    Never make two for the same keys, epoch and purpose: message keys would repeat.
    """

    def __init__(
        self,
        role: Role,
        keys: SessionKeys,
        epoch: int = 0,
        purpose: Purpose = Purpose.SIGNAL,
    ) -> None:
        self._role = role
        self._epoch = epoch
        self._purpose = purpose
        self._chain = SendChain(_chain_key(role, keys, epoch, purpose))

    def seal(self, body: bytes) -> bytes:
        """Return one envelope around `body` (at most MAX_SIGNAL_BYTES).

        Raises:
            LocalProtocolError: the body is too long.
        """
        plain = pad_to_class(body, SIGNAL_SIZES)
        header = _HEADER.pack(self._epoch, self._chain.next_number)
        associated = _associated(self._role, header, self._purpose)
        return header + self._chain.seal(plain, associated)


class SignalOpener:
    """Opens what the other end says. `role` is our own."""

    def __init__(
        self,
        role: Role,
        keys: SessionKeys,
        epoch: int = 0,
        purpose: Purpose = Purpose.SIGNAL,
    ) -> None:
        self._peer = role.other
        self._epoch = epoch
        self._purpose = purpose
        chain_key = _chain_key(self._peer, keys, epoch, purpose)
        self._chain = ReceiveChain(chain_key, keep_skipped=False)

    def open(self, untrusted_envelope: bytes) -> bytes:
        """Return the body of one envelope.

        Raises:
            SealError: FORMAT, EPOCH, REPLAY, GAP, FORGED or PADDING.
        """
        if len(untrusted_envelope) - _HEADER.size - TAG_BYTES not in SIGNAL_SIZES:
            raise SealError(FrameFailure.FORMAT)
        header = untrusted_envelope[: _HEADER.size]
        epoch, number = _HEADER.unpack(header)
        if epoch != self._epoch:
            raise SealError(FrameFailure.EPOCH)
        try:
            return self._chain.open(
                number,
                untrusted_envelope[_HEADER.size :],
                _associated(self._peer, header, self._purpose),
            )
        except FrameError as error:
            raise SealError(error.reason) from None


def _chain_key(sender: Role, keys: SessionKeys, epoch: int, purpose: Purpose) -> bytes:
    if not 0 <= epoch <= MAX_EPOCH:
        raise LocalProtocolError("epoch out of range")
    return keys.derive(_LABELS[purpose, sender], epoch.to_bytes(4, "big"))


def _associated(
    sender: Role, header: bytes, purpose: Purpose = Purpose.SIGNAL
) -> bytes:
    return lv(purpose.value, sender.label, header)
