"""From what a person or a link names as the server to the URLs we use.

A bare `host[:port]` means TLS, except on this machine itself, where a server
without a certificate is normal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from safesession.errors import LocalProtocolError


# urllib repairs much else, and each repair gives another origin.
_FORM = re.compile(
    r"(https?://)?(\[[0-9a-f:.]+\]|[^\s\[\]:/?#@%\\]+)(:[0-9]{0,5})?", re.IGNORECASE
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """`origin` is what a sign-in is bound to, `websocket_url` where to connect."""

    origin: str
    websocket_url: str

    @property
    def authority(self) -> str:
        """`host[:port]`, as links and the handshake name the server."""
        return self.origin.partition("://")[2]


def server_address(server: str) -> ServerAddress:
    """Understand `host[:port]` or an `http(s)` origin.

    Raises:
        LocalProtocolError: it is neither.
    """
    text = server.strip().removesuffix("/")
    if not text.isprintable() or _FORM.fullmatch(text) is None:
        raise LocalProtocolError("not a server address")
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise LocalProtocolError("not a server address") from None
    if not host:
        raise LocalProtocolError("not a server address")
    scheme = parts.scheme or ("http" if host in _LOOPBACK else "https")
    usual = 443 if scheme == "https" else 80
    shown = f"[{host}]" if ":" in host else host
    authority = shown if port in (None, usual) else f"{shown}:{port}"
    socket_scheme = "wss" if scheme == "https" else "ws"
    return ServerAddress(f"{scheme}://{authority}", f"{socket_scheme}://{authority}/ws")
