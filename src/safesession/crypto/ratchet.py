"""The text ratchet: the same frame over the data channel or the relay (PROTOCOL §8).

    ver u8 | epoch u32 | n u32 | id u64 | ack u64 | ChaCha20-Poly1305(padded body)

The header is associated data together with the sender's role. Bodies are padded
to 256 B, 1, 4, 16 or 48 KiB. Frames may come late, twice or not at all; each
opens once. What ids and acks mean is the messaging machine's business: this
module must never decide about delivery. A forgery leaves the state as it was.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
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


TEXT_SIZES = (256, 1024, 4096, 16384, 49152)
MAX_TEXT_BYTES = TEXT_SIZES[-1] - 2
_VERSION = 1
_HEADER = struct.Struct(">BIIQQ")
_MAX_U64 = (1 << 64) - 1
_LABELS = {Role.CLIENT: Label.TEXT_CLIENT, Role.COUNSELOR: Label.TEXT_COUNSELOR}
_ASSOCIATED = b"SafeSession/1 text"


class RatchetError(FrameError):
    """A text frame that cannot be opened; `reason` says why."""

    code: ClassVar[str] = "text_frame"


@dataclass(frozen=True, slots=True)
class TextFrame:
    """An opened frame. `message_id` 0 carries an acknowledgement only."""

    message_id: int
    ack: int
    body: bytes = field(repr=False)


class TextChains:
    """Both directions of one epoch. `role` is our own.

    Never make two for the same keys and epoch: message keys would repeat.
    """

    def __init__(self, role: Role, keys: SessionKeys, epoch: int = 0) -> None:
        if not 0 <= epoch <= MAX_EPOCH:
            raise LocalProtocolError("epoch out of range")
        self._role = role
        self._epoch = epoch
        context = epoch.to_bytes(4, "big")
        self._send = SendChain(keys.derive(_LABELS[role], context))
        peer_key = keys.derive(_LABELS[role.other], context)
        self._receive = ReceiveChain(peer_key, keep_skipped=True)

    @property
    def epoch(self) -> int:
        """The epoch these chains belong to."""
        return self._epoch

    def seal(self, message_id: int, ack: int, body: bytes) -> bytes:
        """Return one frame around `body` (at most MAX_TEXT_BYTES).

        Sealing the same message again (a resend) gives a new frame.

        Raises:
            LocalProtocolError: body too long, or id or ack not a u64.
        """
        if not (0 <= message_id <= _MAX_U64 and 0 <= ack <= _MAX_U64):
            raise LocalProtocolError("id or ack out of range")
        plain = pad_to_class(body, TEXT_SIZES)
        number = self._send.next_number
        header = _HEADER.pack(_VERSION, self._epoch, number, message_id, ack)
        return header + self._send.seal(plain, _associated(self._role, header))

    def open(self, untrusted_frame: bytes) -> TextFrame:
        """Return the content of one frame of the other end.

        Raises:
            RatchetError: FORMAT, EPOCH, REPLAY, GAP, FORGED or PADDING.
        """
        if len(untrusted_frame) - _HEADER.size - TAG_BYTES not in TEXT_SIZES:
            raise RatchetError(FrameFailure.FORMAT)
        header = untrusted_frame[: _HEADER.size]
        version, epoch, number, message_id, ack = _HEADER.unpack(header)
        if version != _VERSION:
            raise RatchetError(FrameFailure.FORMAT)
        if epoch != self._epoch:
            raise RatchetError(FrameFailure.EPOCH)
        try:
            body = self._receive.open(
                number,
                untrusted_frame[_HEADER.size :],
                _associated(self._role.other, header),
            )
        except FrameError as error:
            raise RatchetError(error.reason) from None
        return TextFrame(message_id, ack, body)


def frame_bytes(body_bytes: int) -> int:
    """Return how long the frame around a body of this length will be."""
    padded = next((size for size in TEXT_SIZES if body_bytes + 2 <= size), 0)
    return _HEADER.size + padded + TAG_BYTES


def _associated(sender: Role, header: bytes) -> bytes:
    return lv(_ASSOCIATED, sender.label, header)
