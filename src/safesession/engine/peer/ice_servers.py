"""Which STUN and TURN servers a connection asks: what our own server named, checked.

A name that aiortc could not use is left out: some make it raise, some only in a task
of its own, and a call that could go directly must not fail because of one. It must
never ask anybody whom the server did not name.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from aiortc import RTCIceServer


logger = logging.getLogger(__name__)

MAX_PORT = 65_535
# An IPv6 address in brackets is nothing that aiortc could read.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_URL = re.compile(
    rf"(stun|turns?):(?P<host>{_LABEL}(\.{_LABEL})*)(:(?P<port>\d{{1,5}}))?"
    r"(\?transport=(udp|tcp))?",
    re.ASCII,  # aiortc cannot read the digits of other scripts
)
_IMPOSSIBLE = re.compile(r"stun:.*\?.*|turns:.*=udp")


def ice_servers(
    untrusted_urls: Iterable[str], username: str, password: str
) -> list[RTCIceServer]:
    """Return what to ask, in the server's order; perhaps nothing."""
    urls = [url for url in untrusted_urls if _usable(url)]
    servers = [RTCIceServer(urls=[url]) for url in _stun_beside(urls)]
    if urls:
        servers.append(RTCIceServer(urls=urls, username=username, credential=password))
    return servers


def _usable(untrusted_url: str) -> bool:
    found = _URL.fullmatch(untrusted_url)
    if found is not None and not _IMPOSSIBLE.fullmatch(untrusted_url):
        port = found["port"]
        if port is None or 0 < int(port) <= MAX_PORT:
            return True
    logger.warning("a relay address of the server cannot be used")
    return False


def _stun_beside(turn_urls: Iterable[str]) -> list[str]:
    """Return the STUN service that every TURN server is on its UDP port (RFC 8656).

    It shows each end its address outside a NAT, so that most pairs meet directly.
    """
    for url in turn_urls:
        scheme, _, rest = url.partition(":")
        place, _, query = rest.partition("?")
        if scheme == "turn" and "tcp" not in query:
            return [f"stun:{place}"]
    return []
