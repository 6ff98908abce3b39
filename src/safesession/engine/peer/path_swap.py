"""How a living connection is led over another path: the private parts it needs.

A second ICE connection is gathered and checked beside the one in use, feeds the
same reader, and takes its place under the same DTLS transport. It must never touch
keys, gates, the DTLS session or what runs over it, and never the path in use before
the new one was checked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import aioice.ice
from aioice import Candidate, Connection
from aiortc import RTCIceServer
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport, connection_kwargs

from safesession.engine.peer.description import few
from safesession.protocol.path_messages import MAX_CANDIDATES, PathEnd
from safesession.tasks import spawn


logger = logging.getLogger(__name__)

# A server that does not answer must not hold up an address that works.
GATHER_LIMIT_S = 0.7
DISCARD_LIMIT_S = 1.0

EXPECTED: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (
        Connection,
        "get_component_candidates",
        ("self", "component", "addresses", "timeout"),
    ),
    (Connection, "close", ("self",)),
    (RTCIceTransport, "_monitor", ("self",)),
    (RTCIceTransport, "stop", ("self",)),
)
EXPECTED_NAMES: tuple[tuple[Any, str], ...] = (
    (aioice.ice, "get_host_addresses"),
    (RTCIceTransport, "iceGatherer"),
)


class _Connection(Connection):
    """Waits for servers only as long as a person would."""

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],
        timeout: float = GATHER_LIMIT_S,  # noqa: ASYNC109 - aioice's name
    ) -> list[Candidate]:
        found = super().get_component_candidates(component, addresses, timeout)  # type: ignore[arg-type]
        return await found


def local_addresses() -> frozenset[str]:
    """Return what a new path could be gathered from."""
    return frozenset(aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True))


def address_in_use(transport: RTCDtlsTransport) -> str:
    """Return the own address of the path in use, or an empty string."""
    pair = transport.transport._connection._nominated.get(1)  # noqa: SLF001 - this is the seam
    if pair is None:
        return ""
    own = pair.local_candidate
    return str(own.related_address or own.host)


def beside(transport: RTCDtlsTransport, servers: Iterable[RTCIceServer]) -> Connection:
    """Return an ICE connection that feeds the reader of the one in use."""
    in_use = transport.transport._connection  # noqa: SLF001 - this is the seam
    fresh = _Connection(
        ice_controlling=in_use.ice_controlling, **connection_kwargs(list(servers))
    )
    fresh._queue = in_use._queue  # noqa: SLF001 - this is the seam
    return fresh


async def gather(fresh: Connection) -> PathEnd | None:
    """Find addresses and return this end, or None where there is none."""
    gathering = spawn(fresh.gather_candidates(), name="path-gathering")
    try:
        await asyncio.shield(gathering)
    finally:
        # Left alone half way, its questions to servers would go on for minutes.
        await asyncio.wait([gathering])
    found = [candidate.to_sdp() for candidate in fresh.local_candidates]
    candidates = few(found, MAX_CANDIDATES)
    if not candidates:
        return None
    return PathEnd(fresh.local_username, fresh.local_password, tuple(candidates))


async def check(fresh: Connection, peer: PathEnd) -> None:
    """Find a pair that works.

    Raises:
        Exception: whatever aioice raises over an end that does not fit.
    """
    fresh.remote_username, fresh.remote_password = peer.name, peer.password
    for candidate in peer.candidates:
        await fresh.add_remote_candidate(Candidate.from_sdp(candidate))
    await fresh.add_remote_candidate(None)
    await fresh.connect()


def put_under(transport: RTCDtlsTransport, fresh: Connection) -> Connection:
    """Lead everything over the checked connection; return the one it replaces.

    Raises:
        ConnectionError: it was closed meanwhile.
    """
    ice: Any = transport.transport
    if fresh._closing or ice.state == "closed":  # noqa: SLF001 - this is the seam
        raise ConnectionError("the path was closed before it was used")
    before: Connection = ice._connection  # noqa: SLF001 - this is the seam
    ice._RTCIceTransport__monitor_task.cancel()  # noqa: SLF001 - this is the seam
    ice._connection = ice.iceGatherer._connection = fresh  # noqa: SLF001 - this is the seam
    ice._recv, ice._send = fresh.recv, fresh.send  # noqa: SLF001 - this is the seam
    monitoring = spawn(ice._monitor(), name="path-monitor")  # noqa: SLF001 - this is the seam
    ice._RTCIceTransport__monitor_task = monitoring  # noqa: SLF001 - this is the seam
    # It still hears the peer for a moment, and must not end the reader meanwhile.
    consent = before._query_consent_task  # noqa: SLF001 - this is the seam
    if consent is not None:
        consent.cancel()
    return before


async def discard(connection: Connection) -> None:
    """Close a connection without its reader noticing, within a second.

    On a dead path a TURN server is asked for a minute to end its part.
    """
    connection._queue = asyncio.Queue()  # noqa: SLF001 - closing puts an end mark there
    try:
        async with asyncio.timeout(DISCARD_LIMIT_S):
            await connection.close()
    except TimeoutError:
        logger.info("a path that was left did not close in time")
    finally:
        for made in connection.__dict__.get("sockets_made", ()):
            made.close()
            _give_up_turn(made)


def _give_up_turn(transport: Any) -> None:
    asking = getattr(transport, "_TurnTransport__close_task", None)
    if asking is not None and not asking.done():
        asking.cancel()
        transport._TurnTransport__inner_protocol.transport.abort()  # noqa: SLF001 - this is the seam
