"""What a finished handshake leaves behind: one secret, and keys for each use.

The handshake makes these; everything above derives from them by label. They
live in memory only and must never be printed.
"""

from __future__ import annotations

from dataclasses import dataclass

from safesession.crypto.key_schedule import expand


SESSION_SECRET_BYTES = 64


@dataclass(frozen=True, slots=True, repr=False)
class SessionKeys:
    """The outcome of PAIR, SESSION or RESUME; equal at both ends but for `peer_…`.

    `session_secret` is 64 bytes; `transcript` is th4, the 64-byte hash of the
    whole handshake; `continuity` is False when a SESSION rested on signatures
    alone; `retained_next` (32 bytes) becomes the newest retained secret.
    """

    session_secret: bytes
    transcript: bytes
    peer_identity: bytes
    peer_payload: bytes
    continuity: bool
    retained_next: bytes

    def derive(self, label: bytes, context: bytes = b"", length: int = 32) -> bytes:
        """Return the key for one use (see `key_schedule.Label`)."""
        return expand(self.session_secret, label, context, length)

    def __repr__(self) -> str:
        return "SessionKeys(hidden)"
