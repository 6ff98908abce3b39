"""Time-limited credentials for a TURN server that shares a secret with us.

The "REST API" scheme that coturn calls `use-auth-secret`: the user name is the
expiry and a random part, the password its HMAC-SHA1 under the shared secret. The
random part stands for no account, so the TURN server's log names nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from safesession.crypto.entropy import Entropy
from safesession.protocol.server_messages import Turn


_RANDOM_BYTES = 8


@dataclass(frozen=True, slots=True)
class TurnConfig:
    """Where the TURN server is and what it shares with us. No urls: none."""

    urls: tuple[str, ...] = ()
    secret: bytes = field(default=b"", repr=False)
    life_s: int = 7200


def issue_turn(config: TurnConfig, unix: int, entropy: Entropy) -> Turn:
    """Return credentials that are good for `config.life_s` seconds."""
    if not config.urls or not config.secret:
        return Turn([], "", "", 0)
    username = f"{unix + config.life_s}:{entropy(_RANDOM_BYTES).hex()}"
    digest = hmac.new(config.secret, username.encode(), hashlib.sha1).digest()
    password = base64.b64encode(digest).decode()
    return Turn(list(config.urls), username, password, config.life_s)
