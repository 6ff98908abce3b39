"""A man in the middle of DTLS on an evil wire: a session of its own with each end.

Terminates both handshakes with the certificates it was given, hands the decrypted
SCTP packets on to the other side, and knows both DTLS exporters. What it can never
have is the session secret of the two people.
"""

from __future__ import annotations

from collections.abc import Callable

from aiortc.rtcdtlstransport import SRTP_AEAD_AES_256_GCM, RTCCertificate
from OpenSSL import SSL
from pylibsrtp import Policy, Session
from tests.support.evil_wire import Datagram, EvilWire, Kind

from safesession.core.status import Role


MAX_BYTES = 16_384
_EXPORTER = b"EXTRACTOR-dtls_srtp"
_PROFILE = SRTP_AEAD_AES_256_GCM


class _Leg:
    """The middleman's own DTLS session with one end."""

    def __init__(self, certificate: RTCCertificate, *, server: bool) -> None:
        self.server = server
        self.ssl = SSL.Connection(certificate._create_ssl_context([_PROFILE]))
        if server:
            self.ssl.set_accept_state()
        else:
            self.ssl.set_connect_state()
        self.done = False

    def take(self, data: bytes) -> bytes:
        """Feed one datagram, or none to begin; return what was decrypted."""
        if data:
            self.ssl.bio_write(data)
        try:
            if not self.done:
                self.ssl.do_handshake()
                self.done = True
            return self.ssl.recv(MAX_BYTES)
        except SSL.WantReadError:
            return b""
        except SSL.Error:  # the end hung up
            return b""

    def outgoing(self) -> list[bytes]:
        datagrams: list[bytes] = []
        while True:
            try:
                datagrams.append(self.ssl.bio_read(MAX_BYTES))
            except SSL.WantReadError:
                return datagrams

    def srtp(self) -> Session:
        """The keys that plain DTLS-SRTP would use towards this end."""
        size = 2 * (_PROFILE.key_length + _PROFILE.salt_length)
        exported = self.ssl.export_keying_material(_EXPORTER, size)
        key = _PROFILE.get_key_and_salt(exported, 1 if self.server else 0)
        policy = Policy(
            key=key,
            ssrc_type=Policy.SSRC_ANY_OUTBOUND,
            srtp_profile=_PROFILE.libsrtp_profile,
        )
        return Session(policy)


class DtlsMiddle:
    """Use `middle.rule` as the wire's rule.

    Args:
        wire: where it sits.
        shown_to: the certificate to show to an end, by its role; asked once.
    """

    def __init__(
        self, wire: EvilWire, shown_to: Callable[[Role], RTCCertificate]
    ) -> None:
        self._wire = wire
        self._shown_to = shown_to
        self.legs: dict[Role, _Leg] = {}
        self.passed_on: Callable[[Role, bytes], bytes] = lambda _sender, data: data

    def rule(self, datagram: Datagram) -> list[bytes]:
        if datagram.kind is not Kind.DTLS:
            return [datagram.data]
        if not self.legs:
            self._begin()
        self._take(datagram.sender, datagram.data)
        return []

    def _begin(self) -> None:
        # The counselor answers the offer, and is the DTLS client.
        for role in Role:
            server = role is Role.COUNSELOR
            self.legs[role] = _Leg(self._shown_to(role), server=server)
        self._take(Role.CLIENT, b"")

    def _take(self, sender: Role, data: bytes) -> None:
        near, far = self.legs[sender], self.legs[sender.other]
        plain = near.take(data)
        if plain and far.done:
            far.ssl.send(self.passed_on(sender, plain))
        for role, leg in ((sender, near), (sender.other, far)):
            for datagram in leg.outgoing():
                self._wire.inject(role, datagram)

    @property
    def both_done(self) -> bool:
        """Both ends took part in the handshake to its end."""
        return bool(self.legs) and all(leg.done for leg in self.legs.values())

    def forge_sound(self, to: Role, count: int) -> None:
        """Send RTP that a receiver keyed by DTLS alone would play."""
        srtp = self.legs[to].srtp()
        for number in range(count):
            header = bytes([0x80, 96]) + number.to_bytes(2, "big") + bytes(4)
            packet = header + b"evil" + bytes.fromhex("f8fffe") + bytes(20)
            self._wire.inject(to, srtp.protect(packet))
