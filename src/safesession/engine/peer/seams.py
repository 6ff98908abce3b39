"""The module that reaches into aiortc and aioice.

It replaces aiortc's DTLS transport by one that mixes the session secret into the
SRTP keys, compares real certificates and keeps the media gate. It must never let
a connection exist that has no session secret, and it must refuse to work when
aiortc is not the version these seams were written for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any, ClassVar

import aioice.ice
import aiortc.codecs
import aiortc.rtcpeerconnection
import aiortc.rtcrtpreceiver
import aiortc.rtcrtpsender
from aiortc import (
    InvalidStateError,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
)
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_256_GCM,
    RTCDtlsTransport,
    State,
    certificate_digest,
)
from aiortc.rtcicetransport import RTCIceTransport
from aiortc.rtp import is_rtcp

from safesession.crypto.session_keys import SESSION_SECRET_BYTES
from safesession.crypto.srtp_mix import mix_srtp_keys
from safesession.engine.media.vp8 import BoundedVp8Decoder
from safesession.engine.peer import association, path_seams, pictures, speech
from safesession.engine.peer.expected import SeamsChangedError, check
from safesession.errors import LocalProtocolError


logger = logging.getLogger(__name__)

EXPORTER_LABEL = b"EXPORTER-safesession-1"
EXPORTER_BYTES = 32
CANCEL_AGAIN_S = 0.05
LOOPBACK = "127.0.0.1"

# Who speaks when would be readable on the path (RFC 6464, security considerations).
_AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

_session_secret: ContextVar[bytes] = ContextVar("session_secret")
_loopback_only: ContextVar[bool] = ContextVar("loopback_only", default=False)


class UnkeyedConnectionError(LocalProtocolError):
    """Somebody tried to make a DTLS transport without a session secret."""

    code: ClassVar[str] = "unkeyed_connection"


class MediaOut(Enum):
    """Which RTP packets may leave; a new transport starts with NOTHING."""

    NOTHING = "nothing"
    AUDIO = "audio"
    ALL = "all"


@contextmanager
def keyed_by(session_secret: bytes) -> Iterator[None]:
    """Key every DTLS transport made inside the block with `session_secret`."""
    token = _session_secret.set(session_secret)
    try:
        yield
    finally:
        _session_secret.reset(token)


@contextmanager
def on_loopback_only() -> Iterator[None]:
    """Gather only 127.0.0.1 inside the block (the start-up self-test)."""
    token = _loopback_only.set(True)
    try:
        yield
    finally:
        _loopback_only.reset(token)


class _MixingExporter:
    """Stand in for OpenSSL's connection while the SRTP keys are derived."""

    def __init__(
        self, ssl: Any, session_secret: bytes, fingerprints: tuple[str, str]
    ) -> None:
        self._ssl = ssl
        self._session_secret = session_secret
        self._fingerprints = fingerprints

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ssl, name)

    def export_keying_material(
        self, label: bytes, length: int, context: bytes | None = None
    ) -> bytes:
        exported = self._ssl.export_keying_material(label, length, context)
        return mix_srtp_keys(
            self._session_secret, exported, label, self._fingerprints, length
        )


class KeyedDtlsTransport(RTCDtlsTransport):
    """DTLS-SRTP whose media keys need the session secret, with the media gate.

    `local_fingerprint`, `remote_fingerprint` (sha-256, upper-case with colons, of
    the certificates in use) and `exporter` (32 bytes, RFC 5705) are set once the
    handshake is done and the peer's certificate matched its description.
    """

    def __init__(self, transport: Any, certificates: list[Any]) -> None:
        super().__init__(transport, certificates)
        try:
            secret = _session_secret.get()
        except LookupError:
            raise UnkeyedConnectionError(
                "no session secret for this connection"
            ) from None
        if len(secret) != SESSION_SECRET_BYTES:
            raise UnkeyedConnectionError("the session secret has a wrong length")
        self._mix_secret = secret
        self._srtp_profiles = [SRTP_AEAD_AES_256_GCM]
        self.local_fingerprint = ""
        self.remote_fingerprint = ""
        self.exporter = b""
        self.media_out = MediaOut.NOTHING
        self.media_in = False
        self.blocked_out = 0
        self.blocked_in_ssrcs: set[int] = set()
        self.received_rtp_packets = 0
        self.sent_rtp_packets = 0
        self.malformed_in = 0
        self.on_channel_data: Callable[[], object] = object
        self._audio_ssrcs: set[int] = set()

    def _validate_peer_identity(self, remoteParameters: Any) -> None:  # noqa: N803 - aiortc's name
        super()._validate_peer_identity(remoteParameters)
        if self._state == State.FAILED:
            return
        ssl: Any = self._ssl
        certificate = ssl.get_peer_certificate(as_cryptography=True)
        self.local_fingerprint = next(
            f.value.upper()
            for f in self.getLocalParameters().fingerprints
            if f.algorithm == "sha-256"
        )
        self.remote_fingerprint = certificate_digest(certificate, "sha-256").upper()

    def _setup_srtp(self) -> None:
        real: Any = self._ssl
        stand_in: Any = _MixingExporter(
            real, self._mix_secret, self._fingerprint_pair()
        )
        self._ssl = stand_in
        try:
            super()._setup_srtp()
        finally:
            self._ssl = real
            self._mix_secret = b""
        if self._state != State.FAILED:
            self.exporter = real.export_keying_material(
                EXPORTER_LABEL, EXPORTER_BYTES, b""
            )

    def _fingerprint_pair(self) -> tuple[str, str]:
        """DTLS client's fingerprint, then the server's: equal on both ends."""
        if self._role == "server":
            return self.remote_fingerprint, self.local_fingerprint
        return self.local_fingerprint, self.remote_fingerprint

    def _register_rtp_sender(self, sender: Any, parameters: Any) -> None:
        super()._register_rtp_sender(sender, parameters)
        if sender.kind == "audio":
            self._audio_ssrcs.add(sender._ssrc)  # noqa: SLF001 - this is the seam

    async def _send_rtp(self, data: bytes) -> None:
        if not is_rtcp(data):
            if not self._may_leave(data):
                self.blocked_out += 1
                return
            self.sent_rtp_packets += 1
        await super()._send_rtp(data)

    def _may_leave(self, data: bytes) -> bool:
        match self.media_out:
            case MediaOut.ALL:
                return True
            case MediaOut.AUDIO:
                return int.from_bytes(data[8:12], "big") in self._audio_ssrcs
            case MediaOut.NOTHING:
                return False

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        self.received_rtp_packets += 1
        if not self.media_in:
            self.blocked_in_ssrcs.add(int.from_bytes(data[8:12], "big"))
            return
        # Never wall time: aiortc's rate counter steps through every millisecond.
        arrival_time_ms = int(asyncio.get_running_loop().time() * 1000)
        await self._drop_malformed(super()._handle_rtp_data(data, arrival_time_ms))

    async def _handle_rtcp_data(self, data: bytes) -> None:
        await self._drop_malformed(super()._handle_rtcp_data(data))

    async def _drop_malformed(self, handling: Coroutine[Any, Any, None]) -> None:
        """Let one packet that aiortc cannot read be lost, not the connection."""
        try:
            await handling
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - aiortc raises whatever the bytes hit
            self.malformed_in += 1


class QuietPeerConnection(RTCPeerConnection):
    """A peer connection whose own connecting tasks end with it.

    aiortc forgets them: closed half way, they would start decoders afterwards.
    """

    def __init__(self, configuration: RTCConfiguration) -> None:
        super().__init__(configuration)
        self._connecting: set[asyncio.Task[Any]] = set()

    async def _RTCPeerConnection__connect(self) -> None:  # noqa: N802 - its mangled name
        task = asyncio.current_task()
        if task is None or self.signalingState == "closed":
            return
        self._connecting.add(task)
        try:
            base: Any = super()
            await base._RTCPeerConnection__connect()  # noqa: SLF001 - this is the seam
        except (AssertionError, OSError, InvalidStateError):
            # Whatever the peer's parameters hit: the link's own deadline tells.
            logger.warning("the connection could not be brought up")
        finally:
            self._connecting.discard(task)

    async def close(self) -> None:
        """Stop connecting, then close."""
        while connecting := list(self._connecting):
            for task in connecting:
                task.cancel()
            # Python 3.11's wait_for swallows a cancel that meets its result.
            await asyncio.wait(connecting, timeout=CANCEL_AGAIN_S)
        await super().close()


def dtls_transport(connection: RTCPeerConnection) -> KeyedDtlsTransport:
    """Return the one DTLS transport of a bundled connection."""
    transports = {id(s.transport): s.transport for s in connection.getSenders()}
    if len(transports) != 1:
        raise LocalProtocolError("a connection has exactly one DTLS transport")
    (transport,) = transports.values()
    if not isinstance(transport, KeyedDtlsTransport):
        raise UnkeyedConnectionError("the seams were not installed in time")
    return transport


def picture_sender(connection: RTCPeerConnection) -> pictures.MediaSender:
    """Return the sender of the one picture stream."""
    (transceiver,) = (t for t in connection.getTransceivers() if t.kind == "video")
    if not isinstance(transceiver.sender, pictures.MediaSender):
        raise SeamsChangedError("the sender is not ours")
    return transceiver.sender


def force_key_frame(sender: RTCRtpSender) -> None:
    """Make the next picture a key frame."""
    sender._send_keyframe()  # noqa: SLF001 - this is the seam


async def request_key_frames(receiver: RTCRtpReceiver, ssrcs: set[int]) -> None:
    """Ask the peer for a key frame (PLI, RFC 4585) of each stream."""
    for ssrc in ssrcs:
        await receiver._send_rtcp_pli(ssrc)  # noqa: SLF001 - this is the seam


def nominated_path(ice: RTCIceTransport) -> str:
    """Return "direct", "relay" or "" while no pair is nominated."""
    pair = ice._connection._nominated.get(1)  # noqa: SLF001 - this is the seam
    if pair is None:
        return ""
    types = {pair.local_candidate.type, pair.remote_candidate.type}
    return "relay" if "relay" in types else "direct"


def speech_ends(
    connection: RTCPeerConnection,
) -> tuple[speech.SpeechSender, speech.SpeechReceiver]:
    """Return the ends of the one speech stream."""
    (transceiver,) = (t for t in connection.getTransceivers() if t.kind == "audio")
    sender, receiver = transceiver.sender, transceiver.receiver
    if not isinstance(sender, speech.SpeechSender):
        raise SeamsChangedError("the sender is not ours")
    if not isinstance(receiver, speech.SpeechReceiver):
        raise SeamsChangedError("the receiver is not ours")
    return sender, receiver


def transport_bytes(transport: KeyedDtlsTransport) -> tuple[int, int]:
    """Return (bytes sent, bytes received) of one DTLS transport."""
    (stats,) = transport._get_stats().values()  # noqa: SLF001 - this is the seam
    return stats.bytesSent, stats.bytesReceived


# --- installation ------------------------------------------------------------

_gather_real: Callable[..., list[str]] = aioice.ice.get_host_addresses
_query_consent_real: Any = aioice.ice.Connection.query_consent
_datagram_received_real: Any = aioice.ice.StunProtocol.datagram_received
_connection_made_real: Any = aioice.ice.StunProtocol.connection_made
_encoder_real: Callable[[Any], Any] = aiortc.codecs.get_encoder
_decoder_real: Callable[[Any], Any] = aiortc.codecs.get_decoder


def install() -> None:
    """Check aiortc and put the overrides in place; safe to call again.

    Raises:
        SeamsChangedError: the installation is damaged; no call may be made.
    """
    users: Any = aiortc.rtcpeerconnection
    if users.RTCDtlsTransport is KeyedDtlsTransport:
        return
    check()
    users.RTCDtlsTransport = KeyedDtlsTransport
    users.RTCRtpSender = pictures.MediaSender
    users.RTCRtpReceiver = pictures.MediaReceiver
    speech.offer_redundancy()
    association.install()
    path_seams.install()
    aioice.ice.get_host_addresses = _host_addresses
    ice: Any = aioice.ice.Connection
    ice.query_consent = _query_consent
    stun: Any = aioice.ice.StunProtocol
    stun.datagram_received = _datagram_received
    stun.connection_made = _connection_made
    senders: Any = aiortc.rtcrtpsender
    senders.get_encoder = _encoder_for
    receivers: Any = aiortc.rtcrtpreceiver
    receivers.get_decoder = _decoder_for
    extensions = aiortc.codecs.HEADER_EXTENSIONS
    extensions["audio"][:] = [
        e for e in extensions["audio"] if e.uri != _AUDIO_LEVEL_URI
    ]


async def _query_consent(connection: Any) -> None:
    """Ask for consent, but not on a connection closed while it came up.

    aioice would go on asking for half a minute after such a close.
    """
    if not connection._closing:  # noqa: SLF001 - this is the seam
        await _query_consent_real(connection)


def _connection_made(protocol: Any, transport: Any) -> None:
    """Note every socket: gathering that is cancelled half way forgets those it made."""
    protocol.receiver.__dict__.setdefault("sockets_made", []).append(transport)
    _connection_made_real(protocol, transport)


def close_sockets(ice: RTCIceTransport) -> None:
    """Close what a closed connection has left open."""
    for made in ice._connection.__dict__.get("sockets_made", ()):  # noqa: SLF001 - this is the seam
        made.close()


def _datagram_received(protocol: Any, data: bytes, addr: tuple[Any, ...]) -> None:
    """Take a datagram of anybody: the port is open to the whole network.

    aiortc reads the first byte of an empty one and ends the connection; aioice's
    parser raises over an attribute that is too short.
    """
    if not data:
        return
    try:
        _datagram_received_real(protocol, data, addr)
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes hit
        logger.debug("a datagram could not be read")


def _encoder_for(codec: Any) -> Any:
    """Make our own encoders, and aiortc's for anything else."""
    if packer := speech.encoder_for(codec):
        return packer
    sender = speech.sending()
    if codec.mimeType.lower() == pictures.VP8 and isinstance(
        sender, pictures.MediaSender
    ):
        return sender.picture_encoder()
    return _encoder_real(codec)


def _decoder_for(codec: Any) -> Any:
    """Make our own VP8 decoder, and aiortc's for anything else."""
    if codec.mimeType.lower() == "video/vp8":
        return BoundedVp8Decoder()
    return _decoder_real(codec)


def _host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """Gather host addresses; 127.0.0.1 alone where there is no network at all.

    aioice leaves loopback out, so two people on one machine without a network
    (or inside a bare network namespace) would find no candidate.
    """
    if _loopback_only.get():
        return [LOOPBACK]
    return _gather_real(use_ipv4=use_ipv4, use_ipv6=use_ipv6) or [LOOPBACK]
