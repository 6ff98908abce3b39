"""BIND: the keys of the handshake and this very DTLS session belong together.

    binding = H("chan", fp client, fp counselor, exporter)
    tag     = HMAC(bind <role>, lv(th4, epoch u32, binding))[:32]      (PROTOCOL §5)

The fingerprints must be those of the certificates actually seen, never those of
an SDP. Both directions carry different keys, so a tag cannot be reflected.
Covers RFC 8844 (unknown key share): both identity keys are in th4.
"""

from __future__ import annotations

import re
import struct

from safesession.crypto.chain import MAX_EPOCH
from safesession.crypto.encoding import H, lv
from safesession.crypto.key_schedule import Label, equal, mac
from safesession.crypto.role import Role
from safesession.crypto.session_keys import SessionKeys
from safesession.errors import LocalProtocolError


EXPORTER_LABEL = b"EXPORTER-safesession-1"
EXPORTER_BYTES = 32
BIND_TAG_BYTES = 32
_EPOCH = struct.Struct(">I")
_FINGERPRINT = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){31}")
_LABELS = {Role.CLIENT: Label.BIND_CLIENT, Role.COUNSELOR: Label.BIND_COUNSELOR}


def channel_binding(fp_client: str, fp_counselor: str, exporter: bytes) -> bytes:
    """Return the 64-byte binding of one DTLS session.

    Fingerprints are SHA-256 as 32 hex pairs with colons; `exporter` is the
    32-byte RFC 5705 value under EXPORTER_LABEL.

    Raises:
        LocalProtocolError: a value has another shape.
    """
    prints = [fp_client.upper(), fp_counselor.upper()]
    if not all(_FINGERPRINT.fullmatch(text) for text in prints):
        raise LocalProtocolError("not a SHA-256 fingerprint")
    if len(exporter) != EXPORTER_BYTES:
        raise LocalProtocolError("exporter length")
    client, counselor = (text.encode("ascii") for text in prints)
    return H(b"chan", client, counselor, exporter)


def bind_tag(keys: SessionKeys, role: Role, epoch: int, binding: bytes) -> bytes:
    """Return the 32-byte tag that the end `role` sends first on a new channel."""
    if not 0 <= epoch <= MAX_EPOCH:
        raise LocalProtocolError("epoch out of range")
    message = lv(keys.transcript, _EPOCH.pack(epoch), binding)
    return mac(keys.derive(_LABELS[role]), message)


def verify_bind_tag(
    keys: SessionKeys, peer_role: Role, epoch: int, binding: bytes, untrusted_tag: bytes
) -> bool:
    """Say, in constant time, whether the peer is bound to the same session."""
    return equal(untrusted_tag, bind_tag(keys, peer_role, epoch, binding))
