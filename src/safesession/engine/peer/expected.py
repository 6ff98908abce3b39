"""What the seams rely on in aiortc, aioice and PyAV, by version, name and signature.

Nothing is replaced here. It must refuse an installation that is not the one the
overrides were written for.
"""

from __future__ import annotations

import importlib.metadata
import inspect
from typing import Any, ClassVar

import aioice.ice
import aiortc.codecs
import aiortc.rtcpeerconnection
import aiortc.rtcrtpreceiver
import aiortc.rtcrtpsender
import aiortc.rtcsctptransport
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpTransport

from safesession.engine.peer import path_seams, path_swap
from safesession.errors import MediaError


PINS = {"aiortc": "1.16.0", "aioice": "0.13.0", "av": "18.1.0"}


class SeamsChangedError(MediaError):
    """The installed aiortc is not the one these overrides were written for."""

    code: ClassVar[str] = "seams_changed"


_EXPECTED: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (RTCDtlsTransport, "__init__", ("self", "transport", "certificates")),
    (RTCDtlsTransport, "_validate_peer_identity", ("self", "remoteParameters")),
    (RTCDtlsTransport, "_setup_srtp", ("self",)),
    (RTCDtlsTransport, "_register_rtp_sender", ("self", "sender", "parameters")),
    (RTCDtlsTransport, "_send_rtp", ("self", "data")),
    (RTCDtlsTransport, "_handle_rtp_data", ("self", "data", "arrival_time_ms")),
    (RTCDtlsTransport, "_handle_rtcp_data", ("self", "data")),
    (RTCDtlsTransport, "_get_stats", ("self",)),
    (RTCSctpTransport, "_handle_data", ("self", "data")),
    (RTCPeerConnection, "_RTCPeerConnection__connect", ("self",)),
    (RTCRtpSender, "_send_keyframe", ("self",)),
    (RTCRtpReceiver, "_send_rtcp", ("self", "packet")),
    (
        RTCRtpReceiver,
        "_handle_rtp_packet",
        ("self", "packet", "arrival_time_ms"),
    ),
    (RTCRtpSender, "_handle_rtcp_packet", ("self", "packet")),
    (RTCRtpSender, "send", ("self", "parameters")),
    (Vp8Encoder, "encode", ("self", "frame", "force_keyframe")),
    (Vp8Encoder, "pack", ("self", "packet")),
    (Vp8Decoder, "decode", ("self", "encoded_frame")),
    (JitterBuffer, "remove", ("self", "count")),
    (aiortc.rtcrtpsender, "get_encoder", ("codec",)),
    (aiortc.rtcrtpreceiver, "get_decoder", ("codec",)),
    (aioice.ice.Connection, "query_consent", ("self",)),
    (aioice.ice.StunProtocol, "connection_made", ("self", "transport")),
    (aioice.ice.StunProtocol, "datagram_received", ("self", "data", "addr")),
    (aioice.ice, "get_host_addresses", ("use_ipv4", "use_ipv6")),
    *path_seams.EXPECTED,
    *path_swap.EXPECTED,
)
_EXPECTED_NAMES: tuple[tuple[Any, str], ...] = (
    (aiortc.rtcpeerconnection, "RTCDtlsTransport"),
    (aiortc.rtcpeerconnection, "RTCRtpSender"),
    (aiortc.rtcpeerconnection, "RTCRtpReceiver"),
    (aiortc.rtcpeerconnection, "RTCSctpTransport"),
    (aiortc.rtcsctptransport, "decode_params"),
    (aiortc.codecs, "HEADER_EXTENSIONS"),
    *path_seams.EXPECTED_NAMES,
    *path_swap.EXPECTED_NAMES,
)


def check() -> None:
    """Raise SeamsChangedError unless aiortc is what this module expects."""
    for package, pin in PINS.items():
        found = importlib.metadata.version(package)
        if found != pin:
            raise SeamsChangedError(f"{package} is {found}, not {pin}")
    for owner, name, parameters in _EXPECTED:
        function = getattr(owner, name, None)
        if function is None:
            raise SeamsChangedError(f"{owner.__name__}.{name} is gone")
        if tuple(inspect.signature(function).parameters) != parameters:
            raise SeamsChangedError(f"{owner.__name__}.{name} changed its signature")
    for owner, name in _EXPECTED_NAMES:
        if not hasattr(owner, name):
            raise SeamsChangedError(f"{owner.__name__}.{name} is gone")
