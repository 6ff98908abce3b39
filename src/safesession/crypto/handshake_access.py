"""What lets an end into a handshake: a code, retained secrets or a resume secret.

The kind of access decides the mode, so a mode without its secret cannot be
asked for. Also the context (CI of PROTOCOL §4.3) both ends know and never send.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safesession.crypto.encoding import lv
from safesession.crypto.handshake_messages import SUITE, Mode
from safesession.crypto.identity import PUBLIC_KEY_BYTES, matches_key_prefix
from safesession.crypto.invite_code import SECRET_DIGITS
from safesession.crypto.key_schedule import equal
from safesession.crypto.role import Role
from safesession.errors import LocalProtocolError


RETAINED_BYTES = 32
_MAX_RETAINED = 2


@dataclass(frozen=True, slots=True)
class PairAccess:
    """First meeting: the invite's 8 secret digits as ASCII bytes.

    `key_prefix` is the link's `k`, where the client came by a link: then only
    the counselor with that key is accepted, whatever else is proven.
    """

    secret: bytes = field(repr=False)
    key_prefix: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_DIGITS or not self.secret.isdigit():
            raise LocalProtocolError("not an invite secret")

    @property
    def mode(self) -> Mode:
        """PAIR."""
        return Mode.PAIR

    def accepts(self, public_key: bytes) -> bool:
        """Say whether the peer may have this identity key."""
        return not self.key_prefix or matches_key_prefix(self.key_prefix, public_key)


@dataclass(frozen=True, slots=True)
class SessionAccess:
    """A known peer: its pinned key and up to two retained secrets, newest first."""

    peer_identity: bytes
    retained: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        _require_public_key(self.peer_identity)
        if len(self.retained) > _MAX_RETAINED or any(
            len(secret) != RETAINED_BYTES for secret in self.retained
        ):
            raise LocalProtocolError("not retained secrets")

    @property
    def mode(self) -> Mode:
        """SESSION."""
        return Mode.SESSION

    def accepts(self, public_key: bytes) -> bool:
        """Say whether the peer may have this identity key."""
        return equal(self.peer_identity, public_key)


@dataclass(frozen=True, slots=True)
class ResumeAccess:
    """The same peer in the same process: pinned key and `Label.RESUME` secret."""

    peer_identity: bytes
    resume_secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require_public_key(self.peer_identity)
        if len(self.resume_secret) != RETAINED_BYTES:
            raise LocalProtocolError("not a resume secret")

    @property
    def mode(self) -> Mode:
        """RESUME."""
        return Mode.RESUME

    def accepts(self, public_key: bytes) -> bool:
        """Say whether the peer may have this identity key."""
        return equal(self.peer_identity, public_key)


Access = PairAccess | SessionAccess | ResumeAccess


def handshake_context(mode: Mode, identifier: bytes, relay_origin: str) -> bytes:
    """Return CI. `identifier` is the pair id; both ends must name the same relay."""
    return lv(
        SUITE,
        mode.value,
        identifier,
        relay_origin.encode("utf-8"),
        Role.CLIENT.label,
        Role.COUNSELOR.label,
    )


def pair_context(number: str, relay_origin: str) -> bytes:
    """Return CI for PAIR: the invite's 6-digit rendezvous number and the relay."""
    return handshake_context(Mode.PAIR, number.encode("utf-8"), relay_origin)


def _require_public_key(key: bytes) -> None:
    if len(key) != PUBLIC_KEY_BYTES:
        raise LocalProtocolError("not an identity key")
