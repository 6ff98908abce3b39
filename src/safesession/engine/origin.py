"""Names of signaling servers: `https://host[:port]` and the short `host[:port]`.

Links and the handshake use the short form, connections the long one. Plain HTTP
is only ever derived for this very machine.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from safesession.errors import LocalProtocolError


_DEFAULT_PORTS = {"http": 80, "https": 443}


def authority(origin: str) -> str:
    """Return `host[:port]` of an origin, lower case, default port left out.

    Raises:
        LocalProtocolError: not an http or https origin.
    """
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        raise LocalProtocolError("not a server address") from None
    host = parts.hostname
    plain = not (parts.username or parts.query or parts.fragment)
    if parts.scheme not in _DEFAULT_PORTS or not host or not plain:
        raise LocalProtocolError("not a server address")
    if parts.path not in ("", "/"):
        raise LocalProtocolError("not a server address")
    shown = f"[{host}]" if ":" in host else host
    if port is None or port == _DEFAULT_PORTS[parts.scheme]:
        return shown
    return f"{shown}:{port}"


def origin_for(server: str, configured: str) -> str:
    """Return the URL for a short name: the configured one if it is the same server."""
    if configured and authority(configured) == server:
        return configured.rstrip("/")
    scheme = "http" if is_loopback(server) else "https"
    return f"{scheme}://{server}"


def is_loopback(server: str) -> bool:
    """True when `host[:port]` names this very machine."""
    host = urlsplit(f"//{server}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
