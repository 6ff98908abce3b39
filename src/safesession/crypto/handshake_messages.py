"""M0 to M5 on the wire: fixed length, one suite, nothing optional (PROTOCOL §4.2).

Parsing gives frozen values or `HandshakeError`; it does no cryptography, so a
message of the wrong shape is refused before any work. Modes look alike outside:
fields a mode does not use carry random bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from safesession.errors import RemoteProtocolError


SUITE = b"SS1"
NONCE_BYTES = 32
X25519_BYTES = 32
SHARE_BYTES = 32
HINT_BYTES = 8
HINTS_BYTES = 2 * HINT_BYTES
KEM_PUBLIC_BYTES = 1184
KEM_CIPHERTEXT_BYTES = 1088
TAG_BYTES = 32
BOX_PLAIN_BYTES = 512
BOX_BYTES = BOX_PLAIN_BYTES + 16
NO_RETAINED_SECRET = 0xFF

_M0 = struct.Struct(f">3sc{NONCE_BYTES}sQB")
_M1 = struct.Struct(
    f">3scc{NONCE_BYTES}s{X25519_BYTES}s{SHARE_BYTES}s{HINTS_BYTES}s{KEM_PUBLIC_BYTES}s"
)
_M2 = struct.Struct(
    f">3scc{NONCE_BYTES}s{X25519_BYTES}s{SHARE_BYTES}sB{KEM_CIPHERTEXT_BYTES}s"
)
_CONFIRM = struct.Struct(f">3scc{TAG_BYTES}s{BOX_BYTES}s")
_M5 = struct.Struct(f">3scc{TAG_BYTES}s")

M0_BYTES, M1_BYTES, M2_BYTES = _M0.size, _M1.size, _M2.size
M3_BYTES = M4_BYTES = _CONFIRM.size
M5_BYTES = _M5.size


class HandshakeFailure(Enum):
    """Why a handshake ended. Only CONFIRMATION_FAILED at M3 counts as a guess."""

    FORMAT = "format"  # length, suite, type, mode or a field out of range
    BAD_SHARE = "bad_share"  # low-order point or invalid ML-KEM key
    REFLECTION = "reflection"  # our own value came back
    CONFIRMATION_FAILED = "confirmation_failed"  # wrong code, secret or tampering
    BOX = "box"  # the sealed identity does not open
    PADDING = "padding"  # the opened box is not laid out as specified
    IDENTITY_CHANGED = "identity_changed"  # not the pinned or linked key
    IDENTITY_INVALID = "identity_invalid"  # not in the prime-order group
    SIGNATURE = "signature"
    OUT_OF_STATE = "out_of_state"  # a message that is not due now


class HandshakeError(RemoteProtocolError):
    """The peer, or somebody between, broke the handshake."""

    code: ClassVar[str] = "handshake"

    def __init__(self, reason: HandshakeFailure) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Mode(Enum):
    """What the pre-shared secret is: a code, a retained or a resume secret."""

    PAIR = b"P"
    SESSION = b"S"
    RESUME = b"R"


class ConfirmationType(Enum):
    """The two messages of the confirmation layout."""

    M3 = b"3"
    M4 = b"4"


@dataclass(frozen=True, slots=True)
class M0:
    """The counselor's offer, parked in the mailbox (PAIR only): 45 bytes."""

    nonce: bytes
    expires_at: int  # Unix seconds
    attempt: int  # 0..255

    def to_bytes(self) -> bytes:
        """Return the wire form."""
        return _M0.pack(SUITE, b"0", self.nonce, self.expires_at, self.attempt)

    @classmethod
    def parse(cls, untrusted: bytes) -> M0:
        """Read the wire form or raise HandshakeError(FORMAT)."""
        nonce, expires_at, attempt = _unpack(_M0, untrusted, b"0")
        return cls(nonce, expires_at, attempt)


@dataclass(frozen=True, slots=True)
class M1:
    """The client's shares: 1,301 bytes."""

    mode: Mode
    nonce: bytes
    x25519: bytes
    cpace: bytes
    hints: bytes
    kem_public: bytes

    def to_bytes(self) -> bytes:
        """Return the wire form."""
        return _M1.pack(
            SUITE,
            b"1",
            self.mode.value,
            self.nonce,
            self.x25519,
            self.cpace,
            self.hints,
            self.kem_public,
        )

    @classmethod
    def parse(cls, untrusted: bytes, mode: Mode) -> M1:
        """Read the wire form of `mode` or raise HandshakeError(FORMAT)."""
        return cls(mode, *_unpack_moded(_M1, untrusted, b"1", mode))


@dataclass(frozen=True, slots=True)
class M2:
    """The counselor's shares: 1,190 bytes.

    `which` tells the retained secret both ends know (0 or 1, or
    NO_RETAINED_SECRET); it is 0 outside SESSION.
    """

    mode: Mode
    nonce: bytes
    x25519: bytes
    cpace: bytes
    which: int
    kem_ciphertext: bytes

    def to_bytes(self) -> bytes:
        """Return the wire form."""
        return _M2.pack(
            SUITE,
            b"2",
            self.mode.value,
            self.nonce,
            self.x25519,
            self.cpace,
            self.which,
            self.kem_ciphertext,
        )

    @classmethod
    def parse(cls, untrusted: bytes, mode: Mode) -> M2:
        """Read the wire form of `mode` or raise HandshakeError(FORMAT)."""
        message = cls(mode, *_unpack_moded(_M2, untrusted, b"2", mode))
        allowed = (0, 1, NO_RETAINED_SECRET) if mode is Mode.SESSION else (0,)
        if message.which not in allowed:
            raise HandshakeError(HandshakeFailure.FORMAT)
        return message


@dataclass(frozen=True, slots=True)
class Confirmation:
    """M3 and M4: key confirmation before the sealed identity, 565 bytes."""

    type: ConfirmationType
    mode: Mode
    tag: bytes
    box: bytes

    @property
    def header(self) -> bytes:
        """Everything before the box; associated data of the box."""
        return SUITE + self.type.value + self.mode.value + self.tag

    def to_bytes(self) -> bytes:
        """Return the wire form."""
        return self.header + self.box

    @classmethod
    def parse(
        cls, untrusted: bytes, message_type: ConfirmationType, mode: Mode
    ) -> Confirmation:
        """Read the wire form or raise HandshakeError(FORMAT)."""
        tag, box = _unpack_moded(_CONFIRM, untrusted, message_type.value, mode)
        return cls(message_type, mode, tag, box)


@dataclass(frozen=True, slots=True)
class M5:
    """The client has M4: 37 bytes. Only now is the pair active at the counselor."""

    mode: Mode
    mac: bytes

    def to_bytes(self) -> bytes:
        """Return the wire form."""
        return _M5.pack(SUITE, b"5", self.mode.value, self.mac)

    @classmethod
    def parse(cls, untrusted: bytes, mode: Mode) -> M5:
        """Read the wire form of `mode` or raise HandshakeError(FORMAT)."""
        (mac,) = _unpack_moded(_M5, untrusted, b"5", mode)
        return cls(mode, mac)


def message_number(untrusted: bytes) -> int | None:
    """Return 0..5 if the bytes start like M0..M5, else None. Checks no more."""
    number = untrusted[len(SUITE) : len(SUITE) + 1]
    if untrusted[: len(SUITE)] != SUITE or number not in (
        b"0",
        b"1",
        b"2",
        b"3",
        b"4",
        b"5",
    ):
        return None
    return int(number)


def _unpack(
    layout: struct.Struct, untrusted: bytes, message_type: bytes
) -> tuple[Any, ...]:
    if len(untrusted) != layout.size:
        raise HandshakeError(HandshakeFailure.FORMAT)
    suite, found_type, *fields = layout.unpack(untrusted)
    if suite != SUITE or found_type != message_type:
        raise HandshakeError(HandshakeFailure.FORMAT)
    return tuple(fields)


def _unpack_moded(
    layout: struct.Struct, untrusted: bytes, message_type: bytes, mode: Mode
) -> tuple[Any, ...]:
    found_mode, *fields = _unpack(layout, untrusted, message_type)
    if found_mode != mode.value:
        raise HandshakeError(HandshakeFailure.FORMAT)
    return tuple(fields)
