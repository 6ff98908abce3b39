"""One epoch of an encounter: keys, the seals made of them, and its call.

Pure. An epoch begins with a handshake (PAIR, later RESUME) and is replaced as a
whole: nothing sealed under an old one may be opened under a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safesession.core.call import Call
from safesession.core.status import Role
from safesession.crypto.handshake import SessionKeys
from safesession.crypto.ratchet import TextChains
from safesession.crypto.sealing import (
    Purpose,
    SealError,
    SignalOpener,
    SignalSealer,
)
from safesession.errors import RemoteProtocolError
from safesession.protocol.path_messages import Overtaking, decode_path, encode_path
from safesession.protocol.peer_messages import (
    FrameKind,
    PeerMessage,
    decode,
    encode,
    pack_frame,
)


@dataclass(slots=True)
class Epoch:
    """Everything that lives and dies with one set of keys."""

    number: int
    keys: SessionKeys = field(repr=False)
    call: Call
    text_chains: TextChains = field(repr=False)
    _sealer: SignalSealer = field(repr=False)
    _opener: SignalOpener = field(repr=False)
    _path_sealer: SignalSealer = field(repr=False)
    _path_opener: SignalOpener = field(repr=False)

    @classmethod
    def begin(cls, role: Role, number: int, keys: SessionKeys) -> Epoch:
        """Make the seals and the call of a fresh set of keys."""
        return cls(
            number=number,
            keys=keys,
            call=Call(role, number, keys),
            text_chains=TextChains(role, keys, number),
            _sealer=SignalSealer(role, keys, number),
            _opener=SignalOpener(role, keys, number),
            _path_sealer=SignalSealer(role, keys, number, Purpose.PATH),
            _path_opener=SignalOpener(role, keys, number, Purpose.PATH),
        )

    def seal(self, message: PeerMessage) -> bytes:
        """Return a frame for either way."""
        return pack_frame(FrameKind.SIGNAL, self._sealer.seal(encode(message)))

    def open(self, untrusted_body: bytes) -> PeerMessage:
        """Open a signal frame's body.

        Raises:
            RemoteProtocolError: forged, replayed, of another epoch, or malformed.
        """
        try:
            return decode(self._opener.open(untrusted_body))
        except SealError:
            raise RemoteProtocolError("signal seal") from None

    def seal_path(self, message: Overtaking) -> bytes:
        """Return a frame for the relay.

        A chain of its own: a path message overtakes what waits in the channel.
        """
        sealed = self._path_sealer.seal(encode_path(message))
        return pack_frame(FrameKind.PATH, sealed)

    def open_path(self, untrusted_body: bytes) -> Overtaking:
        """Open a path frame's body; raises as `open` does."""
        try:
            return decode_path(self._path_opener.open(untrusted_body))
        except SealError:
            raise RemoteProtocolError("path seal") from None
