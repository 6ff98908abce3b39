"""What the path watch needs of aiortc and aioice, beside `seams`.

It counts packets, sends what a silent path held back, and lets a silent path live
for as long as core may want it back. It must never change keys, gates or addresses.
"""

from __future__ import annotations

from typing import Any

import aioice.ice
from aiortc import RTCPeerConnection, RTCRtpReceiver
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpTransport


# Checks 5 s apart that nobody answered: about the two minutes for which a
# verification survives. aioice would close everything for good after half a minute.
CONSENT_FAILURES = 24
FRESH_RTO_S = 1.0

EXPECTED: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (RTCDtlsTransport, "_recv_next", ("self",)),
    (RTCSctpTransport, "_t3_cancel", ("self",)),
    (RTCSctpTransport, "_t3_expired", ("self",)),
    (RTCRtpReceiver, "_send_rtcp_pli", ("self", "media_ssrc")),
)
EXPECTED_NAMES: tuple[tuple[Any, str], ...] = (
    (aioice.ice, "CONSENT_FAILURES"),
    (aioice.ice, "CONSENT_INTERVAL"),
)


def install() -> None:
    """Leave it to our watch, not to aioice, when a path is given up."""
    aioice.ice.CONSENT_FAILURES = CONSENT_FAILURES


def received_packets(transport: RTCDtlsTransport) -> int:
    """How many datagrams came so far, whatever they were."""
    (stats,) = transport._get_stats().values()  # noqa: SLF001 - this is the seam
    return int(stats.packetsReceived)


def send_what_waits(connection: RTCPeerConnection) -> None:
    """Send unconfirmed data-channel data now, not when its timer says so."""
    association: Any = connection.sctp
    if association is None or association._t3_handle is None:  # noqa: SLF001 - this is the seam
        return
    association._rto = FRESH_RTO_S  # noqa: SLF001 - it may have measured the silence
    association._t3_cancel()  # noqa: SLF001 - this is the seam
    association._t3_expired()  # noqa: SLF001 - this is the seam


def known_streams(receiver: RTCRtpReceiver) -> set[int]:
    """Return the peer's streams that this receiver has seen."""
    inner: Any = receiver
    return set(inner._RTCRtpReceiver__remote_streams)  # noqa: SLF001 - this is the seam
