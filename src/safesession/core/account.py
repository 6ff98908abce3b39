"""A counselor's account on one server: an id and the key that signs in with it.

The key is separate from the identity key that clients know. The seed must never
appear in a repr, an exception or a log.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from safesession.crypto.identity import IdentityKey, sign_server_auth


@dataclass(frozen=True, slots=True)
class CounselorAccount:
    """`account_id` is 32 hexadecimal characters, `seed` 32 secret bytes."""

    account_id: str
    seed: bytes = field(repr=False)

    def sign(self, origin: str, nonce: bytes, time_s: int) -> bytes:
        """Answer the sign-in challenge of the server at `origin`: 64 bytes."""
        key = IdentityKey(self.seed)
        return sign_server_auth(key, origin, self.account_id, nonce, time_s)
