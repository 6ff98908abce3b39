"""What a session is made with, and how it names an invite of the counselor's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from safesession.core.pairing import HostPairing, PairingContext
from safesession.core.status import InviteView, Role
from safesession.crypto.handshake_payload import HandshakePayload
from safesession.crypto.identity import IdentityKey
from safesession.crypto.invite_code import InviteCode
from safesession.crypto.invite_link import make_link


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """What a session is made with.

    `relay_origin` is the configured server as `host[:port]`; `unix_at_zero` turns
    `now` into Unix seconds; `wrong_attempts_by_tag` is what was persisted;
    `keeps_invites` says that `KeepInvite` is carried out.
    """

    role: Role
    identity: IdentityKey
    entropy: Callable[[int], bytes] = field(repr=False)
    relay_origin: str
    display_name: str = ""
    app_version: str = ""
    unix_at_zero: float = 0.0
    wrong_attempts_by_tag: Mapping[bytes, int] = field(default_factory=dict, repr=False)
    keeps_invites: bool = False

    def payload(self) -> bytes:
        """Return what the other app is told about this one.

        Raises:
            LocalProtocolError: the display name cannot travel.
        """
        return HandshakePayload(self.display_name, self.app_version).to_bytes()

    def pairing_context(self, relay_origin: str) -> PairingContext:
        """Return what a pairing machine needs for a room on this server."""
        return PairingContext(self.identity, self.payload(), relay_origin, self.entropy)

    def view_of(
        self, code: InviteCode, expires_at: int, host: HostPairing
    ) -> InviteView:
        """Return an invite as the counselor hands it over."""
        link = make_link(code, self.relay_origin, self.identity.public_key)
        wrong = host.wrong_attempts
        return InviteView(code.digits, link, expires_at, wrong, bool(host.seat_token))
