"""HTTP sessions for the signaling server: to the one that was named, no other.

aiohttp follows redirects of a WebSocket request and offers no way to say no, so a
server could point the app at other hosts, or at services of the machine it runs on.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import NoReturn

import aiohttp


class RedirectedError(aiohttp.ClientError):
    """The server answered with another address."""


def client_session(timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    """Return a session whose requests fail instead of following a redirect."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse)
    return aiohttp.ClientSession(timeout=timeout, trace_configs=[trace])


async def _refuse(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _parameters: aiohttp.TraceRequestRedirectParams,
) -> NoReturn:
    raise RedirectedError("redirected")
