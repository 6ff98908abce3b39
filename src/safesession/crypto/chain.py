"""A symmetric ratchet: one key per message, forgotten once used (PROTOCOL §8).

    MK = HMAC(CK, 1)[:32]      CK' = HMAC(CK, 2)[:32]

A receiver steps ahead at most `SKIP_WINDOW` messages. Nothing a stranger sends
may change its state: the chain moves only after the message was authenticated.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import ClassVar, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from safesession.crypto.encoding import PaddingError, unpad
from safesession.crypto.key_schedule import mac
from safesession.errors import LocalProtocolError, RemoteProtocolError


SKIP_WINDOW = 64
TAG_BYTES = 16
MAX_EPOCH = (1 << 32) - 1
_MAX_MESSAGES = 1 << 32
_ONE_NONCE = bytes(12)  # each message key seals exactly one message
_MESSAGE_KEY = b"\x01"
_NEXT_CHAIN_KEY = b"\x02"
_T = TypeVar("_T")


class FrameFailure(Enum):
    """Why a sealed frame was refused. The receiver's state is as before."""

    FORMAT = "format"  # length, version or padding class
    EPOCH = "epoch"  # sealed for another epoch
    REPLAY = "replay"  # its key was used, or is gone
    GAP = "gap"  # more than SKIP_WINDOW messages ahead
    FORGED = "forged"  # does not authenticate: changed, reflected or strange
    PADDING = "padding"  # authentic but not laid out as specified


class FrameError(RemoteProtocolError):
    """A sealed frame that cannot be opened."""

    code: ClassVar[str] = "frame"

    def __init__(self, reason: FrameFailure) -> None:
        super().__init__(reason.value)
        self.reason = reason


def _step(chain_key: bytes) -> tuple[bytes, bytes]:
    """Return (message key, next chain key)."""
    return mac(chain_key, _MESSAGE_KEY), mac(chain_key, _NEXT_CHAIN_KEY)


class SendChain:
    """The sender's end of one direction."""

    __slots__ = ("_chain_key", "_next")

    def __init__(self, chain_key: bytes) -> None:
        self._chain_key = chain_key
        self._next = 0

    @property
    def next_number(self) -> int:
        """The number of the message sealed next."""
        return self._next

    def seal(self, plain: bytes, associated: bytes) -> bytes:
        """Seal message `next_number` and step on.

        Raises:
            LocalProtocolError: 2**32 messages were sealed already.
        """
        if self._next >= _MAX_MESSAGES:
            raise LocalProtocolError("chain exhausted")
        key, self._chain_key = _step(self._chain_key)
        self._next += 1
        return ChaCha20Poly1305(key).encrypt(_ONE_NONCE, plain, associated)

    def __repr__(self) -> str:
        return f"SendChain(next={self._next})"


class ReceiveChain:
    """The receiver's end of one direction.

    With `keep_skipped` late messages open too, once each; without, numbers must
    strictly rise.
    """

    __slots__ = ("_chain_key", "_keep_skipped", "_next", "_skipped")

    def __init__(self, chain_key: bytes, *, keep_skipped: bool) -> None:
        self._chain_key = chain_key
        self._keep_skipped = keep_skipped
        self._next = 0
        self._skipped: dict[int, bytes] = {}

    def open(self, number: int, untrusted_sealed: bytes, associated: bytes) -> bytes:
        """Open message `number` and return its body without the padding.

        Raises:
            FrameError: REPLAY, GAP, FORGED or PADDING.
        """

        def attempt(key: bytes) -> bytes:
            return _open_padded(key, untrusted_sealed, associated)

        if number < self._next:
            return self._open_late(number, attempt)
        if number - self._next > SKIP_WINDOW:
            raise FrameError(FrameFailure.GAP)
        chain_key = self._chain_key
        skipped: dict[int, bytes] = {}
        for earlier in range(self._next, number):
            skipped[earlier], chain_key = _step(chain_key)
        key, chain_key = _step(chain_key)
        body = attempt(key)
        self._chain_key = chain_key
        self._next = number + 1
        if self._keep_skipped:
            self._keep(skipped)
        return body

    def _open_late(self, number: int, attempt: Callable[[bytes], _T]) -> _T:
        key = self._skipped.get(number)
        if key is None:
            raise FrameError(FrameFailure.REPLAY)
        opened = attempt(key)
        del self._skipped[number]
        return opened

    def _keep(self, skipped: dict[int, bytes]) -> None:
        self._skipped.update(skipped)
        while len(self._skipped) > SKIP_WINDOW:
            del self._skipped[min(self._skipped)]

    def __repr__(self) -> str:
        return f"ReceiveChain(next={self._next})"


def _open_padded(key: bytes, untrusted_sealed: bytes, associated: bytes) -> bytes:
    try:
        plain = ChaCha20Poly1305(key).decrypt(_ONE_NONCE, untrusted_sealed, associated)
    except InvalidTag:
        raise FrameError(FrameFailure.FORGED) from None
    try:
        return unpad(plain)
    except PaddingError:
        raise FrameError(FrameFailure.PADDING) from None
